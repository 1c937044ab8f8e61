/*
 * --help and --version. First how a row of the option table is printed, then
 * the overview, categories and the table for programs; then parts of the manual
 * page, whose text the build compiles in (manual.h); then how a topic is found.
 */
#include "config.h"

#include "cli/help.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>
#include <event2/event.h>
#include <zlib.h>

#ifdef HAVE_BROTLI
#include <brotli/decode.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_PCRE2
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#endif
#ifdef HAVE_LIBXML2
#include <libxml/xmlversion.h>
#endif
#ifdef HAVE_SQLITE
#include <sqlite3.h>
#endif
#ifdef HAVE_HIREDIS
#include <hiredis.h>
#endif

#include "base/buf.h"
#include "base/xalloc.h"
#include "cli/setters.h"
#include "cli/table.h"
#include "fetch/authorities.h"
#include "text/suggest.h"

/* A part of the manual page: the paragraphs of an option, or a section. */
struct manual_entry {
	char names[48]; /* " -l --list " or " templates " */
	size_t at, len; /* in manual_text */
};

#include "cli/manual.h"

enum {
	HELP_COLUMN = 31, /* where explanations begin */
	HELP_WIDTH = 80
};

static const char headline[] =
    "Usage: gather [OPTION]... [URL | @FILE | -]...\n"
    "Fetch many URLs concurrently and return the results in order.\n";

static const char examples[] =
    "  gather -j .name 'https://api.example/items/[1-100]'\n"
    "  gather --format ndjson @urls.txt > results.ndjson\n"
    "  seq 100 | gather --rate 10/s 'https://api.example/items/{{.}}'\n"
    "  gather --journal done -o 'out/{{n}}' @urls.txt  # repeat until exit 0\n";

/* Sections of the manual page that are topics, beside the categories of
 * options. */
static const char *const topics[] = {
    "templates", "paths", "records", "machines", "exit", "examples"};

enum {
	TOPICS = sizeof(topics) / sizeof(*topics)
};

/* May bold text be printed: to a terminal that understands it, and unless the
 * user objects (https://no-color.org)? */
static bool
allows_bold(FILE *out)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(fileno(out)) && !(no_color && *no_color) && term &&
	       strcmp(term, "dumb") != 0;
}

void
help_init(struct help *h, FILE *out, const char *color)
{
	h->out = out;
	h->bold = strcmp(color, "always") == 0 ||
	          (strcmp(color, "auto") == 0 && allows_bold(out));
}

static void
print_heading(const struct help *h, const char *title)
{
	fprintf(h->out, h->bold ? "\n\033[1m%s:\033[0m\n" : "\n%s:\n", title);
}

/* The left column of a row: "  -P, --parallel-max N|auto". Caller frees. */
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

/* How much of an explanation is shown: the overview leaves out what follows a
 * semicolon. */
enum detail {
	BRIEF,
	FULL
};

/* The right column of a row: what the option does, the words it takes, its
 * default. Caller frees. */
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

/* Print `text` in the right column, folded at blanks; the cursor is there. */
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

/* Print where there is more help, and which topics there are. */
static void
print_footer(FILE *out)
{
	fputs("More: gather --help TOPIC, gather --help OPTION, man gather\n"
	      "Topics: all",
	    out);
	FOREACH_SECTION (section)
		fprintf(out, " %s", section->name);
	fputs("\n       ", out);
	for (size_t i = 0; i < TOPICS; i++)
		fprintf(out, " %s", topics[i]);
	fputc('\n', out);
}

void
help_print_short(const struct help *h)
{
	fputs(headline, h->out);
	FOREACH_SECTION (section) {
		bool begun = false;

		FOREACH_ROW (row, section) {
			if (row->everyday && !begun)
				print_heading(h, section->title);
			if (row->everyday)
				print_row(h->out, row, BRIEF);
			begun |= row->everyday;
		}
	}
	print_heading(h, "Examples");
	fputs(examples, h->out);
	print_footer(h->out);
}

static void
print_section(const struct help *h, const struct option_section *section)
{
	print_heading(h, section->title);
	FOREACH_ROW (row, section)
		print_row(h->out, row, FULL);
}

static void
print_all(const struct help *h)
{
	fputs(headline, h->out);
	FOREACH_SECTION (section)
		print_section(h, section);
}

static void
print_words(FILE *out, const struct option_row *row)
{
	for (size_t i = 0; row->words && row->words[i]; i++)
		fprintf(out, "%s%s", i ? "," : "", row->words[i]);
}

/* Print the table for programs (completions and tests): name, letter, argument,
 * words, category, second name and explanation of each option. */
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

/* The part of the manual page about an option ("--rate") or a topic ("paths");
 * NULL: there is none. */
static const struct manual_entry *
find_entry(const char *name)
{
	char *word = xasprintf(" %s ", name);
	const struct manual_entry *found = NULL;

	for (size_t i = 0;
	     !found && i < sizeof(manual_entries) / sizeof(*manual_entries);
	     i++)
		if (strstr(manual_entries[i].names, word))
			found = &manual_entries[i];
	free(word);
	return found;
}

/* Print a part of the manual page. Bold text stands between \001 and \002. */
static void
print_entry(const struct help *h, const struct manual_entry *e)
{
	const char *at = manual_text + e->at, *end = at + e->len;

	for (; at < end; at++)
		if (*at != '\001' && *at != '\002')
			fputc(*at, h->out);
		else if (h->bold)
			fputs(*at == '\001' ? "\033[1m" : "\033[0m", h->out);
}

/* The row of an option as users write it: "rate", "--rate", "-m", "m" or
 * "no-polite"; NULL: there is none. */
static const struct option_row *
find_option(const char *topic)
{
	const struct option_row *row;

	topic += strspn(topic, "-");
	if (topic[0] && !topic[1])
		return option_by_letter(topic[0]);
	row = option_by_name(topic);
	if (!row && strncmp(topic, "no-", 3) == 0)
		row = option_by_name(topic + 3);
	return row;
}

/* Print the paragraphs of the manual page about an option, else its row. */
static void
print_option(const struct help *h, const struct option_row *row)
{
	char *name = option_shown_name(row), *typed = xasprintf("--%s", name);
	const struct manual_entry *e = find_entry(typed);

	if (e)
		print_entry(h, e);
	else
		print_row(h->out, row, FULL);
	free(typed);
	free(name);
}

/* The topic or option that a mistyped topic most likely means; NULL: none. */
static const char *
nearest_topic(const char *topic)
{
	struct suggestion s;

	suggestion_init(&s, topic + strspn(topic, "-"));
	for (size_t i = 0; i < TOPICS; i++)
		suggestion_offer(&s, topics[i]);
	FOREACH_SECTION (section) {
		suggestion_offer(&s, section->name);
		FOREACH_ROW (row, section)
			suggestion_offer(&s, row->name);
	}
	return s.best;
}

static int
refuse_topic(const char *topic, char **cause)
{
	const char *nearest = nearest_topic(topic);

	if (nearest)
		return setting_refuse(cause,
		    "no help on \"%s\"; did you mean gather --help %s?", topic,
		    nearest);
	return setting_refuse(
	    cause, "no help on \"%s\"; gather --help lists the topics", topic);
}

static const struct option_section *
find_section(const char *name)
{
	FOREACH_SECTION (section)
		if (strcmp(section->name, name) == 0)
			return section;
	return NULL;
}

static bool
is_topic(const char *name)
{
	for (size_t i = 0; i < TOPICS; i++)
		if (strcmp(topics[i], name) == 0)
			return true;
	return false;
}

/* Names of sections win over options: --help output is the category, and
 * --help --output, whose dashes find_section does not know, the option. */
int
help_print_topic(const struct help *h, const char *topic, char **cause)
{
	const struct option_row *row = find_option(topic);

	if (strcmp(topic, "all") == 0)
		print_all(h);
	else if (strcmp(topic, "table") == 0)
		print_table(h->out);
	else if (find_section(topic))
		print_section(h, find_section(topic));
	else if (is_topic(topic))
		print_entry(h, find_entry(topic));
	else if (row)
		print_option(h, row);
	else
		return refuse_topic(topic, cause);
	return 0;
}

/* --- versions ------------------------------------------------------------ */

/* Features of libcurl that --version names, by their bit in
 * curl_version_info. */
static const struct {
	int bit;
	const char *name;
} features[] = {
    {CURL_VERSION_HTTP2, "HTTP2"},
    {CURL_VERSION_HTTP3, "HTTP3"},
    {CURL_VERSION_SSL, "TLS"},
    {CURL_VERSION_IDN, "IDN"},
    {CURL_VERSION_IPV6, "IPv6"},
    {CURL_VERSION_UNIX_SOCKETS, "UnixSockets"},
};

void
help_print_version(FILE *out)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);

	fprintf(out, "gather %s\n", PACKAGE_VERSION);
	fprintf(out, "libcurl %s", curl->version);
	if (curl->ssl_version)
		fprintf(out, " %s", curl->ssl_version);
	if (curl->nghttp2_version)
		fprintf(out, " nghttp2/%s", curl->nghttp2_version);
	if (curl->age >= CURLVERSION_SIXTH && curl->quic_version)
		fprintf(out, " %s", curl->quic_version);
	fprintf(
	    out, ", libevent %s, zlib %s", event_get_version(), zlibVersion());
#ifdef HAVE_BROTLI
	fprintf(out, ", Brotli %u.%u.%u", BrotliDecoderVersion() >> 24,
	    BrotliDecoderVersion() >> 12 & 0xfff,
	    BrotliDecoderVersion() & 0xfff);
#endif
#ifdef HAVE_ZSTD
	fprintf(out, ", zstd %s", ZSTD_versionString());
#endif
#ifdef HAVE_PCRE2
	fprintf(out, ", PCRE2 %d.%d", PCRE2_MAJOR, PCRE2_MINOR);
#endif
#ifdef HAVE_SQLITE
	fputs(", SQLite " SQLITE_VERSION, out);
#endif
#ifdef HAVE_LIBXML2
	fputs(", libxml2 " LIBXML_DOTTED_VERSION, out);
#endif
#ifdef HAVE_HIREDIS
	fprintf(out, ", hiredis %d.%d.%d", HIREDIS_MAJOR, HIREDIS_MINOR,
	    HIREDIS_PATCH);
#endif
	fputc('\n', out);
	fputs("Features:", out);
	/* Bodies are decoded by us, not by libcurl. */
	fputs(" gzip", out);
#ifdef HAVE_BROTLI
	fputs(" brotli", out);
#endif
#ifdef HAVE_ZSTD
	fputs(" zstd", out);
#endif
	for (size_t i = 0; i < sizeof(features) / sizeof(*features); i++)
		if (curl->features & features[i].bit)
			fprintf(out, " %s", features[i].name);
	if (authorities_have_folder())
		fputs(" CAfolder", out);
	fputc('\n', out);
}
