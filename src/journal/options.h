/* What the user says of the journal. */
#ifndef GATHER_JOURNAL_OPTIONS_H
#define GATHER_JOURNAL_OPTIONS_H

#include <stdbool.h>

/* --journal and what belongs to it. */
struct journal_options {
	char *file;        /* NULL: none is kept */
	bool only_new;     /* put out what this run fetched, no more */
	bool refresh;      /* ask whether what is done has changed */
	bool redo_unsafe;  /* repeat what may have been processed */
	bool with_headers; /* all of them are put out, so keep them */
};

#endif
