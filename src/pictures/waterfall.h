/*
 * A waterfall: a row for each exchange of a run, one below the other, which
 * shows on a common axis of time what it spent its time on. Of a long run it
 * keeps the first requests and the slowest, so its memory is bounded. Pure.
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

struct waterfall;

/* Make a waterfall of at most `most` requests (3 or more), the first third of
 * which are the first of the run, and the others the slowest. */
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
	bool reused;            /* its connection was */
	int status;             /* 0: no answer */
	enum error_class error; /* of this exchange alone */
	uint64_t size;          /* bytes of the body */
	char *url;              /* secrets redacted */
	struct span spans[PHASE_COUNT];
	size_t spans_len;
};

/* A request and its rows in the order in which they began. */
struct waterfall_request {
	uint64_t n;      /* number of the request */
	char *method;    /* "GET" */
	char *error;     /* its failure, for people; NULL: it succeeded */
	int64_t from_us; /* since the run's start */
	int64_t to_us;   /* > from_us */
	struct waterfall_row *rows;
	size_t rows_len; /* 1 or more */
};

/* What a drawing shows. */
struct waterfall_view {
	/* The requests that are kept, in the order in which they began. */
	const struct waterfall_request *const *requests;
	size_t len;            /* requests that are kept */
	uint64_t total;        /* requests that were sent */
	int64_t from_us;       /* the axis, since the run's start */
	int64_t to_us;         /* > from_us, unless there is no request */
	bool one_origin;       /* all URLs have the same origin */
	size_t origin_len;     /* of that origin, at the start of each URL */
	bool has[PHASE_COUNT]; /* phases that occur */
};
/* Returns what is kept so far; borrowed until the next waterfall_add. */
struct waterfall_view waterfall_view(struct waterfall *);
/* Returns the distance of marks on an axis of `span_us` that has room for
 * `marks`: a round number of microseconds. */
int64_t waterfall_step(int64_t span_us, unsigned marks);
/* Append what a row is called: "/path?x", "try 2 /path", "hop 1 /path". */
void waterfall_add_label(struct buf *, const struct waterfall_view *,
    const struct waterfall_request *, const struct waterfall_row *);
/* Append how an exchange ended: "200", "timeout", "cancelled". */
void waterfall_add_outcome(struct buf *, const struct waterfall_row *);

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
/* Append the waterfall as SVG: a picture that stands alone, or, without a style
 * of its own, a drawing for a page (pictures/page.h). */
void waterfall_add_svg(struct waterfall *, struct buf *out);
void waterfall_add_drawing(struct waterfall *, struct buf *out);

#endif
