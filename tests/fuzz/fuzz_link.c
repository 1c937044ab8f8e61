/* Header lines that may hold links: what is found stands in them between < and
 * >, and other headers in front change nothing. */
#include "config.h"

#include "follow/link.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "follow/page.h"
#include "fuzz.h"

static void
check_target(const char *headers, const struct buf *target)
{
	struct buf quoted = {0};

	FUZZ_CHECK(!strpbrk(target->data, ">\r\n"));
	buf_addf(&quoted, "<%s>", target->data);
	FUZZ_CHECK(strstr(headers, quoted.data));
	buf_release(&quoted);
}

static void
check_relation(const char *headers, const char *rel)
{
	struct buf more = {0}, one = {0}, other = {0};
	bool found;

	buf_adds(&one, "");
	buf_adds(&other, "");
	buf_addf(&more, "X-Link: </>; rel=%s\r\n%s", rel, headers);
	found = link_find(headers, rel, &one);
	FUZZ_CHECK(found == link_find(more.data, rel, &other));
	FUZZ_CHECK(strcmp(one.data, other.data) == 0);
	if (found)
		check_target(headers, &one);
	else
		FUZZ_CHECK(one.len == 0);
	buf_release(&more);
	buf_release(&one);
	buf_release(&other);
}

static void
check_range(const char *headers)
{
	struct page_range range;
	struct buf url = {0};

	if (page_range_find_links(&range, "http://a.test/?page=1", headers)) {
		FUZZ_CHECK(range.next < range.last);
		page_range_add_url(&range, &url);
		FUZZ_CHECK(url.len > 0);
	}
	buf_release(&url);
	page_range_release(&range);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *headers = xmemdup0((const char *)data, size);

	check_relation(headers, "next");
	check_relation(headers, "last");
	check_range(headers);
	free(headers);
	return 0;
}
