/* Files read and written whole, piece by piece: for the writer's thread. */
#ifndef GATHER_OUTPUT_PIECES_H
#define GATHER_OUTPUT_PIECES_H

#include <stddef.h>
#include <stdint.h>

struct range {
	uint64_t offset;
	uint64_t size;
};

/*
 * Call `take(arg, data, len)` for the bytes of `range` of file `fd`, in
 * order. Returns -1 with errno if they cannot be read; EIO if the file is
 * shorter.
 */
int pieces_of_file(int fd, struct range range,
    void (*take)(void *arg, const char *data, size_t len), void *arg);
/* All of `data` at `offset`; -1 with errno. */
int pieces_write_at(int fd, const char *data, size_t len, uint64_t offset);

#endif
