/* The files that a run writes to, beside those whose names depend on what is
 * fetched: each must be its own. */
#ifndef GATHER_CLI_FILES_H
#define GATHER_CLI_FILES_H

#include <stddef.h>

struct options;

struct output_file {
	const char *option; /* static */
	char *path;
};

struct output_files {
	struct output_file *items;
	size_t len;
};

/* To be released. */
void output_files_init(struct output_files *, const struct options *);
void output_files_release(struct output_files *);
/* The option whose file `path` is; NULL: none. */
const char *output_files_find(const struct output_files *, const char *path);
/* -1 with *cause: two of them, or one and stdout, are one file. */
int output_files_check(const struct options *, char **cause);

#endif
