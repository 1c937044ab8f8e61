/* Numbers as they are written. */
#ifndef GATHER_JSON_NUMBER_H
#define GATHER_JSON_NUMBER_H

#include "json/ast.h"

/*
 * Compare two JSON numbers by their exact decimal values, whatever their
 * size: 1 is 1.0 and 10e-1, and 9007199254740993 is not 9007199254740992.
 * (Exponents beyond 10^15 count as 10^15.)
 *
 * Returns less than, equal to, or greater than 0.
 */
int json_number_compare(struct json_text a, struct json_text b);

#endif
