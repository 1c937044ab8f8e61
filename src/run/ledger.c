/*
 * What others than this run must know of a job, and when: before it is sent, if
 * it must not be sent twice (a journal, a ledger); and when all of an input is
 * done (a ledger, input/feed.h).
 *
 * An input is open while one of its jobs is there: itself, a page, a child. Its
 * end is told behind a fence: when all that the writer was given before is
 * written. Where nothing of it goes to the writer, that is at once.
 */
#include "config.h"

#include "run/run_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/xalloc.h"

/* An input that is open: a row of the hash table, by its number. */
struct open_input {
	uint64_t hash; /* of n */
	uint64_t n;
	uint64_t jobs;
	bool begun;     /* something of it that must not be sent twice was */
	bool cancelled; /* a job of it was, and may go anew */
	bool failed;    /* a result of it is a failure */
	bool too_large; /* its records are a failure of that kind */
	struct buf records;
};

/* An input that is over, on its way to the ledger. */
struct closing {
	struct list link;
	struct input_end end;
	bool begun;
};

/* What is between the inputs that are over and the ledger. */
struct fence {
	struct writer_task task;
	struct run *run;
	struct list closings;
};

struct run_ledger {
	const struct feed_ledger *ledger;
	struct hash_table open; /* of struct open_input */
	struct list closings;   /* that no fence stands behind so far */
};

/* --- before a request is sent ----------------------------------------- */

bool
run_notes_starts(const struct run *run)
{
	return run->journal || run->ledger;
}

static struct open_input *
find_input(const struct run *run, const struct job *job)
{
	return hash_table_find(
	    &run->ledger->open, hash_number(job->request->n), NULL);
}

void
run_note_start(struct run *run, struct job *job)
{
	if (run->ledger) {
		const struct feed_ledger *l = run->ledger->ledger;

		find_input(run, job)->begun |=
		    request_is_sent_once(job->request);
		l->begin(l->arg, job->request, &job->begun);
		return;
	}
	journal_writer_begin(run->journal_writer, &job->key, &job->begun);
}

/* --- the life of an input --------------------------------------------- */

static void
wake_run(void *run)
{
	run_wake(run);
}

void
run_ledger_open(struct run *run)
{
	const struct feed_ledger *ledger = run->parts.feed.ledger;
	struct run_ledger *l;

	if (!ledger)
		return;
	l = run->ledger = xcalloc(1, sizeof(*l));
	l->ledger = ledger;
	ledger->attach(ledger->arg, wake_run, run);
	hash_table_init(&l->open, sizeof(struct open_input), NULL);
	list_init(&l->closings);
}

void
run_ledger_join(struct run *run, const struct job *job)
{
	struct open_input *input;

	if (!run->ledger)
		return;
	input = hash_table_add(
	    &run->ledger->open, hash_number(job->request->n), NULL);
	input->n = job->request->n;
	input->jobs++;
}

bool
run_ledger_has_room(const struct run *run)
{
	const struct run_ledger *l = run->ledger;

	return !l || l->ledger->has_room(l->ledger->arg);
}

/* Can what becomes of an input be told at once: is nothing of it with the
 * writer? Bodies are in their files before their records are made. */
static bool
needs_fence(const struct run *run)
{
	return !run->ledger->ledger->keeps_records || run->sinks ||
	       run->header_dump;
}

static void
free_closing(struct closing *c)
{
	list_remove(&c->link);
	buf_release(&c->end.records);
	free(c);
}

static void
tell_end(const struct feed_ledger *l, struct closing *c)
{
	l->end(l->arg, &c->end);
	free_closing(c);
}

/* No job of `input` is left: it is over. */
static void
close_input(struct run *run, struct open_input *input)
{
	struct run_ledger *l = run->ledger;
	struct closing *c = xcalloc(1, sizeof(*c));

	list_init(&c->link);
	c->begun = input->begun;
	c->end = (struct input_end){
	    .n = input->n,
	    .fate = input->cancelled ? INPUT_GIVEN_BACK : INPUT_DONE,
	    .failed = input->failed,
	    .records = input->records,
	};
	hash_table_remove(&l->open, input);
	if (c->end.fate == INPUT_GIVEN_BACK)
		buf_release(&c->end.records);
	if (c->end.fate == INPUT_GIVEN_BACK || !needs_fence(run)) {
		tell_end(l->ledger, c);
		return;
	}
	list_push_back(&l->closings, &c->link);
	run->sinks_dirty |= run->sinks != NULL;
}

void
run_ledger_leave(struct run *run, const struct job *job)
{
	struct open_input *input = run->ledger ? find_input(run, job) : NULL;

	if (input && --input->jobs == 0)
		close_input(run, input);
}

/* --- the fence ---------------------------------------------------------- */

static void
pass_fence(struct writer_task *task, struct writer *writer)
{
	(void)task;
	(void)writer;
}

/* What could not be written is not done. It may be fetched anew, unless it was
 * something that must not be sent twice. */
static void
on_fence(struct writer_task *task)
{
	struct fence *f = container_of(task, struct fence, task);
	bool failed = writer_error(f->run->writer, NULL) != NULL;
	struct list *link;

	while ((link = list_pop_front(&f->closings))) {
		struct closing *c = container_of(link, struct closing, link);

		if (failed)
			c->end.fate = c->begun ? INPUT_LEFT : INPUT_GIVEN_BACK;
		tell_end(f->run->ledger->ledger, c);
	}
	free(f);
}

void
run_ledger_fence(struct run *run)
{
	struct fence *f;

	if (!run->ledger || list_empty(&run->ledger->closings))
		return;
	f = xcalloc(1, sizeof(*f));
	f->run = run;
	f->task.perform = pass_fence;
	f->task.done = on_fence;
	list_init(&f->closings);
	list_splice_back(&f->closings, &run->ledger->closings);
	writer_submit(run->writer, &f->task);
}

void
run_ledger_free(struct run *run)
{
	struct run_ledger *l = run->ledger;
	struct list *link;
	struct open_input *input;

	if (!l)
		return;
	for (size_t at = 0; (input = hash_table_next(&l->open, &at));)
		buf_release(&input->records);
	hash_table_release(&l->open);
	while ((link = list_pop_front(&l->closings)))
		free_closing(container_of(link, struct closing, link));
	free(l);
	run->ledger = NULL;
}

/* --- records ------------------------------------------------------------ */

/* Must `job` not be fetched by others, as something of its input was sent that
 * must not be sent twice? Of an input that is one request it is known how far
 * that got. */
static bool
is_bound(const struct run *run, const struct job *job,
    const struct open_input *input)
{
	if (!input->begun || job->withdrawn ||
	    run->options->journal.redo_unsafe)
		return false;
	return input->jobs > 1 || job->follows || !run_may_rerun(job);
}

/* Could its body not be saved, as the disk is full or broken? Another worker
 * may have a better one; but a body that is too large for a file is so for all.
 */
static bool
is_disk_to_blame(const struct run *run, const struct job *job)
{
	int os_errno;

	return job->result.failure.class == ERROR_OUTPUT &&
	       writer_error(run->writer, &os_errno) && os_errno != EFBIG;
}

static bool
is_unfinished(const struct run *run, const struct job *job)
{
	return job->result.failure.class == ERROR_CANCELLED
	           ? run->stopped || job->withdrawn
	           : is_disk_to_blame(run, job);
}

bool
run_gives_back(struct run *run, struct job *job)
{
	struct open_input *input;

	if (!run->ledger || !is_unfinished(run, job))
		return false;
	input = find_input(run, job);
	if (is_bound(run, job, input)) {
		failure_note(&job->result.failure,
		    "not given back, since it may have been processed; "
		    "--redo-unsafe gives it back");
		return false;
	}
	input->cancelled = true;
	return true;
}

/* Put a record in the place of those of `input`, which are too large. */
static void
set_too_large(struct run *run, struct open_input *input, const struct job *job)
{
	struct request *like = request_new_like(job->request);
	struct result result;
	struct record record = {
	    .request = like,
	    .result = &result,
	    .columns = run->empty_columns,
	    .several = true,
	    .worker = run->options->output.worker,
	};
	struct encoded encoded;

	like->k = 0;
	request_set_url(like, job->request->url);
	encoded_init(&encoded);
	result_init(&result);
	failure_set(&result.failure, ERROR_SIZE, NULL, 0,
	    "the records of this input are larger than %zu MiB together, more "
	    "than a queue takes; -o saves bodies in files",
	    LEDGER_INPUT_MAX >> 20);
	encoder_encode(run->compiled.encoder, &record, &encoded);
	buf_release(&input->records);
	input->records = encoded.out;
	buf_init(&encoded.out);
	input->too_large = input->failed = true;
	result_release(&result);
	request_free(like);
	encoded_release(&encoded);
}

/* The ledger keeps records: those of `job` join those of its input. */
static void
keep_record(struct run *run, struct open_input *input, const struct job *job,
    struct encoded *e)
{
	struct file_range all = {0, e->size};

	if (input->records.len + e->out.len + e->size + e->after.len >
	    LEDGER_INPUT_MAX) {
		set_too_large(run, input, job);
		return;
	}
	buf_add(&input->records, e->out.data, e->out.len);
	if (e->size && io_add_range(e->fd, all, &input->records))
		die("cannot read back a body: %s", strerror(errno));
	buf_add(&input->records, e->after.data, e->after.len);
}

void
run_ledger_take(struct run *run, const struct job *job, struct encoded *e)
{
	struct open_input *input = run->ledger ? find_input(run, job) : NULL;

	if (!input)
		return;
	input->failed |= !result_ok(&job->result);
	if (!run->ledger->ledger->keeps_records)
		return;
	if (!input->too_large)
		keep_record(run, input, job, e);
	buf_clear(&e->out);
	buf_clear(&e->after);
	e->fd = -1;
	e->size = 0;
}
