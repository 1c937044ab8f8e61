/*
 * What the engines of a run have in common: whom they trust, their proxies,
 * passwords and cookies.
 */
#include "config.h"

#include "fetch/engine_private.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* Share TLS sessions among all handles, so that they outlive these, and
 * cookies, if there is a cookie file. The cookie keeper is a handle that never
 * fetches: with cookies shared, one handle that loads and saves is enough. */
static void
share_open(struct engine_common *c)
{
	const struct fetch_options *o = c->options;

	c->share = curl_share_init();
	if (!c->share)
		die("libcurl cannot make a share handle");
	if (!o->fresh_connections)
		curl_share_setopt(
		    c->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	if (!o->cookie_files.len && !o->cookie_jar_out)
		return;
	curl_share_setopt(c->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
	c->cookie_keeper = curl_easy_init();
	if (!c->cookie_keeper)
		die("libcurl cannot make an easy handle");
	curl_easy_setopt(c->cookie_keeper, CURLOPT_SHARE, c->share);
	curl_easy_setopt(c->cookie_keeper, CURLOPT_COOKIEFILE, "");
	for (size_t i = 0; i < o->cookie_files.len; i++)
		curl_easy_setopt(c->cookie_keeper, CURLOPT_COOKIEFILE,
		    o->cookie_files.items[i]);
	curl_easy_setopt(c->cookie_keeper, CURLOPT_COOKIELIST, "RELOAD");
	if (o->cookie_jar_out)
		curl_easy_setopt(
		    c->cookie_keeper, CURLOPT_COOKIEJAR, o->cookie_jar_out);
}

static void
share_close(struct engine_common *c)
{
	/* Cleaning the keeper up writes the cookie jar. */
	curl_easy_cleanup(c->cookie_keeper);
	curl_share_cleanup(c->share);
}

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
	c->engines = engines;
	c->resolve = slist_of(&options->resolve);
	c->connect_to = slist_of(&options->connect_to);
	proxy_rules_init(&c->proxies, options);
	authorities_init(&c->authorities, options);
	if (options->netrc)
		netrc_read(&c->netrc, options->netrc_file);
	share_open(c);
	return c;
}

void
engine_common_free(struct engine_common *c)
{
	if (!c)
		return;
	share_close(c);
	netrc_release(&c->netrc);
	authorities_free(&c->authorities);
	curl_slist_free_all(c->resolve);
	curl_slist_free_all(c->connect_to);
	free(c);
}
