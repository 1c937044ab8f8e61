/* An archive, cut into the requests or, by the first byte, the entries in it,
 * and these are read. Whatever it holds: how the bytes come makes no
 * difference, an entry is read or has a reason, and its times and its status
 * are possible ones. */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "fuzz.h"
#include "har/cutter.h"
#include "har/exchange.h"

enum {
	ENTRY_MAX = 4096 /* bytes */
};

static const int64_t day_us = INT64_C(86400000000);

static void
check_time(int64_t us, int64_t max)
{
	FUZZ_CHECK(us >= 0 && us <= max);
}

static void
read_entry(const struct har_piece *p)
{
	struct har_exchange x = {0};
	char *cause = NULL;

	if (har_exchange_read(&x, p->text, p->len, &cause)) {
		FUZZ_CHECK(cause && *cause);
	} else {
		FUZZ_CHECK(!cause && *x.request.url && *x.request.method);
		FUZZ_CHECK(x.status == 0 || (x.status > 99 && x.status < 1000));
		check_time(x.connect_us, 2 * day_us);
		check_time(x.wait_us, day_us);
		check_time(x.receive_us, day_us);
	}
	free(cause);
	har_exchange_release(&x);
}

/* Cut the text, which comes `step` bytes at a time, and append what comes out.
 */
static void
cut(enum har_part part, const char *text, size_t len, size_t step,
    struct buf *out)
{
	struct har_cutter *c = har_cutter_new(part, ENTRY_MAX);
	enum har_cut cut = HAR_CUT_MORE;
	struct har_piece p;
	const char *problem;

	while (len && cut != HAR_CUT_BAD) {
		size_t n = len < step ? len : step;
		const char *at = text;

		text += n;
		len -= n;
		while (
		    (cut = har_cutter_feed(c, &at, &n, &p)) == HAR_CUT_PIECE) {
			FUZZ_CHECK(p.len <= ENTRY_MAX && !p.text[p.len]);
			FUZZ_CHECK(!p.too_long || p.len == 0);
			buf_addf(out, "%d %d %zu:", (int)p.number, (int)p.line,
			    p.len);
			buf_add(out, p.text, p.len);
			if (part == HAR_ENTRIES)
				read_entry(&p);
		}
	}
	problem = har_cutter_problem(c);
	buf_adds(out, problem ? problem : "");
	FUZZ_CHECK(problem || har_cutter_is_over(c));
	har_cutter_free(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = {0}, pieces = {0};
	enum har_part part;

	if (size == 0)
		return 0;
	part = data[0] % 2 ? HAR_ENTRIES : HAR_REQUESTS;
	har_guess((const char *)data + 1, size - 1);
	cut(part, (const char *)data + 1, size - 1, size, &whole);
	cut(part, (const char *)data + 1, size - 1, 1 + data[0] / 16, &pieces);
	FUZZ_CHECK(whole.len == pieces.len &&
	           memcmp(buf_text(&whole), buf_text(&pieces), whole.len) == 0);
	buf_release(&whole);
	buf_release(&pieces);
	return 0;
}
