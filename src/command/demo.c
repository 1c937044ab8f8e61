/*
 * --demo: starts the server in a process of its own, and runs a comparison of
 * five requests against it.
 */
#include "config.h"

#include "command/command.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "compare/compare.h"
#include "demo/server.h"
#include "process/exit.h"
#include "process/log.h"

int
command_demo(struct options *o)
{
	struct demo_server server;
	char *cause = NULL;
	char *url;
	int status;

	if (demo_server_start(&server, &cause))
		return exit_usage(cause);
	url = xasprintf(
	    "http://127.0.0.1:%u/delay/1?n=[1-5]", (unsigned)server.port);
	log_note("five requests that take one second each: first one at a "
	         "time, then all at once");
	input_options_add(&o->input, INPUT_URL, url);
	free(url);
	if (!options_given(o, "runs"))
		o->compare.runs = 1;
	o->compare.arms = xstrdup("sync,async");
	status = command_compare(o);
	demo_server_stop(&server);
	return status;
}
