/*
 * How the process ends: its exit status (gather(1), EXIT STATUS), the message
 * why nothing was begun, the signal that it passes on to its parent, and
 * --deadline as long as there is no event loop that could watch it.
 */
#ifndef GATHER_PROCESS_EXIT_H
#define GATHER_PROCESS_EXIT_H

#include <stdbool.h>
#include <stdint.h>

enum exit_status {
	STATUS_FAILED = 1,    /* too many requests failed, or no results */
	STATUS_USAGE = 2,     /* a usage error, or a set-up that failed */
	STATUS_OUTPUT = 3,    /* output could not be written */
	STATUS_DEADLINE = 124 /* --deadline reached, as with timeout(1) */
};

/* Print `cause`, which says why nothing is begun, even with -s, and free it.
 * Returns STATUS_USAGE. */
int exit_usage(char *cause);
/* The signals that ask a command to end. */
enum {
	EXIT_SIGNALS = 3
};
extern const int exit_signals[EXIT_SIGNALS];
/* nohup(1) has SIGHUP ignored, a shell SIGINT for what it starts with `&`. Is
 * signal `number` ignored? Then it is left so. */
bool exit_signal_is_ignored(int number);
/* End the process by signal `number`, as if it had never been caught, so that
 * a shell that waits for it sees the signal. */
void exit_by_signal(int number) __attribute__((noreturn));

/*
 * The deadline of the process before there is a loop: files that are named on
 * the command line are read while the options are, and one that is a FIFO may
 * have no writer. There is one timer a process (ITIMER_REAL).
 *
 * Start it: after `us` microseconds the process ends with a message and
 * STATUS_DEADLINE, unless the timer was stopped. With 0, or while the timer is
 * running, nothing happens.
 */
void exit_deadline_start(int64_t us);
/* Stop the timer. Returns the microseconds that were left; 0 if it was not
 * running. */
int64_t exit_deadline_stop(void);

#endif
