/*
 * A fuzz target is one function over bytes from strangers. Linked with
 * libFuzzer (configure CC=clang --enable-fuzzing) it is given new ones
 * without end; linked with replay.c it runs over corpus/NAME, in `make check`.
 */
#ifndef GATHER_FUZZ_H
#define GATHER_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Always 0; what must not be true aborts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* assert that NDEBUG leaves alone. */
#define FUZZ_CHECK(fact) ((fact) ? (void)0 : fuzz_fail(#fact, __LINE__))

static inline void
fuzz_fail(const char *fact, int line)
{
	fprintf(stderr, "line %d: not true: %s\n", line, fact);
	abort();
}

#endif
