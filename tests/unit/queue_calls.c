#include "config.h"

#include "queue_calls.h"

#include <errno.h>
#include <stdarg.h>

#include "base/strlist.h"
#include "base/xalloc.h"
#include "queue/scripts.h"
#include "redis_fixture.h"
#include "unit.h"

static struct {
	struct redis_fixture redis;
	int fd;             /* the connection of this process; -1: none */
	pid_t connected_by; /* a test is a process of its own */
	struct buf in;
	size_t at; /* in `in` */
} server = {.fd = -1};

/* --- answers -------------------------------------------------------------- */

static void
give_up(const char *what)
{
	ck_abort_msg("%s: %s", what, strerror(errno));
}

/* Have `len` bytes, from server.at on. */
static const char *
need(size_t len)
{
	while (server.in.len - server.at < len) {
		char *to = buf_reserve(&server.in, 65536);
		ssize_t n = read(server.fd, to, 65536);

		if (n <= 0)
			give_up("read");
		server.in.len += (size_t)n;
	}
	return server.in.data + server.at;
}

/* Take a line without its end; good until the next one is. */
static const char *
take_line(size_t *len)
{
	*len = 0;
	while (need(*len + 2)[*len] != '\r')
		++*len;
	server.at += *len + 2;
	return server.in.data + server.at - *len - 2;
}

static void
take_answer(struct buf *out)
{
	size_t len;
	const char *line = take_line(&len);
	long n = strtol(line + 1, NULL, 10);

	switch (*line) {
	case '-':
		buf_addc(out, '!');
		/* fall through */
	case '+':
	case ':': buf_add(out, line + 1, len - 1); return;
	case '$':
		if (n < 0) {
			buf_addc(out, '_');
			return;
		}
		need((size_t)n + 2);
		buf_add(out, server.in.data + server.at, (size_t)n);
		server.at += (size_t)n + 2;
		return;
	default: break;
	}
	if (n < 0) {
		buf_addc(out, '_');
		return;
	}
	buf_addc(out, '[');
	for (long i = 0; i < n; i++) {
		if (i)
			buf_addc(out, ' ');
		take_answer(out);
	}
	buf_addc(out, ']');
}

/* --- the connection ------------------------------------------------------- */

static int
try_to_connect(void)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", server.redis.path);
	if (fd != -1 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	close(fd);
	return -1;
}

static void
hang_up(void)
{
	if (server.fd != -1)
		close(server.fd);
	server.fd = -1;
	buf_clear(&server.in);
	server.at = 0;
}

static void
connect_once(void)
{
	if (server.connected_by != getpid())
		hang_up();
	if (server.fd == -1)
		server.fd = try_to_connect();
	if (server.fd == -1)
		give_up(server.redis.path);
	server.connected_by = getpid();
}

/* Ask, and append the answer to `out` as text. */
static void
redis_ask(size_t argc, const char *const *argv, struct buf *out)
{
	struct buf call = {0};

	connect_once();
	buf_addf(&call, "*%zu\r\n", argc);
	for (size_t i = 0; i < argc; i++) {
		size_t len = strlen(argv[i]);

		buf_addf(&call, "$%zu\r\n", len);
		buf_add(&call, argv[i], len);
		buf_adds(&call, "\r\n");
	}
	for (size_t done = 0; done < call.len;) {
		ssize_t n = write(server.fd, call.data + done, call.len - done);

		if (n < 0)
			give_up("write");
		done += (size_t)n;
	}
	buf_release(&call);
	take_answer(out);
	buf_clear(&server.in);
	server.at = 0;
}

const char *
redis_line(const char *fmt, ...)
{
	static struct buf answers[8];
	static unsigned turn;
	struct buf *out = &answers[turn++ % 8];
	struct strlist words = {0};
	struct buf text = {0};
	char *rest, *save;
	va_list ap;

	va_start(ap, fmt);
	buf_addv(&text, fmt, ap);
	va_end(ap);
	rest = text.data;
	for (char *w; (w = strtok_r(rest, " ", &save)); rest = NULL)
		strlist_add(&words, w);
	buf_clear(out);
	redis_ask(words.len, (const char *const *)words.items, out);
	strlist_release(&words);
	buf_release(&text);
	return buf_text(out);
}

/* --- scripts -------------------------------------------------------------- */

/* A script, and the keys that it is called with. */
static const struct {
	const struct queue_script *script;
	const char *keys;
} scripts[] = {
    {&queue_script_feed, "q meta"},
    {&queue_script_take, "q out meta workers about"},
    {&queue_script_mark, "q out meta workers about"},
    {&queue_script_finish, "q out meta workers about put"},
    {&queue_script_back, "q out meta workers about"},
    {&queue_script_alive, "q out meta workers about"},
    {&queue_script_tokens, "rates tokens grants meta"},
    {&queue_script_hold, "holds meta"},
    {&queue_script_results, "q out meta put"},
    {&queue_script_missing, "meta put"},
    {&queue_script_status, "q out meta workers about holds rates grants"},
};

/* Split a text into words; those in single quotes may hold blanks, and be
 * empty. */
static void
add_words(struct strlist *words, const char *prefix, const char *text)
{
	while (*text) {
		char quote = *text == '\'' ? '\'' : ' ';
		const char *from = text + (quote == '\'');
		size_t len = strcspn(from, quote == ' ' ? " " : "'");

		strlist_add_owned(
		    words, xasprintf("%s%.*s", prefix, (int)len, from));
		text = from + len + (quote == '\'');
		text += strspn(text, " ");
	}
}

/* What stands for ids in the texts: ID for the queue's identity, E1 and so on
 * for the entries of `out`. */
enum {
	ALIASES = 5
};
static char *aliases[ALIASES];
static const char *const alias_names[ALIASES] = {"ID", "E1", "E2", "E3", "E4"};

/* Note an id if there is one now; a deleted one stays known. */
static void
note(size_t i, const char *id)
{
	if (*id == '_' || *id == '!')
		return;
	free(aliases[i]);
	aliases[i] = xstrdup(id);
}

static void
note_identity(void)
{
	note(0, redis_line("HGET " KEY("meta") " id"));
}

void
note_entries(void)
{
	for (size_t i = 1; i < ALIASES; i++)
		note(i, redis_line("EVAL return((redis.call('XRANGE',KEYS[1],"
		                   "'-','+')[%zu]or{})[1]) 1 " KEY("out"),
		            i));
}

static void
forget_aliases(void)
{
	for (size_t i = 0; i < ALIASES; i++) {
		free(aliases[i]);
		aliases[i] = NULL;
	}
}

static void
set_up(void)
{
	forget_aliases();
	redis_line("FLUSHALL");
	redis_line("CONFIG SET maxmemory 0");
}

/* The text with the names in place of the ids; `text` is freed. */
static char *
with_names(char *text)
{
	for (size_t i = 0; i < ALIASES; i++) {
		struct buf out = {0};
		const char *from = text, *at;

		while (aliases[i] && (at = strstr(from, aliases[i]))) {
			buf_add(&out, from, (size_t)(at - from));
			buf_adds(&out, alias_names[i]);
			from = at + strlen(aliases[i]);
		}
		buf_adds(&out, from);
		free(text);
		text = buf_take(&out);
	}
	return text;
}

/* Put the ids in place of their names, in words from `first` on. */
static void
resolve(struct strlist *words, size_t first)
{
	for (size_t w = first; w < words->len; w++)
		for (size_t i = 0; i < ALIASES; i++)
			if (strcmp(words->items[w], alias_names[i]) == 0) {
				free(words->items[w]);
				words->items[w] =
				    xstrdup(aliases[i] ? aliases[i] : "none");
			}
}

/* Call a script; caller frees the answer. */
static char *
call_v(const char *name, const char *fmt, va_list ap)
{
	struct strlist words = {0};
	struct buf args = {0}, answer = {0};
	size_t i = 0, keys;

	while (strcmp(scripts[i].script->name, name) != 0)
		i++;
	strlist_add(&words, "EVAL");
	strlist_add(&words, scripts[i].script->text);
	strlist_add(&words, "");
	add_words(&words, KEY(""), scripts[i].keys);
	keys = words.len - 3;
	free(words.items[2]);
	words.items[2] = xasprintf("%zu", keys);
	buf_addv(&args, fmt, ap);
	add_words(&words, "", buf_text(&args));
	resolve(&words, 3 + keys);
	redis_ask(words.len, (const char *const *)words.items, &answer);
	note_identity();
	buf_release(&args);
	strlist_release(&words);
	return with_names(buf_take(&answer));
}

const char *
call(const char *name, const char *fmt, ...)
{
	static char *answers[4];
	static unsigned turn;
	char **answer = &answers[turn++ % 4];
	va_list ap;

	free(*answer);
	va_start(ap, fmt);
	*answer = call_v(name, fmt, ap);
	va_end(ap);
	return *answer;
}

void
check_begins(const char *got, const char *wanted)
{
	ck_assert_msg(strncmp(got, wanted, strlen(wanted)) == 0,
	    "\"%s\" does not begin with \"%s\"", got, wanted);
}

const char *
feed(unsigned from, unsigned to, const char *mode)
{
	struct buf inputs = {0};
	const char *answer;

	for (unsigned n = from; n <= to; n++)
		buf_addf(&inputs, " 2 r u%u", n);
	answer = call("feed", "'' T 'host 1' 5000 RUN %s %u d%u d%u%s", mode,
	    from, from - 1, to, buf_text(&inputs));
	buf_release(&inputs);
	return answer;
}

const char *
take(const char *worker, unsigned room, unsigned suspects)
{
	static unsigned seq;

	return call("take", "ID %s 30000 %u %u %u 1000000 1000000 0", worker,
	    ++seq, room, suspects);
}

void
let_die(const char *worker)
{
	redis_line("ZADD " KEY("workers") " 1 %s", worker);
	redis_line("HDEL " KEY("meta") " grace");
}

/* --- the server ----------------------------------------------------------- */

void
restart_server(void)
{
	const struct timespec pause = {.tv_nsec = 5000000};

	hang_up();
	redis_fixture_kill(&server.redis);
	redis_fixture_start(&server.redis, NULL);
	/* It answers before it has read its log. */
	while (strncmp(redis_line("PING"), "PONG", 4) != 0)
		nanosleep(&pause, NULL);
}

static void
open_server(void)
{
	redis_fixture_open(&server.redis, NULL);
}

static void
close_server(void)
{
	hang_up();
	/* One that a test has started is that test's child. */
	redis_fixture_ask(&server.redis, "SHUTDOWN NOSAVE");
	redis_fixture_close(&server.redis);
	forget_aliases();
}

int
run_with_server(const char *name, TCase *tc)
{
	Suite *suite = suite_create(name);

	if (!redis_fixture_is_installed()) {
		printf("skipped: %s: needs redis-server\n", name);
		return 77;
	}
	tcase_add_unchecked_fixture(tc, open_server, close_server);
	tcase_add_checked_fixture(tc, set_up, NULL);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
