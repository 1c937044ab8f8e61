/*
 * What others than this run must know of a job, and when: before it is sent, if
 * it must not be sent twice.
 */
#include "config.h"

#include "run/run_private.h"

bool
run_notes_starts(const struct run *run)
{
	return run->journal != NULL;
}

void
run_note_start(struct run *run, struct job *job)
{
	journal_writer_begin(run->journal_writer, &job->key, &job->begun);
}
