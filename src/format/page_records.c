/* One record after the other. The values of an item are shown by a view of the
 * columns of its page, so that nothing is copied. */
#include "config.h"

#include "format/page_records.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "request/row.h"

enum {
	NUMBERS = 512 /* bytes of the fields that have about the same length in
	               * every record */
};

void
page_records_open(struct page_records *records, const struct record *page)
{
	const struct columns *columns = page->columns;

	*records = (struct page_records){.record = *page};
	if (!columns || !columns->of_items || !columns->count)
		return;
	records->count = columns->count;
	records->view.items = xcalloc(columns->len, sizeof(*columns->items));
	records->record.columns = &records->view;
	records->page = columns;
}

void
page_records_release(struct page_records *records)
{
	free(records->view.items);
}

const struct record *
page_records_next(struct page_records *records)
{
	size_t i = records->next++;

	if (!records->count)
		return i == 0 ? &records->record : NULL;
	if (i == records->count)
		return NULL;
	columns_show_item(records->page, i, &records->view);
	records->record.item = i + 1;
	return &records->record;
}

static size_t
length(const char *s)
{
	return s ? strlen(s) : 0;
}

uint64_t
record_repeated_bytes(const struct record *page)
{
	const struct request *request = page->request;
	const struct result *r = page->result;
	struct buf row = {0};
	uint64_t size = NUMBERS + request->input_len + length(request->url) +
	                length(request->id) + length(r->url_effective) +
	                length(r->content_type) + length(r->file);

	if (request->lineage)
		size +=
		    length(request->lineage->url) + request->lineage->json_len;
	if (request->row)
		row_add_json(&row, request->row);
	size += row.len;
	buf_release(&row);
	return size;
}
