/* What is drawn when a run is over. */
#ifndef GATHER_PICTURES_OPTIONS_H
#define GATHER_PICTURES_OPTIONS_H

#include <stdbool.h>

/* Where the time went: drawn when a run is over. */
struct picture_options {
	bool waterfall;
	char *waterfall_file; /* NULL: on stderr */
	bool why;
	char *report; /* --report FILE; NULL: none */
};

#endif
