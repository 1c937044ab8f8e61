#include "config.h"

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "json/block.h"
#include "unit.h"

/* Each kind of byte, what says of one byte whether it is of that kind, and both
 * functions that find it in a block. */

static bool
is_stop(unsigned char c)
{
	return c < 0x20 || c >= 0x80 || c == '"' || c == '\\';
}

static bool
is_quote(unsigned char c)
{
	return c == '"';
}

static bool
is_slash(unsigned char c)
{
	return c == '\\';
}

static bool
is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_delete(unsigned char c)
{
	return c == 0x7F;
}

static const struct {
	bool (*is)(unsigned char c);
	uint32_t (*find)(const char *at);
	uint32_t (*find_portably)(const char *at);
} kinds[] = {
    {is_stop, block_stops, portable_stops},
    {is_quote, block_quotes, portable_quotes},
    {is_slash, block_slashes, portable_slashes},
    {is_blank, block_blanks, portable_blanks},
    {is_digit, block_digits, portable_digits},
    {is_delete, block_deletes, portable_deletes},
};

/* Check both functions of a kind on a block, byte by byte. */
static void
check_block(int kind, const unsigned char bytes[BLOCK])
{
	/* Without a byte to spare, so that ASan sees every overrun. */
	char *block = malloc(BLOCK);
	uint32_t expected = 0;

	ck_assert_ptr_nonnull(block);
	memcpy(block, bytes, BLOCK);
	for (unsigned i = 0; i < BLOCK; i++)
		expected |= (uint32_t)kinds[kind].is(bytes[i]) << i;
	ck_assert_uint_eq(kinds[kind].find(block), expected);
	ck_assert_uint_eq(kinds[kind].find_portably(block), expected);
	free(block);
}

/* Every byte, at every place, among others that are all alike. */
START_TEST(each_byte_is_found_where_it_is)
{
	static const unsigned char others[] = {
	    0, 0x1F, ' ', '"', '0', '9', 'a', '\\', 0x7F, 0x80, 0xFF};
	unsigned char bytes[BLOCK];

	for (unsigned c = 0; c < 256; c++)
		for (size_t o = 0; o < sizeof(others); o++)
			for (unsigned i = 0; i < BLOCK; i++) {
				memset(bytes, others[o], BLOCK);
				bytes[i] = (unsigned char)c;
				check_block(_i, bytes);
			}
}
END_TEST

START_TEST(random_blocks_are_told_byte_by_byte)
{
	static const unsigned char near[] = "\x1F !\"#[\\]/09:\t\n\r\x7F";
	unsigned char bytes[BLOCK];

	srand(13);
	for (int n = 0; n < 20000; n++) {
		for (unsigned i = 0; i < BLOCK; i++)
			bytes[i] =
			    n % 2 ? (unsigned char)rand()
			          : near[(size_t)rand() % (sizeof(near) - 1)];
		check_block(_i, bytes);
	}
}
END_TEST

START_TEST(the_first_of_a_set)
{
	ck_assert_uint_eq(block_first(BLOCK_ALL), 0);
	ck_assert_uint_eq(block_first(1U << 15), 15);
	ck_assert_uint_eq(block_first(0), BLOCK);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json block");
	TCase *tc = tcase_create("block");
	int kinds_len = (int)(sizeof(kinds) / sizeof(kinds[0]));

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, each_byte_is_found_where_it_is, 0, kinds_len);
	tcase_add_loop_test(
	    tc, random_blocks_are_told_byte_by_byte, 0, kinds_len);
	tcase_add_test(tc, the_first_of_a_set);
	return unit_run(suite);
}
