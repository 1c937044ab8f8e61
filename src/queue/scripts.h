/*
 * The scripts: what must be one step at the queue's server. Each is a file
 * beside this one, NAME.lua, that is built into the program; the comment at its
 * top says how, this header is what callers rely on.
 *
 * Keys, all of them "gather:{NAME}:" and (queue_add_key):
 *
 *     q        stream, the inputs that have no record yet: entry n-0 is input
 *              n; its consumer group is "workers". Nothing is trimmed
 *     out      stream, the records that are not yet written by the reader, as
 *              they arrived: fields n, s ("1": ok, "0": failed), r: one or
 *              more lines
 *     meta     hash: the identity of this queue, counts, who feeds and reads
 *     workers  sorted set: a worker, until when it is alive (ms)
 *     about    hash: what workers say about themselves, and what they asked
 *     put      bitmap: the inputs whose records were written
 *     holds    sorted set: an origin, until when it is held (ms)
 *     rates    sorted set: a rate, when it may be forgotten (us)
 *     tokens   sorted set: tokens of rates that are not free
 *     grants   hash: how many those are
 *
 * None has a time to live: a policy like volatile-lru would evict it.
 *
 * Calls may be repeated where the answer was lost (queue/client.h): nothing is
 * then done twice. All times are the server's; callers pass and get durations.
 * A key of another type is WRONGTYPE before anything was changed.
 *
 * Errors that scripts return, besides the server's own:
 *
 *     GONE ...    there is no such queue (yet), or it was deleted, or deleted
 *                 and made anew: it is not the one that the caller has seen
 *     LIST ...    feed: the queue holds another list
 *     FOREIGN ... feed: others have added entries, and no more can be added
 *     TAKEN MS TOKEN WHO  feed, results: WHO ("host 1234") does that already,
 *                 with that token, and must call again within MS ms
 *     DAMAGED FIELD  others have written to `meta`: that field of it is not a
 *                 number (queue/server.h makes a message of it)
 *     RULES ...   alive: other workers live by other rules, which follow
 *
 * "IDENTITY" is the queue's identity as an answer gave it; "" in the first
 * call of a process, which takes what there is. LEASE is in ms. Booleans are
 * "1" and "0". Numbers in answers that may exceed 2^53 do not occur.
 */
#ifndef GATHER_QUEUE_SCRIPTS_H
#define GATHER_QUEUE_SCRIPTS_H

#include "queue/client.h"

/*
 * What became of an input that take hands out. The state is the server's count
 * of deliveries, which we set ourselves: pass it back as it came.
 *
 *     state 1      never was with a worker that died
 *     state 2      was (a suspect), and was not fetched alone since
 *     state 3      was a suspect, and is or was fetched alone
 *     state 4      likewise, for the second time
 *     1000 more    the request may have been sent, and must not be again
 */
#define QUEUE_STATE_SENT 1000
#define QUEUE_KIND_FRESH "fresh" /* fetch it. State 1 */
#define QUEUE_KIND_SUSPECT                               \
	"suspect" /* mark it alone, then fetch it alone, \
	           * finish it, and only then the next */
#define QUEUE_KIND_POISON                                 \
	"poison" /* finish it as failed: two workers died \
	          * while they fetched it alone */
#define QUEUE_KIND_SENT                              \
	"sent" /* finish it as failed: may have been \
	        * processed */
#define QUEUE_KIND_LOST                                    \
	"lost" /* finish it as failed: others have trimmed \
	        * it, and it has no fields */
#define QUEUE_KIND_FOREIGN                                   \
	"foreign" /* no feeder has put it in; it is removed, \
	           * and its n is an id of the stream */

/*
 * Put inputs in, say that all are in, or step back.
 *
 *     KEYS  q meta
 *     ARGV  IDENTITY, token (of this process, random), "HOST PID", LEASE,
 *           run_id of the server, "more" | "end" | "leave",
 *           n of the first input, digest of the inputs before it, digest of
 *           all up to the last one here (the same if there are none),
 *           then for each input: how many strings follow, and these: the names
 *           and values of its fields (input/queued.h)
 *     reply identity, number of inputs that are in, digest of them, number of
 *           those that have no record yet, total (-1: not said), 1 if these
 *           here are in now (0: they do not join on, or are in already)
 *
 * The first call makes the queue. Inputs are added only if n is the number that
 * is in plus one, else nothing is done: go on behind the number in the reply.
 * LIST: the digests differ, or the queue is complete and that is not this list.
 * "end": with these the list is complete, the total is n of the last one;
 * "leave": another feeder may begin at once. TAKEN: another token has the
 * lease; to call with that token takes its place (it is known to be dead).
 * Errors of memory (OOM) add nothing: call again later.
 */
extern const struct queue_script queue_script_feed;

/*
 * Take inputs: what others gave back or died with first, then new ones.
 *
 *     KEYS  q out meta workers about
 *     ARGV  IDENTITY, worker, LEASE, sequence number of this call (1, 2 ...),
 *           at most so many new ones, at most so many suspects (0 to 64),
 *           no new ones while `out` holds so many bytes, inputs of about
 *           so many bytes (the last one of them may take more), 1 if the
 *           worker holds nothing: what is with it all the same comes, too
 *     reply identity, 1 if this call was made before (see below), inputs
 *           without a record, those of them that are with workers, total (-1:
 *           not said), bytes in `out`,
 *           then for each input: n, state, kind, array of its fields
 *
 * Everything is done when the total is said and no input is without a record.
 * If the call was made before, its answer was lost: the reply is what the
 * worker still holds of what the call took. One that was made before the last
 * one takes nothing: it comes late, and nobody waits for its answer.
 *
 * Inputs of workers whose lease has ended are taken over: as suspects, or as
 * poison, sent or lost, which count as suspects, too. After a time without any
 * call (a server that was away, a clock that jumped) everybody first gets half
 * a LEASE to renew theirs. "lost" is not claimed: two workers may get it, and
 * the first to finish it wins.
 */
extern const struct queue_script queue_script_take;

/*
 * Mark inputs before something is done that may kill, or must not be repeated.
 *
 *     KEYS  q out meta workers about
 *     ARGV  IDENTITY, worker, LEASE,
 *           then for each input: n, its state, "alone" | "sent" | "unsent"
 *     reply identity, then for each the new state; 0: it is not this worker's
 *           any more, leave it alone
 */
extern const struct queue_script queue_script_mark;

/*
 * Inputs are done: add their records, acknowledge and delete them.
 *
 *     KEYS  q out meta workers about put
 *     ARGV  IDENTITY, worker, LEASE, sequence number of this call (1, 2 ...),
 *           then for each input: n, "1" ok | "0" failed, all its records, each
 *           with its line end ("": --no-results)
 *     reply identity, inputs without a record, those of them that are with
 *           workers, total (-1), bytes in `out`, then for each: 1 it was the
 *           first; 0 somebody was before (dropped, and counted as "twice");
 *           -1 this call was made before, so nothing was done now
 *
 * Works while the server is out of memory.
 */
extern const struct queue_script queue_script_finish;

/*
 * Give inputs back: others get them in their next call, with the state that is
 * passed here.
 *
 *     KEYS  q out meta workers about
 *     ARGV  IDENTITY, worker, LEASE (0: the worker leaves; what it still holds
 *           is taken over at once), then for each input: n, state
 *     reply identity, how many were this worker's
 */
extern const struct queue_script queue_script_back;

/*
 * A sign of life, at least every LEASE / 6; the first joins. take, mark and
 * finish are signs of life, too.
 *
 *     KEYS  q out meta workers about
 *     ARGV  IDENTITY, worker ("HOST PID RANDOM"), LEASE, JSON object about
 *           itself (host, pid, what it does; at most 4 KiB; ""
 *           : as before), rules ("": not checked)
 *     reply identity, inputs without a record, those of them that are with
 *           workers, total (-1), bytes in `out`, inputs that are in, done,
 *           failed, workers alive, 1 if this one was taken for dead (what it
 *           holds may be with others: mark says so)
 *
 * The rules are those of the first worker while another one is alive; else
 * RULES.
 */
extern const struct queue_script queue_script_alive;

/*
 * Tokens of a rate: at most N starts in ANY window of P over all workers.
 *
 *     KEYS  rates tokens grants meta
 *     ARGV  name of the rate, N, P us, L us (a token is on the wire so soon
 *           after it was asked for, or goes back unused), how many are wanted,
 *           worker, run_id of the server; "!" before it: the clock of the
 *           server ran ahead,
 *           then reports of earlier grants, for each: grant, how many were not
 *           used, then any number of: how many were used, how many us ago;
 *           then ""
 *     reply grant ("": none), how many, us until the next one is free (0: they
 *           all were granted, or ask again), the server's time in us
 *
 * To ask for the time, want 0. Tokens that are not reported are free P + L
 * after they were granted. After a restart, a failover or a jump of the clock
 * nothing is granted for P + L. Rates whose N or P changes: use another name.
 */
extern const struct queue_script queue_script_tokens;

/*
 * Hold origins, and read what is held.
 *
 *     KEYS  holds meta
 *     ARGV  channel (queue_add_key "held"), "1": read all,
 *           then for each: origin, ms from now
 *     reply for each that is held, if they are read: origin, ms from now
 *
 * A hold is only ever prolonged, and never by a clock that is set back. Each
 * that is new, or longer than it was, is published at once: "MS ORIGIN". Read
 * all when the subscription is in place.
 */
extern const struct queue_script queue_script_hold;

/*
 * Read records as they arrived, after those that were written are removed.
 *
 *     KEYS  q out meta put
 *     ARGV  IDENTITY, token, "HOST PID", LEASE, read behind this id ("0-0":
 *           from the start), at most so many inputs (0: none), at most so many
 *           bytes (but one input), "1": the reader leaves, where what was
 *           written ends ("": not said),
 *           then for each that is removed: id, n, its bytes, "1" ok | "0"
 *           failed | "2" a second one that was not written
 *     reply identity, inputs that are in, total (-1), inputs without a record,
 *           inputs that are with workers, inputs whose records were written,
 *           those of them that failed, entries in `out`, where what was
 *           written ends, as the last removal said it, then for each input:
 *           id, 1 if its records were written before, array of its fields
 */
extern const struct queue_script queue_script_results;

/*
 * The inputs of which no record was written.
 *
 *     KEYS  meta put
 *     ARGV  from n on, at most so many
 *     reply n of each
 */
extern const struct queue_script queue_script_missing;

/*
 * How far it is.
 *
 *     KEYS  q out meta workers about holds rates grants
 *     ARGV  at most so many workers, holds and rates each
 *     reply array of name, number pairs; array of name, text pairs; array of
 *           worker, ms that it is alive (negative: it is not), inputs that it
 *           holds, its JSON, each; array of origin, ms each; array of rate,
 *           N, P us, tokens that are not free, each
 */
extern const struct queue_script queue_script_status;

#endif
