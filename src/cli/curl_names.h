/*
 * The options that curl(1) has and gather has no row for: those that cannot
 * matter here are accepted silently, all others say what to use instead. And
 * words that xargs, parallel, wget and load generators have for ours.
 */
#ifndef GATHER_CLI_CURL_NAMES_H
#define GATHER_CLI_CURL_NAMES_H

#include <stddef.h>

struct curl_name {
	const char *name;
	char letter;
	const char *instead; /* "use --X"; NULL: a switch, accepted silently */
};

/* NULL: curl has no such option either. */
const struct curl_name *curl_name_find(const char *name);
const struct curl_name *curl_name_find_letter(char letter);

/* The option that other programs call `name`; NULL: none. */
const char *foreign_name_find(const char *name);
/* The names of other programs, one after the other from 0 on; NULL: that was
 * the last. */
const char *foreign_name_at(size_t i);

#endif
