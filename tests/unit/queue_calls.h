/*
 * Calls of the scripts of src/queue on a real server, for tests: each call and
 * its answer are texts. An answer that is a list is "[a b c]", nil is "_", an
 * error is "!" and its text. Words in single quotes may hold blanks, and be
 * empty. ID stands for the identity of the queue, E1 and so on for the entries
 * of `out` when note_entries was called last.
 */
#ifndef GATHER_TESTS_QUEUE_CALLS_H
#define GATHER_TESTS_QUEUE_CALLS_H

#include <check.h>

/* A key of the queue of all tests. */
#define KEY(part) "gather:{t}:" part

/* Run the tests of a case, each on a server without any keys. Returns what main
 * returns; 77, "skipped" for automake, if none is installed. */
int run_with_server(const char *name, TCase *tc);
/* Kill the server as kill -9 does, and start it again. */
void restart_server(void);

/* Ask with a line. Returns the answer, borrowed until the eighth call from
 * here. */
const char *redis_line(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
/* The answer of the script `name` (queue/scripts.h), borrowed until the fourth
 * call from here. */
const char *call(const char *name, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void check_begins(const char *got, const char *wanted);
void note_entries(void);

/* Feed the inputs `from` to `to`, "u1" and so on, of a list whose digest behind
 * n is "d<n>". */
const char *feed(unsigned from, unsigned to, const char *mode);
/* Take `room` new inputs and `suspects`. */
const char *take(const char *worker, unsigned room, unsigned suspects);
/* End the lease of a worker, and no other. */
void let_die(const char *worker);

#endif
