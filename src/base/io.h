/* Files, whole. */
#ifndef GATHER_BASE_IO_H
#define GATHER_BASE_IO_H

#include <stddef.h>

/* Write all of it, over interruptions and short writes; -1 with errno. */
int io_write_all(int fd, const char *data, size_t len);

#endif
