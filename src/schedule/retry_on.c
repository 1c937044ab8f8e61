#include "config.h"

#include "schedule/retry_on.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

struct name {
	const char *text;
	enum error_class class;
	const char *reason; /* NULL: any */
};

static const struct name names[] = {
    {"connect", ERROR_CONNECT, NULL},
    {"dns", ERROR_DNS, NULL},
    {"reset", ERROR_RESET, NULL},
    {"stall", ERROR_TIMEOUT, "stall"},
    {"timeout", ERROR_TIMEOUT, NULL},
    {"tls", ERROR_TLS, NULL},
    {"protocol", ERROR_PROTOCOL, NULL},
};

enum {
	NAMES = sizeof(names) / sizeof(names[0]),
	STATUS_MIN = 100,
	CLASS_MAX = 5
};

#define NAMES_TEXT "connect, dns, reset, stall, timeout, tls, protocol"
#define DEFAULTS   "408,429,500,502,503,504,522,524,connect,reset,dns,stall"

/* One entry of a list, without its sign. */
struct entry {
	const char *text;
	size_t len;
	char sign; /* '+', '-', or 0 */
};

static void
set_status(struct retry_on *on, unsigned status, char sign)
{
	uint64_t bit = UINT64_C(1) << status % 64;

	if (sign == '-')
		on->statuses[status / 64] &= ~bit;
	else
		on->statuses[status / 64] |= bit;
}

static bool
has_status(const struct retry_on *on, int status)
{
	if (status < STATUS_MIN || status > RETRY_STATUS_MAX)
		return false;
	return on->statuses[status / 64] >> status % 64 & 1;
}

static bool
parse_status(struct retry_on *on, const struct entry *e)
{
	unsigned status = 0;

	if (e->len != 3 || e->text[0] == '0')
		return false;
	for (size_t i = 0; i < e->len; i++) {
		if (!isdigit((unsigned char)e->text[i]))
			return false;
		status = status * 10 + (unsigned)(e->text[i] - '0');
	}
	set_status(on, status, e->sign);
	return true;
}

static bool
looks_like_class(const struct entry *e)
{
	return e->len == 3 && isdigit((unsigned char)e->text[0]) &&
	       strncasecmp(e->text + 1, "xx", 2) == 0;
}

static bool
parse_class(struct retry_on *on, const struct entry *e)
{
	unsigned class = (unsigned)(e->text[0] - '0');

	if (!looks_like_class(e) || class < 1 || class > CLASS_MAX)
		return false;
	for (unsigned i = 0; i < 100; i++)
		set_status(on, class * 100 + i, e->sign);
	return true;
}

static bool
parse_name(struct retry_on *on, const struct entry *e)
{
	for (unsigned i = 0; i < NAMES; i++) {
		if (strlen(names[i].text) != e->len ||
		    strncmp(names[i].text, e->text, e->len) != 0)
			continue;
		if (e->sign == '-')
			on->names &= ~(1U << i);
		else
			on->names |= 1U << i;
		return true;
	}
	return false;
}

static int
parse_entry(struct retry_on *on, const struct entry *e, char **cause)
{
	if (parse_status(on, e) || parse_class(on, e) || parse_name(on, e))
		return 0;
	if (looks_like_class(e))
		*cause = xasprintf("%.*s is no class of statuses: there are "
		                   "1xx to 5xx",
		    (int)e->len, e->text);
	else
		*cause =
		    xasprintf("\"%.*s\" is neither a status (429), a class "
		              "(5xx), nor one of " NAMES_TEXT,
		        (int)e->len, e->text);
	return -1;
}

/* Cut the next entry off *text, which is NULL behind the last. */
static struct entry
next_entry(const char **text)
{
	const char *comma = strchr(*text, ',');
	size_t len = comma ? (size_t)(comma - *text) : strlen(*text);
	struct entry e = {*text, len, 0};

	while (e.len && e.text[0] == ' ') {
		e.text++;
		e.len--;
	}
	while (e.len && e.text[e.len - 1] == ' ')
		e.len--;
	if (e.len && (e.text[0] == '+' || e.text[0] == '-')) {
		e.sign = *e.text++;
		e.len--;
	}
	*text = comma ? comma + 1 : NULL;
	return e;
}

static int
parse(struct retry_on *on, const char *text, char **cause)
{
	const char *rest = text;
	bool plain = next_entry(&rest).sign == 0;

	if (plain)
		*on = (struct retry_on){0};
	while (text) {
		struct entry e = next_entry(&text);

		if (plain != (e.sign == 0)) {
			*cause = xstrdup("either all entries have a sign and "
			                 "change the default, or none has");
			return -1;
		}
		if (parse_entry(on, &e, cause) < 0)
			return -1;
	}
	return 0;
}

int
retry_on_parse(struct retry_on *on, const char *text, char **cause)
{
	struct retry_on read = *on;

	if (parse(&read, text, cause) < 0)
		return -1;
	*on = read;
	return 0;
}

void
retry_on_init(struct retry_on *on)
{
	char *cause = NULL;

	*on = (struct retry_on){0};
	if (parse(on, DEFAULTS, &cause) < 0)
		die("%s", cause);
}

static bool
means(const struct name *n, enum error_class class, const char *reason)
{
	return n->class == class &&
	       (!n->reason || (reason && strcmp(n->reason, reason) == 0));
}

bool
retry_on_has(const struct retry_on *on, enum error_class class,
    const char *reason, int status)
{
	if (class == ERROR_NONE || class == ERROR_HTTP)
		return has_status(on, status);
	for (unsigned i = 0; i < NAMES; i++)
		if (on->names >> i & 1 && means(&names[i], class, reason))
			return true;
	return false;
}
