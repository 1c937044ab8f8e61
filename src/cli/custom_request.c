/*
 * What is requested: the input first, then the parts of a request other than
 * its body: method, headers, cookies, credentials, ranges.
 */
#include "config.h"

#include "cli/setters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/xalloc.h"
#include "redact/known.h"
#include "request/template.h"
#include "text/ascii.h"
#include "text/utf8.h"

/* --- where requests come from -------------------------------------------- */

/* -1 with *cause if the value is empty, which mostly comes from a variable of
 * the shell that is not set. `what` names what is expected. */
static int
refuse_empty(const struct setting *s, const char *what, char **cause)
{
	if (*s->value)
		return 0;
	return setting_refuse(cause, "%s is empty; expected %s",
	    *s->typed ? s->typed : "an operand", what);
}

int
setter_list(const struct setting *s, char **cause)
{
	if (refuse_empty(s, "the name of a list", cause) == -1)
		return -1;
	if (strcmp(s->value, "-") == 0 && setting_claim_stdin(s, cause) == -1)
		return -1;
	input_options_add(&s->options->input, INPUT_LIST, s->value);
	return 0;
}

int
setter_url(const struct setting *s, char **cause)
{
	if (refuse_empty(s, "a URL", cause) == -1)
		return -1;
	input_options_add(&s->options->input, INPUT_URL, s->value);
	return 0;
}

/* --rows and --retry-from: a file, or "-" for stdin. */
int
setter_source(const struct setting *s, char **cause)
{
	if (refuse_empty(s, "the name of a file", cause) == -1)
		return -1;
	if (strcmp(s->value, "-") == 0 && setting_claim_stdin(s, cause) == -1)
		return -1;
	return setter_text(s, cause);
}

int
setter_shard(const struct setting *s, char **cause)
{
	char *why;

	if (shard_parse(&s->options->input.shard, s->value, &why) == 0)
		return 0;
	setting_refuse(cause, "%s %s: %s", s->typed, s->value, why);
	free(why);
	return -1;
}

/* file:// is the only scheme that must be allowed. It is allowed in two places:
 * where lists are read, and where libcurl is set up. */
int
setter_proto(const struct setting *s, char **cause)
{
	if (strcmp(s->value, "+file") != 0)
		return setting_wants(
		    s, "+file (http and https are always allowed)", cause);
	s->options->input.allow_file_scheme = true;
	s->options->run.fetch.allow_file_scheme = true;
	return 0;
}

/* --- what a request says ------------------------------------------------- */

static void
set_string(char **owned, const char *value)
{
	free(*owned);
	*owned = xstrdup(value);
}

int
setter_method(const struct setting *s, char **cause)
{
	if (!ascii_is_token(s->value, strlen(s->value)) &&
	    !template_in(s->value))
		return setting_wants(s, "a method such as DELETE", cause);
	set_string(&s->options->run.request.method, s->value);
	return 0;
}

/* Add a header; -1 with *cause if it is none. The message shows its name at
 * most, because the value may be a password. */
static int
add_header(const struct setting *s, const char *header, char **cause)
{
	size_t name = strcspn(header, ":; \t\r\n");
	const char *more = header[name] ? " ..." : "";

	if (strpbrk(header, "\r\n"))
		return setting_refuse(cause,
		    "%s: a header must not contain a line break: \"%.*s%s\"",
		    s->typed, (int)name, header, more);
	/* A word alone may be a password, too. */
	if (!strpbrk(header, ":;"))
		return setting_refuse(cause,
		    "%s expects \"Name: value\" (\"Name:\" removes it, "
		    "\"Name;\" sends it empty), not \"%.*s ...\"",
		    s->typed, *more ? (int)name : 0, header);
	strlist_add(&s->options->run.request.headers, header);
	return 0;
}

/* Append to *cause which line of the file it is about. Returns -1. */
static int
add_line_to_cause(const struct setting *s, unsigned line, char **cause)
{
	char *why = *cause;

	setting_refuse(cause, "%s (line %u of %s)", why, line, s->value + 1);
	free(why);
	return -1;
}

/* Add one header for each line; empty lines and comments are skipped. */
static int
add_header_lines(const struct setting *s, char *text, char **cause)
{
	char *next;

	for (unsigned line = 1; text; text = next, line++) {
		next = strchr(text, '\n');
		if (next)
			*next++ = '\0';
		text[strcspn(text, "\r")] = '\0';
		if (*text && *text != '#' && add_header(s, text, cause) == -1)
			return add_line_to_cause(s, line, cause);
	}
	return 0;
}

int
setter_header(const struct setting *s, char **cause)
{
	struct buf file;
	int rc;

	if (s->value[0] != '@')
		return add_header(s, s->value, cause);
	buf_init(&file);
	rc = setting_read_file(s, s->value + 1, &file, cause);
	utf8_drop_mark(&file);
	if (rc == 0)
		rc = add_header_lines(s, file.data, cause);
	buf_release(&file);
	return rc;
}

/* The length of the name of a variable, as curl has them. */
static size_t
variable_name_length(const char *text)
{
	size_t len = 0;

	while (ascii_is_alnum(text[len]) || text[len] == '_')
		len++;
	return len;
}

/* What stands behind the name: "=VALUE" or "@FILE"; nothing where the
 * environment has the value. */
static int
read_variable(
    const struct setting *s, const char *rest, struct buf *value, char **cause)
{
	int rc = -1;

	if (*rest == '@') {
		rc = setting_read_file(s, rest + 1, value, cause);
		if (rc == 0)
			known_secrets_add(buf_text(value));
		return rc;
	}
	if (*rest == '=') {
		buf_adds(value, rest + 1);
		return 0;
	}
	return setting_refuse(cause,
	    "%s expects NAME=VALUE, NAME@FILE, or %%NAME for a variable of "
	    "the environment",
	    s->typed);
}

/* As curl's --variable: %NAME is a variable of the environment, and %NAME=VALUE
 * has a default for it. What stands on no command line is a secret. */
int
setter_variable(const struct setting *s, char **cause)
{
	bool imports = s->value[0] == '%';
	const char *start = s->value + imports;
	size_t len = variable_name_length(start);
	char *name = xmemdup0(start, len);
	const char *known = imports ? getenv(name) : NULL;
	struct buf value = {0};
	int rc = 0;

	if (len && known) {
		known_secrets_add(known);
		buf_adds(&value, known);
	} else if (len && imports && !start[len]) {
		rc = setting_refuse(cause,
		    "%s: the environment has no variable %s; export it, or "
		    "give a default: %%%s=VALUE",
		    s->typed, name, name);
	} else {
		rc = read_variable(s, len ? start + len : "", &value, cause);
	}
	if (rc == 0) {
		variables_set(&s->options->variables, name, buf_text(&value));
		s->options->run.request.variables = &s->options->variables;
	}
	buf_release(&value);
	free(name);
	return rc;
}

/* With an equals sign the value is a cookie, else the name of a cookie file.
 * Cookies of several -b are joined, as RFC 6265, 4.2.1 has one header. */
int
setter_cookie(const struct setting *s, char **cause)
{
	struct options *o = s->options;
	char *joined;

	(void)cause;
	if (!strchr(s->value, '=')) {
		strlist_add(&o->run.fetch.cookie_files, s->value);
		return 0;
	}
	if (!o->run.request.cookie) {
		o->run.request.cookie = xstrdup(s->value);
		return 0;
	}
	joined = xasprintf("%s; %s", o->run.request.cookie, s->value);
	free(o->run.request.cookie);
	o->run.request.cookie = joined;
	return 0;
}

/* -1 with *cause if there is no password: unlike curl, gather does not prompt
 * for one. */
static int
need_password(const struct setting *s, char **cause)
{
	if (!strchr(s->value, ':'))
		return setting_refuse(cause,
		    "%s expects NAME:PASSWORD (NAME: if the password is empty)",
		    s->typed);
	return 0;
}

int
setter_user(const struct setting *s, char **cause)
{
	return need_password(s, cause) == -1 ? -1 : setter_text(s, cause);
}

/* Is `file` a pipe or a device? It can be read only once, and may be empty by
 * the time of the first request. */
static bool
is_stream(const char *file)
{
	struct stat st;

	return stat(file, &st) == 0 && !S_ISREG(st.st_mode) &&
	       !S_ISDIR(st.st_mode);
}

/* Read the token from a stream now, as it cannot be read again later. */
static int
read_bearer(const struct setting *s, char **cause)
{
	struct request_options *r = &s->options->run.request;
	struct buf text = {0};
	size_t len;
	const char *token;
	int rc = setting_read_file(s, s->value + 1, &text, cause);

	len = text.len;
	token = ascii_trim(buf_text(&text), &len);
	if (rc == 0 && (len == 0 || memchr(token, '\0', len)))
		rc = setting_refuse(
		    cause, "%s: %s contains no token", s->typed, s->value + 1);
	if (rc == 0) {
		free(r->bearer);
		free(r->bearer_file);
		r->bearer = xmemdup0(token, len);
		r->bearer_file = NULL;
	}
	buf_release(&text);
	return rc;
}

/* A token, or @FILE. Of a regular file only the name is kept: the token is read
 * when it is needed, because programs renew such files. */
int
setter_bearer(const struct setting *s, char **cause)
{
	struct request_options *r = &s->options->run.request;
	bool is_file = s->value[0] == '@';

	if (!*s->value)
		return setting_wants(s, "a token or @FILE", cause);
	if (is_file && is_stream(s->value + 1))
		return read_bearer(s, cause);
	free(r->bearer);
	free(r->bearer_file);
	r->bearer = is_file ? NULL : xstrdup(s->value);
	r->bearer_file = is_file ? xstrdup(s->value + 1) : NULL;
	return is_file ? setting_check_file(s, s->value + 1, cause) : 0;
}

int
setter_proxy_user(const struct setting *s, char **cause)
{
	return need_password(s, cause) == -1 ? -1 : setter_curl_text(s, cause);
}

int
setter_digest(const struct setting *s, char **cause)
{
	(void)cause;
	s->options->run.request.auth = s->on ? AUTH_DIGEST : AUTH_BASIC;
	return 0;
}

int
setter_aws_sigv4(const struct setting *s, char **cause)
{
	(void)cause;
	s->options->run.request.auth = AUTH_AWS_SIGV4;
	set_string(&s->options->run.request.aws_sigv4, s->value);
	return 0;
}

/* "0-99", "500-", "-500" or several of them. As in curl "7" means "7-". */
int
setter_range(const struct setting *s, char **cause)
{
	const char *value = s->value;
	bool digits = value[0] && !value[strspn(value, "0123456789")];

	if (!template_in(value) &&
	    (!value[0] || value[strspn(value, "0123456789-, ")]))
		return setting_wants(s,
		    "a byte range such as 0-99, 500-, -500 or 0-9,90-99",
		    cause);
	free(s->options->run.request.range);
	s->options->run.request.range =
	    xasprintf("%s%s", value, digits ? "-" : "");
	return 0;
}

/* "URL", ";auto" or "URL;auto". */
int
setter_referer(const struct setting *s, char **cause)
{
	struct request_options *r = &s->options->run.request;
	size_t len = strlen(s->value), tail = strlen(";auto");

	(void)cause;
	r->auto_referer =
	    len >= tail && strcmp(s->value + len - tail, ";auto") == 0;
	len -= r->auto_referer ? tail : 0;
	free(r->referer);
	r->referer = len ? xmemdup0(s->value, len) : NULL;
	return 0;
}

/* Why `name` cannot be written, as an errno; 0: it can. A regular file is
 * replaced by renaming, which needs a writable directory; a device or a pipe
 * must be writable itself. */
static int
why_unwritable(const char *name)
{
	struct stat st;
	bool is_there = stat(name, &st) == 0;
	char *folder;
	int error;

	if (is_there && S_ISDIR(st.st_mode))
		return EISDIR;
	if (is_there && !S_ISREG(st.st_mode))
		return access(name, W_OK) == -1 ? errno : 0;
	folder = io_folder(name);
	error = access(folder, W_OK) == -1 ? errno : 0;
	free(folder);
	return error;
}

/* The cookie file is written when the run is over, so check before that it can
 * be. */
int
setter_cookie_jar(const struct setting *s, char **cause)
{
	bool is_stdout = strcmp(s->value, "-") == 0;
	int error = is_stdout ? 0 : why_unwritable(s->value);

	if (error)
		return setting_refuse(cause, "%s cannot write \"%s\": %s",
		    s->typed, s->value, strerror(error));
	return setter_text(s, cause);
}

/* Implies -n. */
int
setter_netrc_file(const struct setting *s, char **cause)
{
	s->options->run.fetch.netrc = true;
	return setting_check_file(s, s->value, cause) == -1
	           ? -1
	           : setter_text(s, cause);
}
