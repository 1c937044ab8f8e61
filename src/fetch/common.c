/*
 * What the engines of a run have in common. From top to bottom: what they
 * count together; whom they trust, their proxies and passwords.
 */
#include "config.h"

#include "fetch/engine_private.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "fetch/resolve.h"
#include "process/environment.h"

struct engine_total
common_total(const struct engine_common *c)
{
	struct engine_total sum = {0};

	for (unsigned i = 0; i < c->engines; i++) {
		size_t sockets = use_read(&c->uses[i].sockets);
		size_t claimed = sockets + use_read(&c->uses[i].connecting);

		if (c->engines > 1 && claimed < c->share)
			claimed = c->share;
		sum.sockets += sockets;
		sum.claimed += claimed;
		sum.bodies += use_read(&c->uses[i].bodies);
	}
	return sum;
}

/* What is open is counted before any engine opens a socket: all others wait
 * here. */
static size_t
count_sockets_max(struct engine_common *c)
{
	size_t max;

	pthread_mutex_lock(&c->lock);
	max = atomic_load(&c->sockets_max);
	if (!max) {
		max = environment_max_sockets();
		atomic_store(&c->sockets_max, max);
	}
	pthread_mutex_unlock(&c->lock);
	return max;
}

size_t
common_sockets_max(struct engine_common *c)
{
	size_t max = atomic_load(&c->sockets_max);

	return max ? max : count_sockets_max(c);
}

bool
common_take(struct engine_common *c, size_t len)
{
	int64_t now;
	bool ready;

	if (!c->options->limit_total)
		return true;
	pthread_mutex_lock(&c->lock);
	now = clock_now_us();
	ready = throttle_ready_us(&c->throttle, now) <= now;
	if (ready)
		throttle_take(&c->throttle, len, now);
	pthread_mutex_unlock(&c->lock);
	return ready;
}

int64_t
common_wait_us(struct engine_common *c)
{
	int64_t now, ready;

	pthread_mutex_lock(&c->lock);
	now = clock_now_us();
	ready = throttle_ready_us(&c->throttle, now);
	pthread_mutex_unlock(&c->lock);
	return ready - now;
}

/* --- what is made once ---------------------------------------------------- */

struct curl_slist **
slist_append(struct curl_slist **end, const char *text)
{
	*end = curl_slist_append(NULL, text);
	if (!*end)
		die("out of memory");
	return &(*end)->next;
}

/* A copy of `texts` as libcurl wants it; NULL: there are none. */
static struct curl_slist *
slist_of(const struct strlist *texts)
{
	struct curl_slist *list = NULL, **end = &list;

	for (size_t i = 0; i < texts->len; i++)
		end = slist_append(end, texts->items[i]);
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
	c->share = (options->parallel + c->engines - 1) / c->engines;
	c->uses = xcalloc(c->engines, sizeof(*c->uses));
	pthread_mutex_init(&c->lock, NULL);
	throttle_init(&c->throttle, options->limit_total);
	c->resolve = slist_of(&options->resolve);
	addresses_given(&c->given, &options->resolve);
	c->connect_to = slist_of(&options->connect_to);
	c->lookups = address_lookups(options);
	proxy_rules_init(&c->proxies, options);
	authorities_init(&c->authorities, options);
	if (options->netrc)
		netrc_read(&c->netrc, options->netrc_file);
	return c;
}

struct engine_use *
common_use(struct engine_common *c)
{
	assert(c->made < c->engines);
	return &c->uses[c->made++];
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
	resolve_pool_free(c->lookups);
	free(c->uses);
	pthread_mutex_destroy(&c->lock);
	netrc_release(&c->netrc);
	authorities_free(&c->authorities);
	curl_slist_free_all(c->resolve);
	strmap_release(&c->given);
	curl_slist_free_all(c->connect_to);
	free(c);
}
