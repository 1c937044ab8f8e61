/* A whole file that the command line names. */
#ifndef GATHER_CLI_READ_FILE_H
#define GATHER_CLI_READ_FILE_H

#include "base/buf.h"

/* Append the content of `name`, at most 64 MiB. Returns 0 or an errno. */
int read_file(const char *name, struct buf *out);
/* The same of an open descriptor, to its end. */
int read_descriptor(int fd, struct buf *out);

#endif
