#include "config.h"

#include "fetch/multipart.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/xalloc.h"

/* One ";key=value" behind a part's content. */
struct attribute {
	const char *name;
	CURLcode (*set)(curl_mimepart *, const char *value);
};

static CURLcode
set_headers(curl_mimepart *part, const char *value)
{
	struct curl_slist *list = curl_slist_append(NULL, value);

	return curl_mime_headers(part, list, 1);
}

static const struct attribute attributes[] = {
    {"type=", curl_mime_type},
    {"filename=", curl_mime_filename},
    {"encoder=", curl_mime_encoder},
    {"headers=", set_headers},
};

static const struct attribute *
attribute_at(const char *s)
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
		if (strncasecmp(
		        s, attributes[i].name, strlen(attributes[i].name)) == 0)
			return &attributes[i];
	return NULL;
}

/* A value up to the `;` that opens an attribute, or a "quoted" one. */
static char *
take_value(const char **at)
{
	struct buf value;
	const char *s = *at;
	bool quoted = *s == '"';

	buf_init(&value);
	for (s += quoted; *s && *s != (quoted ? '"' : ';'); s++) {
		if (quoted && *s == '\\' && (s[1] == '"' || s[1] == '\\'))
			s++;
		buf_addc(&value, *s);
	}
	*at = quoted && *s ? s + 1 : s;
	return buf_take(&value);
}

/* Plain content may hold semicolons; only a known attribute ends it. */
static char *
take_content(const char **at)
{
	const char *s = *at;

	if (*s == '"')
		return take_value(at);
	while (*s && !(*s == ';' && attribute_at(s + 1 + strspn(s + 1, " "))))
		s++;
	s = *s ? s : *at + strlen(*at);
	{
		char *content = xmemdup0(*at, (size_t)(s - *at));

		*at = s;
		return content;
	}
}

static CURLcode
set_attributes(curl_mimepart *part, const char *s)
{
	CURLcode code = CURLE_OK;

	while (code == CURLE_OK && *s == ';') {
		const struct attribute *a;
		char *value;

		s += 1 + strspn(s + 1, " ");
		a = attribute_at(s);
		if (!a)
			return CURLE_BAD_FUNCTION_ARGUMENT;
		s += strlen(a->name);
		value = take_value(&s);
		code = a->set(part, value);
		free(value);
	}
	return *s ? CURLE_BAD_FUNCTION_ARGUMENT : code;
}

static CURLcode
set_part(curl_mimepart *part, const char *content)
{
	char kind = *content == '@' || *content == '<' ? *content : 0;
	const char *at = content + (kind != 0);
	char *data = kind ? take_value(&at) : take_content(&at);
	CURLcode code = kind ? curl_mime_filedata(part, data)
	                     : curl_mime_data(part, data, CURL_ZERO_TERMINATED);

	if (code == CURLE_OK && kind == '<')
		code = curl_mime_filename(part, NULL);
	free(data);
	return code == CURLE_OK ? set_attributes(part, at) : code;
}

static int
add_part(curl_mime *mime, const char *text, char **cause)
{
	const char *equals = strchr(text, '=');
	curl_mimepart *part = curl_mime_addpart(mime);
	char *name;
	CURLcode code;

	if (!equals) {
		*cause = xasprintf("-F %s: write name=content", text);
		return -1;
	}
	name = xmemdup0(text, (size_t)(equals - text));
	curl_mime_name(part, name);
	free(name);
	code = set_part(part, equals + 1);
	if (code == CURLE_OK)
		return 0;
	*cause = xasprintf("-F %s: %s", text,
	    code == CURLE_READ_ERROR ? "the file cannot be read"
	                             : curl_easy_strerror(code));
	return -1;
}

curl_mime *
multipart_new(CURL *easy, const struct strlist *texts, char **cause)
{
	curl_mime *mime = curl_mime_init(easy);

	for (size_t i = 0; i < texts->len; i++) {
		if (add_part(mime, texts->items[i], cause)) {
			curl_mime_free(mime);
			return NULL;
		}
	}
	return mime;
}
