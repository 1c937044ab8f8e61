/* The options of this folder: their defaults, and a list of settings that are
 * passed on to libcurl. */
#include "config.h"

#include "fetch/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"

void
fetch_options_init(struct fetch_options *o)
{
	*o = (struct fetch_options){
	    .max_redirects = 10,
	    .connect_timeout_us = 10 * CLOCK_SECOND,
	    .speed_limit = 1,
	    .speed_time_us = 60 * CLOCK_SECOND,
	    .max_filesize = UINT64_C(64) << 20,
	    .max_headers = UINT64_C(256) << 10,
	    .parallel = 50,
	};
}

void
fetch_options_release(struct fetch_options *o)
{
	for (size_t i = 0; i < o->curl_len; i++)
		free(o->curl[i].text);
	free(o->curl);
	free(o->capath);
	strlist_release(&o->resolve);
	strlist_release(&o->connect_to);
	free(o->netrc_file);
	free(o->proxy);
	free(o->noproxy);
	strlist_release(&o->cookie_files);
	free(o->cookie_jar_out);
	*o = (struct fetch_options){0};
}

const struct curl_setting *
fetch_options_find(const struct fetch_options *o, CURLoption option)
{
	for (size_t i = 0; i < o->curl_len; i++)
		if (o->curl[i].option == option)
			return &o->curl[i];
	return NULL;
}

const char *
fetch_options_replay(const struct fetch_options *o)
{
	if (!o->to_replay || o->connect_to.len == 0)
		return NULL;
	return o->connect_to.items[0] + strlen("::");
}

bool
fetch_options_keep_cookies(const struct fetch_options *o)
{
	return o->cookie_files.len || o->cookie_jar_out;
}

CURLcode
curl_setting_apply(CURL *easy, const struct curl_setting *s)
{
	switch (s->kind) {
	case SETTING_LONG:
		return curl_easy_setopt(easy, s->option, (long)s->number);
	case SETTING_TEXT: return curl_easy_setopt(easy, s->option, s->text);
	case SETTING_OFF_T: break;
	}
	return curl_easy_setopt(easy, s->option, s->number);
}

/* The setting of that option, or a new one. */
static struct curl_setting *
setting(struct fetch_options *o, CURLoption option)
{
	const struct curl_setting *old = fetch_options_find(o, option);
	struct curl_setting *s;

	if (old)
		return &o->curl[old - o->curl];
	o->curl = xreallocarray(o->curl, o->curl_len + 1, sizeof(*o->curl));
	s = &o->curl[o->curl_len++];
	*s = (struct curl_setting){.option = option};
	return s;
}

void
fetch_options_set_long(
    struct fetch_options *o, CURLoption option, curl_off_t value)
{
	struct curl_setting *s = setting(o, option);

	s->kind = option >= CURLOPTTYPE_OFF_T ? SETTING_OFF_T : SETTING_LONG;
	s->number = value;
}

void
fetch_options_set_text(
    struct fetch_options *o, CURLoption option, const char *value)
{
	struct curl_setting *s = setting(o, option);

	s->kind = SETTING_TEXT;
	free(s->text);
	s->text = xstrdup_null(value);
}
