#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "input/shard.h"
#include "unit.h"

#define ROWS(table) ((int)(sizeof(table) / sizeof(*(table))))

/* A value of --shard, and how it is shown: "? " and a part of the message where
 * it is refused. */
static const struct {
	const char *text, *shown;
} values[] = {
    {"0/1", "0/1"},
    {"1/1", "0/1"},
    {"0/8", "0/8"},
    {"7/8", "7/8"},
    {"8/8", "0/8"},
    {"3/8:line", "3/8:line"},
    {"8/8:line", "0/8:line"},
    {"03/08", "3/8"},
    {"999999/1000000", "999999/1000000"},
    {"9/8", "? the shards are 0 to 7, or 1 to 8"},
    {"2/1", "? the shards are 0 to 0, or 1 to 1"},
    {"0/0", "? must be from 1 to 1000000"},
    {"1/1000001", "? must be from 1 to 1000000"},
    {"1/99999999999999999999999", "? must be from 1 to 1000000"},
    {"99999999999999999999999/8", "? the shards are 0 to 7"},
    {"/8", "? there is no number before the slash"},
    {"3/", "? there is no number after the slash"},
    {"3/:line", "? expects I/N"},
    {"", "? expects I/N"},
    {"3", "? expects I/N"},
    {"3:8", "? expects I/N"},
    {"-1/8", "? expects I/N"},
    {"+1/8", "? expects I/N"},
    {" 1/8", "? expects I/N"},
    {"1/8 ", "? expects I/N"},
    {"1/-8", "? expects I/N"},
    {"1/8:", "? expects I/N"},
    {"1/8:lines", "? expects I/N"},
    {"1/8:origin", "? expects I/N"},
    {"0x1/8", "? expects I/N"},
};

START_TEST(shard_is_an_index_of_a_count)
{
	struct shard shard;
	struct buf shown = {0};
	char *cause = NULL;

	if (shard_parse(&shard, values[_i].text, &cause) == 0)
		shard_add_text(&shard, &shown);
	else
		buf_addf(&shown, "? %s", cause);
	ck_assert_msg(strncmp(shown.data, values[_i].shown, 2) == 0 &&
	                  strstr(shown.data, values[_i].shown + 2),
	    "%s: %s", values[_i].text, shown.data);
	free(cause);
	buf_release(&shown);
}
END_TEST

/*
 * Origins with their shards of 2, 3, 10 and 1,000, worked out by another
 * program: machines with different versions must agree, so these never change.
 */
static const struct {
	const char *origin;
	uint64_t index[4];
} known[] = {
    {"http://example.org:80", {1, 0, 1, 351}},
    {"https://example.org:443", {1, 1, 5, 65}},
    {"https://api.example:8443", {0, 1, 2, 352}},
    {"http://127.0.0.1:8080", {1, 1, 1, 641}},
    {"file://", {1, 2, 7, 617}},
};

START_TEST(shard_of_an_origin_never_changes)
{
	static const uint64_t counts[] = {2, 3, 10, 1000};

	for (size_t i = 0; i < 4; i++) {
		for (uint64_t index = 0; index < counts[i]; index++) {
			const struct shard s = {index, counts[i], false};

			ck_assert_int_eq(shard_has(&s, known[_i].origin, 7),
			    index == known[_i].index[i]);
		}
	}
}
END_TEST

START_TEST(shard_by_line_counts_inputs)
{
	for (uint64_t n = 1; n <= 24; n++) {
		for (uint64_t index = 0; index < 8; index++) {
			const struct shard line = {index, 8, true};
			const struct shard origin = {index, 8, false};

			ck_assert_int_eq(
			    shard_has(&line, "http://a:80", n), n % 8 == index);
			ck_assert_int_eq(
			    shard_has(&origin, NULL, n), n % 8 == index);
		}
	}
	ck_assert(shard_has(&(struct shard){0}, "http://a:80", 7));
}
END_TEST

/* Numbered names are what lists have: none of 2 to 32 shards may get more than
 * half as much again as its share of 20,000. */
START_TEST(origins_spread_over_all_shards)
{
	static const char *const forms[][2] = {
	    {"https://host", ".example.org:443"},
	    {"http://api.example.org:", ""}, {"http://", ".example:80"}};

	for (uint64_t count = 2; count <= 32; count++) {
		unsigned most = 0, of[32] = {0};

		for (int i = 0; i < 20000; i++) {
			char origin[64];
			struct shard s = {0, count, false};

			snprintf(origin, sizeof(origin), "%s%d%s", forms[_i][0],
			    i, forms[_i][1]);
			while (!shard_has(&s, origin, 1))
				s.index++;
			most = ++of[s.index] > most ? of[s.index] : most;
		}
		ck_assert_msg(most * count < 20000 * 3 / 2,
		    "%u of 20000 in one of %" PRIu64 " shards", most, count);
	}
}
END_TEST

START_TEST(parts_add_up_to_the_whole)
{
	for (uint64_t count = 1; count <= 40; count++) {
		for (uint64_t whole = 0; whole <= 100; whole++) {
			uint64_t sum = 0;

			for (uint64_t i = 0; i < count; i++) {
				const struct shard s = {i, count, false};
				uint64_t part = shard_part(&s, whole);

				ck_assert_uint_eq(
				    part, whole / count + (i < whole % count));
				sum += part;
			}
			ck_assert_uint_eq(sum, whole);
		}
	}
	ck_assert_uint_eq(shard_part(&(struct shard){0}, 7), 7);
	ck_assert_uint_eq(shard_part(&(struct shard){1, 2, false}, UINT64_MAX),
	    UINT64_MAX / 2);
}
END_TEST

START_TEST(count_is_that_of_the_numbers)
{
	for (uint64_t count = 1; count <= 9; count++) {
		for (uint64_t index = 0; index < count; index++) {
			const struct shard s = {index, count, true};
			uint64_t has = 0;

			for (uint64_t n = 1; n <= 50; n++) {
				has += shard_has(&s, NULL, n);
				ck_assert_uint_eq(shard_count(&s, n), has);
			}
			ck_assert_uint_eq(shard_count(&s, 0), 0);
		}
	}
	ck_assert_uint_eq(shard_count(&(struct shard){0}, 7), 7);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("shard");
	TCase *t = tcase_create("shard");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, shard_is_an_index_of_a_count, 0, ROWS(values));
	tcase_add_loop_test(
	    t, shard_of_an_origin_never_changes, 0, ROWS(known));
	tcase_add_test(t, shard_by_line_counts_inputs);
	tcase_add_loop_test(t, origins_spread_over_all_shards, 0, 3);
	tcase_add_test(t, parts_add_up_to_the_whole);
	tcase_add_test(t, count_is_that_of_the_numbers);
	return unit_run(s);
}
