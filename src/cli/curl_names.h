/*
 * The options of curl(1) for which gather has no row: those that change nothing
 * here are accepted silently, all others say what to use instead. And the names
 * that xargs, parallel, wget and load generators have for options of ours.
 */
#ifndef GATHER_CLI_CURL_NAMES_H
#define GATHER_CLI_CURL_NAMES_H

#include <stddef.h>

/* An option of curl. */
struct curl_name {
	const char *name;    /* without dashes */
	char letter;         /* 0: none */
	const char *instead; /* "use --X"; NULL: a switch, accepted silently */
};

/* The option of curl with this name or letter; NULL: curl has none. */
const struct curl_name *curl_name_find(const char *name);
const struct curl_name *curl_name_find_letter(char letter);

/* The name of our option that other programs call `name`; NULL: there is
 * none. */
const char *foreign_name_find(const char *name);
/* The i-th name of other programs, from 0 on; NULL: there are no more. */
const char *foreign_name_at(size_t i);

#endif
