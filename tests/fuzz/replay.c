/*
 * main of a fuzz target without libFuzzer: runs it over the files named, or
 * over $srcdir/tests/fuzz/corpus/NAME when the program is called fuzz_NAME.
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "fuzz.h"

static void
read_all(FILE *file, struct buf *b)
{
	size_t n;

	buf_reserve(b, 1);
	do {
		n = fread(buf_reserve(b, 65536), 1, 65536, file);
		b->len += n;
	} while (n > 0);
}

static void
replay(const char *name)
{
	FILE *file = fopen(name, "rb");
	struct buf b;
	uint8_t *exact;

	if (!file)
		die("cannot open %s", name);
	buf_init(&b);
	read_all(file, &b);
	fclose(file);
	/* Not a byte to spare, so that sanitizers see every overrun. */
	exact = xmalloc(b.len);
	memcpy(exact, b.data, b.len);
	LLVMFuzzerTestOneInput(exact, b.len);
	free(exact);
	buf_release(&b);
}

/* Returns the number of files. */
static size_t
replay_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t n = 0;

	if (!dir)
		die("cannot open %s", folder);
	while ((entry = readdir(dir))) {
		char *name;

		if (entry->d_name[0] == '.')
			continue;
		name = xasprintf("%s/%s", folder, entry->d_name);
		replay(name);
		free(name);
		n++;
	}
	closedir(dir);
	return n;
}

/* What follows the last "fuzz_" of the program's name. */
static const char *
target_of(const char *program)
{
	const char *name = program, *next;

	while ((next = strstr(name, "fuzz_")))
		name = next + strlen("fuzz_");
	return name;
}

int
main(int argc, char **argv)
{
	const char *srcdir = getenv("srcdir");
	char *folder;
	size_t n;

	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	if (argc > 1)
		return EXIT_SUCCESS;
	folder = xasprintf("%s/tests/fuzz/corpus/%s", srcdir ? srcdir : "..",
	    target_of(argv[0]));
	n = replay_folder(folder);
	printf("%zu inputs of %s\n", n, folder);
	free(folder);
	return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
