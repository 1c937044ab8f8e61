#include "config.h"

#include "base/exit_status.h"

#include <stdlib.h>

#include "base/log.h"

int
exit_usage(char *cause)
{
	log_answer("%s", cause);
	free(cause);
	return STATUS_USAGE;
}
