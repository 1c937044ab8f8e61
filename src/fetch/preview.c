/*
 * The handle of an attempt is set up as for a transfer; then what leads to the
 * network is replaced: name, proxy, address and socket. TLS needs somebody at
 * the other end, so https is written as http, which changes no header.
 */
#include "config.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "fetch/engine_private.h"
#include "request/url.h"

enum {
	ROUNDS = 100,  /* of libcurl's work, at most */
	IDLE_MOST = 5, /* rounds without anything written: that was all */
	ROUND_MS = 2
};

/* What libcurl has written so far. */
struct sink {
	struct preview *preview;
	size_t written; /* bytes */
};

/* --- the other end ---------------------------------------------------------
 */

/* Listen at a Unix domain socket without a file, whose name the kernel chooses:
 * what libcurl writes stays in its buffer, as nobody ever accepts it. *name is
 * set (caller frees). Returns the descriptor; -1: this system has none. */
static int
listen_nowhere(char **name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t len = sizeof(address);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&address, sizeof(sa_family_t)) ||
	    listen(fd, 1) ||
	    getsockname(fd, (struct sockaddr *)&address, &len) ||
	    len <= offsetof(struct sockaddr_un, sun_path) + 1) {
		close(fd);
		return -1;
	}
	*name = xmemdup0(address.sun_path + 1,
	    len - offsetof(struct sockaddr_un, sun_path) - 1);
	return fd;
}

/* --- what libcurl writes ---------------------------------------------------
 */

/* CURLOPT_DEBUGFUNCTION */
static int
take(CURL *easy, curl_infotype type, char *data, size_t len, void *arg)
{
	struct sink *sink = arg;
	struct preview *p = sink->preview;

	(void)easy;
	if (type != CURLINFO_HEADER_OUT && type != CURLINFO_DATA_OUT)
		return 0;
	sink->written += len;
	if (type == CURLINFO_HEADER_OUT)
		buf_add(&p->head, data, len);
	else if (p->body.len + len <= PREVIEW_BODY)
		buf_add(&p->body, data, len);
	else
		buf_add(&p->body, data, PREVIEW_BODY - p->body.len);
	return 0;
}

/* A cookie, a line of seven fields with tabs between them, as one that http
 * gets, too. Caller frees. */
static char *
open_cookie(const char *line)
{
	const char *field = line;

	for (int i = 0; i < 3 && field; i++) {
		field = strchr(field, '\t');
		field = field ? field + 1 : NULL;
	}
	if (!field || strncmp(field, "TRUE\t", 5) != 0)
		return xstrdup(line);
	return xasprintf("%.*sFALSE%s", (int)(field - line), line, field + 4);
}

/* Let http have the cookies that are for https only: it stands for that. */
static void
open_cookies(CURL *keeper)
{
	struct curl_slist *list = NULL;

	if (!keeper ||
	    curl_easy_getinfo(keeper, CURLINFO_COOKIELIST, &list) != CURLE_OK)
		return;
	curl_easy_setopt(keeper, CURLOPT_COOKIELIST, "ALL");
	for (struct curl_slist *l = list; l; l = l->next) {
		char *line = open_cookie(l->data);

		curl_easy_setopt(keeper, CURLOPT_COOKIELIST, line);
		free(line);
	}
	curl_slist_free_all(list);
}

/* Lead the handle, which is set up for a transfer, to the socket `name`. */
static void
divert(CURL *easy, const char *url, const char *name, struct sink *sink)
{
	char *plain = strncmp(url, "https:", 6) == 0
	                  ? xasprintf("http:%s", url + 6)
	                  : xstrdup(url);

	curl_easy_setopt(easy, CURLOPT_CURLU, NULL);
	curl_easy_setopt(easy, CURLOPT_URL, plain);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_INTERFACE, NULL);
	curl_easy_setopt(easy, CURLOPT_RESOLVE, NULL);
	curl_easy_setopt(easy, CURLOPT_CONNECT_TO, NULL);
	curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, NULL);
	curl_easy_setopt(easy, CURLOPT_ABSTRACT_UNIX_SOCKET, name);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, NULL);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, NULL);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, NULL);
	curl_easy_setopt(easy, CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
	curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, take);
	curl_easy_setopt(easy, CURLOPT_DEBUGDATA, sink);
	free(plain);
}

/* Let libcurl write until it waits for the answer, or until the socket takes no
 * more. */
static void
run(CURL *easy, const struct sink *sink)
{
	CURLM *multi = curl_multi_init();
	int running = 1;

	if (!multi)
		die("libcurl cannot make a multi handle");
	curl_multi_add_handle(multi, easy);
	for (int i = 0, idle = 0; running && i < ROUNDS && idle < IDLE_MOST;
	     i++) {
		size_t before = sink->written;

		curl_multi_perform(multi, &running);
		idle = sink->written == before && before ? idle + 1 : 0;
		if (running)
			curl_multi_poll(multi, NULL, 0, ROUND_MS, NULL);
	}
	curl_multi_remove_handle(multi, easy);
	curl_multi_cleanup(multi);
}

/* Set the attempt up and run it. -1 with *cause. */
static int
run_attempt(struct attempt *a, struct preview *p, char **cause)
{
	struct sink sink = {.preview = p};
	char *name = NULL;
	int fd = listen_nowhere(&name);

	if (attempt_setup(a)) {
		*cause = xasprintf("cannot be sent: %s", a->failure.message);
	} else if (fd >= 0) {
		divert(a->easy, a->spec.request->url, name, &sink);
		run(a->easy, &sink);
	}
	if (!*cause && !p->head.len)
		*cause = xstrdup("not shown: there is no socket for it");
	attempt_forget_setup(a);
	if (fd >= 0)
		close(fd);
	free(name);
	return *cause ? -1 : 0;
}

/* --- what is asked for -----------------------------------------------------
 */

static bool
is_stream(const char *file)
{
	struct stat st;

	return stat(file, &st) == 0 && !S_ISREG(st.st_mode);
}

/* The file of the request's body that can be read only once, for the run; NULL:
 * none. */
static const char *
stream_of(const struct request_options *o)
{
	if (o->body_kind == BODY_FILE && is_stream(o->upload))
		return o->upload;
	if (o->body_kind != BODY_MULTIPART)
		return NULL;
	for (size_t i = 0; i < o->form.len; i++) {
		const char *item = o->form.items[i];

		if ((*item == FORM_FILE || *item == FORM_CONTENT) &&
		    is_stream(item + 1))
			return item + 1;
	}
	return NULL;
}

/* Make the preview with an engine that is for nothing else. */
static int
make(struct preview *p, struct engine *engine, const struct request *request,
    char **cause)
{
	struct attempt *a = lane_take(engine, request->origin);
	enum proxy_kind kind;
	const char *proxy;
	struct hop hop;
	int rc;

	hop_init(&hop);
	hop_start(&hop, request);
	a->spec = (struct attempt_spec){.request = request, .hop = &hop};
	proxy = proxy_find(&engine->common->proxies, request->origin, &kind);
	p->proxy = proxy ? url_redacted(proxy) : NULL;
	a->proxy = proxy;
	if (strncmp(request->origin, "https:", 6) == 0)
		open_cookies(engine->cookie_keeper);
	rc = run_attempt(a, p, cause);
	lane_give_back(a);
	hop_release(&hop);
	return rc;
}

/* Make it with an engine for this one request. */
static int
make_with(struct preview *p, struct engine_common *common,
    const struct request *request, char **cause)
{
	static const struct engine_hooks none = {0};
	struct event_base *base = event_base_new();
	struct engine *engine;
	int rc;

	if (!base)
		die("cannot make an event loop");
	engine = engine_new(common, base, &none);
	rc = make(p, engine, request, cause);
	engine_free(engine);
	event_base_free(base);
	return rc;
}

int
preview_make(struct preview *p, const struct fetch_options *options,
    const struct request *request, char **cause)
{
	struct fetch_options o = *options; /* borrows all of it */
	const char *stream = stream_of(request->options);
	struct engine_common *common;
	int rc = -1;

	*p = (struct preview){0};
	*cause = NULL;
	if (strncmp(request->origin, "http", 4) != 0) {
		*cause = xstrdup("not shown: it is not HTTP");
		return -1;
	}
	if (stream) {
		*cause = xasprintf("not shown: its body is read from %s when "
		                   "it is sent",
		    stream);
		return -1;
	}
	o.cookie_jar_out = NULL;
	o.http = o.http == HTTP_1_0 ? HTTP_1_0 : HTTP_1_1;
	common = engine_common_new(&o, 1, cause);
	if (common)
		rc = make_with(p, common, request, cause);
	engine_common_free(common);
	return rc;
}

void
preview_release(struct preview *p)
{
	buf_release(&p->head);
	buf_release(&p->body);
	free(p->proxy);
}
