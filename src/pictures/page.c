/*
 * Escaping first, on which the safety of a page rests; then its frame with
 * style, script and policy; then headings, figures and lines.
 */
#include "config.h"

#include "pictures/page.h"

#include <string.h>

#include "pictures/page_hashes.h"
#include "text/utf8.h"

/* --- escaping and scale ------------------------------------------------ */

/* Returns the entity for a character that HTML could read as markup, in text or
 * in a quoted attribute; NULL: it has none. */
static const char *
entity_of(char c)
{
	static const char *const entities[128] = {
	    ['<'] = "&lt;",
	    ['>'] = "&gt;",
	    ['&'] = "&amp;",
	    ['"'] = "&quot;",
	    ['\''] = "&#39;",
	};

	return (unsigned char)c < 128 ? entities[(unsigned char)c] : NULL;
}

/* Controls become visible first, then what HTML could read as markup becomes
 * entities: no order of the bytes gets past both. */
void
page_add_text(struct buf *out, const char *s)
{
	struct buf safe;

	buf_init(&safe);
	utf8_add_safe(&safe, s, strlen(s));
	for (size_t i = 0; i < safe.len; i++) {
		const char *entity = entity_of(safe.data[i]);

		if (entity)
			buf_adds(out, entity);
		else
			buf_addc(out, safe.data[i]);
	}
	buf_release(&safe);
}

/* `</script>` or `<!--` in a string would end the element or change how the
 * rest is read; U+2028 and U+2029 end lines in older JavaScript. */
void
page_add_json(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr("<>&", text[i]) && text[i])
			buf_addf(out, "\\u%04x", (unsigned)text[i]);
		else if (len - i >= 3 &&
		         (memcmp(text + i, "\xE2\x80\xA8", 3) == 0 ||
		             memcmp(text + i, "\xE2\x80\xA9", 3) == 0)) {
			buf_addf(out, "\\u%04x",
			    0x2000U | ((unsigned)text[i + 2] & 0x3FU));
			i += 2;
		} else {
			buf_addc(out, text[i]);
		}
	}
}

double
page_scale(int from, int width, double part, double whole)
{
	return from + width * part / whole;
}

/* --- the frame of a page ----------------------------------------------- */

static const char *const page_css[] = {
#include "pictures/report_css.h"
    NULL};

static const char *const waterfall_css[] = {
#include "pictures/waterfall_css.h"
    NULL};

static const char *const js[] = {
#include "pictures/report_js.h"
    NULL};

/* Append a file that the build has turned into lines of C. */
static void
add_file(struct buf *out, const char *const *lines)
{
	for (; *lines; lines++)
		buf_adds(out, *lines);
}

void
page_add_waterfall_style(struct buf *out)
{
	add_file(out, waterfall_css);
}

/*
 * Style and script are constant, so their hashes are known when this is
 * compiled (local.mk). With them the page's policy allows these two and
 * nothing that a server sent (CSP level 3, 2.3.1 and 6.7.3.3).
 */
static void
add_policy(struct buf *out)
{
	buf_adds(out,
	    "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src 'none'; base-uri 'none'; form-action 'none'; "
	    "style-src 'sha256-" PAGE_STYLE_SHA256 "'; "
	    "script-src 'sha256-" PAGE_SCRIPT_SHA256 "'\">\n");
}

/* The policy stands before everything that it has to allow. */
void
page_begin(struct buf *out, const char *title)
{
	buf_adds(out, "<!DOCTYPE html>\n<html lang=\"en\">\n"
	              "<meta charset=\"utf-8\">\n");
	add_policy(out);
	buf_adds(out, "<meta name=\"viewport\" "
	              "content=\"width=device-width\">\n"
	              "<meta name=\"referrer\" content=\"no-referrer\">\n"
	              "<title>");
	page_add_text(out, title);
	buf_adds(out, "</title>\n<style>");
	add_file(out, page_css);
	page_add_waterfall_style(out);
	buf_adds(out, "</style>\n<h1>");
	page_add_text(out, title);
	buf_adds(out, "</h1>\n");
}

/* Browsers do not run a <script> of the type application/json; report.js
 * reads its text. */
void
page_end(struct buf *out, const struct buf *data)
{
	if (data) {
		buf_adds(out, "<script type=\"application/json\" id=\"data\">");
		page_add_json(out, data->data, data->len);
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
	page_add_text(out, text);
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
	page_add_text(out, term);
	buf_adds(out, "</dt><dd>");
	page_add_text(out, value);
	buf_adds(out, "</dd></div>\n");
}

void
page_end_figures(struct buf *out)
{
	buf_adds(out, "</dl>\n");
}

/* page_add_text shows line ends, so each line goes alone. */
void
page_add_lines(struct buf *out, const char *text)
{
	buf_adds(out, "<pre>");
	while (*text) {
		size_t len = strcspn(text, "\n");
		struct buf line;

		buf_init(&line);
		buf_add(&line, text, len);
		page_add_text(out, line.data);
		buf_addc(out, '\n');
		buf_release(&line);
		text += len + (text[len] == '\n');
	}
	buf_adds(out, "</pre>\n");
}
