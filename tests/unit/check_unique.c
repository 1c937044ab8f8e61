#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/siphash.h"
#include "base/xalloc.h"
#include "run/unique.h"
#include "unit.h"

/* Some of the authors' vectors (openssl mac SIPHASH has the same): the key is
 * the bytes 0 to 15, the message `len` bytes from 0 on. */
static const struct {
	size_t len;
	uint64_t words[2];
} vectors[] = {
    {0, {0xe6a825ba047f81a3U, 0x930255c71472f66dU}},
    {1, {0x44af996bd8c187daU, 0x45fc229b11597634U}},
    {7, {0x53c1dbd8beebf1a1U, 0x3982f01fa64ab8c0U}},
    {8, {0x61f55862baa9623bU, 0xb49714f364e2830fU}},
    {15, {0x11a8b03399e99354U, 0xd9c3cf970fec087eU}},
    {63, {0x4a83502f77d15051U, 0x7cbd3f979a063e50U}},
};

START_TEST(the_hash_is_siphash_2_4_128)
{
	const struct siphash_key key = {
	    {0x0706050403020100U, 0x0f0e0d0c0b0a0908U}};
	char message[64];
	struct siphash hash;

	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (char)i;
	hash = siphash_of(&key, message, vectors[_i].len);
	ck_assert_uint_eq(hash.words[0], vectors[_i].words[0]);
	ck_assert_uint_eq(hash.words[1], vectors[_i].words[1]);
}
END_TEST

/* --- requests --------------------------------------------------------- */

static struct request_options options;
static struct unique *unique;

static void
setup(void)
{
	request_options_init(&options);
	unique = unique_new();
}

static void
teardown(void)
{
	request_options_release(&options);
	unique_free(unique);
}

static struct request *
request_to(const char *url)
{
	struct request *r = request_new(&options, url);

	request_set_url(r, url);
	ck_assert_ptr_null(r->invalid);
	return r;
}

/* Add `r`, which is taken. Is it new? */
static bool
is_new(struct request *r)
{
	bool added = unique_add(unique, r, 0);

	request_free(r);
	return added;
}

static const struct {
	const char *one, *other;
	bool same;
} urls[] = {
    {"http://a.test/x", "http://a.test/x", true},
    {"http://a.test/x", "http://a.test/x#y", true},
    {"http://a.test", "http://A.test:80/", true},
    {"https://a.test/", "https://a.test:443/", true},
    {"http://a.test/x", "http://a.test/x?", false},
    {"http://a.test/x", "http://a.test/X", false},
    {"http://a.test/x", "https://a.test/x", false},
    {"http://a.test/x", "http://a.test:81/x", false},
    {"http://a.test/x", "http://b.test/x", false},
    {"http://me@a.test/x", "http://you@a.test/x", false},
};

START_TEST(urls_are_compared_without_fragments)
{
	ck_assert(is_new(request_to(urls[_i].one)));
	ck_assert(!is_new(request_to(urls[_i].one)));
	ck_assert_int_eq(is_new(request_to(urls[_i].other)), !urls[_i].same);
	ck_assert(!is_new(request_to(urls[_i].other)));
}
END_TEST

static struct request *
request_with_body(const char *body)
{
	struct request *r = request_to("http://a.test/");
	struct request_options *o = request_own_options(r);

	o->body_kind = BODY_RAW;
	o->body = xstrdup(body);
	o->body_len = strlen(body);
	return r;
}

START_TEST(methods_and_bodies_count)
{
	struct request *r = request_to("http://a.test/");

	request_own_options(r)->head = true;
	ck_assert(is_new(request_to("http://a.test/")));
	ck_assert(is_new(r));
	ck_assert(is_new(request_with_body("a")));
	ck_assert(is_new(request_with_body("")));
	ck_assert(is_new(request_with_body("b")));
	ck_assert(!is_new(request_with_body("a")));
}
END_TEST

START_TEST(headers_do_not_count)
{
	struct request *r = request_to("http://a.test/");

	strlist_add(&request_own_options(r)->headers, "X: y");
	ck_assert(is_new(request_to("http://a.test/")));
	ck_assert(!is_new(r));
}
END_TEST

static bool
is_new_at(unsigned stage)
{
	struct request *r = request_to("http://a.test/");
	bool added = unique_add(unique, r, stage);

	request_free(r);
	return added;
}

/* Who was only the last stage's has not led on to anything. */
START_TEST(earlier_stages_count)
{
	ck_assert(is_new_at(2));
	ck_assert(!is_new_at(2));
	ck_assert(!is_new_at(300));
	ck_assert(is_new_at(1));
	ck_assert(!is_new_at(2));
	ck_assert(is_new_at(0));
	ck_assert(!is_new_at(1));
}
END_TEST

/* What a stranger led to goes without secrets, so its answer may be another. */
START_TEST(secrets_that_stay_behind_count)
{
	struct request *r = request_to("http://a.test/");

	r->trust.foreign = true;
	ck_assert(is_new(request_to("http://a.test/")));
	ck_assert(!is_new(r));
	options.bearer = xstrdup("secret");
	r = request_to("http://a.test/");
	r->trust.foreign = true;
	ck_assert(is_new(r));
	ck_assert(!is_new(request_to("http://a.test/")));
}
END_TEST

START_TEST(many_requests_are_told_apart)
{
	char url[64];

	for (int i = 0; i < 20000; i++) {
		snprintf(url, sizeof(url), "http://a.test/%d", i % 10000);
		ck_assert_int_eq(is_new(request_to(url)), i < 10000);
	}
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof(*(table))))

int
main(void)
{
	Suite *suite = suite_create("unique");
	TCase *tc = tcase_create("unique");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, the_hash_is_siphash_2_4_128, 0, ROWS(vectors));
	tcase_add_loop_test(
	    tc, urls_are_compared_without_fragments, 0, ROWS(urls));
	tcase_add_test(tc, methods_and_bodies_count);
	tcase_add_test(tc, headers_do_not_count);
	tcase_add_test(tc, earlier_stages_count);
	tcase_add_test(tc, secrets_that_stay_behind_count);
	tcase_add_test(tc, many_requests_are_told_apart);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
