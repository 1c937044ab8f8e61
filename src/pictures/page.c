#include "config.h"

#include "pictures/page.h"

#include "base/base64.h"
#include "base/sha256.h"
#include "pictures/markup.h"
#include "pictures/waterfall.h"

static const char *const css[] = {
#include "pictures/report_css.h"
    NULL};

static const char *const js[] = {
#include "pictures/report_js.h"
    NULL};

static void
add_file(struct buf *out, const char *const *lines)
{
	for (; *lines; lines++)
		buf_adds(out, *lines);
}

/* All style there is: of the page, and of the phases in its pictures. */
static void
add_style(struct buf *out)
{
	add_file(out, css);
	waterfall_add_style(out);
}

static void
add_hash(struct buf *out, const char *directive, const struct buf *text)
{
	unsigned char digest[SHA256_SIZE];

	sha256(digest, text->data, text->len);
	buf_addf(out, "; %s 'sha256-", directive);
	base64_add(out, (const char *)digest, sizeof(digest));
	buf_addc(out, '\'');
}

static void
add_policy(struct buf *out, const struct buf *style)
{
	struct buf script;

	buf_init(&script);
	add_file(&script, js);
	buf_adds(out, "<meta http-equiv=\"Content-Security-Policy\" content=\""
	              "default-src 'none'; base-uri 'none'; "
	              "form-action 'none'");
	add_hash(out, "style-src", style);
	add_hash(out, "script-src", &script);
	buf_adds(out, "\">\n");
	buf_release(&script);
}

void
page_begin(struct buf *out, const char *title)
{
	struct buf style;

	buf_init(&style);
	add_style(&style);
	buf_adds(out, "<!DOCTYPE html>\n<html lang=\"en\">\n"
	              "<meta charset=\"utf-8\">\n");
	add_policy(out, &style);
	buf_adds(out, "<meta name=\"viewport\" "
	              "content=\"width=device-width\">\n"
	              "<meta name=\"referrer\" content=\"no-referrer\">\n"
	              "<title>");
	markup_add_text(out, title);
	buf_adds(out, "</title>\n<style>");
	buf_add(out, style.data, style.len);
	buf_adds(out, "</style>\n<h1>");
	markup_add_text(out, title);
	buf_adds(out, "</h1>\n");
	buf_release(&style);
}

void
page_end(struct buf *out, const struct buf *data)
{
	if (data) {
		buf_adds(out, "<script type=\"application/json\" id=\"data\">");
		markup_add_json(out, data->data, data->len);
		buf_adds(out, "</script>\n<script>");
		add_file(out, js);
		buf_adds(out, "</script>\n");
	}
	buf_adds(out, "</html>\n");
}

void
page_add_heading(struct buf *out, const char *text)
{
	buf_adds(out, "<h2>");
	markup_add_text(out, text);
	buf_adds(out, "</h2>\n");
}

void
page_begin_figures(struct buf *out)
{
	buf_adds(out, "<dl>\n");
}

void
page_add_figure(struct buf *out, const char *term, const char *value)
{
	buf_adds(out, "<div><dt>");
	markup_add_text(out, term);
	buf_adds(out, "</dt><dd>");
	markup_add_text(out, value);
	buf_adds(out, "</dd></div>\n");
}

void
page_end_figures(struct buf *out)
{
	buf_adds(out, "</dl>\n");
}

/* markup_add_text shows line ends, so each line goes alone. */
void
page_add_lines(struct buf *out, const char *text)
{
	buf_adds(out, "<pre>");
	while (*text) {
		size_t len = strcspn(text, "\n");
		struct buf line;

		buf_init(&line);
		buf_add(&line, text, len);
		markup_add_text(out, line.data);
		buf_addc(out, '\n');
		buf_release(&line);
		text += len + (text[len] == '\n');
	}
	buf_adds(out, "</pre>\n");
}
