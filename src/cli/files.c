#include "config.h"

#include "cli/files.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "cli/options.h"
#include "files/place.h"
#include "files/save.h"
#include "request/template.h"

static const struct {
	const char *option;
	size_t at;
} named[] = {
    {"--journal", offsetof(struct options, journal.file)},
    {"--sqlite", offsetof(struct options, output.sqlite)},
    {"--har", offsetof(struct options, output.har)},
    {"-D", offsetof(struct options, output.dump_header)},
    {"-c", offsetof(struct options, fetch.cookie_jar_out)},
    {"--report", offsetof(struct options, pictures.report)},
    {"--waterfall", offsetof(struct options, pictures.waterfall_file)},
    {"--export-json", offsetof(struct options, compare.export_json)},
    {"--export-markdown", offsetof(struct options, compare.export_markdown)},
    {"--export-csv", offsetof(struct options, compare.export_csv)},
};

/* `path` is owned from here on. */
static void
add(struct output_files *f, const char *option, char *path)
{
	f->items = xreallocarray(f->items, f->len + 1, sizeof(*f->items));
	f->items[f->len++] = (struct output_file){option, path};
}

static bool
is_file(const char *name)
{
	return name && *name && strcmp(name, "-") != 0;
}

static void
add_output(struct output_files *f, const struct options *o, const char *name)
{
	if (o->output.save && is_file(name) && !template_varies(name))
		add(f, "-o", save_path(&o->output, name));
}

/* Several times the same one, as in curl. */
static void
add_writeout(struct output_files *f, const char *text)
{
	static const char opening[] = "%output{";
	const char *close;

	while (text && (text = strstr(text, opening))) {
		text += strlen(opening);
		text += strncmp(text, ">>", 2) == 0 ? 2 : 0;
		close = strchr(text, '}');
		if (close && close > text)
			add(f, "-w", xmemdup0(text, (size_t)(close - text)));
	}
}

void
output_files_init(struct output_files *f, const struct options *o)
{
	*f = (struct output_files){0};
	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++) {
		const char *name = *(
		    char *const *)(const void *)((const char *)o + named[i].at);

		if (is_file(name))
			add(f, named[i].option, xstrdup(name));
	}
	add_output(f, o, o->request.output);
	if (o->follow.output && o->follow.output != o->request.output)
		add_output(f, o, o->follow.output);
	add_writeout(f, o->output.writeout);
}

void
output_files_release(struct output_files *f)
{
	for (size_t i = 0; i < f->len; i++)
		free(f->items[i].path);
	free(f->items);
	*f = (struct output_files){0};
}

const char *
output_files_find(const struct output_files *f, const char *path)
{
	for (size_t i = 0; i < f->len; i++)
		if (place_is_same(f->items[i].path, path))
			return f->items[i].option;
	return NULL;
}

/* A regular file that stdout was redirected to. */
static bool
is_stdout(const char *path)
{
	struct stat out, file;

	return fstat(STDOUT_FILENO, &out) == 0 && S_ISREG(out.st_mode) &&
	       stat(path, &file) == 0 && out.st_dev == file.st_dev &&
	       out.st_ino == file.st_ino;
}

/* -o replaces what was there, and -w may go on where stdout is. */
static bool
shares_with_stdout(const struct output_file *f)
{
	return strcmp(f->option, "-o") != 0 && strcmp(f->option, "-w") != 0 &&
	       is_stdout(f->path);
}

static int
check_pair(const struct output_file *one, const struct output_file *other,
    char **cause)
{
	if (one->option == other->option ||
	    !place_is_same(one->path, other->path))
		return 0;
	*cause = xasprintf("%s %s and %s %s are one file; give each its own",
	    one->option, one->path, other->option, other->path);
	return -1;
}

static int
check(const struct output_files *f, char **cause)
{
	for (size_t i = 0; i < f->len; i++) {
		if (shares_with_stdout(&f->items[i])) {
			*cause = xasprintf("%s %s: stdout goes to this file, "
			                   "too; give each its own",
			    f->items[i].option, f->items[i].path);
			return -1;
		}
		for (size_t j = i + 1; j < f->len; j++)
			if (check_pair(&f->items[i], &f->items[j], cause) < 0)
				return -1;
	}
	return 0;
}

int
output_files_check(const struct options *o, char **cause)
{
	struct output_files f;
	int rc;

	output_files_init(&f, o);
	rc = check(&f, cause);
	output_files_release(&f);
	return rc;
}
