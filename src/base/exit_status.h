/* What the program says when it ends (gather(1), EXIT STATUS). */
#ifndef GATHER_BASE_EXIT_STATUS_H
#define GATHER_BASE_EXIT_STATUS_H

enum exit_status {
	STATUS_FAILED = 1, /* a request, or what was to be shown */
	STATUS_USAGE = 2,  /* a usage error, or what could not be set up */
	STATUS_OUTPUT = 3, /* output could not be written */
	STATUS_DEADLINE = 124
};

/* Print `cause`, why nothing is begun, even with -s, and free it. Returns
 * STATUS_USAGE. */
int exit_usage(char *cause);

#endif
