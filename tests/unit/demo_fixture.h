/* The demo server, and the options to ask it with. */
#ifndef GATHER_TESTS_DEMO_FIXTURE_H
#define GATHER_TESTS_DEMO_FIXTURE_H

#include <check.h>
#include <curl/curl.h>

#include "base/xalloc.h"
#include "demo/server.h"
#include "fetch/options.h"
#include "request/options.h"

/* Start the server; no option is given, and no proxy asked. */
static inline void
demo_fixture_open(struct demo_server *server, struct request_options *asked,
    struct fetch_options *how, unsigned parallel)
{
	char *cause = NULL;

	curl_global_init(CURL_GLOBAL_DEFAULT);
	ck_assert_int_eq(demo_server_start(server, &cause), 0);
	request_options_init(asked);
	fetch_options_init(how);
	how->parallel = parallel;
	how->proxy = xstrdup("");
}

static inline void
demo_fixture_close(struct demo_server *server, struct request_options *asked,
    struct fetch_options *how)
{
	demo_server_stop(server);
	request_options_release(asked);
	fetch_options_release(how);
	curl_global_cleanup();
}

#endif
