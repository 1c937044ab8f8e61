/*
 * What the engines of a run have in common: whom they trust, their proxies
 * and passwords.
 */
#include "config.h"

#include "fetch/engine_private.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* A copy of `texts` as libcurl wants it; NULL: there are none. */
static struct curl_slist *
slist_of(const struct strlist *texts)
{
	struct curl_slist *list = NULL;

	for (size_t i = 0; i < texts->len; i++)
		list = curl_slist_append(list, texts->items[i]);
	return list;
}

/* Does this libcurl take every option that is passed on? A scratch handle
 * tells before anything is fetched, as later a refusal would be silent. */
static int
check_settings(const struct fetch_options *o, char **cause)
{
	CURLcode code = CURLE_OK;
	CURL *easy;

	if (!o->curl_len)
		return 0;
	easy = curl_easy_init();
	if (!easy)
		die("libcurl cannot make an easy handle");
	for (size_t i = 0; i < o->curl_len && code == CURLE_OK; i++) {
		const struct curl_setting *s = &o->curl[i];
		const struct curl_easyoption *name =
		    curl_easy_option_by_id(s->option);

		code = curl_setting_apply(easy, s);
		if (code != CURLE_OK)
			*cause = xasprintf("this libcurl refuses %s: %s",
			    name ? name->name : "an option",
			    curl_easy_strerror(code));
	}
	curl_easy_cleanup(easy);
	return code == CURLE_OK ? 0 : -1;
}

struct engine_common *
engine_common_new(
    const struct fetch_options *options, unsigned engines, char **cause)
{
	struct engine_common *c;

	if (check_settings(options, cause))
		return NULL;
	c = xcalloc(1, sizeof(*c));
	c->options = options;
	/* libcurl has locks for cookies that threads share, but says that it is
	 * not supported, and 8.12 to 8.14 walk a list of cookies that they have
	 * let go of. */
	c->engines = fetch_options_keep_cookies(options) ? 1 : engines;
	c->resolve = slist_of(&options->resolve);
	c->connect_to = slist_of(&options->connect_to);
	proxy_rules_init(&c->proxies, options);
	authorities_init(&c->authorities, options);
	if (options->netrc)
		netrc_read(&c->netrc, options->netrc_file);
	return c;
}

unsigned
engine_common_engines(const struct engine_common *c)
{
	return c->engines;
}

void
engine_common_free(struct engine_common *c)
{
	if (!c)
		return;
	netrc_release(&c->netrc);
	authorities_free(&c->authorities);
	curl_slist_free_all(c->resolve);
	curl_slist_free_all(c->connect_to);
	free(c);
}
