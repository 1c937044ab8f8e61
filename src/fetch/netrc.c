/*
 * netrc files: words with quotes and comments, then entries of such words, then
 * the search for a host. Both follow lib/netrc.c of curl, but for what netrc.h
 * tells.
 */
#include "config.h"

#include "fetch/netrc.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "text/ascii.h"

enum {
	READ_SIZE = 4096,
	FILE_MAX = 1 << 20 /* bytes; the rest of a longer file is not read */
};

/* The word whose opening quote was taken already, with the escapes that curl
 * knows: \n, \r, \t, and any other character for itself. Caller frees. */
static char *
quoted_word(const char **at)
{
	struct buf word = {0};
	const char *s = *at;

	for (; *s && *s != '"' && *s != '\n'; s++) {
		if (*s == '\\' && s[1]) {
			s++;
			buf_addc(&word, *s == 'n'   ? '\n'
			                : *s == 'r' ? '\r'
			                : *s == 't' ? '\t'
			                            : *s);
		} else {
			buf_addc(&word, *s);
		}
	}
	*at = s + (*s == '"');
	buf_adds(&word, "");
	return buf_take(&word);
}

/* The next word, across comments, which end with their lines. Caller frees;
 * NULL: there is none. */
static char *
next_word(const char **at)
{
	const char *s = *at;
	size_t len = 0;

	for (;;) {
		while (ascii_is_space(*s))
			s++;
		if (*s != '#')
			break;
		s += strcspn(s, "\n");
	}
	*at = s;
	if (!*s)
		return NULL;
	if (*s == '"') {
		*at = s + 1;
		return quoted_word(at);
	}
	while (s[len] && !ascii_is_space(s[len]))
		len++;
	*at = s + len;
	return xmemdup0(s, len);
}

/* Skip the macro of a `macdef`: it ends with an empty line. */
static void
skip_macro(const char **at)
{
	const char *end = strstr(*at, "\n\n");

	*at = end ? end : *at + strlen(*at);
}

/* Add an entry and take `machine`. Borrowed until the next one is added. */
static struct netrc_entry *
add_entry(struct netrc *n, char *machine)
{
	n->entries = xgrow(n->entries, n->len, sizeof(*n->entries));
	n->entries[n->len] = (struct netrc_entry){.machine = machine};
	return &n->entries[n->len++];
}

/* The word that is a login, password or account. It may begin with `#`, unlike
 * others. Caller frees; NULL: there is none. */
static char *
next_value(const char **at)
{
	const char *s = *at;
	size_t len = 0;

	while (ascii_is_blank(*s))
		s++;
	if (*s != '#')
		return next_word(at);
	while (s[len] && !ascii_is_space(s[len]))
		len++;
	*at = s + len;
	return xmemdup0(s, len);
}

/* Replace a field. Of the same word twice in an entry the last one counts. */
static void
set_field(char **field, char *value)
{
	free(*field);
	*field = value;
}

void
netrc_parse(struct netrc *n, const char *text)
{
	struct netrc_entry *entry = NULL;
	char *word;

	*n = (struct netrc){0};
	while ((word = next_word(&text))) {
		if (strcasecmp(word, "machine") == 0)
			entry = add_entry(n, next_word(&text));
		else if (strcasecmp(word, "default") == 0)
			entry = add_entry(n, NULL);
		else if (strcasecmp(word, "macdef") == 0)
			skip_macro(&text);
		else if (entry && strcasecmp(word, "login") == 0)
			set_field(&entry->login, next_value(&text));
		else if (entry && strcasecmp(word, "password") == 0)
			set_field(&entry->password, next_value(&text));
		else if (strcasecmp(word, "account") == 0)
			free(next_value(&text));
		free(word);
	}
}

static char *
home_file(void)
{
	const char *home = getenv("HOME");

	return xasprintf("%s/.netrc", home ? home : "");
}

/* Append the content of the file as far as it can be read. */
static void
read_netrc(int fd, struct buf *text)
{
	ssize_t n;

	do {
		n = read(fd, buf_reserve(text, READ_SIZE), READ_SIZE);
		text->len += n > 0 ? (size_t)n : 0;
	} while (n > 0 && text->len < FILE_MAX);
}

void
netrc_read(struct netrc *n, const char *file)
{
	char *path = file && *file ? xstrdup(file) : home_file();
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct buf text = {0};

	if (fd >= 0) {
		read_netrc(fd, &text);
		close(fd);
	}
	buf_addc(&text, '\0');
	netrc_parse(n, text.data);
	buf_release(&text);
	free(path);
}

void
netrc_release(struct netrc *n)
{
	for (size_t i = 0; i < n->len; i++) {
		free(n->entries[i].machine);
		free(n->entries[i].login);
		free(n->entries[i].password);
	}
	free(n->entries);
	*n = (struct netrc){0};
}

/* Does the entry count for `login`, or for any login if that is NULL? An entry
 * without a login has the password of all. */
static bool
counts_for(const struct netrc_entry *e, const char *login)
{
	return !login || !e->login || strcmp(e->login, login) == 0;
}

char *
netrc_find(const struct netrc *n, const char *host, const char *login,
    enum netrc_default others)
{
	for (size_t i = 0; i < n->len; i++) {
		const struct netrc_entry *e = &n->entries[i];
		bool named = e->machine ? strcasecmp(e->machine, host) == 0
		                        : others == NETRC_OR_DEFAULT;
		const char *name = login ? login : e->login;

		if (!named || !counts_for(e, login))
			continue;
		return (name && *name) || e->password
		           ? xasprintf("%s:%s", name ? name : "",
		                 e->password ? e->password : "")
		           : NULL;
	}
	return NULL;
}
