#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "har/cutter.h"
#include "har/exchange.h"
#include "text/base64.h"
#include "unit.h"

/* --- cutting -------------------------------------------------------------- */

/* A text, and what is cut out of it: "N@LINE:TEXT|" each, "long" for what is
 * too long, with "/N.K.PAGE.ATTEMPT.HOP" in front of the bar if the entry says
 * its place; then the problem, if there is one. */
static const struct {
	const char *name;
	enum har_part part;
	const char *text;
	const char *cut;
} cuts[] = {
    {"requests", HAR_REQUESTS,
        "{\"log\":{\"pages\":[{\"request\":1}],\"entries\":[\n"
        "{\"a\":{\"request\":2},\"request\":{\"x\":\"],}\\\"\"}},\n{}\n]}}",
        "1@2:{\"x\":\"],}\\\"\"}|2@3:|"},
    {"entries", HAR_ENTRIES,
        "\xef\xbb\xbf{ \"log\" : { \"entries\" : [ {} , 7,\n\"x\",null] } } \n",
        "1@1:{} |2@1:7|3@2:\"x\"|4@2:null|"},
    {"other logs", HAR_ENTRIES,
        "{\"x\":{\"log\":{\"entries\":[1]}},\"log\":{\"x\":{\"entries\":[2]},"
        "\"entries\":[[3]]}}",
        "1@1:[3]|"},
    {"escaped names", HAR_ENTRIES,
        "{\"log\":{\"entrie\\u0073\":[1],\"entriesx\":[2]}}",
        "not a HAR: it has no \"log\" with \"entries\""},
    {"too long", HAR_REQUESTS,
        "{\"log\":{\"entries\":[{\"request\":"
        "\"0123456789012345678901234567890123456789\"},{\"request\":1}]}}",
        "1@1:long|2@1:1|"},
    {"cut off", HAR_REQUESTS,
        "{\"log\":{\"entries\":[{\"request\":1},{\"request\":2",
        "1@1:1|the HAR ends inside entry 2: it was cut off"},
    {"cut off between", HAR_REQUESTS, "{\"log\":{\"entries\":[{}\n,",
        "1@1:|the HAR ends after entry 1: it was cut off"},
    {"cut off before", HAR_REQUESTS, "{\"log\":{",
        "the HAR ends before its first entry: it was cut off"},
    {"no array", HAR_REQUESTS, "{\"log\":{\"entries\":{}}}",
        "not a HAR: its \"entries\" are not an array"},
    {"no log", HAR_REQUESTS, "{\"log\":[]}",
        "not a HAR: it has no \"log\" with \"entries\""},
    {"brackets", HAR_REQUESTS, "{\"log\":{\"entries\":[{]",
        "not a HAR: a bracket is closed that was not opened"},
    {"more text", HAR_REQUESTS, "{\"log\":{\"entries\":[]}}\n{",
        "not a HAR: more text follows its last brace"},
    {"places", HAR_REQUESTS,
        "{\"log\":{\"entries\":[{\"_n\":12,\"request\":{\"_n\":5},\"_k\" : 3 "
        ",\"_page\":4,\"_attempt\":2,\"_hop\":99999999999},"
        "{\"_n\":99999999999999999999999},{\"_n\":-1,\"_k\":\"7\"},{\"_n\":1e3,"
        "\"_page\":[8]}]}}",
        "1@1:{\"_n\":5}/12.3.4.2.4294967295|2@1:/1844674407370955161.0.0.0.0|"
        "3@1:|4@1:|"},
    {"a list", HAR_REQUESTS, "http://h/",
        "not a HAR: it does not begin with a brace"},
};

/* Append a piece, whose text is at its offset in `all`. */
static void
add_piece(struct buf *out, const struct har_piece *p, const char *all)
{
	const struct har_place *at = &p->place;

	ck_assert(!p->len || memcmp(all + p->offset, p->text, p->len) == 0);
	buf_addf(out, "%d@%d:%s", (int)p->number, (int)p->line,
	    p->too_long ? "long" : p->text);
	if (at->n)
		buf_addf(out, "/%llu.%u.%u.%u.%u", (unsigned long long)at->n,
		    at->k, at->page, at->attempt, at->hop);
	buf_addc(out, '|');
}

/* Feed the text `step` bytes at a time. */
static void
cut_all(int i, size_t step, struct buf *out)
{
	struct har_cutter *c = har_cutter_new(cuts[i].part, 32);
	size_t left = strlen(cuts[i].text);
	const char *next = cuts[i].text, *problem;
	struct har_piece p;
	enum har_cut cut = HAR_CUT_MORE;

	while (left && cut != HAR_CUT_BAD) {
		size_t len = left < step ? left : step;
		const char *at = next;

		next += len;
		left -= len;
		while (
		    (cut = har_cutter_feed(c, &at, &len, &p)) == HAR_CUT_PIECE)
			add_piece(out, &p, cuts[i].text);
	}
	problem = har_cutter_problem(c);
	buf_adds(out, problem ? problem : "");
	har_cutter_free(c);
}

START_TEST(entries_are_cut_whatever_the_pieces)
{
	for (size_t step = 1; step < 200; step += 1 + step / 8) {
		struct buf out = {0};

		cut_all(_i, step, &out);
		ck_assert_msg(strcmp(buf_text(&out), cuts[_i].cut) == 0,
		    "%s, %zu bytes at a time: %s", cuts[_i].name, step,
		    buf_text(&out));
		buf_release(&out);
	}
}
END_TEST

static const struct {
	const char *text;
	enum har_guess guess;
} guesses[] = {
    {"", HAR_UNDECIDED},
    {"\xef\xbb", HAR_UNDECIDED},
    {" \r\n{", HAR_UNDECIDED},
    {"{\"comment\":{\"log\":{}},\"lo", HAR_UNDECIDED},
    {"{\"log\":", HAR_UNDECIDED},
    {"{\"log\":{", HAR_YES},
    {"\xef\xbb\xbf{\n\t\"x\":[],\"log\" : {\"version\"", HAR_YES},
    {"{\"log\":[", HAR_UNDECIDED},
    {"{\"log\":[]}", HAR_NO},
    {"{\"url\":\"http://h/\"}\n{\"log\":{", HAR_NO},
    {"http://h/{\"log\":{", HAR_NO},
    {"# {\"log\":{", HAR_NO},
    {"[{\"log\":{", HAR_NO},
    {"\"log\"", HAR_NO},
};

START_TEST(archives_are_known_by_their_beginning)
{
	ck_assert_int_eq(har_guess(guesses[_i].text, strlen(guesses[_i].text)),
	    guesses[_i].guess);
}
END_TEST

/* --- reading -------------------------------------------------------------- */

/* An entry, and what it says: "METHOD URL [body] STATUS [body] connect wait
 * receive" in microseconds, then "text", "encoded" or "absent"; or the
 * reason why it is not one. */
static const struct {
	const char *text;
	const char *said;
} entries[] = {
    {"{\"request\":{\"method\":\"GET\",\"url\":\"http://h/\"}}",
        "GET http://h/ [] 0 [] 0 0 0"},
    {"{\"time\":12.3456,\"request\":{\"method\":\"POST\",\"url\":\"u\","
     "\"postData\":{\"text\":\"/wA=\",\"encoding\":\"base64\"}},"
     "\"response\":{\"status\":200,\"content\":{\"text\":\"a\\u00fc\"}}}",
        "POST u [\xff] 200 [a\xc3\xbc] 0 12346 0 text"},
    {"{\"request\":{\"method\":\"GET\",\"url\":\"u\"},\"timings\":{"
     "\"dns\":1,\"connect\":20,\"ssl\":30,\"wait\":-1,\"receive\":1e300},"
     "\"response\":{\"status\":99}}",
        "GET u [] 0 [] 31000 0 86400000000"},
    {"{\"request\":{\"method\":\"GET\",\"url\":\"u\"},\"timings\":{"
     "\"dns\":1,\"connect\":-1,\"ssl\":-1,\"wait\":\"5\",\"receive\":-1e9},"
     "\"response\":{\"status\":1e9}}",
        "GET u [] 0 [] 0 0 0"},
    {"{\"request\":{\"method\":\"GET\",\"url\":\"u\"},\"timings\":[],"
     "\"response\":{\"status\":204.7,\"content\":{\"size\":-1}}}",
        "GET u [] 204 [] 0 0 0 text"},
    {"{\"request\":{\"method\":\"GET\",\"url\":\"u\"},"
     "\"response\":{\"status\":200,\"content\":{\"size\":3}}}",
        "GET u [] 200 [] 0 0 0 text absent"},
    {"{\"request\":{\"method\":\"GET\",\"url\":\"u\"},\"response\":{"
     "\"status\":200,\"headers\":[{\"name\":\"content-encoding\",\"value\":"
     "\"gzip\"}],\"content\":{\"encoding\":\"base64\",\"text\":"
     "\"H4sIAAAAAAAAA6tWSq/KLChITVGyKikqTa3lAgBPnj7AEQAAAA==\"}}}",
        "GET u [] 200 [\x1f\x8b\b] 0 0 0 encoded"},
    {"{\"request\":{\"method\":\"GET\",\"url\":\"u\"},\"response\":{"
     "\"status\":200,\"headers\":[{\"name\":\"content-encoding\",\"value\":"
     "\"gzip\"}],\"content\":{\"encoding\":\"base64\",\"text\":\"/w==\"}}}",
        "GET u [] 200 [\xff] 0 0 0"},
    {"{\"request\":{\"method\":\"POST\",\"url\":\"u\",\"postData\":{"
     "\"mimeType\":\"application/x-www-form-urlencoded\",\"text\":\"\","
     "\"params\":[{\"name\":\"a b\",\"value\":\"1&2\"},{\"name\":\"c\"},7]}}}",
        "POST u [a+b=1%262&c=] 0 [] 0 0 0"},
    {"{\"request\":{\"method\":\"POST\",\"url\":\"u\",\"postData\":{"
     "\"mimeType\":\"multipart/form-data; boundary=x\",\"params\":["
     "{\"name\":\"a\",\"value\":\"1\"}]}}}",
        "POST u [--gather-replayed-form-boundary\r\nContent-Disposition: "
        "form-data; name=\"a\"\r\n\r\n1\r\n"
        "--gather-replayed-form-boundary--\r\n] 0 [] 0 0 0"},
    {"{\"request\":{\"method\":\"POST\",\"url\":\"u\",\"postData\":{"
     "\"params\":[{\"name\":\"a\",\"fileName\":\"me.jpg\"}]}}}",
        "the HAR does not hold the file \"me.jpg\" that it uploads"},
    {"{\"request\":{\"method\":\"POST\",\"url\":\"u\",\"bodySize\":7}}",
        "the HAR does not hold its body of 7 bytes"},
    {"{\"request\":{\"method\":\"POST\",\"url\":\"u\",\"postData\":{"
     "\"text\":\"!\",\"encoding\":\"base64\"}}}",
        "its \"postData\" is not valid base64"},
    {"{\"request\":{\"method\":\"GET\",\"url\":\"u\"},\"response\":{"
     "\"content\":{\"text\":\"x\",\"encoding\":\"base64\"}}}",
        "its content is not valid base64"},
    {"{\"request\":{\"method\":\"G T\",\"url\":\"u\"}}",
        "its request has no valid \"method\""},
    {"{\"request\":{\"method\":\"GET\",\"url\":\"u\\u0000x\"}}",
        "its request has no \"url\""},
    {"{\"request\":[]}", "it has no \"request\""},
    {"7", "it has no \"request\""},
    {"{\"request\":", "invalid JSON: the text ends too early"},
};

static void
describe(struct buf *out, const struct har_exchange *x)
{
	buf_addf(out, "%s %s [%s] %d [%s] %lld %lld %lld", x->request.method,
	    x->request.url, buf_text(&x->request.body), x->status,
	    buf_text(&x->body), (long long)x->connect_us, (long long)x->wait_us,
	    (long long)x->receive_us);
	buf_adds(out, x->body_is_text ? " text" : "");
	buf_adds(out, x->body_is_encoded ? " encoded" : "");
	buf_adds(out, x->body_is_absent ? " absent" : "");
}

START_TEST(an_entry_is_read_without_trust)
{
	const char *text = entries[_i].text;
	struct har_exchange x = {0};
	struct buf said = {0};
	char *cause = NULL;

	if (har_exchange_read(&x, text, strlen(text), &cause))
		buf_adds(&said, cause);
	else
		describe(&said, &x);
	if (strncmp(entries[_i].said, "invalid JSON", 12) == 0)
		ck_assert_mem_eq(said.data, "invalid JSON", 12);
	else
		ck_assert_str_eq(said.data, entries[_i].said);
	har_exchange_release(&x);
	buf_release(&said);
	free(cause);
}
END_TEST

START_TEST(half_a_character_is_replaced)
{
	static const char text[] =
	    "{\"request\":{\"method\":\"GET\",\"url\":\"u\\ud800x\"}}";
	struct har_exchange x = {0};
	char *cause = NULL;

	ck_assert_int_eq(
	    har_exchange_read(&x, text, sizeof(text) - 1, &cause), 0);
	ck_assert_str_eq(x.request.url, "u\xef\xbf\xbdx");
	har_exchange_release(&x);
}
END_TEST

START_TEST(base64_comes_back)
{
	char bytes[300];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7);
	for (size_t len = 0; len < sizeof(bytes); len++) {
		struct buf text = {0}, back = {0};

		base64_add(&text, bytes, len);
		ck_assert(base64_decode(&back, buf_text(&text), text.len));
		ck_assert_uint_eq(back.len, len);
		ck_assert_mem_eq(buf_text(&back), bytes, len);
		buf_release(&text);
		buf_release(&back);
	}
}
END_TEST

static const struct {
	const char *text;
	const char *bytes; /* NULL: it is not base64 */
} codes[] = {
    {"", ""},
    {"aGk", "hi"},
    {"aG\r\n k =", "hi"},
    {"aGk==", "hi"},
    {"a", NULL},
    {"aGkaG", NULL},
    {"aG=k", NULL},
    {"a-_k", NULL},
    {"aGk===", NULL},
};

START_TEST(base64_is_checked)
{
	struct buf back = {0};
	bool valid =
	    base64_decode(&back, codes[_i].text, strlen(codes[_i].text));

	ck_assert_int_eq(valid, codes[_i].bytes != NULL);
	if (valid)
		ck_assert_str_eq(buf_text(&back), codes[_i].bytes);
	buf_release(&back);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(*(array)))

int
main(void)
{
	Suite *suite = suite_create("har_reader");
	TCase *tc = tcase_create("har_reader");

	tcase_add_loop_test(
	    tc, entries_are_cut_whatever_the_pieces, 0, COUNT(cuts));
	tcase_add_loop_test(
	    tc, archives_are_known_by_their_beginning, 0, COUNT(guesses));
	tcase_add_loop_test(
	    tc, an_entry_is_read_without_trust, 0, COUNT(entries));
	tcase_add_test(tc, half_a_character_is_replaced);
	tcase_add_test(tc, base64_comes_back);
	tcase_add_loop_test(tc, base64_is_checked, 0, COUNT(codes));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
