/*
 * A waterfall: a row for each exchange of a run, one below the other, which
 * shows on a common axis of time what it spent its time on. Of a long run it
 * keeps the first requests, failed ones and the slowest, so its memory is
 * bounded. Pure.
 *
 * waterfall.c collects; waterfall_term.c and waterfall_svg.c draw.
 */
#ifndef GATHER_PICTURES_WATERFALL_H
#define GATHER_PICTURES_WATERFALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "request/request.h"
#include "request/result.h"
#include "stats/phase.h"
#include "stats/show.h"

struct waterfall;

enum {
	/* Rows of one request that are kept: half of them the first, and half
	 * the last. */
	WATERFALL_ROWS = 20
};

/* Make a waterfall of at most `most` requests (3 or more): a third are the
 * first of the run, up to another third failed or were retried, and the others
 * are those that took longest. */
struct waterfall *waterfall_new(size_t most);
void waterfall_free(struct waterfall *);
/* Add a finished request with its exchanges, which are copied. One without an
 * exchange was never sent, and is not shown. */
void waterfall_add(
    struct waterfall *, const struct request *, const struct result *);

/* An exchange: one request on the wire and its answer. */
struct waterfall_row {
	unsigned attempt;       /* of its request, from 1 on */
	unsigned hop;           /* redirects before it in this attempt */
	bool hedge;             /* it is a second copy */
	bool cancelled;         /* e.g. since the other copy was faster */
	bool final;             /* what became of it became of the request */
	bool reused;            /* its connection was */
	int status;             /* 0: no answer */
	enum error_class error; /* of this exchange alone */
	char *url;              /* secrets redacted */
	int64_t took_us;        /* in flight, without its waits */
	struct span spans[PHASE_COUNT];
	size_t spans_len;
};

/* A request and its rows in the order in which they began. */
struct waterfall_request {
	uint64_t n;   /* number of the request */
	char *method; /* "GET" */
	char *error;  /* its failure, for people; NULL: it succeeded */
	enum error_class class; /* of this failure */
	int64_t from_us; /* when it could have started, since the run's start */
	int64_t to_us;   /* > from_us */
	int64_t took_us; /* result_took_us() */
	int64_t first_byte_us; /* of that; -1: there was none */
	unsigned attempts;
	uint64_t size; /* bytes of the body, on the wire */
	/* Waits of all its attempts, and what its last attempt did with its
	 * redirects. */
	int64_t phase_us[PHASE_COUNT];
	struct waterfall_row *rows;
	size_t rows_len; /* 1 or more */
	size_t left_out; /* rows that are not kept, before the last ones */
};

/* What a drawing shows. */
struct waterfall_view {
	/* The requests that are kept, in the order in which they began. */
	const struct waterfall_request *const *requests;
	size_t len;         /* requests that are kept */
	uint64_t total;     /* requests that were sent */
	int64_t from_us;    /* the axis, since the run's start */
	int64_t to_us;      /* > from_us, unless there is no request */
	const char *origin; /* that most rows share: the start of a URL */
	size_t origin_len;  /* 0: they share none */
	bool one_origin;    /* all rows have it */
	bool has_trouble;   /* one of them failed or was retried */
};
/* Returns what is kept so far; borrowed until the next waterfall_add. */
struct waterfall_view waterfall_view(struct waterfall *);
/* Returns the distance of marks on an axis of `span_us` that has room for
 * `marks`: a round number of microseconds. */
int64_t waterfall_step(int64_t span_us, unsigned marks);
/* Append what a drawing shows: "9 of 100 requests to https://example.org: the
 * first and the slowest". Safe for a terminal. */
void waterfall_add_title(struct buf *, const struct waterfall_view *);
/* Append what a row is called: "/path?x", "try 2 /path", "hop 1 /path". It is
 * decoded for people (text/percent.h), and safe for a terminal. */
void waterfall_add_label(struct buf *, const struct waterfall_view *,
    const struct waterfall_request *, const struct waterfall_row *);
/* Append how a row ended: "200", "timeout", "200 json", "cancelled". */
void waterfall_add_outcome(struct buf *, const struct waterfall_request *,
    const struct waterfall_row *);
/* Returns whether it ended badly, by itself. */
bool waterfall_row_failed(
    const struct waterfall_request *, const struct waterfall_row *);
/* Returns the unit for a column with the times of all rows of some views, in
 * which they are aligned; the longest is `least_us` at least. */
struct time_unit waterfall_unit(
    const struct waterfall_view *, size_t views, int64_t least_us);

/* A waterfall among others that are drawn below each other, on one axis, so
 * that their times can be compared. */
struct waterfall_part {
	struct waterfall *waterfall;
	const char *name;    /* above its rows: "sync"; plain text */
	const char *meaning; /* behind that: "one at a time" */
	int64_t wall_us;     /* of its run, drawn below its rows */
};
struct waterfall_group {
	const struct waterfall_part *parts;
	size_t len;        /* 1 or more */
	const char *title; /* behind the usual one: ", median runs" */
};
/* Returns the views of all parts, all with the axis of the whole group; caller
 * frees. */
struct waterfall_view *waterfall_group_views(const struct waterfall_group *);
/* Returns the longest run of the group. */
int64_t waterfall_group_wall_us(const struct waterfall_group *);

/* How a waterfall is drawn on a terminal. */
struct waterfall_look {
	unsigned width; /* columns */
	bool unicode;   /* else ASCII only */
	bool color;     /* by escape sequences */
};
/* Append the waterfall as lines of text, with its axis and a legend; nothing if
 * no request was sent. */
void waterfall_add_text(
    struct waterfall *, const struct waterfall_look *, struct buf *out);
void waterfall_group_add_text(const struct waterfall_group *,
    const struct waterfall_look *, struct buf *out);
/* A place in a drawing, in pixels. */
struct waterfall_place {
	double x;
	double width;
	unsigned y;
};
enum {
	WATERFALL_BAR = 14 /* pixels: the height of the highest phase */
};
/* Append the phase as an element of SVG; its classes are those of
 * waterfall.css.
 */
void waterfall_add_span(
    struct buf *, enum phase, const struct waterfall_place *);
/* Append the waterfall as SVG: a picture that stands alone, or, without a style
 * of its own, a drawing for a page (pictures/page.h). */
void waterfall_add_svg(struct waterfall *, struct buf *out);
void waterfall_add_drawing(struct waterfall *, struct buf *out);
void waterfall_group_add_svg(const struct waterfall_group *, struct buf *out);
void waterfall_group_add_drawing(
    const struct waterfall_group *, struct buf *out);

#endif
