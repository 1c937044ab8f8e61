#include "config.h"

#include "cli/help.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cli/setters.h"
#include "cli/table.h"

enum {
	HELP_COLUMN = 31, /* where explanations begin */
	HELP_WIDTH = 80
};

static const char headline[] =
    "Usage: gather [OPTION]... [URL | @FILE | -]...\n"
    "Fetch many URLs at once; get the results back in order.\n";

static const char examples[] =
    "  gather -j .name 'https://api.example/items/[1-100]'\n"
    "  gather --format ndjson @urls.txt > results.ndjson\n"
    "  seq 100 | gather --rate 10/s 'https://api.example/items/{{.}}'\n"
    "  gather --journal done -o 'out/{{n}}.json' @urls.txt  "
    "# until it exits 0\n"
    "  gather --compare 'https://api.example/slow?n=[1-5]'\n";

static const char footer[] =
    "More: gather --help CATEGORY, --help OPTION, --help all; man gather\n"
    "Categories:";

static bool
is_plain(FILE *out)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return !isatty(fileno(out)) || (no_color && *no_color) || !term ||
	       strcmp(term, "dumb") == 0;
}

static void
print_heading(FILE *out, const char *title)
{
	if (is_plain(out))
		fprintf(out, "\n%s:\n", title);
	else
		fprintf(out, "\n\033[1m%s:\033[0m\n", title);
}

/* "  -P, --parallel-max N|auto" */
static char *
left_side(const struct option_row *row)
{
	char letter[] = {'-', row->letter, ',', '\0'};
	bool attached = option_value_is_optional(row);
	char *name = option_shown_name(row);
	char *side = xasprintf("  %3s --%s%s%s", row->letter ? letter : "",
	    name, row->argument && !attached ? " " : "",
	    row->argument ? row->argument : "");

	free(name);
	return side;
}

/* How much of the explanation is shown: what stands behind a semicolon is
 * for those who ask. */
enum detail {
	BRIEF,
	FULL
};

/* What it does, the words it takes, its default. */
static char *
right_side(const struct option_row *row, enum detail detail)
{
	size_t len = strcspn(row->help, detail == BRIEF ? ";" : "");
	struct buf text;

	buf_init(&text);
	buf_add(&text, row->help, len);
	for (size_t i = 0; row->words && row->words[i]; i++)
		buf_addf(&text, "%s%s", i ? ", " : ": ", row->words[i]);
	if (row->fallback && !option_is_switch(row))
		buf_addf(&text, " [%s]", row->fallback);
	return buf_take(&text);
}

/* Print `text` from the explanations' column on, folded at blanks. */
static void
print_folded(FILE *out, const char *text)
{
	size_t room = HELP_WIDTH - HELP_COLUMN - 1;

	while (strlen(text) > room) {
		size_t len = room;

		while (len > 0 && text[len] != ' ')
			len--;
		if (len == 0)
			len = room;
		fprintf(out, "%.*s\n%*s", (int)len, text, HELP_COLUMN, "");
		text += len;
		text += strspn(text, " ");
	}
	fprintf(out, "%s\n", text);
}

static void
print_row(FILE *out, const struct option_row *row, enum detail detail)
{
	char *left = left_side(row), *right = right_side(row, detail);
	int len = fprintf(out, "%s", left);

	if (len >= HELP_COLUMN)
		fprintf(out, "\n%*s", HELP_COLUMN, "");
	else
		fprintf(out, "%*s", HELP_COLUMN - len, "");
	print_folded(out, right);
	free(left);
	free(right);
}

void
help_print_short(FILE *out)
{
	fputs(headline, out);
	FOREACH_SECTION (section) {
		print_heading(out, section->title);
		FOREACH_ROW (row, section)
			if (row->everyday)
				print_row(out, row, BRIEF);
	}
	print_heading(out, "Examples");
	fputs(examples, out);
	fputs(footer, out);
	FOREACH_SECTION (section)
		fprintf(out, " %s", section->name);
	fputc('\n', out);
}

static void
print_section(FILE *out, const struct option_section *section)
{
	print_heading(out, section->title);
	FOREACH_ROW (row, section)
		print_row(out, row, FULL);
}

static void
print_all(FILE *out)
{
	fputs(headline, out);
	FOREACH_SECTION (section)
		print_section(out, section);
}

static void
print_words(FILE *out, const struct option_row *row)
{
	for (size_t i = 0; row->words && row->words[i]; i++)
		fprintf(out, "%s%s", i ? "," : "", row->words[i]);
}

/* Name, letter, argument, words, category, other name, explanation. */
static void
print_table(FILE *out)
{
	FOREACH_SECTION (section)
		FOREACH_ROW (row, section) {
			char *name = option_shown_name(row);

			fprintf(out, "%s\t%.*s\t%s\t", name,
			    row->letter ? 1 : 0, &row->letter,
			    row->argument ? row->argument : "");
			print_words(out, row);
			fprintf(out, "\t%s\t%s\t%s\n", section->name,
			    row->also ? row->also : "", row->help);
			free(name);
		}
}

/* "rate", "--rate", "-m", "no-polite". */
static const struct option_row *
find_row(const char *topic)
{
	if (topic[0] == '-' && topic[1] && !topic[2])
		return option_by_letter(topic[1]);
	topic += strspn(topic, "-");
	if (strncmp(topic, "no-", 3) == 0)
		topic += 3;
	return option_by_name(topic);
}

static int
refuse_topic(const char *topic, char **cause)
{
	struct buf names;

	buf_init(&names);
	FOREACH_SECTION (section)
		buf_addf(&names, "%s, ", section->name);
	setting_refuse(cause,
	    "there is no help on \"%s\"; there is on %sall, and on each "
	    "option by its name",
	    topic, names.data);
	buf_release(&names);
	return -1;
}

int
help_print_topic(FILE *out, const char *topic, char **cause)
{
	const struct option_row *row = find_row(topic);

	if (strcmp(topic, "all") == 0) {
		print_all(out);
		return 0;
	}
	if (strcmp(topic, "table") == 0) {
		print_table(out);
		return 0;
	}
	FOREACH_SECTION (section)
		if (strcmp(section->name, topic) == 0) {
			print_section(out, section);
			return 0;
		}
	if (!row)
		return refuse_topic(topic, cause);
	print_row(out, row, FULL);
	return 0;
}
