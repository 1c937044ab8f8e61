#include "config.h"

#include <stdlib.h>

#include "cli/options.h"
#include "command/command.h"
#include "compare/compare.h"
#include "demo/server.h"
#include "process/environment.h"
#include "process/exit.h"
#include "process/log.h"

static int
perform(struct options *o)
{
	log_set_level(options_log_level(o));
	exit_deadline_start(o->run.stop.deadline_us);
	if (o->serve.address) {
		exit_deadline_stop();
		return demo_server_serve(&o->serve);
	}
	if (o->eval)
		return command_eval(o);
	if (o->demo)
		return command_demo(o);
	if (o->plan)
		return command_plan(o);
	if (o->compare.enabled)
		return command_compare(o);
	switch (o->queue.role) {
	case QUEUE_STATUS: return command_queue_status(o);
	case QUEUE_FEED: return command_queue_feed(o);
	case QUEUE_RESULTS: return command_queue_results(o);
	case QUEUE_WORK: return command_work(o);
	case QUEUE_NO_ROLE: break;
	}
	return command_fetch(o);
}

int
main(int argc, char **argv)
{
	struct options options;
	char *cause = NULL;
	int status = EXIT_SUCCESS;

	environment_ensure_stdio();
	exit_deadline_start(options_deadline(argc, argv));
	options_init(&options);
	switch (options_parse(&options, argc, argv, &cause)) {
	case OPTIONS_RUN: status = perform(&options); break;
	case OPTIONS_DONE: break;
	case OPTIONS_WRONG:
		status = cause ? exit_usage(cause) : STATUS_USAGE;
		break;
	}
	options_release(&options);
	return status;
}
