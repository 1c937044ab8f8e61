/* The policy is a table; the rest puts names and statuses to its indices. */
#include "config.h"

#include "request/resend.h"

#include <stddef.h>
#include <string.h>

static const char *const state_names[] = {
#define X(symbol, name) [WIRE_##symbol] = name,
    WIRE_STATES(X)
#undef X
};

static const struct {
	const char *name;
	enum resend_method row;
} methods[] = {
    {"GET", RESEND_GET},
    {"HEAD", RESEND_GET},
    {"OPTIONS", RESEND_PUT},
    {"TRACE", RESEND_PUT},
    {"PUT", RESEND_PUT},
    {"DELETE", RESEND_PUT},
};

/* In each row: RESEND_RETRY, _ROUND, _COPY, _RERUN. */
static const bool allowed[RESEND_METHODS][WIRE_STATE_COUNT][RESEND_USES] =
    {
        [RESEND_GET] =
            {
                [WIRE_UNSENT] = {true, true, true, true},
                [WIRE_REFUSED] = {true, true, true, true},
                [WIRE_CHALLENGED] = {true, true, true, true},
                [WIRE_REJECTED] = {true, true, true, true},
                [WIRE_ANSWERED] = {true, true, true, true},
                [WIRE_UNKNOWN] = {true, true, true, true},
            },
        [RESEND_PUT] =
            {
                [WIRE_UNSENT] = {true, true, false, true},
                [WIRE_REFUSED] = {true, true, false, true},
                [WIRE_CHALLENGED] = {true, true, false, true},
                [WIRE_REJECTED] = {true, true, false, true},
                [WIRE_ANSWERED] = {true, true, false, true},
                [WIRE_UNKNOWN] = {true, true, false, true},
            },
        [RESEND_POST] =
            {
                [WIRE_UNSENT] = {true, true, false, true},
                [WIRE_REFUSED] = {true, true, false, true},
                [WIRE_CHALLENGED] = {false, true, false, true},
                [WIRE_REJECTED] = {false, false, false, true},
                [WIRE_ANSWERED] = {false, false, false, false},
                [WIRE_UNKNOWN] = {false, false, false, false},
            },
};

const char *
wire_state_name(enum wire_state state)
{
	return state_names[state];
}

enum wire_state
wire_state_named(const char *name)
{
	for (int i = 0; i < WIRE_STATE_COUNT; i++)
		if (strcmp(state_names[i], name) == 0)
			return (enum wire_state)i;
	return WIRE_UNKNOWN;
}

bool
wire_is_throttled(int status, const struct quota *q)
{
	switch (status) {
	case 429: return true;
	case 503:
	/* GitHub says so that its limit is reached. */
	case 403: return q && (q->asks || q->remaining == 0);
	default: return false;
	}
}

enum wire_state
wire_state_of_answer(int status, const struct quota *q)
{
	if (status < 200)
		return WIRE_UNKNOWN;
	if (wire_is_throttled(status, q))
		return WIRE_REFUSED;
	switch (status) {
	case 417:
	case 421:
	case 425: return WIRE_REFUSED;
	case 401:
	case 407: return WIRE_CHALLENGED;
	case 307:
	case 308: return WIRE_REJECTED;
	default: break;
	}
	return status >= 400 && status < 500 ? WIRE_REJECTED : WIRE_ANSWERED;
}

enum resend_method
resend_method_named(const char *method)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strcmp(methods[i].name, method) == 0)
			return methods[i].row;
	return RESEND_POST;
}

bool
resend_allows(
    enum resend_method method, enum wire_state state, enum resend_use use)
{
	return allowed[method][state][use];
}
