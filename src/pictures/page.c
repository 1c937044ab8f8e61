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

double
page_scale(int from, int width, double part, double whole)
{
	return from + width * part / whole;
}

/* --- the frame of a page ----------------------------------------------- */

static const char *const page_css[] = {
#include "pictures/report_css.h"
    NULL};

static const char *const chart_css[] = {
#include "pictures/chart_css.h"
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
	              "content=\"width=device-width, initial-scale=1\">\n"
	              "<meta name=\"referrer\" content=\"no-referrer\">\n"
	              "<title>");
	page_add_text(out, title);
	buf_adds(out, "</title>\n<style>");
	add_file(out, page_css);
	add_file(out, chart_css);
	page_add_waterfall_style(out);
	buf_adds(out, "</style>\n<h1>");
	page_add_text(out, title);
	buf_adds(out, "</h1>\n");
}

void
page_end(struct buf *out)
{
	buf_adds(out, "</html>\n");
}

void
page_add_script(struct buf *out)
{
	buf_adds(out, "<script>");
	add_file(out, js);
	buf_adds(out, "</script>\n");
}

/* --- parts of a page ---------------------------------------------------- */

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

void
page_add_command(struct buf *out, const char *command)
{
	buf_adds(out, "<pre class=\"command\"><span>$ </span>");
	page_add_text(out, command);
	buf_adds(out, "</pre>\n");
}

void
page_add_note(struct buf *out, const char *text)
{
	buf_adds(out, "<p>");
	page_add_text(out, text);
	buf_adds(out, "</p>\n");
}

/* Who has no mouse scrolls by the keys, which need a focus. */
void
page_begin_scroll(struct buf *out, const char *label)
{
	buf_adds(out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
	              "aria-label=\"");
	page_add_text(out, label);
	buf_adds(out, "\">\n");
}

void
page_end_scroll(struct buf *out)
{
	buf_adds(out, "</div>\n");
}

void
page_begin_table(struct buf *out, const struct page_table *t)
{
	page_begin_scroll(out, t->label);
	buf_adds(out, "<table><thead><tr>");
	for (size_t i = 0; i < t->len; i++) {
		buf_adds(out, i ? "<th scope=\"col\" class=\"number\">"
		                : "<th scope=\"col\">");
		page_add_text(out, t->columns[i]);
	}
	buf_adds(out, "<tbody>\n");
}

/* HTML ends a cell and a row where the next one begins. */
void
page_begin_row(struct buf *out, const char *name)
{
	buf_adds(out, "<tr><th scope=\"row\">");
	page_add_text(out, name);
}

void
page_add_cell(struct buf *out, const char *figure, const char *kind)
{
	buf_addf(out, "<td class=\"number%s%s\">", *kind ? " " : "", kind);
	page_add_text(out, figure);
}

void
page_end_table(struct buf *out)
{
	buf_adds(out, "\n</table>\n");
	page_end_scroll(out);
}

void
page_begin_pair(struct buf *out)
{
	buf_adds(out, "<div class=\"pair\"><section>");
}

void
page_next_of_pair(struct buf *out)
{
	buf_adds(out, "</section><section>");
}

void
page_end_pair(struct buf *out)
{
	buf_adds(out, "</section></div>\n");
}

void
page_begin_bars(struct buf *out, const char *const columns[4])
{
	buf_adds(out, "<table class=\"bars\">\n");
	if (!columns)
		return;
	buf_adds(out, "<thead><tr>");
	for (size_t i = 0; i < 4; i++) {
		buf_addf(out, "<th scope=\"col\"%s>",
		    i == 2 ? " class=\"number\"" : "");
		page_add_text(out, columns[i]);
		buf_adds(out, "</th>");
	}
	buf_adds(out, "</tr></thead>\n");
}

/* Style belongs into the style sheet (add_policy), so the length of a bar is an
 * attribute of SVG. */
void
page_add_bar(struct buf *out, const struct page_bar *bar)
{
	buf_adds(out, "<tr><th scope=\"row\">");
	page_add_text(out, bar->label);
	buf_adds(out, "</th><td class=\"bar\"><svg class=\"waterfall\" "
	              "aria-hidden=\"true\">");
	if (bar->share > 0)
		buf_addf(out,
		    "<rect class=\"%s\" width=\"%.2f%%\" height=\"100%%\"/>",
		    bar->kind, bar->share * 100 < 0.3 ? 0.3 : bar->share * 100);
	buf_adds(out, "</svg></td><td class=\"number\">");
	page_add_text(out, bar->value);
	buf_adds(out, "</td><td class=\"note\">");
	page_add_text(out, bar->note ? bar->note : "");
	buf_adds(out, "</td></tr>\n");
}

void
page_end_bars(struct buf *out)
{
	buf_adds(out, "</table>\n");
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
