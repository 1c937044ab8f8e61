/*
 * Which options shape what a run puts out, so that a journal, which holds
 * results of one shape, refuses to go on with others. A row of the table names
 * an option and how its value becomes text; options_add_shape goes through
 * them.
 */
#include "config.h"

#include "cli/options.h"

#include <stddef.h>

#include "base/buf.h"
#include "format/format.h"
#include "redact/redact.h"
#include "request/url.h"

/* Append the value of the field `at`, or nothing if the option was not
 * given. */
typedef void value_adder(
    struct buf *out, const struct options *, const void *at);

static void
shape_flag(struct buf *out, const struct options *o, const void *at)
{
	(void)o;
	if (*(const bool *)at)
		buf_adds(out, "yes");
}

static void
shape_text(struct buf *out, const struct options *o, const void *at)
{
	const char *text = *(char *const *)at;

	(void)o;
	if (text)
		buf_adds(out, text);
}

static void
shape_texts(struct buf *out, const struct options *o, const void *at)
{
	const struct strlist *texts = at;

	(void)o;
	for (size_t i = 0; i < texts->len; i++) {
		buf_adds(out, i ? ", " : "");
		buf_adds(out, texts->items[i]);
	}
}

/* Only whether the option was given: which file it names changes nothing in the
 * results. */
static void
shape_presence(struct buf *out, const struct options *o, const void *at)
{
	(void)o;
	if (*(char *const *)at)
		buf_adds(out, "yes");
}

/* Append the stages as they were typed, except the name of the first option,
 * which the row adds. Passwords in URLs are masked. */
static void
shape_stages(struct buf *out, const struct follow_options *follow)
{
	for (size_t i = 0; i < follow->stages_len; i++) {
		const struct follow_stage *s = &follow->stages[i];

		if (i)
			buf_addf(out, " %s ", follow_stage_option(s));
		buf_addf(out, "%s --then ", s->each);
		url_add_redacted(out, s->then);
	}
}

static void
shape_each(struct buf *out, const struct options *o, const void *at)
{
	const struct follow_options *follow = at;

	(void)o;
	if (follow->stages_len && follow->stages[0].language == MATCH_JSON)
		shape_stages(out, follow);
}

static void
shape_each_xpath(struct buf *out, const struct options *o, const void *at)
{
	const struct follow_options *follow = at;

	(void)o;
	if (follow->stages_len && follow->stages[0].language == MATCH_XPATH)
		shape_stages(out, follow);
}

/* The same shard counts from 0 or from 1. */
static void
shape_shard(struct buf *out, const struct options *o, const void *at)
{
	const struct shard *shard = at;

	(void)o;
	if (shard->count)
		shard_add_text(shard, out);
}

/* The format counts as it turns out: "--format body" and no option at all give
 * the same results. */
static void
shape_format(struct buf *out, const struct options *o, const void *at)
{
	enum format_id id = *(const enum format_id *)at;

	buf_adds(
	    out, format_name(
	             id == FORMAT_AUTO ? format_default(&o->run.output) : id));
}

/* A journal compares the texts as sets. A new row is compatible with journals
 * that exist: they lack its text, and so do runs without the option. */
static const struct {
	const char *name;
	value_adder *add;
	size_t at; /* of the field in struct options */
} shaping[] = {
#define ROW(name, add, member)                              \
	{                                                   \
		name, add, offsetof(struct options, member) \
	}
    ROW("format", shape_format, run.output.format),
    ROW("extract", shape_texts, run.output.extract),
    ROW("xpath", shape_texts, run.output.xpath),
    ROW("fields", shape_texts, run.output.fields),
    ROW("write-out", shape_text, run.output.writeout),
    ROW("collect", shape_flag, run.output.collect),
    ROW("quoted", shape_flag, run.output.quoted),
    ROW("with-body", shape_flag, run.output.with_body),
    ROW("with-headers", shape_flag, run.output.with_headers),
    ROW("fail-with-body", shape_flag, run.output.fail_with_body),
    ROW("include", shape_flag, run.output.include_headers),
    ROW("dump-header", shape_presence, run.output.dump_header),
    ROW("output", shape_text, run.request.output),
    ROW("remote-name", shape_flag, run.output.remote_name),
    ROW("remote-header-name", shape_flag, run.output.server_name),
    ROW("output-dir", shape_text, run.output.output_dir),
    ROW("output", shape_text, run.follow.output),
    ROW("each", shape_each, run.follow),
    ROW("each-xpath", shape_each_xpath, run.follow),
    ROW("paginate", shape_text, run.follow.paginate),
    ROW("items", shape_text, run.output.items),
    ROW("unique", shape_flag, run.unique),
    ROW("shard", shape_shard, input.shard),
    ROW("expect", shape_texts, run.expect.expect),
    ROW("until", shape_text, run.expect.until),
    ROW("location", shape_flag, run.fetch.follow),
#undef ROW
};

void
options_add_shape(const struct options *o, struct strlist *shape)
{
	for (size_t i = 0; i < sizeof(shaping) / sizeof(*shaping); i++) {
		struct buf text = {0};
		size_t len;

		buf_addf(&text, "%s=", shaping[i].name);
		len = text.len;
		shaping[i].add(&text, o, (const char *)o + shaping[i].at);
		/* Secrets in the text are masked: none goes into the journal,
		 * and a run with a new token may go on with it. */
		if (text.len > len)
			strlist_add_owned(
			    shape, redacted(REDACT_TEXT, text.data));
		buf_release(&text);
	}
}
