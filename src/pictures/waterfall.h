/*
 * A waterfall: what each attempt of a run spent its time on, one below the
 * other. Of a long run it keeps the first requests and the slowest, so its
 * memory is bounded. Pure.
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

struct waterfall;

/* Keep at most `most` requests, a third of them the first ones. */
struct waterfall *waterfall_new(size_t most);
void waterfall_free(struct waterfall *);
/* What became of a request, with its exchanges; nothing of it is kept. */
void waterfall_add(
    struct waterfall *, const struct request *, const struct result *);

/* One exchange. */
struct waterfall_row {
	unsigned attempt, hop;
	bool hedge, cancelled, reused;
	int status;
	enum error_class error; /* of this exchange alone */
	uint64_t size;          /* bytes of the body */
	char *url;              /* secrets redacted */
	struct span spans[PHASE_COUNT];
	size_t spans_len;
};

/* A request and its rows in the order in which they began. */
struct waterfall_request {
	uint64_t n;
	char *method;    /* "GET" */
	char *error;     /* what became of it, for people; NULL: ok */
	int64_t from_us; /* since the run's start */
	int64_t to_us;
	struct waterfall_row *rows;
	size_t rows_len;
};

/* What is kept, in the order in which they began; borrowed, until the next
 * waterfall_add. */
struct waterfall_view {
	const struct waterfall_request *const *requests;
	size_t len;
	uint64_t total;  /* requests that were sent */
	int64_t from_us; /* of those that are kept */
	int64_t to_us;   /* > from_us, unless there is none */
	bool one_origin; /* all rows have it, its length: */
	size_t origin_len;
	bool has[PHASE_COUNT]; /* phases that occur */
};
struct waterfall_view waterfall_view(struct waterfall *);
/* Distance of marks on an axis of `span_us` that has room for `marks`: a
 * round number. */
int64_t waterfall_step(int64_t span_us, unsigned marks);
/* "/path?x", "try 2", "hop 1: /path": what a row is called. */
void waterfall_add_label(struct buf *, const struct waterfall_view *,
    const struct waterfall_request *, const struct waterfall_row *);
/* "200", "timeout". */
void waterfall_add_outcome(struct buf *, const struct waterfall_row *);

/* waterfall_term.c: lines of text for a terminal. */
struct waterfall_look {
	unsigned width;
	bool unicode;
	bool color;
};
void waterfall_add_text(
    struct waterfall *, const struct waterfall_look *, struct buf *out);
/* Append the waterfall as SVG: a picture that stands alone, or, without a style
 * of its own, a drawing for a page (pictures/page.h). waterfall_svg.c */
void waterfall_add_svg(struct waterfall *, struct buf *out);
void waterfall_add_drawing(struct waterfall *, struct buf *out);

#endif
