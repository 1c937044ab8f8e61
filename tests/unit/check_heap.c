#include "config.h"

#include "base/heap.h"
#include "unit.h"

#include <check.h>
#include <stdlib.h>

enum {
	NODES = 1000
};

static struct heap heap;
static struct heap_node nodes[NODES];

static void
set_up(void)
{
	heap_init(&heap);
	for (int i = 0; i < NODES; i++)
		nodes[i] = (struct heap_node){0};
}

static void
tear_down(void)
{
	heap_release(&heap);
}

START_TEST(an_empty_heap_has_no_top)
{
	ck_assert_ptr_null(heap_top(&heap));
	ck_assert_ptr_null(heap_pop(&heap));
}
END_TEST

START_TEST(the_earliest_comes_first)
{
	static const int64_t at[] = {5, -3, 9, 0, INT64_MAX, 2, INT64_MIN};
	const size_t n = sizeof(at) / sizeof(at[0]);
	int64_t last = INT64_MIN;

	for (size_t i = 0; i < n; i++)
		heap_push(&heap, &nodes[i], at[i]);
	for (size_t i = 0; i < n; i++) {
		struct heap_node *top = heap_pop(&heap);

		ck_assert(top->at >= last);
		ck_assert(!heap_holds(top));
		last = top->at;
	}
	ck_assert_ptr_null(heap_pop(&heap));
}
END_TEST

START_TEST(equal_moments_come_out_as_they_went_in)
{
	for (int i = 0; i < 50; i++)
		heap_push(&heap, &nodes[i], 7);
	for (int i = 0; i < 50; i++)
		ck_assert_ptr_eq(heap_pop(&heap), &nodes[i]);
}
END_TEST

START_TEST(removing_what_is_not_inside_does_no_harm)
{
	heap_push(&heap, &nodes[0], 1);
	heap_remove(&heap, &nodes[1]);
	heap_remove(&heap, &nodes[0]);
	heap_remove(&heap, &nodes[0]);
	ck_assert_ptr_null(heap_top(&heap));
}
END_TEST

/* Any mixture of pushes and removals leaves the earliest on top. */
START_TEST(order_survives_random_use)
{
	srand((unsigned)_i + 1);
	for (int step = 0; step < 20000; step++) {
		struct heap_node *n = &nodes[rand() % NODES];

		if (heap_holds(n))
			heap_remove(&heap, n);
		else
			heap_push(&heap, n, rand() % 100);
	}
	for (int64_t last = -1; heap.len;) {
		ck_assert(heap_top(&heap)->at >= last);
		last = heap_pop(&heap)->at;
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("heap");
	TCase *tc = tcase_create("heap");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, an_empty_heap_has_no_top);
	tcase_add_test(tc, the_earliest_comes_first);
	tcase_add_test(tc, equal_moments_come_out_as_they_went_in);
	tcase_add_test(tc, removing_what_is_not_inside_does_no_harm);
	tcase_add_loop_test(tc, order_survives_random_use, 0, 10);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
