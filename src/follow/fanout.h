/*
 * Fan-out: --each finds matches in an answer, --then makes a request of each.
 * Each such pair is a stage; the second stage looks into the answers to the
 * requests of the first, and so on.
 */
#ifndef GATHER_FOLLOW_FANOUT_H
#define GATHER_FOLLOW_FANOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "follow/child.h"
#include "follow/left_out.h"
#include "follow/options.h"
#include "match/gap.h"
#include "match/match.h"
#include "request/names.h"
#include "request/options.h"
#include "request/request.h"
#include "request/result.h"

struct fanout;

struct fanout_setup {
	const struct follow_options *options;
	/* The command line's; copied as far as children have them. */
	const struct request_options *common;
	struct names names; /* that the inputs give to templates */
	uint64_t match_max; /* see struct match_text */
};

/* Compile the stages. NULL with *cause set (caller frees) if an expression or
 * a template is wrong, or a template holds a name that stands for nothing. */
struct fanout *fanout_new(const struct fanout_setup *, char **cause);
/* NULL is fine. */
void fanout_free(struct fanout *);
/* The language in which --each of `stage` is written. */
enum match_language fanout_language(const struct fanout *, unsigned stage);
/* The number of stages. Stage 0 looks into answers to inputs; the requests
 * that the last stage makes are the ones whose answers are put out. */
unsigned fanout_stages(const struct fanout *);
/* What was found in a body. All zero: nothing. */
struct found_links {
	struct matches matches;
	char *base; /* of HTML: the text of <base href>; owned; NULL: none */
	struct gap gap;
};

/* Free what was found, and set all to zero. */
void found_links_release(struct found_links *);
/* Append what --each of `stage` finds in a body, as spans of it, and set the
 * base. An array that is the only match stands for its elements. Returns -1 if
 * the result has become a failure. */
int fanout_find(struct fanout *, unsigned stage, struct readings *body,
    struct found_links *);

/* Count what fanout_find found in a body whose result is final. */
void fanout_note_gap(struct fanout *, unsigned stage, const struct gap *);
/* Append a message about --each of `stage` if it found nothing in all those
 * bodies. False if it found anything, or if there was no body. */
bool fanout_add_unmatched(
    const struct fanout *, unsigned stage, struct buf *out);

/* What a child is made of. */
struct fanout_parent {
	struct child_parent parent;
	unsigned stage;         /* that found the match */
	uint64_t k;             /* {{k}} of the child; 0: it has none so far */
	struct json_span match; /* in the body of the parent's result */
};

/* Is the number of a child of `stage` part of its URL? Then fanout_make must
 * know it. */
bool fanout_url_has_k(const struct fanout *, unsigned stage);
/*
 * The child that --then makes of a match: a GET, a HEAD in the last stage of
 * -I, or the method that --then names, with the headers and credentials of its
 * parent. Where the template cannot be expanded the child is invalid. Owned by
 * the caller.
 *
 * NULL: the match is a link that cannot be fetched, and is left out. Its scheme
 * is neither http nor https, or it leads to the page itself. That is so only
 * where the template begins with a value: what the user writes is an error.
 * With `left_out` NULL nothing is left out.
 */
struct request *fanout_make(
    struct fanout *, const struct fanout_parent *, struct left_out *left_out);
/* Give a child of `stage` its number (0: it has none) and the name of its file,
 * which may hold the number. */
void fanout_name(
    struct fanout *, unsigned stage, struct request *child, uint64_t k);

#endif
