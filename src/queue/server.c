/* From top to bottom: what INFO says; what errors mean; what a user reads. */
#include "config.h"

#include "queue/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "text/ascii.h"

enum {
	OLDEST = 60200 /* the first one with all that the scripts call */
};

/* --- what INFO says ------------------------------------------------------- */

/* Copy the value of the field `name` from lines "name:value"; "" if there is
 * none. */
static void
copy_field(const char *text, const char *name, char *value, size_t size)
{
	size_t len = strlen(name);

	*value = '\0';
	while (text && *text) {
		const char *end = text + strcspn(text, "\r\n");

		if (strncmp(text, name, len) == 0 && text[len] == ':') {
			snprintf(value, size, "%.*s",
			    (int)(end - text - (ptrdiff_t)len - 1),
			    text + len + 1);
			return;
		}
		text = end + strspn(end, "\r\n");
	}
}

static bool
field_is(const char *text, const char *name, const char *wanted)
{
	char value[32];

	copy_field(text, name, value, sizeof(value));
	return strcmp(value, wanted) == 0;
}

/* "6.2.14" as 60214. */
static unsigned
number_of_version(const char *text)
{
	unsigned part[3] = {0};

	if (sscanf(text, "%3u.%2u.%2u", &part[0], &part[1], &part[2]) < 1)
		return 0;
	return part[0] * 10000 + part[1] * 100 + part[2];
}

void
server_info_read(struct server_info *info, const char *text, size_t len)
{
	char *copy = xmemdup0(text, len);
	char replicas[16];

	*info = (struct server_info){0};
	copy_field(copy, "run_id", info->run_id, sizeof(info->run_id));
	copy_field(copy, "redis_version", info->version_text,
	    sizeof(info->version_text));
	info->version = number_of_version(info->version_text);
	copy_field(
	    copy, "maxmemory_policy", info->policy, sizeof(info->policy));
	copy_field(copy, "connected_slaves", replicas, sizeof(replicas));
	info->loading = field_is(copy, "loading", "1");
	info->replica = field_is(copy, "role", "slave");
	info->sentinel = field_is(copy, "redis_mode", "sentinel");
	info->keeps_no_log = field_is(copy, "aof_enabled", "0");
	info->has_replicas = strtoul(replicas, NULL, 10) > 0;
	free(copy);
}

enum server_verdict
server_judge(const struct server_info *info, struct buf *why)
{
	enum server_verdict verdict = SERVER_UNFIT;

	if (!info->version)
		buf_adds(why, "does not say which version of Redis it is");
	else if (info->sentinel)
		buf_adds(why, "is a Sentinel; name the server that it watches");
	else if (info->version < OLDEST)
		buf_addf(why, "is Redis %s; a queue needs Redis 6.2 or Valkey",
		    info->version_text);
	else if (strncmp(info->policy, "allkeys-", 8) == 0)
		buf_addf(why,
		    "drops keys of the queue when its memory is full "
		    "(maxmemory-policy %s); CONFIG SET "
		    "maxmemory-policy noeviction",
		    info->policy);
	else
		verdict = SERVER_WAIT;
	if (verdict == SERVER_UNFIT)
		return verdict;
	if (info->loading)
		buf_adds(why, "it is still loading its data");
	else if (info->replica)
		buf_adds(why, "it is a replica, which takes no changes");
	else
		verdict = SERVER_FINE;
	return verdict;
}

/* --- what errors mean ----------------------------------------------------- */

/* How an error begins. What has a blank in it is looked for as a whole. */
static const struct meaning {
	const char *code;
	enum refusal refusal;
} meanings[] = {
    {"OOM", REFUSAL_OOM},
    {"NOSCRIPT", REFUSAL_NOSCRIPT},
    {"BUSY", REFUSAL_WAIT},
    {"CLUSTERDOWN", REFUSAL_WAIT},
    {"LOADING", REFUSAL_WAIT},
    {"MASTERDOWN", REFUSAL_WAIT},
    {"MISCONF", REFUSAL_WAIT},
    {"NOREPLICAS", REFUSAL_WAIT},
    {"READONLY", REFUSAL_WAIT},
    {"TRYAGAIN", REFUSAL_WAIT},
    {"UNBLOCKED", REFUSAL_WAIT},
    {"ERR max number of clients", REFUSAL_WAIT},
    {"ASK", REFUSAL_UNFIT},
    {"CROSSSLOT", REFUSAL_UNFIT},
    {"DAMAGED", REFUSAL_UNFIT},
    {"DENIED", REFUSAL_UNFIT},
    {"MOVED", REFUSAL_UNFIT},
    {"NOAUTH", REFUSAL_UNFIT},
    {"NOPERM", REFUSAL_UNFIT},
    {"WRONGPASS", REFUSAL_UNFIT},
    {"WRONGTYPE", REFUSAL_UNFIT},
    {"ERR AUTH", REFUSAL_UNFIT},
    {"ERR DB index", REFUSAL_UNFIT},
    {"ERR SELECT is not allowed", REFUSAL_UNFIT},
    {"ERR invalid password", REFUSAL_UNFIT},
    {"ERR unknown command", REFUSAL_UNFIT},
};

/* How the messages of scripts begin whose user may not do what they do. */
static const char *const forbidden[] = {
    "ERR ACL failure in script",
    "ERR The user executing the script can't",
    "The user executing the script can't",
};

/* Does the word `code`, which may have several words, stand at `text`? */
static bool
begins_with(const char *text, const char *code)
{
	size_t len = strlen(code);

	return strncmp(text, code, len) == 0 && !ascii_is_alnum(text[len]);
}

/* The error that a command got inside a script of Redis 6.2: behind "ERR Error
 * running script (call to f_0123): @user_script:7: ", and maybe a sign. */
static const char *
inner_error(const char *error)
{
	const char *at = error, *next;

	if (strncmp(error, "ERR Error running script", 24) != 0)
		return error;
	while ((next = strstr(at, ": ")))
		if (at == error || strncmp(at, "@user_script", 12) == 0 ||
		    ascii_is_digit(*at))
			at = next + 2;
		else
			break;
	return *at == '-' ? at + 1 : at;
}

static bool
is_forbidden(const char *error)
{
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++)
		if (strncmp(error, forbidden[i], strlen(forbidden[i])) == 0)
			return true;
	return begins_with(error, "NOPERM");
}

enum refusal
refusal_of(const char *error)
{
	error = inner_error(error);
	if (is_forbidden(error))
		return REFUSAL_UNFIT;
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (begins_with(error, meanings[i].code))
			return meanings[i].refusal;
	return REFUSAL_CALLER;
}

/* --- what a user reads ---------------------------------------------------- */

/* What all of them get. */
struct explained {
	const char *error; /* the innermost */
	const struct refused_call *call;
	const struct queue_address *address;
	const char *user;
};

/* Append what was refused: "XADD", or a script and its name. */
static void
add_call(struct buf *out, const struct refused_call *call)
{
	if (call->script)
		buf_addf(out, "the script %s", call->script);
	else
		buf_adds(out, call->command);
}

/* Append the rules that let the user do what was refused. The command is the
 * one that the server names, 'xadd'. */
static void
add_rules(struct buf *out, const struct explained *e)
{
	const char *quote = strchr(e->error, '\'');
	size_t len = quote ? strcspn(quote + 1, "'") : 0;

	if (strstr(e->error, "channel"))
		buf_addf(out, "&gather:{%s}:*", e->address->name);
	else if (strstr(e->error, "key"))
		buf_addf(out, "~gather:{%s}:*", e->address->name);
	else if (len && len < 32 && quote[1 + len] == '\'' &&
	         !memchr(quote + 1, ' ', len))
		buf_addf(out, "+%.*s", (int)len, quote + 1);
	else
		buf_adds(out, "+@all -@dangerous +info");
}

static void
explain_permission(struct buf *out, const struct explained *e)
{
	buf_addf(out, "does not let the user %s run ", e->user);
	add_call(out, e->call);
	if (*e->call->keys)
		buf_addf(out, " on %s", e->call->keys);
	buf_addf(out, " (NOPERM); ACL SETUSER %s ", e->user);
	add_rules(out, e);
}

static void
explain_type(struct buf *out, const struct explained *e)
{
	buf_adds(out, "has something else than this queue at ");
	if (strchr(e->call->keys, ','))
		buf_adds(out, "one of ");
	buf_adds(out, *e->call->keys ? e->call->keys : "a key of its");
	buf_adds(out, " (WRONGTYPE, ");
	add_call(out, e->call);
	buf_adds(out, "); choose another name= or delete it");
}

/* The error of a script of ours names the field. */
static void
explain_damage(struct buf *out, const struct explained *e)
{
	const char *name = e->address->name;
	const char *field = strchr(e->error, ' ');

	buf_addf(out,
	    "has a queue \"%s\" that others have changed: the field %.40s of "
	    "gather:{%s}:meta is not a number; delete gather:{%s}:*, or choose "
	    "another name=",
	    name, field ? field + 1 : "?", name, name);
}

static void
explain_missing_password(struct buf *out, const struct explained *e)
{
	(void)e;
	buf_adds(out,
	    "wants a password: the URL has it as USER:PASSWORD and @ before "
	    "the host, in a file (--queue @FILE) or in GATHER_QUEUE");
}

static void
explain_password(struct buf *out, const struct explained *e)
{
	buf_addf(out, "refuses the password of the user %s (AUTH)", e->user);
}

static void
explain_no_password(struct buf *out, const struct explained *e)
{
	(void)e;
	buf_adds(out, "has no password for the default user (AUTH); leave it "
	              "out of the URL");
}

static void
explain_cluster(struct buf *out, const struct explained *e)
{
	const char *node = strrchr(e->error, ' ');

	buf_adds(out, "is one of a cluster and does not have the queue's keys "
	              "(");
	buf_add(out, e->error, strcspn(e->error, " "));
	buf_adds(out, "); name the one that has them");
	if (begins_with(e->error, "MOVED") && node)
		buf_addf(out, ": %s", node + 1);
}

static void
explain_protected(struct buf *out, const struct explained *e)
{
	(void)e;
	buf_adds(out, "answers its own machine only (DENIED); set a password "
	              "there, or protected-mode no");
}

static void
explain_database(struct buf *out, const struct explained *e)
{
	buf_addf(out, "has no database %u (SELECT)", e->address->db);
}

static void
explain_command(struct buf *out, const struct explained *e)
{
	buf_addf(out, "has no command %s", e->call->command);
}

static void
explain_anything(struct buf *out, const struct explained *e)
{
	buf_adds(out, "refuses ");
	add_call(out, e->call);
	buf_addf(out, ": %.200s", e->error);
}

void
refusal_explain(struct buf *out, const char *error,
    const struct refused_call *call, const struct queue_address *address)
{
	static const struct {
		const char *code;
		void (*explain)(struct buf *, const struct explained *);
	} rows[] = {
	    {"ASK", explain_cluster},
	    {"CROSSSLOT", explain_cluster},
	    {"DAMAGED", explain_damage},
	    {"DENIED", explain_protected},
	    {"ERR AUTH", explain_no_password},
	    {"ERR DB index", explain_database},
	    {"ERR SELECT is not allowed", explain_database},
	    {"ERR invalid password", explain_password},
	    {"ERR unknown command", explain_command},
	    {"MOVED", explain_cluster},
	    {"NOAUTH", explain_missing_password},
	    {"WRONGPASS", explain_password},
	    {"WRONGTYPE", explain_type},
	};
	const struct explained e = {
	    .error = inner_error(error),
	    .call = call,
	    .address = address,
	    .user = address->user ? address->user : "default",
	};

	if (is_forbidden(e.error)) {
		explain_permission(out, &e);
		return;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (begins_with(e.error, rows[i].code)) {
			rows[i].explain(out, &e);
			return;
		}
	explain_anything(out, &e);
}
