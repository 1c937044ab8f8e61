/* What a server of a queue sends: answers, cut anywhere; what INFO says, and
 * what errors mean. The first byte is the size of the pieces. */
#include "config.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "fuzz.h"
#include "queue/server.h"
#include "resp/resp.h"

enum {
	MOST = 1 << 16 /* bytes of an answer */
};

static void
judge(const char *text, size_t len)
{
	static char name[] = "jobs";
	const struct queue_address address = {.name = name};
	const struct refused_call call = {"XADD", NULL, "gather:{jobs}:q"};
	struct server_info info;
	struct buf why = {0};

	server_info_read(&info, text, len);
	server_judge(&info, &why);
	if (refusal_of(text) == REFUSAL_UNFIT)
		refusal_explain(&why, text, &call, &address);
	buf_release(&why);
}

/* Read every byte of an answer. */
static size_t
walk(const struct queue_reply *reply)
{
	size_t sum = reply->len;
	int64_t n = 0;

	if (reply->kind == QUEUE_TEXT || reply->kind == QUEUE_ERROR)
		judge(reply->text, reply->len);
	if (queue_reply_number(reply, &n))
		sum += n != 0;
	for (size_t i = 0; i < reply->count; i++)
		sum += walk(queue_reply_item(reply, i));
	FUZZ_CHECK(sum <= MOST);
	return sum;
}

static void
read_all(const char *data, size_t len, size_t piece)
{
	struct resp_reader *reader = resp_reader_new(MOST);
	const struct queue_reply *reply;
	const char *why;
	int rc = 0;

	while (len && rc >= 0) {
		size_t now = len < piece ? len : piece;

		resp_reader_feed(reader, data, now);
		while ((rc = resp_reader_next(reader, &reply, &why)) > 0)
			walk(reply);
		data += now;
		len -= now;
	}
	resp_reader_free(reader);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *cause = NULL;

	if (!size)
		return 0;
	if (resp_load(&cause))
		free(cause);
	else
		read_all((const char *)data + 1, size - 1, (size_t)data[0] + 1);
	return 0;
}
