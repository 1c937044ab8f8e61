#include "config.h"

#include "match/condition.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "json/path.h"
#include "request/status_set.h"

struct condition {
	char *label;        /* the option and the expression, for messages */
	const char *reason; /* of the failure; or NULL */
	struct json_path *test;
};

struct conditions {
	struct condition *items; /* in the order in which they are tested */
	size_t len;
};

/* --- compiling ----------------------------------------------------------- */

/* Is the text statuses, as --retry-on and --accept take them? */
static bool
names_statuses(const char *text)
{
	struct status_range range;

	text += strspn(text, "+-");
	return status_range_parse(text, strcspn(text, ","), &range);
}

/* What is wrong with the condition `text` of `option`. Caller frees. */
static char *
explain(const char *option, const char *text, const struct json_error *error)
{
	if (names_statuses(text))
		return xasprintf(
		    "%s %s: a condition is about the body, as in '.state == "
		    "\"done\"'; a status of 400 or more is a failure without "
		    "it: --retry-on +404 retries one, --accept 404 accepts it",
		    option, text);
	return xasprintf("%s %s: column %zu: %s", option, text, error->column,
	    error->message);
}

/* Append the condition that the value `text` of `option` is. 0 or -1. */
static int
add_condition(
    struct conditions *c, const char *option, const char *text, char **cause)
{
	struct condition *next = &c->items[c->len];
	struct json_error error;

	next->test = json_condition_new(text, &error);
	if (!next->test) {
		*cause = explain(option, text, &error);
		return -1;
	}
	next->label = xasprintf("%s %s", option, text);
	c->len++;
	return 0;
}

static int
add_conditions(
    struct conditions *c, const struct expect_options *o, char **cause)
{
	if (o->until) {
		if (add_condition(c, "--until", o->until, cause) < 0)
			return -1;
		c->items[0].reason = FAILURE_UNTIL;
	}
	for (size_t i = 0; i < o->expect.len; i++)
		if (add_condition(c, "--expect", o->expect.items[i], cause) < 0)
			return -1;
	return 0;
}

struct conditions *
conditions_new(const struct expect_options *o, char **cause)
{
	struct conditions *c = xcalloc(1, sizeof(*c));

	c->items = xcalloc(o->expect.len + 1, sizeof(*c->items));
	if (add_conditions(c, o, cause) == 0)
		return c;
	conditions_free(c);
	return NULL;
}

void
conditions_free(struct conditions *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->len; i++) {
		json_path_free(c->items[i].test);
		free(c->items[i].label);
	}
	free(c->items);
	free(c);
}

/* --- testing ------------------------------------------------------------- */

/* A 202 without a body is the usual way to say "not yet", so an empty body is
 * a document about which nothing holds. */
static void
fail_unmet(const struct condition *c, struct result *r)
{
	failure_set(&r->failure, ERROR_EXPECT, c->reason, r->status,
	    r->body.size ? "%s does not hold"
	                 : "%s does not hold: the body is empty",
	    c->label);
}

/* Say in the failure of `r` who wanted its body to be JSON. */
static void
name_condition(const struct conditions *c, struct result *r)
{
	struct failure why = failure_take(&r->failure);

	failure_set(&r->failure, why.class, why.reason, 0, "%s: %s",
	    c->items[0].label, why.message);
	failure_clear(&why);
}

static void
test_all(
    const struct conditions *c, const struct json_doc *doc, struct result *r)
{
	struct json_error error;
	int holds = 1;

	for (size_t i = 0; i < c->len && holds == 1; i++) {
		holds = json_condition_test(c->items[i].test, doc, &error);
		if (holds == 0)
			fail_unmet(&c->items[i], r);
		else if (holds < 0)
			failure_set(&r->failure, ERROR_JSON, "path", 0,
			    "%s: %s", c->items[i].label, error.message);
	}
}

void
conditions_check(const struct conditions *c, struct readings *body)
{
	struct result *r = readings_result(body);
	struct reading *reading;

	if (r->body.size == 0) {
		fail_unmet(&c->items[0], r);
		return;
	}
	reading = readings_take(body, MATCH_JSON);
	if (reading)
		test_all(c, reading_json(reading), r);
	else
		name_condition(c, r);
}
