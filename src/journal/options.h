/* The options about the journal. */
#ifndef GATHER_JOURNAL_OPTIONS_H
#define GATHER_JOURNAL_OPTIONS_H

#include <stdbool.h>

/* --journal, and the options that need it. */
struct journal_options {
	char *file;        /* --journal; NULL: none is kept */
	bool only_new;     /* --only-new: output what this run fetched */
	bool refresh;      /* --refresh: ask whether results have changed */
	bool redo_unsafe;  /* --redo-unsafe: repeat what may be processed */
	bool with_headers; /* all of them are put out, so keep them */
};

#endif
