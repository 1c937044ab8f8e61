/* A journal: a salt, then frames. Whatever they hold, what is read back from
 * them stays within them. */
#include "config.h"

#include <stdlib.h>

#include "base/strmap.h"
#include "fuzz.h"
#include "journal/frame.h"
#include "journal/record.h"

static void
read_result(const struct record_head *head)
{
	struct journal_note note;
	struct strmap reasons;
	struct result r;

	strmap_init(&reasons);
	result_init(&r);
	journal_note_init(&note, "http://h/");
	if (record_read_done(head, &r, &note, &reasons) == 0)
		FUZZ_CHECK(r.body.mem.len <= head->rest_len);
	journal_note_release(&note);
	result_release(&r);
	strmap_release(&reasons);
}

static void
read_record(const char *payload, size_t len)
{
	struct record_head head;
	struct strlist options;

	if (record_read(&head, payload, len))
		return;
	FUZZ_CHECK(head.rest_len <= len);
	strlist_init(&options);
	record_read_options(&head, &options);
	strlist_release(&options);
	read_result(&head);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct frames f = {bytes, size, FRAME_SALT, bytes};
	struct frame frame;

	read_record(bytes, size);
	if (size < FRAME_SALT)
		return 0;
	while (frames_next(&f, &frame) == FRAME_WHOLE) {
		FUZZ_CHECK(frame.at + FRAME_AROUND + frame.len == f.at);
		read_record(frame.payload, frame.len);
	}
	frames_valid_after(&f);
	return 0;
}
