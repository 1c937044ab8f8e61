/*
 * The client of the queue: against a server that does what a test tells it to,
 * on the same loop, and against a real one.
 */
#include "config.h"

#include <arpa/inet.h>
#include <check.h>
#include <curl/curl.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "fetch/options.h"
#include "process/log.h"
#include "queue/client.h"
#include "resp/resp.h"
#include "redis_fixture.h"
#include "unit.h"

/* --- a server that is told what to answer --------------------------------- */

#define DIGEST "0123456789abcdef0123456789abcdef01234567"
#define CLOSES "closes" /* an answer: the connection is closed */
#define SILENT ""       /* an answer: there is none */

struct rule {
	const char *command; /* its first words, with blanks between */
	const char *answer;
	int times; /* then the rule counts no more; 0: always */
};

static struct event_base *base;
static struct event *listener;
static int listening;
static struct rule rules[16];
static int rules_len;
static char seen[16384]; /* the commands, each with a newline behind it */
static int connections;
static unsigned port;
static struct bufferevent *last; /* connection */

static void
rule(const char *command, const char *answer, int times)
{
	/* Later rules come before earlier ones. */
	memmove(rules + 1, rules, sizeof(rules) - sizeof(*rules));
	rules[0] = (struct rule){command, answer, times};
	rules_len++;
}

static const char *
answer_to(const char *command)
{
	for (int i = 0; i < rules_len; i++) {
		struct rule *r = &rules[i];

		if (strncmp(command, r->command, strlen(r->command)) != 0 ||
		    r->times < 0)
			continue;
		if (r->times > 0 && --r->times == 0)
			r->times = -1;
		return r->answer;
	}
	return "+OK\r\n";
}

/* Take a command from the bytes: its words with blanks between. False: it is
 * not whole. */
static bool
take_command(struct evbuffer *in, char *text, size_t size)
{
	size_t have = evbuffer_get_length(in);
	char *bytes = (char *)evbuffer_pullup(in, -1), *at = bytes;
	long words = have && *at == '*' ? strtol(at + 1, &at, 10) : 0;

	*text = '\0';
	if (!words || have < 4)
		return false;
	for (at += 2; words; words--) {
		size_t len, room = size - strlen(text) - 2;

		if ((size_t)(at - bytes) + 4 > have || *at != '$')
			return false;
		len = strtoul(at + 1, &at, 10);
		at += 2;
		if ((size_t)(at - bytes) + len + 2 > have)
			return false;
		strcat(text, *text ? " " : "");
		strncat(text, at, len < room ? len : room);
		at += len + 2;
	}
	evbuffer_drain(in, (size_t)(at - bytes));
	return true;
}

static void
send_rest(struct bufferevent *connection)
{
	struct evbuffer *out = bufferevent_get_output(connection);

	send(bufferevent_getfd(connection), evbuffer_pullup(out, -1),
	    evbuffer_get_length(out), MSG_NOSIGNAL);
}

static void
on_command(struct bufferevent *connection, void *arg)
{
	char text[2048];

	(void)arg;
	while (take_command(
	    bufferevent_get_input(connection), text, sizeof(text))) {
		const char *answer = answer_to(text);

		if (strlen(seen) + strlen(text) + 2 < sizeof(seen))
			strcat(strcat(seen, text), "\n");
		if (strcmp(answer, CLOSES) == 0) {
			/* What was answered before is sent. */
			send_rest(connection);
			bufferevent_free(connection);
			last = NULL;
			return;
		}
		bufferevent_write(connection, answer, strlen(answer));
	}
}

static void
on_end(struct bufferevent *connection, short what, void *arg)
{
	(void)what;
	(void)arg;
	if (connection == last)
		last = NULL;
	bufferevent_free(connection);
}

static void
on_connection(evutil_socket_t fd, short what, void *arg)
{
	int accepted = accept(fd, NULL, NULL);

	(void)what;
	(void)arg;
	connections++;
	evutil_make_socket_nonblocking(accepted);
	last = bufferevent_socket_new(base, accepted, BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(last, on_command, NULL, on_end, NULL);
	bufferevent_enable(last, EV_READ | EV_WRITE);
}

static void
listen_at(unsigned number)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons((uint16_t)number)};
	socklen_t len = sizeof(at);
	int on = 1;

	listening = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	ck_assert_int_eq(
	    bind(listening, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(listening, 16), 0);
	getsockname(listening, (struct sockaddr *)&at, &len);
	port = ntohs(at.sin_port);
	listener = event_new(
	    base, listening, EV_READ | EV_PERSIST, on_connection, NULL);
	event_add(listener, NULL);
}

static void
listen_no_more(void)
{
	if (!listener)
		return;
	event_free(listener);
	close(listening);
	listener = NULL;
}

static const char info[] =
    "redis_version:7.0.15\r\nrun_id:one\r\nrole:master\r\naof_enabled:1\r\n";
static char bulk[1024];

/* What INFO is answered by. */
static const char *
bulk_of(const char *text)
{
	snprintf(bulk, sizeof(bulk), "$%zu\r\n%s\r\n", strlen(text), text);
	return bulk;
}

/* --- the client ----------------------------------------------------------- */

static struct fetch_options how;
static struct queue_address address;
static struct queue_client *client;
static char told[4096]; /* what hooks and callbacks were told, in words */
static int lost_status;
static char lost_why[1024];
static void (*in_connected)(void);

static void
tell(const char *text)
{
	ck_assert_uint_lt(strlen(told) + strlen(text) + 2, sizeof(told));
	if (*told)
		strcat(told, " ");
	strcat(told, text);
}

static void
on_connected(void *arg, const struct queue_server *server)
{
	char text[200];

	(void)arg;
	snprintf(text, sizeof(text), "connected:%.12s%s%s", server->run_id,
	    server->first ? ":first" : "", server->changed ? ":changed" : "");
	if (strncmp(server->run_id, "one", 3) == 0 ||
	    strncmp(server->run_id, "two", 3) == 0)
		tell(text);
	else
		tell(server->changed ? "connected:changed" : "connected");
	if (in_connected)
		in_connected();
}

static void
on_away(void *arg)
{
	(void)arg;
	tell("away");
}

static void
on_lost(void *arg, int status, const char *why)
{
	(void)arg;
	tell("lost");
	lost_status = status;
	snprintf(lost_why, sizeof(lost_why), "%s", why);
}

static void
on_subscribed(void *arg)
{
	(void)arg;
	tell("subscribed");
}

static void
on_message(void *arg, const char *channel, const char *text, size_t len)
{
	(void)arg;
	(void)len;
	tell(channel);
	tell(text);
}

static void
open_client(int64_t timeout_us)
{
	const struct queue_client_options options = {
	    .address = &address,
	    .fetch = &how,
	    .timeout_us = timeout_us,
	    .hooks = {.on_connected = on_connected,
	        .on_away = on_away,
	        .on_lost = on_lost,
	        .on_subscribed = on_subscribed,
	        .on_message = on_message},
	};
	char *cause = NULL;

	client = queue_client_new(base, &options, &cause);
	ck_assert_msg(client != NULL, "%s", cause);
}

static void
read_address(const char *text)
{
	char *cause = NULL;

	queue_address_release(&address);
	ck_assert_msg(!queue_address_read(&address, text, &cause), "%s", cause);
}

/* Run the loop until the text was told. */
static void
await(const char *text)
{
	int64_t end = clock_now_us() + UNIT_HUNG_MS * 1000;

	while (!strstr(told, text)) {
		ck_assert_msg(clock_now_us() < end, "told: %s", told);
		event_base_loop(base, EVLOOP_ONCE);
	}
}

static void
await_lost(int status, const char *why)
{
	await("lost");
	ck_assert_int_eq(lost_status, status);
	ck_assert_msg(strstr(lost_why, why) != NULL, "%s", lost_why);
}

static void
on_done(void *arg, enum queue_end end, const struct queue_reply *reply)
{
	static const char *const names[] = {[QUEUE_ANSWERED] = "",
	    [QUEUE_REFUSED] = ":refused",
	    [QUEUE_OOM] = ":oom",
	    [QUEUE_CUT] = ":cut",
	    [QUEUE_LOST] = ":lost"};
	char text[300];

	snprintf(text, sizeof(text), "%s%s", (const char *)arg, names[end]);
	if (end == QUEUE_ANSWERED && reply->kind == QUEUE_TEXT)
		snprintf(text, sizeof(text), "%s=%.200s", (const char *)arg,
		    reply->text);
	tell(text);
}

/* The name of a call is given as what `done` gets. */
static struct queue_request
request(const char *name)
{
	static const char *argv[16][2];
	static int next;
	const char **mine = argv[next++ % 16];

	mine[0] = "ECHO";
	mine[1] = name;
	return (struct queue_request){.argc = 2,
	    .argv = mine,
	    .done = on_done,
	    .arg = (void *)(uintptr_t)name};
}

static struct queue_call *
ask(const char *name, unsigned flags)
{
	struct queue_request r = request(name);

	r.flags = flags;
	return queue_client_call(client, &r);
}

static const struct queue_script script = {"sum", "return ARGV[1]"};
static const struct queue_script other_script = {"other", "return ARGV[1]"};

static struct queue_call *
ask_script(const struct queue_script *which, const char *name)
{
	struct queue_request r = request(name);

	r.script = which;
	r.keys = 1;
	r.argv = (const char *const[]){"gather:{jobs}:q", name};
	return queue_client_call(client, &r);
}

static void
open_fake(void)
{
	char url[100];

	log_set_level(LOG_SILENT);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	signal(SIGPIPE, SIG_IGN);
	base = event_base_new();
	fetch_options_init(&how);
	*seen = *told = *lost_why = '\0';
	rules_len = connections = lost_status = 0;
	in_connected = NULL;
	client = NULL;
	listen_at(0);
	rule("INFO", bulk_of(info), 0);
	rule("PING", "+PONG\r\n", 0);
	rule("SCRIPT LOAD", "$40\r\n" DIGEST "\r\n", 0);
	snprintf(url, sizeof(url), "redis://127.0.0.1:%u?name=jobs", port);
	read_address(url);
}

static void
close_all(void)
{
	queue_client_free(client);
	listen_no_more();
	if (last)
		bufferevent_free(last);
	last = NULL;
	event_base_loop(base, EVLOOP_NONBLOCK);
	event_base_free(base);
	queue_address_release(&address);
	fetch_options_release(&how);
	curl_global_cleanup();
}

static size_t
count(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)); text++)
		n++;
	return n;
}

/* --- calls ---------------------------------------------------------------- */

START_TEST(calls_are_answered_in_their_order)
{
	rule("ECHO a", "+1\r\n", 0);
	rule("ECHO b", "-GONE for good\r\n", 0);
	rule("ECHO c", "-OOM no memory\r\n", 0);
	rule("ECHO nil", "$-1\r\n", 0);
	open_client(20 * CLOCK_SECOND);
	ask("a", 0);
	ask("b", 0);
	ask("c", 0);
	ask("nil", 0);
	await("nil");
	ck_assert_str_eq(told, "connected:one:first a=1 b:refused c:oom nil");
	ck_assert_str_eq(seen, "INFO\nECHO a\nECHO b\nECHO c\nECHO nil\n");
	ck_assert_str_eq(queue_client_run_id(client), "one");
}
END_TEST

START_TEST(what_was_not_answered_is_sent_again_in_order)
{
	rule("ECHO b", CLOSES, 1);
	open_client(5 * CLOCK_SECOND);
	ask("a", 0);
	ask("b", 0);
	ask("c", 0);
	await("c=OK");
	ck_assert_str_eq(told, "connected:one:first a=OK away connected:one "
	                       "b=OK c=OK");
	ck_assert_str_eq(seen, "INFO\nECHO a\nECHO b\nINFO\nECHO b\nECHO c\n");
}
END_TEST

START_TEST(a_call_of_one_connection_is_not_sent_again)
{
	rule("ECHO b", CLOSES, 1);
	open_client(5 * CLOCK_SECOND);
	ask("early", QUEUE_CALL_ONCE);
	await("early:cut");
	await("connected");
	ask("a", QUEUE_CALL_ONCE);
	ask("b", QUEUE_CALL_ONCE);
	ask("c", QUEUE_CALL_ONCE);
	ask("d", 0);
	await("d=OK");
	ck_assert_ptr_nonnull(strstr(told, "a=OK away"));
	ck_assert_ptr_nonnull(strstr(told, "b:cut"));
	ck_assert_ptr_nonnull(strstr(told, "c:cut"));
	ck_assert_uint_eq(count(seen, "ECHO b"), 1);
}
END_TEST

static void
ask_first(void)
{
	ask("first", 0);
	in_connected = NULL;
}

START_TEST(what_the_hook_calls_goes_before_what_waits)
{
	in_connected = ask_first;
	open_client(20 * CLOCK_SECOND);
	ask("a", 0);
	await("a=OK");
	ck_assert_str_eq(seen, "INFO\nECHO first\nECHO a\n");
}
END_TEST

START_TEST(who_cancels_is_not_told)
{
	struct queue_call *a, *b;

	rule("ECHO b", CLOSES, 1);
	open_client(5 * CLOCK_SECOND);
	a = ask("a", 0);
	queue_client_cancel(client, a);
	await("connected");
	b = ask("b", 0);
	ask("c", 0);
	while (!strstr(seen, "ECHO b"))
		event_base_loop(base, EVLOOP_ONCE);
	queue_client_cancel(client, b);
	await("c=OK");
	ck_assert_uint_eq(count(seen, "ECHO b"), 1);
	ck_assert_ptr_null(strstr(seen, "ECHO a"));
	ck_assert_ptr_null(strstr(told, "b"));
}
END_TEST

START_TEST(a_call_that_is_too_long_is_refused)
{
	struct queue_request r = request("long");
	const size_t lens[] = {4, (size_t)QUEUE_MAX_CALL + 1};

	r.lens = lens;
	open_client(20 * CLOCK_SECOND);
	queue_client_call(client, &r);
	await("long:refused");
}
END_TEST

/* --- scripts -------------------------------------------------------------- */

START_TEST(a_script_is_sent_once_and_then_named)
{
	open_client(20 * CLOCK_SECOND);
	ask_script(&script, "a");
	ask("b", 0);
	ask_script(&script, "c");
	ask_script(&other_script, "d");
	await("d=OK");
	ck_assert_str_eq(seen, "INFO\n"
	                       "SCRIPT LOAD return ARGV[1]\n"
	                       "EVALSHA " DIGEST " 1 gather:{jobs}:q a\n"
	                       "ECHO b\n"
	                       "EVALSHA " DIGEST " 1 gather:{jobs}:q c\n"
	                       "SCRIPT LOAD return ARGV[1]\n"
	                       "EVALSHA " DIGEST " 1 gather:{jobs}:q d\n");
}
END_TEST

START_TEST(a_script_that_was_forgotten_is_sent_again)
{
	rule("EVALSHA", "-NOSCRIPT No matching script.\r\n", 2);
	open_client(20 * CLOCK_SECOND);
	ask_script(&script, "a");
	ask_script(&script, "b");
	ask_script(&script, "c");
	await("c=OK");
	await("b=OK");
	ck_assert_str_eq(told, "connected:one:first c=OK a=OK b=OK");
	ck_assert_uint_eq(count(seen, "SCRIPT LOAD"), 2);
}
END_TEST

START_TEST(a_digest_that_is_none_is_not_used)
{
	rule("SCRIPT LOAD", "$-1\r\n", 1);
	open_client(5 * CLOCK_SECOND);
	ask_script(&script, "a");
	await("a=OK");
	ck_assert_int_eq(connections, 2);
}
END_TEST

/* --- servers that cannot, or that may not --------------------------------- */

static const char *const passing[] = {
    "-LOADING Redis is loading the dataset in memory\r\n",
    "-MISCONF Redis is configured to save RDB snapshots\r\n",
    "-BUSY Redis is busy running a script.\r\n",
    "-READONLY You can't write against a read only replica.\r\n",
    "-TRYAGAIN Multiple keys request during rehashing of slot\r\n",
    "$50\r\nab", /* and no more */
    "\x7f\r\n" /* garbage */,
};

START_TEST(a_server_that_cannot_now_is_waited_for)
{
	/* One that has begun an answer and then is silent. */
	struct queue_request r = request("a");

	r.time_limit_us = CLOCK_SECOND / 10;
	rule("ECHO a", passing[_i], 2);
	open_client(20 * CLOCK_SECOND);
	queue_client_call(client, &r);
	ask("b", 0);
	await("b=OK");
	ck_assert_str_eq(told, "connected:one:first away connected:one away "
	                       "connected:one a=OK b=OK");
}
END_TEST

static const struct {
	const char *info;
	const char *note;
} waited[] = {
    {"redis_version:7.0.15\r\nloading:1\r\n", "it is still loading its data"},
    {"redis_version:7.0.15\r\nrole:slave\r\n", "it is a replica"},
};

START_TEST(a_server_that_says_so_is_waited_for)
{
	char text[sizeof(bulk)];

	snprintf(text, sizeof(text), "%s", bulk_of(waited[_i].info));
	rule("INFO", bulk_of(info), 0);
	rule("INFO", text, 2);
	open_client(20 * CLOCK_SECOND);
	ask("a", 0);
	await("a=OK");
	ck_assert_str_eq(told, "connected:one:first a=OK");
	ck_assert_int_eq(connections, 3);
}
END_TEST

START_TEST(one_that_never_can_is_given_up)
{
	char text[sizeof(bulk)];

	snprintf(text, sizeof(text), "%s", bulk_of(waited[_i].info));
	rule("INFO", text, 0);
	open_client(2 * CLOCK_SECOND);
	ask("a", 0);
	await("a:lost");
	await_lost(2, waited[_i].note);
	ck_assert_ptr_nonnull(strstr(lost_why, "could not be reached for 2 s "
	                                       "(--queue-timeout): "));
	ck_assert_str_eq(told, "lost a:lost");
}
END_TEST

static const struct {
	const char *command, *answer, *why;
} unfit[] = {
    {"INFO", "-NOAUTH Authentication required.\r\n", "wants a password"},
    {"INFO",
        "-NOPERM this user has no permissions to run the 'info' command\r\n",
        "run INFO (NOPERM); ACL SETUSER default +info"},
    {"INFO", "-DENIED Redis is running in protected mode\r\n",
        "protected-mode no"},
    {"INFO", "-ERR unknown command\r\n", "has no command INFO"},
    {"INFO", "-ERR odd\r\n", "refuses INFO: ERR odd"},
    {"INFO", "+\r\n", "does not say which version"},
    {"INFO", ":7\r\n", "does not say which version"},
    {"INFO", "$21\r\nredis_version:6.0.16\n\r\n",
        "is Redis 6.0.16; a queue needs Redis 6.2 or Valkey"},
    {"INFO", "$52\r\nredis_version:7.0.15\nmaxmemory_policy:allkeys-random\r\n",
        "maxmemory-policy allkeys-random"},
    {"ECHO", "-MOVED 3999 192.0.2.1:6381\r\n", "192.0.2.1:6381"},
    {"SCRIPT",
        "-NOPERM User w has no permissions to run the 'script|load' "
        "command\r\n",
        "run SCRIPT (NOPERM); ACL SETUSER default +script|load"},
    {"EVALSHA", "-WRONGTYPE Operation against a key holding\r\n",
        "at gather:{jobs}:q (WRONGTYPE, the script sum)"},
    {"EVALSHA",
        "-ERR Error running script (call to f_0): @user_script:1: "
        "WRONGTYPE Operation against a key\r\n",
        "at gather:{jobs}:q (WRONGTYPE, the script sum)"},
};

START_TEST(a_server_that_is_unfit_is_an_error_of_set_up)
{
	char start[64];

	rule(unfit[_i].command, unfit[_i].answer, 0);
	open_client(5 * CLOCK_SECOND);
	ask_script(&script, "a");
	ask("b", 0);
	await("b:lost");
	await_lost(2, unfit[_i].why);
	snprintf(start, sizeof(start), "the queue at 127.0.0.1:%u ", port);
	ck_assert_int_eq(strncmp(lost_why, start, strlen(start)), 0);
	/* Nothing is asked of a client that has ended. */
	ask("c", 0);
	await("c:lost");
	ck_assert_int_eq(connections, 1);
}
END_TEST

START_TEST(the_password_is_sent_first_and_shown_nowhere)
{
	char url[100];

	snprintf(url, sizeof(url), "redis://me:pa55word@127.0.0.1:%u/3?name=j",
	    port);
	read_address(url);
	rule("AUTH", "-WRONGPASS invalid pa55word\r\n", 0);
	open_client(20 * CLOCK_SECOND);
	await_lost(2, "refuses the password of the user me (AUTH)");
	ck_assert_ptr_null(strstr(lost_why, "pa55word"));
	ck_assert_int_eq(strncmp(seen, "AUTH me pa55word\n", 17), 0);
}
END_TEST

/* --- servers that are away ------------------------------------------------ */

START_TEST(a_server_that_was_never_there_is_an_error_of_set_up)
{
	listen_no_more();
	open_client(CLOCK_SECOND / 4);
	ask("a", 0);
	await("a:lost");
	await_lost(2, "could not be reached for 250 ms (--queue-timeout)");
}
END_TEST

START_TEST(a_server_may_start_late)
{
	listen_no_more();
	open_client(20 * CLOCK_SECOND);
	ask("a", 0);
	event_base_loopexit(base, &(struct timeval){.tv_usec = 150000});
	event_base_dispatch(base);
	ck_assert_str_eq(told, "");
	listen_at(port);
	await("a=OK");
}
END_TEST

START_TEST(a_server_that_goes_for_too_long_is_lost)
{
	open_client(2 * CLOCK_SECOND);
	await("connected");
	listen_no_more();
	rule("ECHO a", CLOSES, 0);
	ask("a", 0);
	ask("b", QUEUE_CALL_ONCE);
	await("a:lost");
	await_lost(3, "was away for 2 s (--queue-timeout): ");
	ck_assert_ptr_nonnull(strstr(told, "b:cut"));
}
END_TEST

/* It answers INFO, and never a call: that is no server either. */
START_TEST(a_server_that_never_answers_is_lost)
{
	struct queue_request r = request("a");

	rule("ECHO", SILENT, 0);
	r.time_limit_us = CLOCK_SECOND / 10;
	open_client(2 * CLOCK_SECOND);
	queue_client_call(client, &r);
	await("a:lost");
	await_lost(3, "no answer to ECHO within 0.1 s");
	ck_assert_int_ge(connections, 2);
}
END_TEST

START_TEST(a_server_that_answers_nothing_at_all_is_not_there)
{
	rule("INFO", SILENT, 0);
	open_client(CLOCK_SECOND / 4);
	await_lost(2, "could not be reached for 250 ms");
}
END_TEST

static const char *const garbage[] = {
    "HTTP/1.1 400 Bad Request\r\n\r\n",
    "*2147483647\r\n",
    "$9223372036854775807\r\n",
    "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
    "\377\376\375\r\n",
    "+OK\r\n+OK\r\n+OK\r\n",
    CLOSES,
};

START_TEST(a_server_that_speaks_something_else_is_given_up)
{
	rule("INFO", garbage[_i], 0);
	rule("ECHO", garbage[_i], 0);
	if (_i == 5)
		rule("INFO", bulk_of(info), 0);
	open_client(CLOCK_SECOND / 2);
	ask("a", 0);
	if (_i == 5)
		await("a=OK");
	else
		await_lost(2, "could not be reached");
}
END_TEST

START_TEST(another_server_in_its_place_is_noticed)
{
	char text[sizeof(bulk)];

	open_client(5 * CLOCK_SECOND);
	await("connected");
	snprintf(text, sizeof(text), "%s",
	    bulk_of("redis_version:7.0.15\r\nrun_id:two\r\naof_enabled:1\r\n"));
	rule("INFO", text, 0);
	rule("ECHO a", CLOSES, 1);
	ask("a", 0);
	await("a=OK");
	ck_assert_str_eq(
	    told, "connected:one:first away connected:two:changed a=OK");
}
END_TEST

/* --- the other lines ------------------------------------------------------ */

START_TEST(messages_come_after_each_subscription)
{
	rule("SUBSCRIBE held",
	    "*3\r\n$9\r\nsubscribe\r\n$4\r\nheld\r\n:1\r\n"
	    "*3\r\n$7\r\nmessage\r\n$4\r\nheld\r\n$2\r\nhi\r\n",
	    0);
	rule("SUBSCRIBE b", "*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n", 0);
	open_client(5 * CLOCK_SECOND);
	await("connected");
	*told = '\0';
	queue_client_subscribe(client, "held");
	await("hi");
	ck_assert_str_eq(told, "subscribed held hi");
	*told = '\0';
	queue_client_subscribe(client, "b");
	await("subscribed");
	*told = '\0';
	bufferevent_free(last);
	last = NULL;
	await("subscribed");
	ck_assert_uint_eq(count(seen, "SUBSCRIBE held"), 2);
	ck_assert_uint_eq(count(seen, "SUBSCRIBE b"), 2);
}
END_TEST

START_TEST(a_channel_may_be_added_while_another_one_is_not_confirmed)
{
	rule("SUBSCRIBE held", "*3\r\n$9\r\nsubscribe\r\n$4\r\nheld\r\n:1\r\n",
	    0);
	rule("SUBSCRIBE b", "*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n", 0);
	open_client(20 * CLOCK_SECOND);
	queue_client_subscribe(client, "held");
	while (!strstr(seen, "SUBSCRIBE held"))
		event_base_loop(base, EVLOOP_ONCE);
	queue_client_subscribe(client, "b");
	await("subscribed");
	ck_assert_uint_eq(count(seen, "SUBSCRIBE b"), 1);
	ck_assert_int_eq(connections, 2);
}
END_TEST

START_TEST(a_client_may_go_at_any_time)
{
	open_client(20 * CLOCK_SECOND);
	for (int i = 0; i <= _i; i++) {
		ask("a", 0);
		queue_client_subscribe(client, "held");
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
}
END_TEST

/* --- a real server -------------------------------------------------------- */

static struct redis_fixture redis;

static void
open_real(const char *const *more, const char *userinfo)
{
	char url[100];

	redis_fixture_open(&redis, more);
	snprintf(url, sizeof(url), "redis+unix://%s%s?name=jobs", userinfo,
	    redis.path);
	read_address(url);
	open_client(20 * CLOCK_SECOND);
}

static void
close_real(void)
{
	close_all();
	redis_fixture_close(&redis);
}

static void
open_nothing(void)
{
	open_fake();
	listen_no_more();
	redis = (struct redis_fixture){.pid = 0};
}

START_TEST(a_real_server_runs_scripts)
{
	open_real(NULL, "");
	ask_script(&script, "a");
	await("a=a");
	redis_fixture_ask(&redis, "SCRIPT FLUSH");
	ask_script(&script, "b");
	await("b=b");
}
END_TEST

START_TEST(a_real_server_may_be_killed_and_come_back)
{
	open_real(NULL, "");
	ask_script(&script, "a");
	await("a=a");
	redis_fixture_kill(&redis);
	ask_script(&script, "b");
	ask("c", 0);
	await("away");
	redis_fixture_start(&redis, NULL);
	await("b=b c=c");
	ck_assert_ptr_nonnull(strstr(told, "connected:changed"));
}
END_TEST

START_TEST(a_real_server_wants_its_password)
{
	static const char *const options[] = {
	    "--requirepass", "pa55word", NULL};

	open_real(options, _i ? ":pa55word@" : ":wrong-one@");
	ask("a", 0);
	if (_i)
		await("a=a");
	else
		await_lost(2, "refuses the password of the user default");
}
END_TEST

START_TEST(a_real_server_does_not_let_everybody)
{
	open_real(NULL, "w:pa55word@");
	redis_fixture_ask(&redis, "ACL SETUSER w on >pa55word ~* +info +ping "
	                          "+script|load +auth");
	/* The user may have come too late for the first try. */
	queue_client_free(client);
	*told = '\0';
	open_client(20 * CLOCK_SECOND);
	ask_script(&script, "a");
	await_lost(2, "does not let the user w run the script sum on "
	              "gather:{jobs}:q (NOPERM); ACL SETUSER w +evalsha");
}
END_TEST

START_TEST(a_real_server_has_another_type_there)
{
	static const struct queue_script adds = {
	    "add", "return redis.call('XADD', KEYS[1], '*', 'a', ARGV[1])"};

	open_real(NULL, "");
	redis_fixture_ask(&redis, "SET gather:{jobs}:q 1");
	ask_script(&adds, "a");
	await_lost(2, "at gather:{jobs}:q (WRONGTYPE, the script add)");
}
END_TEST

START_TEST(a_real_server_evicts)
{
	static const char *const options[] = {
	    "--maxmemory-policy", "allkeys-lru", "--maxmemory", "100mb", NULL};

	open_real(options, "");
	await_lost(2, "maxmemory-policy allkeys-lru");
}
END_TEST

START_TEST(a_real_server_becomes_a_replica_and_master_again)
{
	static const struct queue_script sets = {
	    "set", "redis.call('SET', KEYS[1], 1) return ARGV[1]"};

	open_real(NULL, "");
	ask_script(&sets, "a");
	await("a=a");
	redis_fixture_ask(&redis, "REPLICAOF 127.0.0.1 1");
	ask_script(&sets, "b");
	await("away");
	redis_fixture_ask(&redis, "REPLICAOF NO ONE");
	await("b=b");
}
END_TEST

START_TEST(a_real_server_passes_messages_and_waits)
{
	struct queue_request r = request("wait");

	open_real(NULL, "");
	r.argc = 3;
	r.argv = (const char *const[]){"BLPOP", "gather:{jobs}:list", "0"};
	queue_client_call(client, &r);
	queue_client_subscribe(client, "gather:{jobs}:held");
	await("subscribed");
	redis_fixture_ask(&redis, "PUBLISH gather:{jobs}:held 17");
	await("gather:{jobs}:held 17");
	redis_fixture_ask(&redis, "LPUSH gather:{jobs}:list x");
	await("wait");
}
END_TEST

START_TEST(a_thousand_calls_and_large_ones)
{
	static const struct queue_script large = {
	    "large", "return string.rep('x', tonumber(ARGV[1]))"};
	char last_name[20] = "999";

	open_real(NULL, "");
	for (int i = 0; i < 999; i++) {
		struct queue_request r = request("a");

		r.done = NULL;
		queue_client_call(client, &r);
	}
	ask(last_name, 0);
	await("999=999");
	ask_script(&large, "20000000");
	await("20000000=xxx");
	/* More than an answer may have. */
	*told = '\0';
	ask_script(&large, "280000000");
	await("away");
}
END_TEST

#define COUNT(rows) ((int)(sizeof(rows) / sizeof(*(rows))))

static void
add_fake(Suite *suite)
{
	TCase *tc = tcase_create("a server that is told what to do");

	tcase_add_checked_fixture(tc, open_fake, close_all);
	tcase_add_test(tc, calls_are_answered_in_their_order);
	tcase_add_test(tc, what_was_not_answered_is_sent_again_in_order);
	tcase_add_test(tc, a_call_of_one_connection_is_not_sent_again);
	tcase_add_test(tc, what_the_hook_calls_goes_before_what_waits);
	tcase_add_test(tc, who_cancels_is_not_told);
	tcase_add_test(tc, a_call_that_is_too_long_is_refused);
	tcase_add_test(tc, a_script_is_sent_once_and_then_named);
	tcase_add_test(tc, a_script_that_was_forgotten_is_sent_again);
	tcase_add_test(tc, a_digest_that_is_none_is_not_used);
	tcase_add_loop_test(
	    tc, a_server_that_cannot_now_is_waited_for, 0, COUNT(passing));
	tcase_add_loop_test(
	    tc, a_server_that_says_so_is_waited_for, 0, COUNT(waited));
	tcase_add_loop_test(
	    tc, one_that_never_can_is_given_up, 0, COUNT(waited));
	tcase_add_loop_test(
	    tc, a_server_that_is_unfit_is_an_error_of_set_up, 0, COUNT(unfit));
	tcase_add_test(tc, the_password_is_sent_first_and_shown_nowhere);
	tcase_add_test(tc, a_server_that_was_never_there_is_an_error_of_set_up);
	tcase_add_test(tc, a_server_may_start_late);
	tcase_add_test(tc, a_server_that_goes_for_too_long_is_lost);
	tcase_add_test(tc, a_server_that_never_answers_is_lost);
	tcase_add_test(tc, a_server_that_answers_nothing_at_all_is_not_there);
	tcase_add_loop_test(tc, a_server_that_speaks_something_else_is_given_up,
	    0, COUNT(garbage));
	tcase_add_test(tc, another_server_in_its_place_is_noticed);
	tcase_add_test(tc, messages_come_after_each_subscription);
	tcase_add_test(
	    tc, a_channel_may_be_added_while_another_one_is_not_confirmed);
	tcase_add_loop_test(tc, a_client_may_go_at_any_time, 0, 12);
	suite_add_tcase(suite, tc);
}

static void
add_real(Suite *suite)
{
	TCase *tc = tcase_create("a real server");

	tcase_add_checked_fixture(tc, open_nothing, close_real);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, a_real_server_runs_scripts);
	tcase_add_test(tc, a_real_server_may_be_killed_and_come_back);
	tcase_add_loop_test(tc, a_real_server_wants_its_password, 0, 2);
	tcase_add_test(tc, a_real_server_does_not_let_everybody);
	tcase_add_test(tc, a_real_server_has_another_type_there);
	tcase_add_test(tc, a_real_server_evicts);
	tcase_add_test(tc, a_real_server_becomes_a_replica_and_master_again);
	tcase_add_test(tc, a_real_server_passes_messages_and_waits);
	tcase_add_test(tc, a_thousand_calls_and_large_ones);
	suite_add_tcase(suite, tc);
}

int
main(void)
{
	Suite *suite = suite_create("queue client");
	char *cause = NULL;

	if (resp_load(&cause)) {
		printf("not tested: %s\n", cause);
		free(cause);
		return EXIT_SUCCESS;
	}
	add_fake(suite);
	if (redis_fixture_is_installed())
		add_real(suite);
	else
		printf("not tested: a real server: none is installed\n");
	return unit_run(suite);
}
