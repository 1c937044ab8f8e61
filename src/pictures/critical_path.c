/*
 * Every exchange of a run is kept as a leg, with its time split into phases.
 * When the run is over a walk goes from the end back to the start, from leg to
 * leg; what it charges to phases on the way adds up to the wall clock exactly.
 * The same walk over the exchanges of one request explains that request's
 * time.
 *
 * From top to bottom: legs; the walk; collecting, with the longest requests;
 * the text.
 */
#include "config.h"

#include "pictures/critical_path.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "request/url.h"
#include "stats/show.h"
#include "text/percent.h"
#include "text/term_width.h"
#include "text/utf8.h"

enum {
	LONGEST = 5,      /* requests that are listed */
	STEPS_SHOWN = 10, /* of the path: the longest */
	URL_COLUMNS = 48,
	TIME_COLUMNS = 12
};

/* One exchange; its phases lie between `from_us`, when it could have started,
 * and `end_us`. */
struct leg {
	int64_t from_us;
	int64_t end_us;
	struct path_times parts; /* their sum is end_us - from_us */
	char *url;               /* secrets redacted; owned; or NULL */
};

/* A step of the path: the end of a leg, or all of it. */
struct step {
	const struct leg *leg; /* NULL: before the first transfer */
	int64_t from_us;
	int64_t to_us;
	struct path_times parts; /* their sum is to_us - from_us */
};

/* One of the longest requests. */
struct slow {
	char *url;               /* secrets redacted; owned */
	int64_t took_us;         /* result_took_us() */
	int64_t whole_us;        /* waits and all attempts included */
	struct path_times parts; /* their sum is whole_us */
};

struct critical_path {
	struct leg *legs; /* in the order of their ends, once sorted */
	size_t len;
	size_t cap;
	bool too_many;                /* there were more than can be kept: no
	                               * legs, and no path */
	struct step *path;            /* from the end back to the start */
	size_t path_len;              /* steps */
	struct slow longest[LONGEST]; /* longest first */
	uint64_t requests;            /* that were sent */
};

struct critical_path *
critical_path_new(void)
{
	return xcalloc(1, sizeof(struct critical_path));
}

/* Free all legs. */
static void
drop_legs(struct critical_path *w)
{
	for (size_t i = 0; i < w->len; i++)
		free(w->legs[i].url);
	free(w->legs);
	w->legs = NULL;
	w->len = w->cap = 0;
}

void
critical_path_free(struct critical_path *w)
{
	if (!w)
		return;
	drop_legs(w);
	free(w->path);
	for (size_t i = 0; i < LONGEST; i++)
		free(w->longest[i].url);
	free(w);
}

/* Split the time of the exchange `x` into the phases of `leg`. */
static void
fill_leg(struct leg *leg, const struct exchange *x)
{
	struct span spans[PHASE_COUNT];
	size_t n = phase_spans(x, spans);

	*leg = (struct leg){
	    .from_us = n ? spans[0].from_us : x->start_us,
	    .end_us = n ? spans[n - 1].to_us : x->start_us,
	};
	for (size_t i = 0; i < n; i++)
		leg->parts.us[spans[i].phase] +=
		    spans[i].to_us - spans[i].from_us;
}

static int
compare_ends(const void *a, const void *b)
{
	const struct leg *x = a, *y = b;

	return (x->end_us > y->end_us) - (x->end_us < y->end_us);
}

/* --- the way back ------------------------------------------------------ */

/* A walk over legs from the last end to the beginning. */
struct walk {
	const struct leg *legs;
	size_t left;      /* legs that may still be met */
	int64_t at_us;    /* where the walk is */
	int64_t until_us; /* where it ends, at or before `at_us` */
	struct path_times parts;
	void (*visit)(void *arg, const struct step *);
	void *arg;
};

/* Returns whether the phase takes time on the network: those before are waits.
 */
static bool
is_flight(enum phase phase)
{
	return phase >= PHASE_DNS;
}

/* Charge `us` before the walk's moment to `part`, and go back by as much, but
 * no further than the walk's end. So the sum of all parts is exact. */
static void
step_back(struct walk *w, struct step *step, size_t part, int64_t us)
{
	if (us > w->at_us - w->until_us)
		us = w->at_us - w->until_us;
	if (us <= 0)
		return;
	step->parts.us[part] += us;
	w->parts.us[part] += us;
	w->at_us -= us;
}

/* Charge the time from `moment` to the walk's moment to `part`, and go back. */
static void
step_back_to(struct walk *w, struct step *step, size_t part, int64_t moment)
{
	step_back(w, step, part, w->at_us - moment);
}

/* The last leg that had ended at the walk's moment; NULL: there is none. */
static const struct leg *
last_ended(struct walk *w)
{
	while (w->left && w->legs[w->left - 1].end_us > w->at_us)
		w->left--;
	return w->left ? &w->legs[w->left - 1] : NULL;
}

/*
 * Go back by what the step's leg waited for. Waiting for a slot is no reason
 * by itself: the transfer that ended last and gave its slot up is, and the walk
 * goes on with that one.
 */
static void
step_back_waits(struct walk *w, struct step *step)
{
	const struct leg *leg = step->leg;
	int64_t slot = leg->parts.us[PHASE_PLACE] + leg->parts.us[PHASE_HOST];
	const struct leg *before;

	step_back(w, step, PHASE_HOLD, leg->parts.us[PHASE_HOLD]);
	step_back(w, step, PHASE_RATE, leg->parts.us[PHASE_RATE]);
	before = last_ended(w);
	if (slot > 0 && before && before->end_us > w->at_us - slot) {
		step_back_to(w, step, PATH_OTHER, before->end_us);
		return;
	}
	step_back(w, step, PHASE_HOST, leg->parts.us[PHASE_HOST]);
	step_back(w, step, PHASE_PLACE, leg->parts.us[PHASE_PLACE]);
	step_back(w, step, PHASE_BACKOFF, leg->parts.us[PHASE_BACKOFF]);
}

/* Take one step for each leg that is met: from the walk's moment back over what
 * happened between the transfers, then over the leg's phases, then over its
 * waits, which may lead to another leg. */
static void
walk_back(struct walk *w)
{
	while (w->at_us > w->until_us) {
		const struct leg *leg = last_ended(w);
		struct step step = {.leg = leg, .to_us = w->at_us};

		step_back_to(w, &step, PATH_OTHER,
		    leg && leg->end_us > w->until_us ? leg->end_us
		                                     : w->until_us);
		if (leg) {
			w->left--;
			for (enum phase p = PHASE_COUNT; p-- > 0;)
				if (is_flight(p))
					step_back(
					    w, &step, p, leg->parts.us[p]);
			step_back_waits(w, &step);
		}
		step.from_us = w->at_us;
		if (w->visit)
			w->visit(w->arg, &step);
	}
}

/* --- collecting -------------------------------------------------------- */

/* Split the time of one request into phases, all its attempts included: the
 * critical path through its own exchanges. */
static void
split_phases(struct slow *slow, const struct result *r)
{
	const struct exchanges *x = &r->exchanges;
	struct leg *legs = xcalloc(x->len, sizeof(*legs));
	struct walk walk = {.legs = legs, .left = x->len, .at_us = r->done_us};

	for (size_t i = 0; i < x->len; i++)
		fill_leg(&legs[i], &x->items[i]);
	walk.until_us = legs[0].from_us;
	for (size_t i = 1; i < x->len; i++)
		if (legs[i].from_us < walk.until_us)
			walk.until_us = legs[i].from_us;
	qsort(legs, x->len, sizeof(*legs), compare_ends);
	slow->took_us = result_took_us(r);
	slow->whole_us = r->done_us - walk.until_us;
	walk_back(&walk);
	slow->parts = walk.parts;
	free(legs);
}

/* Keep the request if it is one of the longest. */
static void
keep_if_slow(struct critical_path *w, const struct request *request,
    const struct result *r)
{
	struct slow slow;
	size_t place = LONGEST;

	split_phases(&slow, r);
	while (place && slow.whole_us > w->longest[place - 1].whole_us)
		place--;
	if (place == LONGEST)
		return;
	slow.url = url_redacted_short(
	    request->url ? request->url : r->exchanges.items[0].url);
	free(w->longest[LONGEST - 1].url);
	memmove(&w->longest[place + 1], &w->longest[place],
	    (LONGEST - 1 - place) * sizeof(slow));
	w->longest[place] = slow;
}

/* Returns the place for one more leg. */
static struct leg *
new_leg(struct critical_path *w)
{
	if (w->len == w->cap) {
		w->cap = w->cap ? w->cap * 2 : 64;
		w->legs = xreallocarray(w->legs, w->cap, sizeof(*w->legs));
	}
	return &w->legs[w->len++];
}

/* Beyond CRITICAL_PATH_MAX exchanges the legs so far are dropped, too: a path
 * through a part of them would be wrong. The longest requests are kept in any
 * case. */
void
critical_path_add(struct critical_path *w, const struct request *request,
    const struct result *r)
{
	const struct exchanges *x = &r->exchanges;

	if (!x->len)
		return;
	w->requests++;
	keep_if_slow(w, request, r);
	if (w->len + x->len > CRITICAL_PATH_MAX)
		w->too_many = true;
	if (w->too_many) {
		drop_legs(w);
		return;
	}
	for (size_t i = 0; i < x->len; i++) {
		struct leg *leg = new_leg(w);

		fill_leg(leg, &x->items[i]);
		leg->url = url_redacted_short(x->items[i].url);
	}
}

static void
keep_step(void *arg, const struct step *step)
{
	struct critical_path *w = arg;

	w->path = xreallocarray(w->path, w->path_len + 1, sizeof(*w->path));
	w->path[w->path_len++] = *step;
}

/* Times may be asked for several times, so the path is made anew. Its step
 * without a leg, before the first transfer, does not count as an exchange. */
size_t
critical_path_times(
    struct critical_path *w, int64_t wall_us, struct path_times *parts)
{
	struct walk walk = {
	    .legs = w->legs,
	    .left = w->len,
	    .at_us = wall_us,
	    .visit = keep_step,
	    .arg = w,
	};
	size_t steps = 0;

	if (w->len)
		qsort(w->legs, w->len, sizeof(*w->legs), compare_ends);
	w->path_len = 0;
	walk_back(&walk);
	*parts = walk.parts;
	for (size_t i = 0; i < w->path_len; i++)
		steps += w->path[i].leg != NULL;
	return w->too_many ? 0 : steps;
}

/* --- in words ---------------------------------------------------------- */

const char *
critical_path_part_name(size_t part)
{
	return part == PATH_OTHER ? "other" : phase_name((enum phase)part);
}

const char *
critical_path_part_meaning(size_t part)
{
	return part == PATH_OTHER
	           ? "reading input, writing output, gather itself"
	           : phase_meaning((enum phase)part);
}

/* Returns the part that took longest; the first of several. */
static size_t
longest_part(const struct path_times *parts)
{
	size_t longest = 0;

	for (size_t i = 0; i < PATH_PARTS; i++)
		if (parts->us[i] > parts->us[longest])
			longest = i;
	return longest;
}

/* Append the parts from the longest to the shortest, "slot 1.00 s + wait 1.00
 * s"; those below one percent are told together, without a name. */
static void
add_sum(struct buf *out, const struct path_times *parts)
{
	struct path_times left = *parts;
	int64_t rest = 0;

	for (size_t i = 0; i < PATH_PARTS; i++)
		rest += left.us[i];
	for (int64_t all = rest; rest > 0;) {
		size_t part = longest_part(&left);

		if (left.us[part] * 100 < all)
			break;
		buf_addf(out, "%s%s ", rest < all ? " + " : "",
		    critical_path_part_name(part));
		add_duration(out, left.us[part]);
		rest -= left.us[part];
		left.us[part] = 0;
	}
	if (rest < 10)
		return;
	buf_adds(out, " + ");
	add_duration(out, rest);
}

/* Append a time, right-aligned in a column that has one unit: its digits stand
 * below each other. */
static void
add_padded(struct buf *out, int64_t us, struct time_unit unit)
{
	size_t name = strlen(unit.name) + 1;

	add_time(
	    out, (double)us / CLOCK_SECOND, unit, TIME_COLUMNS - (int)name);
}

/* Returns the unit for a column of which `us` is the longest time. */
static struct time_unit
unit_for(int64_t us)
{
	return time_unit_for((double)us / CLOCK_SECOND);
}

/* Append a URL as people read it, safe for a terminal and cut in the middle,
 * so that what follows it stays in view. Returns the columns that it takes. */
static size_t
add_url(struct buf *out, const char *url)
{
	static const struct term_width_cut cut = {URL_COLUMNS, "..."};
	struct buf safe;
	size_t columns;

	buf_init(&safe);
	percent_add_safe(&safe, url, strlen(url));
	columns = term_width_add_middle(out, buf_text(&safe), safe.len, &cut);
	buf_release(&safe);
	return columns;
}

/* Widen the column of URLs by one that will stand in it. */
static void
widen_column(size_t *column, const char *url)
{
	struct buf scratch;
	size_t columns;

	buf_init(&scratch);
	columns = add_url(&scratch, url);
	if (columns > *column)
		*column = columns;
	buf_release(&scratch);
}

/* Append a URL in its column, and then its time as the sum of its parts. */
static void
add_explained(struct buf *out, const char *url, size_t column,
    const struct path_times *parts)
{
	size_t start;

	buf_adds(out, "  ");
	start = out->len;
	add_url(out, url);
	pad_to(out, start, column);
	buf_adds(out, "  ");
	add_sum(out, parts);
	buf_addc(out, '\n');
}

/* Append a line for each part: how long, which share, what it means. */
static void
add_parts(struct buf *out, const struct path_times *parts, int64_t wall_us)
{
	for (size_t i = 0; i < PATH_PARTS; i++) {
		if (parts->us[i] <= 0)
			continue;
		buf_addf(out, "  %-10s", critical_path_part_name(i));
		add_padded(out, parts->us[i], unit_for(wall_us));
		buf_addf(out, " %5.1f %%  %s\n",
		    100 * (double)parts->us[i] / (double)wall_us,
		    critical_path_part_meaning(i));
	}
}

/* For qsort: the longest step first. */
static int
compare_lengths(const void *a, const void *b)
{
	const struct step *x = *(const struct step *const *)a;
	const struct step *y = *(const struct step *const *)b;
	int64_t n = x->to_us - x->from_us, m = y->to_us - y->from_us;

	return (n < m) - (n > m);
}

/* Returns how long a step must be to be shown, so that about STEPS_SHOWN are.
 */
static int64_t
shortest_shown(const struct critical_path *w)
{
	const struct step **longest;
	int64_t shortest;

	if (w->path_len <= STEPS_SHOWN)
		return 0;
	longest = xcalloc(w->path_len, sizeof(*longest));
	for (size_t i = 0; i < w->path_len; i++)
		longest[i] = &w->path[i];
	qsort(longest, w->path_len, sizeof(*longest), compare_lengths);
	shortest =
	    longest[STEPS_SHOWN - 1]->to_us - longest[STEPS_SHOWN - 1]->from_us;
	free(longest);
	return shortest;
}

static const char *
step_name(const struct step *s)
{
	return s->leg ? s->leg->url : "(start)";
}

/* Append the path from the start to the end: its longest steps, and the sum of
 * the others. */
static void
add_path(const struct critical_path *w, int64_t wall_us, struct buf *out)
{
	int64_t shortest = shortest_shown(w);
	int64_t hidden_us = 0;
	size_t hidden = 0, column = 0;

	for (size_t i = 0; i < w->path_len; i++)
		if (w->path[i].to_us - w->path[i].from_us >= shortest)
			widen_column(&column, step_name(&w->path[i]));
	buf_adds(out, "critical path\n");
	for (size_t i = w->path_len; i-- > 0;) {
		const struct step *s = &w->path[i];

		if (s->to_us - s->from_us < shortest) {
			hidden++;
			hidden_us += s->to_us - s->from_us;
			continue;
		}
		add_padded(out, s->from_us, unit_for(wall_us));
		add_explained(out, step_name(s), column, &s->parts);
	}
	if (!hidden)
		return;
	buf_addf(
	    out, "  and %zu shorter step%s: ", hidden, hidden == 1 ? "" : "s");
	add_duration(out, hidden_us);
	buf_addc(out, '\n');
}

/* Append the longest requests with their parts: they need not be on the
 * critical path. */
static void
add_longest(const struct critical_path *w, struct buf *out)
{
	struct time_unit unit = unit_for(w->longest[0].whole_us);
	size_t column = 0;

	for (size_t i = 0; i < LONGEST && w->longest[i].url; i++)
		widen_column(&column, w->longest[i].url);
	buf_adds(out, "longest requests, waiting included\n"
	              "      waited        took\n");
	for (size_t i = 0; i < LONGEST && w->longest[i].url; i++) {
		const struct slow *s = &w->longest[i];

		add_padded(out, s->whole_us - s->took_us, unit);
		add_padded(out, s->took_us, unit);
		add_explained(out, s->url, column, &s->parts);
	}
}

void
critical_path_add_text(
    struct critical_path *w, int64_t wall_us, struct buf *out)
{
	struct path_times parts;
	size_t steps = critical_path_times(w, wall_us, &parts);

	if (!w->requests)
		return;
	if (steps) {
		buf_adds(out, "where ");
		add_duration(out, wall_us);
		buf_addf(out, " went: the critical path, %zu transfer%s\n",
		    steps, steps == 1 ? "" : "s");
		add_parts(out, &parts, wall_us);
		add_path(w, wall_us, out);
	} else {
		buf_addf(out, "no critical path: more than %d transfers\n",
		    CRITICAL_PATH_MAX);
	}
	add_longest(w, out);
}
