#include "config.h"

#include "fetch/engine_private.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* TLS sessions outlive the handles; cookies, if asked for, are everybody's. */
static void
share_open(struct engine *engine)
{
	const struct fetch_options *o = engine->options;

	engine->share = curl_share_init();
	if (!engine->share)
		die("libcurl cannot make a share handle");
	if (!o->fresh_connections)
		curl_share_setopt(
		    engine->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	if (!o->cookie_files.len && !o->cookie_jar_out)
		return;
	curl_share_setopt(
	    engine->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
	engine->cookie_keeper = curl_easy_init();
	if (!engine->cookie_keeper)
		die("libcurl cannot make an easy handle");
	curl_easy_setopt(engine->cookie_keeper, CURLOPT_SHARE, engine->share);
	curl_easy_setopt(engine->cookie_keeper, CURLOPT_COOKIEFILE, "");
	for (size_t i = 0; i < o->cookie_files.len; i++)
		curl_easy_setopt(engine->cookie_keeper, CURLOPT_COOKIEFILE,
		    o->cookie_files.items[i]);
	curl_easy_setopt(engine->cookie_keeper, CURLOPT_COOKIELIST, "RELOAD");
	if (o->cookie_jar_out)
		curl_easy_setopt(engine->cookie_keeper, CURLOPT_COOKIEJAR,
		    o->cookie_jar_out);
}

static void
share_close(struct engine *engine)
{
	/* Cleaning the keeper up writes the cookie jar. */
	curl_easy_cleanup(engine->cookie_keeper);
	curl_share_cleanup(engine->share);
}

static struct curl_slist *
slist_of(const struct strlist *texts)
{
	struct curl_slist *list = NULL;

	for (size_t i = 0; i < texts->len; i++)
		list = curl_slist_append(list, texts->items[i]);
	return list;
}

/* Does this libcurl take every option? Asked once, of a scratch handle. */
static int
check_options(const struct fetch_options *o, char **cause)
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

		code = s->kind == SETTING_TEXT
		           ? curl_easy_setopt(easy, s->option, s->text)
		       : s->kind == SETTING_LONG
		           ? curl_easy_setopt(easy, s->option, (long)s->number)
		           : curl_easy_setopt(easy, s->option, s->number);
		if (code != CURLE_OK)
			*cause = xasprintf("this libcurl refuses %s: %s",
			    name ? name->name : "an option",
			    curl_easy_strerror(code));
	}
	curl_easy_cleanup(easy);
	return code == CURLE_OK ? 0 : -1;
}

static unsigned
lanes_needed(unsigned parallel)
{
	unsigned lanes = (parallel + LANE_REQUESTS - 1) / LANE_REQUESTS;

	return lanes > LANE_MAX ? LANE_MAX : lanes ? lanes : 1;
}

struct engine *
engine_new(struct event_base *base, const struct fetch_options *options,
    const struct engine_hooks *hooks, char **cause)
{
	struct engine *engine;

	if (check_options(options, cause))
		return NULL;
	engine = xcalloc(1, sizeof(*engine));
	engine->base = base;
	engine->options = options;
	engine->hooks = *hooks;
	list_init(&engine->retired);
	list_init(&engine->flying);
	list_init(&engine->done);
	engine->lanes_len = lanes_needed(options->parallel);
	engine->lanes = xcalloc(engine->lanes_len, sizeof(struct lane *));
	engine->resolve = slist_of(&options->resolve);
	engine->connect_to = slist_of(&options->connect_to);
	proxy_rules_init(&engine->proxies, options);
	authorities_init(&engine->authorities, options);
	if (options->netrc)
		netrc_read(&engine->netrc, options->netrc_file);
	share_open(engine);
	if (!address_left_to_libcurl(options))
		engine->resolver = resolver_new(
		    base, address_family(options), attempt_on_lookup);
	watch_open(engine);
	content_open(engine);
	return engine;
}

static void
drop_all(struct engine *engine)
{
	struct list *l;

	while ((l = engine->flying.next) != &engine->flying)
		engine_cancel(engine, container_of(l, struct attempt, link));
	while ((l = list_pop_front(&engine->done)))
		attempt_free(container_of(l, struct attempt, link));
}

void
engine_free(struct engine *engine)
{
	if (!engine)
		return;
	drop_all(engine);
	resolver_free(engine->resolver);
	lanes_sweep(engine);
	for (unsigned i = 0; i < engine->lanes_len; i++)
		lane_free(engine->lanes[i]);
	free(engine->lanes);
	watch_close(engine);
	content_close(engine);
	share_close(engine);
	netrc_release(&engine->netrc);
	free(engine->authorities.shown);
	curl_slist_free_all(engine->resolve);
	curl_slist_free_all(engine->connect_to);
	free(engine);
}

struct engine_counts
engine_counts(const struct engine *engine)
{
	return engine->counts;
}
