/*
 * /items, /pages and /list: a catalog of items, one by one, as a list of links,
 * in pages that name the next one in all ways that --paginate can follow, and
 * in pages that do not.
 */
#include "config.h"

#include "demo/routes.h"

#include <inttypes.h>
#include <string.h>

#include "demo/items.h"
#include "demo/reply.h"

#define PAGES_MAX UINT64_C(1000000)

enum {
	ITEMS_LISTED = 100, /* of /items, at most */
	ITEMS_A_PAGE = 10,  /* of /pages and /list */
	LIST_PAGES = 3      /* of /list */
};

void
answer_items(const struct visit *v)
{
	uint64_t count = visit_query_number(v, "count", ITEMS_LISTED);
	struct buf b;

	if (count > ITEMS_LISTED)
		count = ITEMS_LISTED;
	buf_init(&b);
	buf_adds(&b, "{\"items\":[");
	for (uint64_t id = 1; id <= count; id++) {
		buf_adds(&b, id > 1 ? ",{\"id\":" : "{\"id\":");
		buf_addu(&b, id);
		buf_adds(&b, ",\"name\":\"");
		item_add_name(&b, id);
		buf_adds(&b, "\",\"url\":\"");
		visit_add_base(v, &b);
		buf_addf(&b, "/items/%" PRIu64 "\"}", id);
	}
	buf_addf(&b, "],\"count\":%" PRIu64 "}", count);
	reply_json(v, 200, &b);
}

void
answer_item(const struct visit *v)
{
	const char *rest = v->rest;
	struct buf b;
	uint64_t id;

	if (!visit_take_number(&rest, ITEMS_MAX, &id) || id == 0 || *rest) {
		reply_error(v, 404, "no such item: they run from 1 to 1000000");
		return;
	}
	buf_init(&b);
	item_add_json(&b, id);
	reply_json(v, 200, &b);
}

/* Append the URL of page `page` of this list of pages. */
static void
add_page_url(const struct visit *v, struct buf *b, uint64_t page)
{
	visit_add_base(v, b);
	buf_adds(b, "/pages/");
	/* The rest is a number, as answer_pages has checked, so it needs no
	 * escaping. */
	buf_addf(b, "%s?page=%" PRIu64, v->rest, page);
}

/* Add a header Link with the next page, if there is one, and the last page (RFC
 * 8288). */
static void
add_page_links(const struct visit *v, uint64_t page, uint64_t pages)
{
	struct buf b;

	buf_init(&b);
	if (page < pages) {
		buf_addc(&b, '<');
		add_page_url(v, &b, page + 1);
		buf_adds(&b, ">; rel=\"next\", ");
	}
	buf_addc(&b, '<');
	add_page_url(v, &b, pages);
	buf_adds(&b, ">; rel=\"last\"");
	visit_add_header(v, "Link", b.data);
	buf_release(&b);
}

/* The page that is asked for, from 1: ?page=K, ?cursor=K as `next_cursor` gives
 * it, or ?offset=N. */
static uint64_t
asked_page(const struct visit *v)
{
	uint64_t page = visit_query_number(v, "page", 0);

	if (page == 0)
		page = visit_query_number(v, "cursor", 0);
	if (page == 0)
		page = visit_query_number(v, "offset", 0) / ITEMS_A_PAGE + 1;
	return page;
}

static void
add_page_items(struct buf *b, uint64_t page)
{
	uint64_t first = (page - 1) * ITEMS_A_PAGE + 1;

	for (uint64_t id = first; id < first + ITEMS_A_PAGE; id++) {
		if (id > first)
			buf_addc(b, ',');
		item_add_json(b, id);
	}
}

/* Send one page. A page beyond the last has no items, as with most servers, so
 * that clients which count on can find the end. */
static void
send_page(const struct visit *v, uint64_t page, uint64_t pages)
{
	struct buf b;

	add_page_links(v, page, pages);
	buf_init(&b);
	buf_addf(&b, "{\"page\":%" PRIu64 ",\"pages\":%" PRIu64 ",\"items\":[",
	    page, pages);
	if (page <= pages)
		add_page_items(&b, page);
	buf_adds(&b, "],\"next\":");
	if (page < pages) {
		buf_addc(&b, '"');
		add_page_url(v, &b, page + 1);
		buf_addf(&b, "\",\"next_cursor\":\"%" PRIu64 "\"}", page + 1);
	} else {
		buf_adds(&b, "null,\"next_cursor\":null}");
	}
	reply_json(v, 200, &b);
}

void
answer_pages(const struct visit *v)
{
	const char *rest = v->rest;
	uint64_t pages;

	if (!visit_take_number(&rest, PAGES_MAX, &pages) || *rest ||
	    strchr(v->rest, '/'))
		reply_error(v, 400, "use /pages/N?page=K");
	else
		send_page(v, asked_page(v), pages);
}

/* As many APIs have it: whoever reads counts on until a page is empty. */
void
answer_list(const struct visit *v)
{
	uint64_t page = visit_query_number(v, "page", 1);
	struct buf b;

	buf_init(&b);
	buf_adds(&b, "{\"results\":[");
	if (page >= 1 && page <= LIST_PAGES)
		add_page_items(&b, page);
	buf_adds(&b, "]}");
	reply_json(v, 200, &b);
}
