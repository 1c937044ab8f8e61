/*
 * Files: all of something read or written, whatever interrupts it; the folder
 * of a file; temporary files without a name.
 */
#ifndef GATHER_BASE_IO_H
#define GATHER_BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Write all `len` bytes to `fd`, whatever interrupts or shortens a write.
 * Returns 0, or -1 with errno; a part may have been written then. */
int io_write_all(int fd, const char *data, size_t len);

/* A part of a file, in bytes. */
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
/* Write all `len` bytes at `offset` of `fd`, as io_write_all does. */
int io_write_at(int fd, const char *data, size_t len, uint64_t offset);

/* Returns the folder that `path` stands in: "out/", "/" or "."; caller frees.
 */
char *io_folder(const char *path);
/* Sync the folder of `path`, so that what was done to this name survives a
 * crash of the machine. -1 with errno; a folder that cannot be opened, or that
 * cannot be synced at all, is not an error. */
int io_sync_folder(const char *path);

/* Returns whether `os_errno` says that no descriptor was free (EMFILE, ENFILE).
 */
bool io_lacks_descriptors(int os_errno);

/* Returns what strerror(3) says, which need not be safe in several threads.
 * Borrowed until the same thread asks again. */
const char *io_error(int os_errno);

/* Returns $TMPDIR, or "/tmp"; borrowed. */
const char *io_temporary_folder(void);
/* Open a temporary file in that folder that has no name, so that it is gone
 * when its descriptor is closed. Returns the descriptor; -1 with errno. */
int io_open_unlinked(void);

#endif
