/* Files: read and written whole, and those without a name. */
#ifndef GATHER_BASE_IO_H
#define GATHER_BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Write all `len` bytes to `fd`, whatever interrupts or shortens a write.
 * Returns 0, or -1 with errno; a part may have been written then. */
int io_write_all(int fd, const char *data, size_t len);

/* Bytes of a file. */
struct file_range {
	uint64_t offset;
	uint64_t size;
};

/*
 * Call `take(arg, data, len)` for the bytes of `range` of file `fd`, in
 * order and piece by piece. Returns -1 with errno if they cannot be read; EIO
 * if the file is shorter.
 */
int io_read_range(int fd, struct file_range range,
    void (*take)(void *arg, const char *data, size_t len), void *arg);
/* Append the bytes of `range` of file `fd` to `out`; fails as io_read_range
 * does, with a part of them appended. */
int io_add_range(int fd, struct file_range range, struct buf *out);
/* Write all of `data` at `offset`, like io_write_all. */
int io_write_at(int fd, const char *data, size_t len, uint64_t offset);

/* The folder that `path` stands in: "out/", "/" or "."; caller frees. */
char *io_folder(const char *path);
/* What was done to the name `path` lasts: sync its folder. -1 with errno; one
 * that cannot be synced is no error. */
int io_sync_folder(const char *path);

/* True if `os_errno` says that no descriptor was free (EMFILE, ENFILE). */
bool io_lacks_descriptors(int os_errno);

/* $TMPDIR, else /tmp; borrowed. */
const char *io_temporary_folder(void);
/* A file in there that nobody else sees and that goes with its descriptor; -1
 * with errno. */
int io_open_unlinked(void);

#endif
