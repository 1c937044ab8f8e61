#include "config.h"

#include "base/hash.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/strmap.h"
#include "unit.h"

enum {
	MANY = 5000
};

/* The vectors of the FNV page. */
START_TEST(the_hash_is_fnv_1a)
{
	ck_assert(hash_add(HASH_START, "", 0) == 0xcbf29ce484222325U);
	ck_assert(hash_add(HASH_START, "a", 1) == 0xaf63dc4c8601ec8cU);
	ck_assert(hash_add(HASH_START, "foobar", 6) == 0x85944171f73967e8U);
	ck_assert(hash_add(hash_add(HASH_START, "foo", 3), "bar", 3) ==
	          hash_add(HASH_START, "foobar", 6));
	ck_assert(hash_text("foobar") ==
	          (0x85944171f73967e8U ^ 0x85944171f73967e8U >> 32));
	ck_assert(hash_bytes("foobar", 6) == hash_text("foobar"));
}
END_TEST

START_TEST(a_set_holds_each_hash_once)
{
	struct hash_set set;

	hash_set_init(&set);
	for (uint64_t i = 0; i < MANY; i++)
		ck_assert(hash_set_add(&set, i << 40));
	for (uint64_t i = 0; i < MANY; i++)
		ck_assert(!hash_set_add(&set, i << 40));
	/* 0 is kept as 1. */
	ck_assert(!hash_set_add(&set, 1));
	ck_assert_uint_eq(set.table.len, MANY);
	hash_set_release(&set);
	ck_assert(hash_set_add(&set, 5));
	hash_set_release(&set);
}
END_TEST

struct number {
	uint64_t hash;
	uint64_t value;
};

static bool
is_number(const void *entry, const void *key)
{
	const struct number *n = entry;
	const uint64_t *value = key;

	return n->value == *value;
}

/* Few hashes, one of them 0, so that entries stand in each other's way. */
static uint64_t
crowded(uint64_t value)
{
	return value % 7 * UINT64_MAX / 7;
}

START_TEST(what_remains_is_found_after_removals)
{
	struct hash_table t;
	size_t left = 0;

	hash_table_init(&t, sizeof(struct number), is_number);
	for (uint64_t i = 0; i < 500; i++)
		((struct number *)hash_table_add(&t, crowded(i), &i))->value =
		    i;
	for (uint64_t i = 0; i < 500; i += 3)
		hash_table_remove(&t, hash_table_find(&t, crowded(i), &i));
	for (uint64_t i = 0; i < 500; i++) {
		struct number *n = hash_table_find(&t, crowded(i), &i);

		ck_assert_int_eq(n != NULL, i % 3 != 0);
		ck_assert(!n || n->value == i);
	}
	for (size_t at = 0; hash_table_next(&t, &at);)
		left++;
	ck_assert_uint_eq(left, t.len);
	ck_assert_uint_eq(left, 333);
	hash_table_release(&t);
}
END_TEST

/* Returns how many entries stand side by side, at most. */
static size_t
longest_row(const struct hash_table *t)
{
	size_t row = 0, longest = 0;

	for (size_t i = 0; i < t->cap; i++) {
		uint64_t hash;

		memcpy(&hash, t->entries + i * t->entry_size, sizeof(hash));
		row = hash ? row + 1 : 0;
		if (row > longest)
			longest = row;
	}
	return longest;
}

/* What a removal looks at is the rest of a row: with all in one it would be all
 * of them. */
START_TEST(consecutive_numbers_stand_in_short_rows)
{
	struct hash_table t;
	uint64_t first = (uint64_t)1 << _i;

	hash_table_init(&t, sizeof(struct number), NULL);
	for (uint64_t n = first; n < first + MANY; n++)
		hash_table_add(&t, hash_number(n), NULL);
	ck_assert_uint_eq(t.len, MANY);
	ck_assert_uint_lt(longest_row(&t), MANY / 50);
	hash_table_release(&t);
}
END_TEST

START_TEST(a_map_sets_replaces_and_removes)
{
	static int values[MANY];
	struct strmap map;
	char key[16];

	strmap_init(&map);
	ck_assert_ptr_null(strmap_get(&map, "0"));
	ck_assert_ptr_null(strmap_remove(&map, "0"));
	for (int i = 0; i < MANY; i++) {
		snprintf(key, sizeof(key), "%d", i);
		ck_assert_str_eq(strmap_set(&map, key, &values[0]), key);
		strmap_set(&map, key, &values[i]);
	}
	ck_assert_uint_eq(strmap_len(&map), MANY);
	for (int i = 0; i < MANY; i++) {
		snprintf(key, sizeof(key), "%d", i);
		ck_assert_ptr_eq(strmap_get(&map, key), &values[i]);
		ck_assert_ptr_eq(strmap_remove(&map, key), &values[i]);
		ck_assert_ptr_null(strmap_get(&map, key));
	}
	ck_assert_uint_eq(strmap_len(&map), 0);
	strmap_release(&map);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("hash_table");
	TCase *t = tcase_create("hash_table");

	tcase_add_test(t, the_hash_is_fnv_1a);
	tcase_add_test(t, a_set_holds_each_hash_once);
	tcase_add_test(t, what_remains_is_found_after_removals);
	tcase_add_loop_test(t, consecutive_numbers_stand_in_short_rows, 0, 63);
	tcase_add_test(t, a_map_sets_replaces_and_removes);
	suite_add_tcase(s, t);
	return unit_run(s);
}
