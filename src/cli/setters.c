/*
 * The setters of the usual kinds of values: switches, numbers, sizes, times,
 * words, texts, and what is passed on to libcurl. Before them stands what all
 * setters share: refusing a value, claiming stdin, reading a file.
 */
#include "config.h"

#include "cli/setters.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cli/units.h"
#include "request/template.h"
#include "text/shell.h"

/* A file that an option reads is held in memory; a limit keeps a mistyped name,
 * such as /dev/zero, from filling it. */
enum {
	FILE_MAX = 64 << 20,
	READ_SIZE = 64 << 10
};

int
setting_refuse(char **cause, const char *fmt, ...)
{
	va_list ap, again;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	*cause = xmalloc((size_t)len + 1);
	vsnprintf(*cause, (size_t)len + 1, fmt, again);
	va_end(again);
	return -1;
}

int
setting_wants(const struct setting *s, const char *form, char **cause)
{
	/* The wrong value may still be the secret, mistyped. */
	if (s->row->secret)
		return setting_refuse(cause, "%s expects %s", s->typed, form);
	return setting_refuse(
	    cause, "%s expects %s, not \"%s\"", s->typed, form, s->value);
}

/* The field that the row names, in the options of `s`. Its type is the one that
 * the macro of the row has checked. */
static void *
field_of(const struct setting *s)
{
	return (char *)s->options + s->row->field;
}

/* The name of the reader is kept as it was typed, since the message about a
 * second one has to tell "-d @-" from "-". */
int
setting_claim_stdin(const struct setting *s, char **cause)
{
	struct options *o = s->options;

	if (o->stdin_reader)
		return setting_refuse(cause,
		    "stdin can be read only once, but both %s and %s read it",
		    o->stdin_reader, s->typed);
	o->stdin_reader = s->typed[0] == '-' && s->typed[1]
	                      ? xasprintf("%s %s", s->typed, s->value)
	                      : xstrdup(s->typed);
	return 0;
}

int
read_descriptor(int fd, struct buf *out)
{
	for (;;) {
		ssize_t n = read(fd, buf_reserve(out, READ_SIZE), READ_SIZE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (n == 0)
			break;
		out->len += (size_t)n;
		if (out->len > FILE_MAX)
			return EFBIG;
	}
	buf_add(out, "", 0); /* so that out->data is "" for an empty file */
	return 0;
}

int
read_file(const char *name, struct buf *out)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	int error;

	if (fd == -1)
		return errno;
	error = read_descriptor(fd, out);
	close(fd);
	return error;
}

/* *cause becomes why the option of `s` cannot read the file `name`; `error` is
 * an errno. Returns -1. */
static int
refuse_unreadable(
    const struct setting *s, const char *name, int error, char **cause)
{
	char *why = shell_open_reason(name, error);

	setting_refuse(cause, "%s cannot read \"%s\": %s", s->typed, name, why);
	free(why);
	return -1;
}

int
setting_read_file(
    const struct setting *s, const char *name, struct buf *out, char **cause)
{
	bool from_stdin = strcmp(name, "-") == 0;
	int error;

	if (from_stdin && setting_claim_stdin(s, cause) == -1)
		return -1;
	error = from_stdin ? read_descriptor(STDIN_FILENO, out)
	                   : read_file(name, out);
	if (error)
		return refuse_unreadable(s, name, error, cause);
	return 0;
}

/* A template may name a file that does not exist yet for the first request. */
int
setting_check_file(const struct setting *s, const char *name, char **cause)
{
	struct stat st;
	int error = 0;

	if (template_in(name))
		return 0;
	if (stat(name, &st) == -1 || access(name, R_OK) == -1)
		error = errno;
	else if (S_ISDIR(st.st_mode))
		error = EISDIR;
	if (error)
		return refuse_unreadable(s, name, error, cause);
	return 0;
}

int
setter_flag(const struct setting *s, char **cause)
{
	(void)cause;
	*(bool *)field_of(s) = s->on;
	return 0;
}

int
setter_antiflag(const struct setting *s, char **cause)
{
	(void)cause;
	*(bool *)field_of(s) = !s->on;
	return 0;
}

/* Parse a whole number within the range of the row into *out. */
static int
parse_in_range(const struct setting *s, uint64_t *out, char **cause)
{
	int64_t min = s->row->min, max = s->row->max;
	uint64_t n;

	if (!units_count(s->value, &n))
		return setting_wants(s, UNITS_COUNT_FORM, cause);
	if (n < (uint64_t)min)
		return setting_refuse(cause, "%s must be at least %lld, not %s",
		    s->typed, (long long)min, s->value);
	if (max && n > (uint64_t)max)
		return setting_refuse(cause, "%s must be at most %lld, not %s",
		    s->typed, (long long)max, s->value);
	*out = n;
	return 0;
}

int
setter_number(const struct setting *s, char **cause)
{
	uint64_t n;

	if (parse_in_range(s, &n, cause) == -1)
		return -1;
	*(unsigned *)field_of(s) = (unsigned)n;
	return 0;
}

int
setter_count(const struct setting *s, char **cause)
{
	return parse_in_range(s, field_of(s), cause);
}

int
setter_size(const struct setting *s, char **cause)
{
	if (!units_size(s->value, field_of(s)))
		return setting_wants(s, UNITS_SIZE_FORM, cause);
	return 0;
}

int
setter_duration(const struct setting *s, char **cause)
{
	if (!units_duration(s->value, field_of(s)))
		return setting_wants(s, UNITS_DURATION_FORM, cause);
	if (*(int64_t *)field_of(s) < s->row->min)
		return setting_refuse(
		    cause, "%s must be longer than 0", s->typed);
	return 0;
}

int
setter_rate(const struct setting *s, char **cause)
{
	uint64_t n;

	if (units_rate(s->value, field_of(s)))
		return 0;
	/* A bare number is per hour in curl and per second in most other
	 * programs, so it is refused rather than guessed. */
	if (units_count(s->value, &n) && n > 0)
		return setting_refuse(cause,
		    "%s needs a unit of time: write %s/s (or %s/m, %s/h)",
		    s->typed, s->value, s->value, s->value);
	return setting_wants(s, UNITS_RATE_FORM, cause);
}

int
setter_share(const struct setting *s, char **cause)
{
	if (!units_share(s->value, field_of(s)))
		return setting_wants(s, UNITS_SHARE_FORM, cause);
	return 0;
}

int
setter_text(const struct setting *s, char **cause)
{
	char **text = field_of(s);

	(void)cause;
	free(*text);
	*text = xstrdup_null(s->value);
	return 0;
}

int
setter_texts(const struct setting *s, char **cause)
{
	(void)cause;
	strlist_add(field_of(s), s->value);
	return 0;
}

/* An enum. The message lists all words that the option takes. */
int
setter_word(const struct setting *s, char **cause)
{
	const char *const *words = s->row->words;
	struct buf form;

	for (unsigned i = 0; words[i]; i++)
		if (strcmp(words[i], s->value) == 0) {
			*(unsigned *)field_of(s) = i;
			return 0;
		}
	buf_init(&form);
	for (unsigned i = 0; words[i]; i++)
		buf_addf(&form, "%s%s",
		    i == 0         ? ""
		    : words[i + 1] ? ", "
		                   : " or ",
		    words[i]);
	setting_wants(s, form.data, cause);
	buf_release(&form);
	return -1;
}

int
setter_curl_text(const struct setting *s, char **cause)
{
	(void)cause;
	fetch_options_set_text(&s->options->run.fetch, s->row->curl, s->value);
	return 0;
}

/* A file for libcurl. pkcs11: names an object in a token, not a file. */
int
setter_curl_file(const struct setting *s, char **cause)
{
	bool token = strncmp(s->value, "pkcs11:", 7) == 0;

	return !token && setting_check_file(s, s->value, cause) == -1
	           ? -1
	           : setter_curl_text(s, cause);
}

/* --no-... sets 0, which is the default of all options that rows pass on so. */
int
setter_curl_long(const struct setting *s, char **cause)
{
	(void)cause;
	fetch_options_set_long(&s->options->run.fetch, s->row->curl,
	    s->on ? s->row->curl_value : 0);
	return 0;
}
