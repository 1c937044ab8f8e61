#include "config.h"

#include "request/guard.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

/*
 * A second opinion, written down apart from the first: the registries as
 * text, read bit by bit. 'x' is never public; 'i' goes by the IPv4 address
 * that stands at byte `at`, xored with `flip`.
 */
static const struct row {
	const char *net;
	unsigned bits;
	char kind;
	int at;
	uint8_t flip;
} rows[] = {
    {"0.0.0.0", 8, 'x', 0, 0},
    {"10.0.0.0", 8, 'x', 0, 0},
    {"100.64.0.0", 10, 'x', 0, 0},
    {"127.0.0.0", 8, 'x', 0, 0},
    {"169.254.0.0", 16, 'x', 0, 0},
    {"172.16.0.0", 12, 'x', 0, 0},
    {"192.0.0.0", 24, 'x', 0, 0},
    {"192.0.0.0", 29, 'x', 0, 0},
    {"192.0.0.8", 32, 'x', 0, 0},
    {"192.0.0.9", 32, 'x', 0, 0},
    {"192.0.0.10", 32, 'x', 0, 0},
    {"192.0.0.170", 32, 'x', 0, 0},
    {"192.0.0.171", 32, 'x', 0, 0},
    {"192.0.2.0", 24, 'x', 0, 0},
    {"192.31.196.0", 24, 'x', 0, 0},
    {"192.52.193.0", 24, 'x', 0, 0},
    {"192.88.99.0", 24, 'x', 0, 0},
    {"192.168.0.0", 16, 'x', 0, 0},
    {"192.175.48.0", 24, 'x', 0, 0},
    {"198.18.0.0", 15, 'x', 0, 0},
    {"198.51.100.0", 24, 'x', 0, 0},
    {"203.0.113.0", 24, 'x', 0, 0},
    {"224.0.0.0", 4, 'x', 0, 0},
    {"240.0.0.0", 4, 'x', 0, 0},
    {"255.255.255.255", 32, 'x', 0, 0},
    {"::1", 128, 'x', 0, 0},
    {"::", 128, 'x', 0, 0},
    {"64:ff9b:1::", 48, 'x', 0, 0},
    {"100::", 64, 'x', 0, 0},
    {"100:0:0:1::", 64, 'x', 0, 0},
    {"2001::", 23, 'x', 0, 0},
    {"2001:1::1", 128, 'x', 0, 0},
    {"2001:1::2", 128, 'x', 0, 0},
    {"2001:1::3", 128, 'x', 0, 0},
    {"2001:2::", 48, 'x', 0, 0},
    {"2001:3::", 32, 'x', 0, 0},
    {"2001:4:112::", 48, 'x', 0, 0},
    {"2001:10::", 28, 'x', 0, 0},
    {"2001:20::", 28, 'x', 0, 0},
    {"2001:30::", 28, 'x', 0, 0},
    {"2001:db8::", 32, 'x', 0, 0},
    {"2620:4f:8000::", 48, 'x', 0, 0},
    {"3fff::", 20, 'x', 0, 0},
    {"5f00::", 16, 'x', 0, 0},
    {"fc00::", 7, 'x', 0, 0},
    {"fe80::", 10, 'x', 0, 0},
    {"fec0::", 10, 'x', 0, 0},
    {"ff00::", 8, 'x', 0, 0},
    {"::ffff:0:0", 96, 'i', 12, 0},
    {"::ffff:0:0:0", 96, 'i', 12, 0},
    {"::", 96, 'i', 12, 0},
    {"64:ff9b::", 96, 'i', 12, 0},
    {"2002::", 16, 'i', 2, 0},
    {"2001::", 32, 'i', 4, 0},
    {"2001::", 32, 'i', 12, 0xff},
};

enum {
	ROWS = sizeof(rows) / sizeof(*rows),
	RANDOM = 20000 /* short; GATHER_ROUNDS makes it longer */
};

/* Four bytes or sixteen, and how many. */
struct address {
	uint8_t bytes[16];
	size_t len;
};

static uint64_t seed;

static uint64_t
any(uint64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % n;
}

static struct address
read_address(const char *text)
{
	struct address a = {.len = strchr(text, ':') ? 16 : 4};

	/* ck_assert writes to a pipe each time. */
	if (inet_pton(a.len == 16 ? AF_INET6 : AF_INET, text, a.bytes) != 1)
		ck_abort_msg("%s is no address", text);
	return a;
}

static const char *
show(const struct address *a)
{
	static char text[INET6_ADDRSTRLEN];

	inet_ntop(
	    a->len == 16 ? AF_INET6 : AF_INET, a->bytes, text, sizeof(text));
	return text;
}

static int
bit(const struct address *a, unsigned i)
{
	return a->bytes[i / 8] >> (7 - i % 8) & 1;
}

static void
set_bit(struct address *a, unsigned i, int value)
{
	a->bytes[i / 8] &= (uint8_t) ~(1U << (7 - i % 8));
	a->bytes[i / 8] |= (uint8_t)(value << (7 - i % 8));
}

static bool
is_in(const struct address *a, const struct row *row)
{
	struct address net = read_address(row->net);
	unsigned same = 0;

	while (same < row->bits && bit(a, same) == bit(&net, same))
		same++;
	return a->len == net.len && same == row->bits;
}

static struct address
inside(const struct address *a, const struct row *row)
{
	struct address v4 = {.len = 4};

	for (int i = 0; i < 4; i++)
		v4.bytes[i] = a->bytes[row->at + i] ^ row->flip;
	return v4;
}

/* What the rows say. */
static bool
should_be_private(const struct address *a)
{
	bool embeds = false, named = false;

	for (int i = 0; i < ROWS; i++) {
		struct address v4;

		if (!is_in(a, &rows[i]))
			continue;
		named = true;
		if (rows[i].kind != 'i')
			continue;
		embeds = true;
		v4 = inside(a, &rows[i]);
		if (should_be_private(&v4))
			return true;
	}
	return named && !embeds;
}

static bool
asked_as_sockaddr(const struct address *a)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr_in in4 = {.sin_family = AF_INET};

	memcpy(&in6.sin6_addr, a->bytes, 16);
	memcpy(&in4.sin_addr, a->bytes, 4);
	return guard_address_is_private(
	    a->len == 16 ? (const struct sockaddr *)(const void *)&in6
	                 : (const struct sockaddr *)(const void *)&in4);
}

static void
judge(const struct address *a)
{
	bool want = should_be_private(a);
	const char *text = show(a);

	if (guard_is_private(text) != want || asked_as_sockaddr(a) != want ||
	    guard_host_is_private(text) != want)
		ck_abort_msg(
		    "%s should be %s", text, want ? "private" : "public");
}

/* All bits behind the first `bits` are set to `value`, or drawn. */
static void
fill(struct address *a, unsigned bits, int value)
{
	for (unsigned i = bits; i < a->len * 8; i++)
		set_bit(a, i, value < 0 ? (int)any(2) : value);
}

/* False: there is none. */
static bool
step(struct address *a, int by)
{
	for (size_t i = a->len; i-- > 0;) {
		a->bytes[i] = (uint8_t)(a->bytes[i] + by);
		if (a->bytes[i] != (by > 0 ? 0x00 : 0xff))
			return true;
	}
	return false;
}

START_TEST(every_range_begins_and_ends_where_its_rfc_says)
{
	const struct row *row = &rows[_i];
	struct address first = read_address(row->net), last = first, a;

	fill(&first, row->bits, 0);
	fill(&last, row->bits, 1);
	judge(&first);
	judge(&last);
	if (row->kind == 'x') {
		ck_assert_msg(guard_is_private(show(&first)), "%s", row->net);
		ck_assert_msg(guard_is_private(show(&last)), "%s", row->net);
	}
	a = first;
	if (step(&a, -1))
		judge(&a);
	a = last;
	if (step(&a, 1))
		judge(&a);
}
END_TEST

/* Every IPv4 range, its ends and its neighbours, in every form of IPv6. */
START_TEST(an_address_inside_of_another_counts)
{
	const struct row *outer = &rows[_i];

	for (int i = 0; outer->kind == 'i' && i < ROWS; i++) {
		struct address v4 = read_address(rows[i].net);

		for (int end = 0; v4.len == 4 && end < 4; end++) {
			struct address v6 = read_address(outer->net);
			struct address a = v4;

			fill(&a, rows[i].bits, end % 2);
			if (end > 1)
				step(&a, end % 2 ? 1 : -1);
			fill(&v6, outer->bits, -1);
			for (int k = 0; k < 4; k++)
				v6.bytes[outer->at + k] =
				    a.bytes[k] ^ outer->flip;
			judge(&v6);
			if (should_be_private(&a))
				ck_assert_msg(guard_is_private(show(&v6)),
				    "%s in %s", rows[i].net, outer->net);
		}
	}
}
END_TEST

static long
rounds(void)
{
	const char *text = getenv("GATHER_ROUNDS");

	return text ? strtol(text, NULL, 10) : RANDOM;
}

/* Mostly near the ranges: that is where mistakes are. */
static struct address
draw(void)
{
	const struct row *row = &rows[any(ROWS)];
	struct address a = read_address(row->net);

	if (any(8) == 0)
		fill(&a, 0, -1);
	else
		fill(&a, row->bits, -1);
	if (any(3) == 0)
		set_bit(&a, (unsigned)any(a.len * 8), (int)any(2));
	if (any(3) == 0) {
		fill(&a, row->bits, (int)any(2));
		step(&a, any(2) ? 1 : -1);
	}
	return a;
}

START_TEST(drawn_addresses_are_judged_alike)
{
	const char *given = getenv("GATHER_SEED");

	seed = given ? strtoull(given, NULL, 10) : 88172645463325252;
	printf("addresses: seed %llu\n", (unsigned long long)seed);
	for (long i = rounds(); i > 0; i--) {
		struct address a = draw();

		/* ISATAP is a form of its own, tested below. */
		if (a.len == 4 || memcmp(a.bytes + 9, "\0\x5e\xfe", 3) != 0)
			judge(&a);
	}
}
END_TEST

static const struct {
	const char *ip;
	bool private;
} addresses[] = {
    {"8.8.8.8", false},
    {"2001:4860:4860::8888", false},
    {"::ffff:8.8.8.8", false},
    {"::ffff:0:8.8.8.8", false},
    {"::ffff:0:10.0.0.1", true},
    {"64:ff9b::8.8.8.8", false},
    {"64:ff9b:1::8.8.8.8", true},
    {"2002:808:808::", false},
    {"2002:a00:1::", true},
    /* Teredo: the server 8.8.8.8, the client flipped. */
    {"2001:0:808:808:0:0:f7f7:f7f7", false},
    {"2001:0:808:808:0:0:f5ff:fffe", true}, /* 10.0.0.1 */
    {"2001:0:a00:1:0:0:f7f7:f7f7", true},
    {"2a00:1:2:3:0:5efe:8.8.8.8", false}, /* ISATAP */
    {"2a00:1:2:3:0:5efe:10.0.0.1", true},
    {"2a00:1:2:3:200:5efe:192.168.0.1", true},
    {"fe80::1%eth0", true},
    {"no address", true},
    {"", true},
    {NULL, true},
};

START_TEST(private_addresses_are_known_in_all_their_forms)
{
	ck_assert_int_eq(
	    guard_is_private(addresses[_i].ip), addresses[_i].private);
}
END_TEST

START_TEST(some_names_need_no_lookup)
{
	ck_assert(guard_host_is_private("localhost"));
	ck_assert(guard_host_is_private("LocalHost."));
	ck_assert(guard_host_is_private("a.localhost"));
	ck_assert(!guard_host_is_private("notlocalhost"));
	ck_assert(!guard_host_is_private("localhost.example"));
	ck_assert(!guard_host_is_private("example.org"));
	ck_assert(!guard_host_is_private(""));
}
END_TEST

START_TEST(one_private_address_among_others_is_found)
{
	char *ip = guard_find_private("8.8.8.8,[2a00::1],[fec0::1],10.0.0.1");

	ck_assert_str_eq(ip, "fec0::1");
	free(ip);
	ck_assert_ptr_null(guard_find_private("8.8.8.8,[2a00::1],1.1.1.1"));
	ck_assert_ptr_null(guard_find_private(""));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("guard");
	TCase *t = tcase_create("guard");

	tcase_add_loop_test(
	    t, every_range_begins_and_ends_where_its_rfc_says, 0, ROWS);
	tcase_add_loop_test(t, an_address_inside_of_another_counts, 0, ROWS);
	tcase_add_test(t, drawn_addresses_are_judged_alike);
	tcase_add_loop_test(t, private_addresses_are_known_in_all_their_forms,
	    0, sizeof(addresses) / sizeof(*addresses));
	tcase_add_test(t, some_names_need_no_lookup);
	tcase_add_test(t, one_private_address_among_others_is_found);
	suite_add_tcase(s, t);
	return unit_run(s);
}
