/*
 * To be preloaded: lets allocations fail, those of libraries included.
 *
 * NO_MEMORY_FROM=N NO_MEMORY_FOR=M: the Nth and the M-1 behind it return
 * NULL. NO_MEMORY_COUNT=FILE: how many there were, at the end.
 * NO_MEMORY_IN=NAME: only those that a library of that name calls for itself.
 *
 * OpenSSL's succeed and are not counted: it forgets that its initialisation
 * failed, and crashes when it is used.
 *
 * glibc only: what stands behind its malloc(3) has a name of its own.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

#define CALLER ((uintptr_t)__builtin_return_address(0))

static atomic_long count;
static long first, beyond;
static const char *library;
static uintptr_t spared_begin, spared_end;

static int
find_spared(struct dl_phdr_info *object, size_t size, void *arg)
{
	(void)size;
	(void)arg;
	if (!strstr(object->dlpi_name, "/libcrypto."))
		return 0;
	spared_begin = object->dlpi_addr;
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];
		uintptr_t end =
		    object->dlpi_addr + part->p_vaddr + part->p_memsz;

		if (part->p_type == PT_LOAD && end > spared_end)
			spared_end = end;
	}
	return 1;
}

static long
number_of(const char *name)
{
	const char *text = getenv(name);

	return text ? atol(text) : 0;
}

__attribute__((constructor)) static void
begin(void)
{
	dl_iterate_phdr(find_spared, NULL);
	count = 0;
	first = number_of("NO_MEMORY_FROM");
	beyond = first + number_of("NO_MEMORY_FOR");
	library = getenv("NO_MEMORY_IN");
}

__attribute__((destructor)) static void
end(void)
{
	const char *file = getenv("NO_MEMORY_COUNT");
	int fd = file ? open(file, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;

	if (fd < 0)
		return;
	dprintf(fd, "%ld\n", atomic_load(&count));
	close(fd);
}

static int
counts(uintptr_t caller)
{
	Dl_info object;

	if (!library)
		return caller < spared_begin || caller >= spared_end;
	return dladdr((void *)caller, &object) && object.dli_fname &&
	       strstr(object.dli_fname, library);
}

static int
fails(uintptr_t caller)
{
	long n;

	if (!counts(caller))
		return 0;
	n = atomic_fetch_add(&count, 1) + 1;
	if (n < first || n >= beyond)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *
malloc(size_t size)
{
	return fails(CALLER) ? NULL : __libc_malloc(size);
}

void *
calloc(size_t number, size_t size)
{
	return fails(CALLER) ? NULL : __libc_calloc(number, size);
}

void *
realloc(void *old, size_t size)
{
	return fails(CALLER) ? NULL : __libc_realloc(old, size);
}

void *
aligned_alloc(size_t alignment, size_t size)
{
	return fails(CALLER) ? NULL : __libc_memalign(alignment, size);
}

int
posix_memalign(void **memory, size_t alignment, size_t size)
{
	if (fails(CALLER))
		return ENOMEM;
	*memory = __libc_memalign(alignment, size);
	return *memory ? 0 : ENOMEM;
}
