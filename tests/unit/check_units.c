#include "config.h"

#include <check.h>

#include "cli/units.h"
#include "unit.h"

#define REFUSED INT64_MIN

static const struct {
	const char *text;
	int64_t us;
} durations[] = {
    {"5", 5000000},
    {"0", 0},
    {"1.5", 1500000},
    {"0.000001", 1},
    {"0.0000019", 1},
    {"250ms", 250000},
    {"1.5ms", 1500},
    {"5s", 5000000},
    {"2m", 120000000},
    {"1h", 3600000000},
    {"1d", 86400000000},
    {"106751991d", 9223372022400000000},
    {"106751992d", REFUSED},
    {"99999999999999999999", REFUSED},
    {"", REFUSED},
    {"s", REFUSED},
    {"-1", REFUSED},
    {"+1", REFUSED},
    {" 1", REFUSED},
    {"1 s", REFUSED},
    {"1s ", REFUSED},
    {"1.", REFUSED},
    {".5", 500000},
    {".", REFUSED},
    {"1,5", REFUSED},
    {"1e3", REFUSED},
    {"0x10", REFUSED},
    {"1S", REFUSED},
    {"5sec", REFUSED},
    {"1h30m", REFUSED},
    {"inf", REFUSED},
};

START_TEST(durations_are_read_exactly_or_not_at_all)
{
	int64_t us = REFUSED;

	ck_assert_int_eq(units_duration(durations[_i].text, &us),
	    durations[_i].us != REFUSED);
	ck_assert_int_eq(us, durations[_i].us);
}
END_TEST

static const struct {
	const char *text;
	bool ok;
	uint64_t bytes;
} sizes[] = {
    {"0", true, 0},
    {"4096", true, 4096},
    {"64k", true, 65536},
    {"64K", true, 65536},
    {"1.5k", true, 1536},
    {"0.5M", true, 524288},
    {"10M", true, 10485760},
    {"1G", true, 1073741824},
    {"1T", true, 1099511627776},
    {"18446744073709551615", true, UINT64_MAX},
    {"18446744073709551616", false, 0},
    {"16777216T", false, 0},
    {"16777215T", true, UINT64_C(16777215) << 40},
    {"1kB", false, 0},
    {"1 k", false, 0},
    {"k", false, 0},
    {"-1", false, 0},
    {"", false, 0},
    {"1P", false, 0},
};

START_TEST(sizes_are_powers_of_1024)
{
	uint64_t bytes = 0;

	ck_assert_int_eq(units_size(sizes[_i].text, &bytes), sizes[_i].ok);
	ck_assert_uint_eq(bytes, sizes[_i].bytes);
}
END_TEST

static const struct {
	const char *text;
	bool ok;
	double share;
} shares[] = {
    {"5%", true, 0.05},
    {"5pct", true, 0.05},
    {"0%", true, 0},
    {"100%", true, 1},
    {"12.5%", true, 0.125},
    {"100.1%", false, 0},
    {"101%", false, 0},
    {"5", false, 0},
    {"0.05", false, 0},
    {"5 %", false, 0},
    {"%", false, 0},
    {"-5%", false, 0},
};

START_TEST(a_share_needs_its_sign)
{
	double share = 0;

	ck_assert_int_eq(units_share(shares[_i].text, &share), shares[_i].ok);
	ck_assert_double_eq_tol(share, shares[_i].share, 1e-12);
}
END_TEST

static const struct {
	const char *text;
	uint64_t count; /* 0: refused */
	int64_t period_us;
	bool even;
} rates[] = {
    {"3/s", 3, 1000000, false},
    {"3/5s", 3, 5000000, false},
    {"3/5s:even", 3, 5000000, true},
    {"100/m", 100, 60000000, false},
    {"5000/h", 5000, 3600000000, false},
    {"1/d", 1, 86400000000, false},
    {"10/250ms", 10, 250000, false},
    {"1/ms:even", 1, 1000, true},
    {"3", 0, 0, false},
    {"0/s", 0, 0, false},
    {"-1/s", 0, 0, false},
    {"3/0s", 0, 0, false},
    {"3/", 0, 0, false},
    {"/s", 0, 0, false},
    {"3/5", 0, 0, false},
    {"3/1.5s", 0, 0, false},
    {"3.5/s", 0, 0, false},
    {"3/sec", 0, 0, false},
    {"3/s:", 0, 0, false},
    {"3/s:odd", 0, 0, false},
    {"3/s:even ", 0, 0, false},
    {"3/s ", 0, 0, false},
    {"3//s", 0, 0, false},
    {"3/99999999999999999999s", 0, 0, false},
    {"3/200000000d", 0, 0, false},
    {"99999999999999999999/s", 0, 0, false},
    {"", 0, 0, false},
};

START_TEST(a_rate_is_a_count_in_a_window)
{
	struct rate_limit rate = {0};

	ck_assert_int_eq(
	    units_rate(rates[_i].text, &rate), rates[_i].count != 0);
	ck_assert_uint_eq(rate.count, rates[_i].count);
	ck_assert_int_eq(rate.period_us, rates[_i].period_us);
	ck_assert_int_eq(rate.even, rates[_i].even);
}
END_TEST

/* Rates, and how they are shown: NULL: as they are written. */
static const struct {
	const char *text, *shown;
} shown_rates[] = {
    {"3/s", NULL},
    {"1/ms", NULL},
    {"3/5s", NULL},
    {"100/m", NULL},
    {"24/8s", NULL},
    {"7/36h", NULL},
    {"5/2d", NULL},
    {"3/5s:even", NULL},
    {"3/1s", "3/s"},
    {"3/60s", "3/m"},
    {"3/1000ms:even", "3/s:even"},
    {"3/1500ms", NULL},
    {"1/48h", "1/2d"},
};

START_TEST(a_rate_is_shown_as_it_is_read)
{
	const char *text = shown_rates[_i].text;
	const char *shown = shown_rates[_i].shown;
	struct rate_limit rate;
	struct buf out = {0};

	ck_assert(units_rate(text, &rate));
	units_add_rate(&rate, &out);
	ck_assert_str_eq(out.data, shown ? shown : text);
	buf_release(&out);
}
END_TEST

START_TEST(counts_are_digits_only)
{
	static const char *const bad[] = {"", "-1", "+1", "1.0", "1k", "0x1",
	    " 1", "1 ", "18446744073709551616"};
	uint64_t n = 7;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(!units_count(bad[i], &n), "%s", bad[i]);
	ck_assert_uint_eq(n, 7);
	ck_assert(units_count("007", &n));
	ck_assert_uint_eq(n, 7);
	ck_assert(units_count("18446744073709551615", &n));
	ck_assert_uint_eq(n, UINT64_MAX);
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof(*(table))))

int
main(void)
{
	Suite *suite = suite_create("units");
	TCase *tc = tcase_create("units");

	tcase_add_loop_test(
	    tc, durations_are_read_exactly_or_not_at_all, 0, ROWS(durations));
	tcase_add_loop_test(tc, sizes_are_powers_of_1024, 0, ROWS(sizes));
	tcase_add_loop_test(tc, a_share_needs_its_sign, 0, ROWS(shares));
	tcase_add_loop_test(tc, a_rate_is_a_count_in_a_window, 0, ROWS(rates));
	tcase_add_loop_test(
	    tc, a_rate_is_shown_as_it_is_read, 0, ROWS(shown_rates));
	tcase_add_test(tc, counts_are_digits_only);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
