/* A list, as plain lines or, by the first byte, as values, rows of CSV or
 * NDJSON, or earlier records. Whatever it holds: each request is either
 * invalid, with a reason, or has a URL and an origin, and the cache of
 * authorities says what the parser says. */
#include "config.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "fuzz.h"
#include "input/source.h"

/* What the first byte, modulo their count, makes of the rest. */
static const struct {
	bool is_rows;
	bool is_records;
	enum rows_format rows;
	const char *operand; /* NULL: none */
} modes[] = {
    {.operand = NULL},
    {.operand = "http://h/{{.}}?{{.a?}}"},
    {.operand = "http://h/?{{a?}}", .is_rows = true, .rows = ROWS_NDJSON},
    {.operand = "http://h/", .is_rows = true, .rows = ROWS_CSV},
    {.is_records = true},
};

static void
check_url(const struct request *r)
{
	struct url u;
	char *cause;

	FUZZ_CHECK(r->url && r->origin && !strchr(r->url, '#'));
	FUZZ_CHECK(strpbrk(r->url, " \r\n\t") == NULL);
	if (url_parse(&u, r->url, NULL, URL_HTTP_ONLY, &cause))
		abort();
	FUZZ_CHECK(strcmp(u.origin, r->origin) == 0);
	FUZZ_CHECK(strcmp(u.text, r->url) == 0);
	url_release(&u);
}

static void
check_headers(const struct request *r)
{
	const struct strlist *headers = &r->options->headers;

	for (size_t i = 0; i < headers->len; i++)
		FUZZ_CHECK(!strpbrk(headers->items[i], "\r\n"));
}

static void
drain(struct source *s)
{
	enum source_status status;
	struct request *r;
	uint64_t n = 0;

	while ((status = source_next(s, &r)) != SOURCE_END) {
		if (status == SOURCE_BUSY)
			continue;
		FUZZ_CHECK(status == SOURCE_REQUEST);
		FUZZ_CHECK(r->n == ++n);
		if (r->invalid) {
			FUZZ_CHECK(*r->invalid);
		} else {
			check_url(r);
			check_headers(r);
		}
		request_free(r);
	}
}

static void
run(size_t mode, const char *path)
{
	static const struct request_options common;
	struct input_options o = {.rows_format = modes[mode].rows};
	struct source *s;
	char *cause = NULL;

	if (modes[mode].operand)
		input_options_add(&o, INPUT_URL, modes[mode].operand);
	if (modes[mode].is_rows)
		o.rows = xstrdup(path);
	else if (modes[mode].is_records)
		o.retry_from = xstrdup(path);
	else
		input_options_add(&o, INPUT_LIST, path);
	s = source_open(&o, &common, &cause);
	if (s)
		drain(s);
	else
		FUZZ_CHECK(cause && *cause);
	free(cause);
	source_free(s);
	input_options_release(&o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[32];
	int fd;

	if (size == 0)
		return 0;
	fd = memfd_create("list", 0);
	if (fd < 0)
		abort();
	if (write(fd, data + 1, size - 1) != (ssize_t)size - 1)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	run(data[0] % (sizeof(modes) / sizeof(*modes)), path);
	close(fd);
	return 0;
}
