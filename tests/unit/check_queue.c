/* The parts of src/queue/ that know of no connection: addresses, answers, what
 * servers say. */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "queue/address.h"
#include "queue/server.h"
#include "redact/known.h"
#include "redact/redact.h"
#include "resp/reply.h"
#include "resp/resp.h"
#include "unit.h"

/* --- addresses ------------------------------------------------------------ */

/* As struct queue_address has them. */
struct parts {
	const char *host, *path, *name, *user, *password, *shown;
	unsigned port, db;
	bool tls;
};

static const struct {
	const char *text;
	struct parts is;
} good[] = {
    {"redis://h?name=q",
        {.host = "h", .port = 6379, .name = "q", .shown = "h:6379"}},
    {"redis://h:1/?name=q",
        {.host = "h", .port = 1, .name = "q", .shown = "h:1"}},
    {"rediss://u:p%40%2F@h.example:7/3?name=x:y", {.host = "h.example",
                                                      .port = 7,
                                                      .db = 3,
                                                      .tls = true,
                                                      .user = "u",
                                                      .password = "p@/",
                                                      .name = "x:y",
                                                      .shown = "h.example:7"}},
    {"redis://:secret@[::1]:7?name=q", {.host = "::1",
                                           .port = 7,
                                           .password = "secret",
                                           .name = "q",
                                           .shown = "[::1]:7"}},
    {"redis+unix:///run/redis/s?name=q&db=2", {.path = "/run/redis/s",
                                                  .port = 6379,
                                                  .db = 2,
                                                  .name = "q",
                                                  .shown = "/run/redis/s"}},
};

static void
same_text(const char *a, const char *b)
{
	ck_assert_msg(!a == !b && (!a || strcmp(a, b) == 0), "%s is not %s",
	    a ? a : "(null)", b ? b : "(null)");
}

START_TEST(an_address_has_its_parts)
{
	const struct parts *is = &good[_i].is;
	struct queue_address a;
	char *cause = NULL;

	ck_assert_msg(
	    !queue_address_read(&a, good[_i].text, &cause), "%s", cause);
	same_text(a.host, is->host);
	same_text(a.path, is->path);
	same_text(a.name, is->name);
	same_text(a.user, is->user);
	same_text(a.password, is->password);
	same_text(a.shown, is->shown);
	ck_assert_uint_eq(a.port, is->port);
	ck_assert_uint_eq(a.db, is->db);
	ck_assert(a.tls == is->tls);
	queue_address_release(&a);
	known_secrets_clear();
}
END_TEST

static const struct {
	const char *text, *why;
} bad[] = {
    {"", "this is not the URL"},
    {"localhost:6379?name=q", "this is not the URL"},
    {"http://h?name=q", "scheme must be redis"},
    {"redis://?name=q", "host is missing"},
    {"redis://h:0?name=q", "port 0 cannot be used"},
    {"redis://h:99999?name=q", "this is not the URL"},
    {"redis://h?name=q&name=r", "name is there twice"},
    {"redis://h/x?name=q", "number of a database"},
    {"redis://h/99999999?name=q", "number of a database"},
    {"redis://h", "name of the queue is missing"},
    {"redis://h?name=", "name of the queue is missing"},
    {"redis://h?name=a{b}", "a brace, a blank or"},
    {"redis://h?name=a%7Bb", "a brace, a blank or"},
    {"redis://h?name=a%20b", "a brace, a blank or"},
    {"redis://h?name=a%00b", "a control character"},
    {"redis://h?name=%FF", "not UTF-8"},
    {"redis://h?queue=q", "the only parameter is name"},
    {"redis://h?name=q&db=1", "the only parameter is name"},
    {"redis://user@h?name=q", "a user needs a password"},
    {"redis://u:a%01b@h?name=q", "a control character"},
    {"redis+unix:///?name=q", "path of the socket"},
    {"redis+unix:///s?name=q&x=1", "the only parameters are name and db"},
    {"@/does/not/exist", "/does/not/exist: No such file"},
    {"@/dev/null", "holds no URL"},
};

START_TEST(what_is_wrong_with_an_address_is_said)
{
	struct queue_address a;
	char *cause = NULL;

	ck_assert_int_eq(queue_address_read(&a, bad[_i].text, &cause), -1);
	ck_assert_msg(strstr(cause, bad[_i].why) != NULL, "%s", cause);
	ck_assert(!strncmp(cause, "--queue: ", 9));
	ck_assert_ptr_null(a.host);
	free(cause);
}
END_TEST

START_TEST(a_name_of_128_bytes_is_the_longest)
{
	char text[200] = "redis://h?name=";
	size_t at = strlen(text);
	struct queue_address a;
	char *cause = NULL;

	memset(text + at, 'n', 128);
	ck_assert_int_eq(queue_address_read(&a, text, &cause), 0);
	queue_address_release(&a);
	text[at + 128] = 'n';
	ck_assert_int_eq(queue_address_read(&a, text, &cause), -1);
	ck_assert_ptr_nonnull(strstr(cause, "more than 128 bytes"));
	free(cause);
}
END_TEST

START_TEST(an_address_may_stand_in_a_file)
{
	char name[] = "/tmp/check_queue.XXXXXX";
	char given[64];
	int fd = mkstemp(name);
	struct queue_address a;
	char *cause = NULL, *shown;

	ck_assert_int_ge(fd, 0);
	dprintf(fd, "  rediss://me:pass-word@h/4?name=jobs \r\n");
	snprintf(given, sizeof(given), "@%s", name);
	ck_assert_int_eq(queue_address_read(&a, given, &cause), 0);
	ck_assert_str_eq(a.password, "pass-word");
	ck_assert_uint_eq(a.db, 4);
	/* The password is hidden from here on. */
	shown = redacted(REDACT_TEXT, "it says pass-word");
	ck_assert_str_eq(shown, "it says ***");
	free(shown);
	queue_address_release(&a);
	dprintf(fd, "redis://h?name=two\n");
	ck_assert_int_eq(queue_address_read(&a, given, &cause), -1);
	free(cause);
	close(fd);
	unlink(name);
	known_secrets_clear();
}
END_TEST

START_TEST(keys_have_the_name_in_braces)
{
	static char name[] = "jobs";
	const struct queue_address a = {.name = name};
	char *key = queue_key(&a, "q");

	ck_assert_str_eq(key, "gather:{jobs}:q");
	free(key);
}
END_TEST

/* --- answers -------------------------------------------------------------- */

static struct resp_reader *reader;
static const struct queue_reply *reply;
static const char *why;

static bool
have_hiredis(void)
{
	char *cause = NULL;
	bool have = resp_load(&cause) == 0;

	free(cause);
	return have;
}

static void
open_reader(void)
{
	reader = have_hiredis() ? resp_reader_new(1 << 20) : NULL;
}

static void
close_reader(void)
{
	resp_reader_free(reader);
}

static int
feed(const char *text)
{
	resp_reader_feed(reader, text, strlen(text));
	return resp_reader_next(reader, &reply, &why);
}

START_TEST(an_answer_has_its_kind)
{
	const struct queue_reply *item;
	int64_t n = 0;

	if (!reader)
		return;
	ck_assert_int_eq(feed("*7\r\n:-5\r\n$3\r\na"), 0);
	resp_reader_feed(reader, "\0b\r\n", 4);
	ck_assert_int_eq(feed("+OK\r\n-ERR no\r\n$-1\r\n*-1\r\n"
	                      "*2\r\n$2\r\n17\r\n*0\r\n"),
	    1);
	ck_assert_int_eq(reply->kind, QUEUE_ARRAY);
	ck_assert_uint_eq(reply->count, 7);
	ck_assert(queue_reply_number(queue_reply_item(reply, 0), &n));
	ck_assert_int_eq(n, -5);
	item = queue_reply_item(reply, 1);
	ck_assert_uint_eq(item->len, 3);
	ck_assert_mem_eq(item->text, "a\0b", 4);
	ck_assert(queue_reply_is(queue_reply_item(reply, 2), "OK"));
	item = queue_reply_item(reply, 3);
	ck_assert_int_eq(item->kind, QUEUE_ERROR);
	ck_assert_str_eq(item->text, "ERR no");
	ck_assert_int_eq(queue_reply_item(reply, 4)->kind, QUEUE_NIL);
	ck_assert_int_eq(queue_reply_item(reply, 5)->kind, QUEUE_NIL);
	item = queue_reply_item(reply, 6);
	ck_assert(queue_reply_number(queue_reply_item(item, 0), &n));
	ck_assert_int_eq(n, 17);
	ck_assert_uint_eq(queue_reply_item(item, 1)->count, 0);
}
END_TEST

START_TEST(what_is_not_there_is_nil)
{
	const struct queue_reply text = {.kind = QUEUE_TEXT, .text = "x"};
	int64_t n = 3;

	ck_assert_int_eq(queue_reply_item(&text, 0)->kind, QUEUE_NIL);
	ck_assert_str_eq(queue_reply_item(&text, 0)->text, "");
	ck_assert(!queue_reply_number(queue_reply_item(&text, 9), &n));
	ck_assert_int_eq(n, 3);
}
END_TEST

START_TEST(a_number_in_a_text_is_all_of_it)
{
	static const char *const none[] = {
	    "", "-", "1x", " 1", "1.5", "+1", "9223372036854775808"};
	struct queue_reply text = {
	    .kind = QUEUE_TEXT, .text = "9223372036854775807", .len = 19};
	int64_t n = 0;

	ck_assert(queue_reply_number(&text, &n));
	ck_assert_int_eq(n, INT64_MAX);
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		text.text = none[i];
		text.len = strlen(none[i]);
		ck_assert_msg(!queue_reply_number(&text, &n), "%s", none[i]);
	}
}
END_TEST

START_TEST(answers_come_in_any_pieces)
{
	static const char bytes[] = "*2\r\n$5\r\nhello\r\n:7\r\n+A\r\n";
	int whole = 0;

	if (!reader)
		return;
	for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
		resp_reader_feed(reader, bytes + i, 1);
		whole += resp_reader_next(reader, &reply, &why);
		if (whole == 1 && bytes[i + 1] == '+') {
			ck_assert_str_eq(
			    queue_reply_item(reply, 0)->text, "hello");
			ck_assert_int_eq(
			    queue_reply_item(reply, 1)->integer, 7);
		}
	}
	ck_assert_int_eq(whole, 2);
	ck_assert(queue_reply_is(reply, "A"));
}
END_TEST

/* Lengths that no memory holds, and what is none, end it at once. */
static const char *const hostile[] = {
    "hello\r\n",
    "\1\2\3\r\n",
    "*2147483647\r\n",
    "*1000000\r\n",
    "*99999999999999999999\r\n",
    "*4\r\n*100000\r\n",
    "$-7\r\nx\r\n",
    "$99999999999999999999\r\nx\r\n",
    "$x\r\n",
    ":x\r\n",
    "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
};

START_TEST(what_is_no_answer_ends_the_reader)
{
	if (!reader)
		return;
	ck_assert_int_eq(feed(hostile[_i]), -1);
	ck_assert_ptr_nonnull(why);
	/* And it stays so. */
	ck_assert_int_eq(feed("+OK\r\n"), -1);
}
END_TEST

START_TEST(seven_lists_in_each_other_are_the_most)
{
	if (!reader)
		return;
	ck_assert_int_eq(
	    feed("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"), 1);
	ck_assert_int_eq(
	    feed("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"), -1);
	ck_assert_str_eq(why, "an answer of more than 7 lists in each other");
}
END_TEST

START_TEST(a_text_is_as_long_as_it_may_be)
{
	const size_t size = 1 << 19;
	char *bytes = calloc(1, size + 1);

	memset(bytes, 'x', size);
	if (reader) {
		ck_assert_int_eq(feed("$524288\r\n"), 0);
		ck_assert_int_eq(feed(bytes), 0);
		ck_assert_int_eq(feed("\r\n"), 1);
		ck_assert_uint_eq(reply->len, size);
		ck_assert_str_eq(reply->text, bytes);
		ck_assert_int_eq(feed("+OK\r\n"), 1);
	}
	free(bytes);
}
END_TEST

START_TEST(an_answer_beyond_the_limit_is_an_error)
{
	char bytes[4097];
	int rc = 0;

	if (!reader)
		return;
	memset(bytes, 'x', 4096);
	bytes[4096] = '\0';
	rc = feed("$2000000\r\n");
	for (int i = 0; !rc && i < 1000; i++)
		rc = feed(bytes);
	ck_assert_int_eq(rc, -1);
	ck_assert_str_eq(why, "an answer of more than 1 MiB");
}
END_TEST

START_TEST(a_command_is_a_list_of_texts)
{
	const char *const argv[] = {"SET", "a\0b", ""};
	const size_t lens[] = {3, 3, 0};
	struct buf out = {0};

	if (!reader)
		return;
	ck_assert_int_eq(resp_add_command(&out, 3, argv, lens), 0);
	ck_assert_uint_eq(out.len, 4 + 9 + 9 + 6);
	ck_assert_mem_eq(
	    out.data, "*3\r\n$3\r\nSET\r\n$3\r\na\0b\r\n$0\r\n\r\n", out.len);
	buf_release(&out);
}
END_TEST

/* --- what servers say ----------------------------------------------------- */

static const struct {
	const char *info;
	enum server_verdict verdict;
	const char *why;
} servers[] = {
    {"redis_version:7.0.15\r\nrun_id:abc\r\nrole:master\r\n"
     "maxmemory_policy:noeviction\r\n",
        SERVER_FINE, ""},
    {"redis_version:6.2.0\r\nmaxmemory_policy:volatile-lru\r\n", SERVER_FINE,
        ""},
    {"redis_version:6.0.16\r\n", SERVER_UNFIT,
        "is Redis 6.0.16; a queue needs Redis 6.2 or Valkey"},
    {"redis_version:7.2.4\r\nredis_mode:sentinel\r\n", SERVER_UNFIT,
        "is a Sentinel"},
    {"redis_version:7.2.4\r\nmaxmemory_policy:allkeys-lru\r\n", SERVER_UNFIT,
        "maxmemory-policy allkeys-lru"},
    {"redis_version:7.2.4\r\nloading:1\r\n", SERVER_WAIT, "still loading"},
    {"redis_version:7.2.4\r\nrole:slave\r\n", SERVER_WAIT, "a replica"},
    {"", SERVER_UNFIT, "does not say which version"},
    {"redis_version:\r\n", SERVER_UNFIT, "does not say which version"},
};

START_TEST(a_server_is_judged_by_what_it_says)
{
	struct server_info info;
	struct buf text = {0};

	server_info_read(&info, servers[_i].info, strlen(servers[_i].info));
	ck_assert_int_eq(server_judge(&info, &text), servers[_i].verdict);
	ck_assert_msg(strstr(buf_text(&text), servers[_i].why) != NULL, "%s",
	    buf_text(&text));
	buf_release(&text);
}
END_TEST

START_TEST(a_server_tells_what_it_keeps)
{
	struct server_info info;
	const char *text = "# Server\r\nredis_version:7.0.15\r\n"
	                   "run_id:0123456789012345678901234567890123456789\r\n"
	                   "\r\n# Persistence\r\naof_enabled:1\r\n"
	                   "connected_slaves:2\r\n";

	server_info_read(&info, text, strlen(text));
	ck_assert_uint_eq(info.version, 70015);
	ck_assert_str_eq(
	    info.run_id, "0123456789012345678901234567890123456789");
	ck_assert(!info.keeps_no_log);
	ck_assert(info.has_replicas);
	ck_assert(!info.loading);
	/* One that does not say may keep one. */
	server_info_read(&info, "", 0);
	ck_assert(!info.keeps_no_log);
	server_info_read(&info, "aof_enabled:0\r\n", 15);
	ck_assert(info.keeps_no_log);
}
END_TEST

static const struct {
	const char *error;
	enum refusal refusal;
} errors[] = {
    {"LOADING Redis is loading the dataset in memory", REFUSAL_WAIT},
    {"MISCONF Redis is configured to save RDB snapshots", REFUSAL_WAIT},
    {"BUSY Redis is busy running a script.", REFUSAL_WAIT},
    {"READONLY You can't write against a read only replica.", REFUSAL_WAIT},
    {"READONLY You can't write against a read only replica. script: 01, on "
     "@user_script:3.",
        REFUSAL_WAIT},
    {"TRYAGAIN Multiple keys request", REFUSAL_WAIT},
    {"NOREPLICAS Not enough good replicas to write.", REFUSAL_WAIT},
    {"ERR max number of clients reached", REFUSAL_WAIT},
    {"OOM command not allowed when used memory > 'maxmemory'.", REFUSAL_OOM},
    {"ERR Error running script (call to f_0): @user_script:1: "
     "@user_script: 1: -OOM command not allowed when used memory",
        REFUSAL_OOM},
    {"ERR Error running script (call to f_0): @user_script:12: WRONGTYPE "
     "Operation against a key",
        REFUSAL_UNFIT},
    {"ERR Error running script (call to f_0): @user_script: 12: The user "
     "executing the script can't run this command",
        REFUSAL_UNFIT},
    {"NOSCRIPT No matching script. Please use EVAL.", REFUSAL_NOSCRIPT},
    {"NOPERM User w has no permissions to run the 'xadd' command",
        REFUSAL_UNFIT},
    {"ERR ACL failure in script: User w has no permissions", REFUSAL_UNFIT},
    {"WRONGTYPE Operation against a key", REFUSAL_UNFIT},
    {"MOVED 3999 127.0.0.1:6381", REFUSAL_UNFIT},
    {"DAMAGED fed", REFUSAL_UNFIT},
    {"GONE the queue is not there", REFUSAL_CALLER},
    {"BUSYGROUP Consumer Group name already exists", REFUSAL_CALLER},
    {"ERR value is not an integer", REFUSAL_CALLER},
    {"", REFUSAL_CALLER},
};

START_TEST(an_error_has_its_meaning)
{
	ck_assert_int_eq(refusal_of(errors[_i].error), errors[_i].refusal);
}
END_TEST

static const struct {
	const char *error, *script, *keys, *text;
} explained[] = {
    {"NOAUTH Authentication required.", NULL, "", "wants a password"},
    {"WRONGPASS invalid username-password pair", NULL, "",
        "refuses the password of the user worker (AUTH)"},
    {"ERR AUTH <password> called without any password configured", NULL, "",
        "has no password for the default user"},
    {"NOPERM this user has no permissions to run the 'evalsha' command", NULL,
        "",
        "does not let the user worker run XADD (NOPERM); ACL SETUSER worker "
        "+evalsha"},
    {"NOPERM No permissions to access a key", NULL, "gather:{jobs}:q",
        "run XADD on gather:{jobs}:q (NOPERM); ACL SETUSER worker "
        "~gather:{jobs}:*"},
    {"NOPERM No permissions to access a channel", NULL, "",
        "ACL SETUSER worker &gather:{jobs}:*"},
    {"ERR ACL failure in script: User worker has no permissions to run the "
     "'xadd' command",
        "feed", "gather:{jobs}:q",
        "run the script feed on gather:{jobs}:q (NOPERM); ACL SETUSER worker "
        "+xadd"},
    {"The user executing the script can't run this command or subcommand",
        "feed", "", "ACL SETUSER worker +@all -@dangerous +info"},
    {"WRONGTYPE Operation against a key", NULL, "gather:{jobs}:q",
        "has something else than this queue at gather:{jobs}:q (WRONGTYPE, "
        "XADD)"},
    {"WRONGTYPE Operation against a key", "feed", "gather:{jobs}:q, k",
        "at one of gather:{jobs}:q, k (WRONGTYPE, the script feed)"},
    {"DAMAGED fed", "feed", "gather:{jobs}:q, k",
        "has a queue \"jobs\" that others have changed: the field fed of "
        "gather:{jobs}:meta is not a number; delete gather:{jobs}:*, or choose "
        "another name="},
    {"MOVED 3999 127.0.0.1:6381", NULL, "",
        "(MOVED); name the one that has them: 127.0.0.1:6381"},
    {"ERR DB index is out of range", NULL, "", "has no database 9"},
    {"DENIED Redis is running in protected mode", NULL, "", "protected-mode"},
    {"ERR unknown command 'EVALSHA'", NULL, "", "has no command XADD"},
    {"ERR whatever", NULL, "", "refuses XADD: ERR whatever"},
};

START_TEST(a_refusal_says_what_to_do)
{
	static char name[] = "jobs", user[] = "worker";
	const struct queue_address address = {
	    .name = name, .user = user, .db = 9};
	const struct refused_call call = {
	    "XADD", explained[_i].script, explained[_i].keys};
	struct buf text = {0};

	refusal_explain(&text, explained[_i].error, &call, &address);
	ck_assert_msg(strstr(buf_text(&text), explained[_i].text) != NULL, "%s",
	    buf_text(&text));
	buf_release(&text);
}
END_TEST

#define COUNT(rows) ((int)(sizeof(rows) / sizeof(*(rows))))

int
main(void)
{
	Suite *suite = suite_create("queue");
	TCase *tc = tcase_create("address");

	tcase_add_loop_test(tc, an_address_has_its_parts, 0, COUNT(good));
	tcase_add_loop_test(
	    tc, what_is_wrong_with_an_address_is_said, 0, COUNT(bad));
	tcase_add_test(tc, a_name_of_128_bytes_is_the_longest);
	tcase_add_test(tc, an_address_may_stand_in_a_file);
	tcase_add_test(tc, keys_have_the_name_in_braces);
	suite_add_tcase(suite, tc);
	tc = tcase_create("answers");
	tcase_add_checked_fixture(tc, open_reader, close_reader);
	tcase_add_test(tc, an_answer_has_its_kind);
	tcase_add_test(tc, what_is_not_there_is_nil);
	tcase_add_test(tc, a_number_in_a_text_is_all_of_it);
	tcase_add_test(tc, answers_come_in_any_pieces);
	tcase_add_loop_test(
	    tc, what_is_no_answer_ends_the_reader, 0, COUNT(hostile));
	tcase_add_test(tc, seven_lists_in_each_other_are_the_most);
	tcase_add_test(tc, a_text_is_as_long_as_it_may_be);
	tcase_add_test(tc, an_answer_beyond_the_limit_is_an_error);
	tcase_add_test(tc, a_command_is_a_list_of_texts);
	suite_add_tcase(suite, tc);
	tc = tcase_create("servers");
	tcase_add_loop_test(
	    tc, a_server_is_judged_by_what_it_says, 0, COUNT(servers));
	tcase_add_test(tc, a_server_tells_what_it_keeps);
	tcase_add_loop_test(tc, an_error_has_its_meaning, 0, COUNT(errors));
	tcase_add_loop_test(tc, a_refusal_says_what_to_do, 0, COUNT(explained));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
