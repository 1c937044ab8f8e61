/*
 * How fast is scanning, compared with cJSON_Parse, and what does a path cost
 * on top? On a generated document of about 300 KB, or on the files named.
 *
 *     make tests/bench/bench_json && tests/bench/bench_json [FILE]...
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "json/path.h"

enum {
	ROUNDS = 200,
	ITEMS = 1300
};

/* What an API answers with: short members, some text, some nesting. */
static void
generate(struct buf *b)
{
	buf_addc(b, '[');
	for (unsigned i = 0; i < ITEMS; i++)
		buf_addf(b,
		    "%s{\"id\":%u,\"name\":\"item %u\",\"price\":%u.%02u,"
		    "\"active\":%s,\"tags\":[\"red\",\"green\",\"blue\"],"
		    "\"owner\":{\"login\":\"user%u\","
		    "\"url\":\"https://api.example.com/users/%u\"},"
		    "\"note\":null,\"text\":\"%s\"}",
		    i ? "," : "", i, i, i % 97, i % 100,
		    i % 2 ? "true" : "false", i, i,
		    i % 5 ? "plain text, a little longer than a name"
		          : "Gr\xC3\xBC\xC3\x9F"
		            "e aus Z\xC3\xBCrich, \\\"quoted\\\"\\n");
	buf_addc(b, ']');
}

static void
read_file(struct buf *b, const char *name)
{
	FILE *file = fopen(name, "rb");
	size_t n;

	if (!file)
		die("cannot open %s", name);
	do {
		n = fread(buf_reserve(b, 65536), 1, 65536, file);
		b->len += n;
	} while (n > 0);
	fclose(file);
	buf_addc(b, '\n');
}

struct bench {
	const struct buf *text;
	struct json_doc *doc;
	struct json_path *path;
	struct json_spans spans;
};

static void
run_scan(struct bench *bench)
{
	struct json_error error;

	if (json_doc_scan(
	        bench->doc, bench->text->data, bench->text->len, &error) != 0)
		die("%zu:%zu: %s", error.line, error.column, error.message);
}

static void
run_cjson(struct bench *bench)
{
	cJSON *root =
	    cJSON_ParseWithLength(bench->text->data, bench->text->len);

	if (!root)
		die("cJSON refuses the document");
	cJSON_Delete(root);
}

static void
run_path(struct bench *bench)
{
	struct json_error error;

	bench->spans.len = 0;
	if (json_path_apply(bench->path, bench->doc, &bench->spans, &error) !=
	    0)
		die("%s", error.message);
}

/* The fastest of all rounds, in microseconds: what disturbs only adds. */
static int64_t
best_us(struct bench *bench, void (*run)(struct bench *))
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < ROUNDS; i++) {
		int64_t start = clock_now_us(), took;

		run(bench);
		took = clock_now_us() - start;
		if (took < best)
			best = took;
	}
	return best > 0 ? best : 1;
}

static void
bench_paths(struct bench *bench)
{
	static const char *const paths[] = {"$[*].id", "$[-1].owner.login",
	    "$..url", "$[?@.price < 10].name",
	    "$[?match(@.name, 'item [0-9]*7')].id", "$..*"};
	struct json_error error;

	run_scan(bench);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		bench->path = json_path_new(paths[i], &error);
		if (!bench->path) {
			printf("  %-38s %s\n", paths[i], error.message);
			continue;
		}
		printf("  %-38s %7lld us", paths[i],
		    (long long)best_us(bench, run_path));
		printf("  %zu matches\n", bench->spans.len);
		json_path_free(bench->path);
	}
}

static void
bench_text(const char *name, const struct buf *text)
{
	struct bench bench = {.text = text, .doc = json_doc_new()};
	int64_t scan = best_us(&bench, run_scan);
	int64_t cjson = best_us(&bench, run_cjson);

	printf("%s: %zu bytes\n", name, text->len);
	printf("  %-38s %7lld us  %.0f MB/s\n", "scan", (long long)scan,
	    (double)text->len / (double)scan);
	printf("  %-38s %7lld us  %.1f times the scan\n",
	    "cJSON_Parse and cJSON_Delete", (long long)cjson,
	    (double)cjson / (double)scan);
	bench_paths(&bench);
	json_spans_release(&bench.spans);
	json_doc_free(bench.doc);
}

int
main(int argc, char **argv)
{
	struct buf text;

	for (int i = 1; i < argc; i++) {
		buf_init(&text);
		read_file(&text, argv[i]);
		bench_text(argv[i], &text);
		buf_release(&text);
	}
	if (argc > 1)
		return EXIT_SUCCESS;
	buf_init(&text);
	generate(&text);
	bench_text("generated", &text);
	buf_release(&text);
	return EXIT_SUCCESS;
}
