/* The options of pictures.h. */
#ifndef GATHER_PICTURES_OPTIONS_H
#define GATHER_PICTURES_OPTIONS_H

#include <stdbool.h>

/* Which pictures are drawn when a run is over. Owned by the command line. */
struct picture_options {
	bool waterfall;       /* --waterfall */
	char *waterfall_file; /* --waterfall=FILE; NULL: on stderr */
	bool why;             /* --why */
	char *report;         /* --report FILE; NULL: none */
};

#endif
