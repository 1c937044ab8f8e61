#include "config.h"

#include "compare/compare_export.h"

#include <stdlib.h>

#include "compare/compare_report.h"
#include "pictures/page.h"
#include "stats/show.h"

enum {
	PAGE_COLUMNS = 100,
	WIDTH = 800, /* pixels */
	LINE = 28,
	LABEL_X = 110,
	PLOT_X = 120,
	PLOT_WIDTH = 580
};

static double
longest(const struct comparison *c)
{
	double most = 0;

	for (size_t i = 0; i < c->arms->len; i++) {
		double max = arm_figures_wall(&c->figures[i]).max;

		if (max > most)
			most = max;
	}
	return most > 0 ? most : 1;
}

/* A bar as long as the mean, and a mark for each run. */
static void
add_arm(const struct comparison *c, size_t i, double most, struct buf *out)
{
	const struct arm_figures *f = &c->figures[i];
	double mean = arm_figures_wall(f).mean;
	size_t y = i * LINE;

	buf_addf(out,
	    "<text class=\"end\" x=\"%d\" y=\"%zu\">%s</text>"
	    "<rect x=\"%d\" y=\"%zu\" width=\"%.1f\" height=\"8\"/>",
	    LABEL_X, y + 18, c->arms->items[i].name, PLOT_X, y + 10,
	    page_scale(0, PLOT_WIDTH, mean, most));
	for (size_t j = 0; j < f->len; j++)
		buf_addf(out,
		    "<rect class=\"run\" x=\"%.1f\" y=\"%zu\" width=\"2\" "
		    "height=\"16\"/>",
		    page_scale(PLOT_X - 1, PLOT_WIDTH, f->runs[j].wall_s, most),
		    y + 6);
	buf_addf(out, "<text class=\"count\" x=\"%d\" y=\"%zu\">",
	    PLOT_X + PLOT_WIDTH + 10, y + 18);
	add_time(out, mean, time_unit_for(mean), 0);
	buf_adds(out, "</text>\n");
}

static void
add_plot(const struct comparison *c, struct buf *out)
{
	size_t height = c->arms->len * LINE;

	buf_addf(out,
	    "<svg class=\"histogram\" viewBox=\"0 0 %d %zu\" width=\"%d\" "
	    "height=\"%zu\" role=\"img\"><title>Wall clock of each run, and "
	    "the mean</title>\n",
	    WIDTH, height, WIDTH, height);
	for (size_t i = 0; i < c->arms->len; i++)
		add_arm(c, i, longest(c), out);
	buf_adds(out, "</svg>\n");
}

void
export_html(const struct comparison *c, struct buf *out)
{
	static const struct style style = {
	    .drawing = DRAW_UTF8, .width = PAGE_COLUMNS};
	char *refusal = comparison_refusal(c, BODIES_MAY_DIFFER);
	struct buf text;

	buf_init(&text);
	report_arms(c, &style, &text);
	if (refusal)
		buf_addf(&text, "%s\n", refusal);
	else
		report_verdict(c, &style, &text);
	page_begin(out, "gather comparison");
	page_add_heading(out, "Wall clock, run by run");
	add_plot(c, out);
	page_add_heading(out, "Figures");
	page_add_lines(out, text.data);
	page_end(out, NULL);
	buf_release(&text);
	free(refusal);
}
