/*
 * The verdict about an attempt: is its result final, or when does its request
 * go again? Pure: the same policy, facts and random number give the same
 * verdict.
 *
 * A request that goes again does so as a retry, charged to --retry and to the
 * retry budget, or as a requeue, which is free: what was refused because of a
 * hold, or lacked a descriptor, was never given a fair chance.
 */
#ifndef GATHER_SCHEDULE_RETRY_H
#define GATHER_SCHEDULE_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "request/quota.h"
#include "request/resend.h"
#include "request/result.h"
#include "request/status_set.h"
#include "schedule/sched.h"

enum {
	RETRY_REQUEUES_MAX = 20, /* requeues of one request */
	RETRY_STREAMS_MAX = 6,   /* after a refused stream: within 31 s */
	RETRY_LOCAL_MAX = 10,    /* after a limit of this machine, at P = 1 */
};

/* --retry-on: the ends of an attempt that are worth another one. */
struct retry_on {
	struct status_set statuses; /* of answers */
	unsigned
	    names; /* of failures: one bit for each row of a table in retry.c */
};

/* Set the default list: 408,429,500,502,503,504,522,524,connect,reset,dns,
 * stall. */
void retry_on_init(struct retry_on *);
/*
 * Read a list: statuses (100 to 999), classes (5xx), names (connect dns
 * reset stall timeout tls protocol), separated by commas. A plain list
 * replaces what is there; entries with + or - change it.
 * Returns 0, or -1 with *cause set (caller frees) and nothing changed.
 */
int retry_on_parse(struct retry_on *, const char *text, char **cause);
/* Returns whether the end of an attempt is in the list. With ERROR_NONE and
 * ERROR_HTTP its status decides, else the class and reason of its failure. */
bool retry_on_has(
    const struct retry_on *, enum error_class, const char *reason, int status);

struct retry_policy {
	unsigned retries; /* --retry: charged attempts after the first */
	int64_t delay_us; /* --retry-delay; 0: exponential with full jitter */
	int64_t max_delay_us; /* --retry-max-delay */
	int64_t max_time_us;  /* --retry-max-time; 0: no limit */
	struct retry_on on;   /* --retry-on */
	bool polite;          /* Retry-After counts, up to max_delay_us */
	/* --until: how far apart an answer is asked for again, how long after
	 * the first start at most, and how often at most. */
	int64_t poll_delay_us;
	int64_t poll_max_time_us;
	unsigned polls;
};

/* Set the defaults: 2 retries, back-offs that grow from 1 s to 60 s, and the
 * default list. */
void retry_policy_init(struct retry_policy *);

/* An attempt that is over. */
struct retry_facts {
	enum error_class class; /* ERROR_NONE: success */
	/* Of the failure: "unknown" of ERROR_DNS is final; so is "max-time"
	 * of ERROR_TIMEOUT, unless `timeout` is listed. */
	const char *reason;
	int status;                 /* 0: no answer */
	enum resend_method method;  /* of what was sent last */
	enum wire_state wire;       /* how far that came */
	const struct quota *quota;  /* NULL: the answer named no limits */
	struct sched_advice advice; /* what sched_release returned */
	unsigned retries;           /* charged retries before this */
	unsigned polls;             /* polls of --until before this */
	unsigned requeues;          /* requeues before this */
	unsigned parallel;          /* P now */
	int64_t first_us;           /* when the request was first admitted */
};

enum retry_kind {
	RETRY_FINAL,   /* the attempt's result is the request's */
	RETRY_AT,      /* sched_add as SCHED_RETRY, due at at_us; charged */
	RETRY_POLL,    /* sched_add as SCHED_AGAIN, due at at_us; a poll */
	RETRY_REQUEUE, /* sched_add as SCHED_AGAIN, due at at_us; uncharged */
	RETRY_REJECT,  /* final, class `policy`: held beyond --max-hold */
};

/* What kept a failed attempt from another one, that --retry-on allows. */
enum retry_stop {
	RETRY_STOP_NONE,     /* nothing: it was not worth another one */
	RETRY_STOP_COUNT,    /* --retry is used up */
	RETRY_STOP_BUDGET,   /* --retry-budget */
	RETRY_STOP_TIME,     /* --retry-max-time */
	RETRY_STOP_UNSAFE,   /* POST or PATCH that may have been processed */
	RETRY_STOP_REQUEUES, /* RETRY_REQUEUES_MAX */
};

struct retry_verdict {
	enum retry_kind kind;
	int64_t at_us;        /* AT, REQUEUE: when it goes again; else -1 */
	enum retry_stop stop; /* FINAL: the limit that was reached */
};

/* Returns the outcome to report to sched_release; facts->advice is not read. */
enum sched_outcome retry_outcome(const struct retry_facts *);
/* Returns whether the request would go again if the retry budget allows it;
 * facts->advice is not read. */
bool retry_is_wanted(const struct retry_policy *, const struct retry_facts *);
/*
 * Decide, after sched_release. A request refused because of a hold is requeued
 * whatever --retry-on says. Nothing goes again that may not be sent twice
 * (request/resend.h). `random` is any 64 random bits.
 */
struct retry_verdict retry_decide(const struct retry_policy *,
    const struct retry_facts *, uint64_t random, int64_t now);

#endif
