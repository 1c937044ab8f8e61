/*
 * The option table: one row is one option. Parsing, defaults, ranges, help,
 * completions and the check of the man page all read it; a new option is a
 * new row, and, where no setter fits, a setter.
 */
#ifndef GATHER_CLI_TABLE_H
#define GATHER_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "cli/options.h"

struct option_row;

/* One occurrence of an option. All borrowed. */
struct setting {
	struct options *options;
	const struct option_row *row;
	const char *typed; /* "-d", "--data", "--no-polite": for messages */
	const char *value; /* NULL for a switch, or without its =VALUE */
	bool on;           /* a switch: false for --no-... */
};

/* Applies a setting to its options. Returns 0, or -1 with *cause set (caller
 * frees); then the options may be half set, and the program ends. */
typedef int option_setter(const struct setting *, char **cause);

/* One option. What is not named is not set: most rows have few members. */
struct option_row {
	const char *name;     /* without dashes */
	char letter;          /* 0: none */
	const char *argument; /* "N"; "[=ARMS]" is optional; NULL: a switch */
	const char *help;     /* what it does; no full stop */
	option_setter *set;
	size_t field;             /* offset in struct options, for the setter */
	const char *fallback;     /* the default as typed; a switch: "yes" */
	int64_t min, max;         /* of a number, or of a duration in us; both
	                           * 0: any */
	CURLoption curl;          /* the option of libcurl it is passed to */
	long curl_value;          /* what a switch passes on when it is set */
	const char *const *words; /* the values it takes, ended by NULL */
	const char *also;         /* a second long name, or NULL */
	bool secret;              /* wiped from argv */
	bool one_line;            /* becomes part of a header: no CR, no LF */
	bool everyday;            /* shown by plain --help */
	bool line_only;           /* not in the user's config file, since it
	                           * names input or output */
};

struct option_section {
	const char *name;              /* --help NAME */
	const char *title;             /* above it */
	const struct option_row *rows; /* ended by a row without a name */
};

/* In the order of --help all; ended by a section without a name. */
extern const struct option_section option_sections[];

#define FOREACH_SECTION(s) \
	for (const struct option_section *s = option_sections; s->name; s++)
#define FOREACH_ROW(r, section) \
	for (const struct option_row *r = (section)->rows; r->name; r++)

/* The row whose name or second name is `name`; NULL: there is none. */
const struct option_row *option_by_name(const char *name);
/* The row with this letter; NULL: there is none. */
const struct option_row *option_by_letter(char letter);
/* Does the option work without a value? --compare[=ARMS] does, too. */
bool option_is_switch(const struct option_row *);
/* Is it "[=VALUE]", which must be attached: --compare=ARMS? */
bool option_value_is_optional(const struct option_row *);
/* As help shows it: a switch that is on by default is "no-NAME". Caller
 * frees. */
char *option_shown_name(const struct option_row *);

#endif
