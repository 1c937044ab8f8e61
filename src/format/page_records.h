/* The records that one finished request makes: with --items one for each item
 * of its body, else, and where a body has no items, one for all of it. */
#ifndef GATHER_FORMAT_PAGE_RECORDS_H
#define GATHER_FORMAT_PAGE_RECORDS_H

#include "format/format.h"

/* A walk through the records; all of it is private. */
struct page_records {
	struct record record; /* the one at hand */
	const struct columns *page;
	struct columns view; /* what was found in its item */
	size_t next;
	size_t count;
};

/* Begin before the first record of `page`, which is borrowed. */
void page_records_open(struct page_records *, const struct record *page);
void page_records_release(struct page_records *);
/* The next record, until the next call; NULL: there is none. */
const struct record *page_records_next(struct page_records *);
/* About how many bytes each further record of `page` takes in another output
 * than stdout, its values aside. */
uint64_t record_repeated_bytes(const struct record *page);

#endif
