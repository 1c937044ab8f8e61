/*
 * hiredis builds an answer by functions that it is given, of which there are
 * ours: they keep account of the memory that an answer takes, since a length
 * is only what a server claims. From top to bottom: the library; commands; what
 * answers are made of; the reader.
 */
#include "config.h"

#include "resp/resp.h"

#include "base/xalloc.h"

#ifdef HAVE_HIREDIS

#include <assert.h>
#include <hiredis.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"

#define HIREDIS_FUNCTIONS(X)              \
	X(redisFormatCommandArgv)         \
	X(redisFreeCommand)               \
	X(redisReaderCreateWithFunctions) \
	X(redisReaderFeed)                \
	X(redisReaderFree)                \
	X(redisReaderGetReply)

static struct {
	HIREDIS_FUNCTIONS(LIBRARY_MEMBER)
} hiredis;

int
resp_load(char **cause)
{
	static const char *const names[] = {
	    HIREDIS_FUNCTIONS(LIBRARY_NAME) NULL};
	static const struct library library = {
	    .soname = REDIS_SONAME,
	    .package = REDIS_PACKAGE,
	    .functions = names,
	};

	return library_load(&library, &hiredis, cause);
}

/* --- commands ------------------------------------------------------------- */

enum {
	ARGUMENT_HEAD = 16 /* bytes around an argument, at most: "$123\r\n" */
};

/* Can the length of the command be told by an int, which hiredis returns? */
static bool
is_formattable(size_t argc, const char *const *argv, const size_t *lens)
{
	size_t room = INT_MAX - ARGUMENT_HEAD;

	for (size_t i = 0; i < argc; i++) {
		size_t len = lens ? lens[i] : strlen(argv[i]);

		if (room < ARGUMENT_HEAD || len > room - ARGUMENT_HEAD)
			return false;
		room -= len + ARGUMENT_HEAD;
	}
	return true;
}

int
resp_add_command(
    struct buf *out, size_t argc, const char *const *argv, const size_t *lens)
{
	const char **given;
	char *text = NULL;
	long long len;

	if (!is_formattable(argc, argv, lens))
		return -1;
	/* hiredis declares the list as one that it might change. */
	given = xcalloc(argc ? argc : 1, sizeof(*given));
	memcpy(given, argv, argc * sizeof(*given));
	len = hiredis.redisFormatCommandArgv(&text, (int)argc, given, lens);
	free(given);
	if (len < 0)
		die("out of memory");
	buf_add(out, text, (size_t)len);
	hiredis.redisFreeCommand(text);
	return 0;
}

/* --- what answers are made of --------------------------------------------- */

/* Memory of one answer. */
struct piece {
	struct piece *next;
	size_t used, size;
	_Alignas(max_align_t) char bytes[];
};

enum {
	PIECE_SIZE = 16 << 10,
	DEPTH_MOST = 7 /* lists in each other; hiredis before 1.0 has no more,
	                * later ones take memory for any number */
};

struct resp_reader {
	redisReader *redis;
	struct piece *pieces; /* of the answer that is being read; the one that
	                       * has room first */
	size_t max;           /* bytes of an answer */
	size_t taken;         /* bytes of the pieces */
	size_t fed;           /* bytes since the last answer was whole */
	struct queue_reply root;
	bool too_long;
	bool too_deep;
	bool failed;
	char why[160];
};

static void
free_pieces(struct resp_reader *r)
{
	while (r->pieces) {
		struct piece *next = r->pieces->next;

		free(r->pieces);
		r->pieces = next;
	}
	r->taken = 0;
}

/* Make ready for the next answer, with the first piece kept if it is of the
 * usual size. */
static void
reset_pieces(struct resp_reader *r)
{
	struct piece *kept = r->pieces;

	if (!kept || kept->size > PIECE_SIZE) {
		free_pieces(r);
		return;
	}
	r->pieces = kept->next;
	free_pieces(r);
	kept->next = NULL;
	kept->used = 0;
	r->pieces = kept;
	r->taken = kept->size;
}

/* A piece with room for `size` bytes. NULL: the answer is too long. */
static struct piece *
add_piece(struct resp_reader *r, size_t size)
{
	size_t whole = size < PIECE_SIZE ? PIECE_SIZE : size;
	struct piece *p;

	if (size > r->max || whole > r->max - r->taken) {
		r->too_long = true;
		return NULL;
	}
	p = xmalloc(sizeof(*p) + whole);
	*p = (struct piece){.next = r->pieces, .size = whole};
	r->pieces = p;
	r->taken += whole;
	return p;
}

/* Memory of the answer. NULL: it is too long. */
static void *
take(struct resp_reader *r, size_t size)
{
	const size_t unit = _Alignof(max_align_t);
	size_t whole = size > r->max ? size : (size + unit - 1) / unit * unit;
	struct piece *p = r->pieces;
	void *at;

	if (!p || p->size - p->used < whole)
		p = add_piece(r, whole);
	if (!p)
		return NULL;
	at = p->bytes + p->used;
	p->used += whole;
	return at;
}

/* Where the answer of a task goes: to its place in the array around it. */
static struct queue_reply *
place_of(const redisReadTask *task)
{
	struct resp_reader *r = task->privdata;
	const struct queue_reply *around =
	    task->parent ? task->parent->obj : NULL;
	struct queue_reply *place = &r->root;

	/* The items are ours, const to those who read them. */
	if (around)
		place =
		    (struct queue_reply *)(uintptr_t)&around->items[task->idx];
	*place = (struct queue_reply){.text = ""};
	return place;
}

static void *
create_text(const redisReadTask *task, char *text, size_t len)
{
	struct queue_reply *place = place_of(task);
	char *copy = take(task->privdata, len + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	place->kind =
	    task->type == REDIS_REPLY_ERROR ? QUEUE_ERROR : QUEUE_TEXT;
	place->text = copy;
	place->len = len;
	return place;
}

static void *
create_items(const redisReadTask *task, size_t count)
{
	struct resp_reader *r = task->privdata;
	struct queue_reply *place = place_of(task);
	struct queue_reply *items = NULL;

	if (r->redis->ridx >= DEPTH_MOST)
		r->too_deep = true;
	else if (count > r->max / sizeof(*items))
		r->too_long = true;
	else
		items = take(r, count * sizeof(*items));
	if (!items)
		return NULL;
	for (size_t i = 0; i < count; i++)
		items[i] = (struct queue_reply){.text = ""};
	place->kind = QUEUE_ARRAY;
	place->items = items;
	place->count = count;
	return place;
}

#if HIREDIS_MAJOR < 1
static void *
create_array(const redisReadTask *task, int count)
{
	return create_items(task, count < 0 ? 0 : (size_t)count);
}
#else
static void *
create_array(const redisReadTask *task, size_t count)
{
	return create_items(task, count);
}

/* These are of RESP3, which is never asked for; a server may send them all the
 * same. */
static void *
create_double(const redisReadTask *task, double value, char *text, size_t len)
{
	(void)value;
	return create_text(task, text, len);
}

static void *
create_bool(const redisReadTask *task, int value)
{
	struct queue_reply *place = place_of(task);

	place->kind = QUEUE_INTEGER;
	place->integer = value;
	return place;
}
#endif

static void *
create_integer(const redisReadTask *task, long long value)
{
	struct queue_reply *place = place_of(task);

	place->kind = QUEUE_INTEGER;
	place->integer = value;
	return place;
}

static void *
create_nil(const redisReadTask *task)
{
	return place_of(task);
}

/* The memory is that of the reader. */
static void
free_nothing(void *object)
{
	(void)object;
}

/* --- the reader ----------------------------------------------------------- */

static redisReplyObjectFunctions functions = {
    .createString = create_text,
    .createArray = create_array,
    .createInteger = create_integer,
    .createNil = create_nil,
#if HIREDIS_MAJOR >= 1
    .createDouble = create_double,
    .createBool = create_bool,
#endif
    .freeObject = free_nothing,
};

struct resp_reader *
resp_reader_new(size_t max)
{
	struct resp_reader *r = xcalloc(1, sizeof(*r));

	assert(hiredis.redisReaderCreateWithFunctions);
	r->max = max;
	r->redis = hiredis.redisReaderCreateWithFunctions(&functions);
	if (!r->redis)
		die("out of memory");
	r->redis->privdata = r;
	return r;
}

void
resp_reader_free(struct resp_reader *r)
{
	if (!r)
		return;
	hiredis.redisReaderFree(r->redis);
	free_pieces(r);
	free(r);
}

void
resp_reader_feed(struct resp_reader *r, const char *data, size_t len)
{
	if (r->failed)
		return;
	r->fed += len;
	if (r->fed > r->max && r->fed - r->max > len)
		r->too_long = true;
	else if (hiredis.redisReaderFeed(r->redis, data, len) != REDIS_OK)
		die("out of memory");
}

static int
fail(struct resp_reader *r, const char **why)
{
	if (!r->failed && r->too_long)
		snprintf(r->why, sizeof(r->why),
		    "an answer of more than %zu MiB", r->max >> 20);
	else if (!r->failed && r->too_deep)
		snprintf(r->why, sizeof(r->why),
		    "an answer of more than %d lists in each other",
		    (int)DEPTH_MOST);
	else if (!r->failed)
		snprintf(r->why, sizeof(r->why), "no answer of Redis: %s",
		    r->redis->errstr);
	r->failed = true;
	*why = r->why;
	return -1;
}

int
resp_reader_next(
    struct resp_reader *r, const struct queue_reply **reply, const char **why)
{
	void *whole = NULL;

	if (r->redis->ridx == -1) /* none is begun */
		reset_pieces(r);
	if (r->failed || r->too_long ||
	    hiredis.redisReaderGetReply(r->redis, &whole) != REDIS_OK)
		return fail(r, why);
	if (!whole)
		return 0;
	r->fed = 0;
	*reply = whole;
	return 1;
}

#else

int
resp_load(char **cause)
{
	*cause = xstrdup(
	    "this gather was built without hiredis, which --queue needs; on "
	    "Debian and Ubuntu: apt-get install libhiredis-dev, then configure "
	    "and make again");
	return -1;
}

/* No queue is used, so none of the rest is called. */

int
resp_add_command(
    struct buf *out, size_t argc, const char *const *argv, const size_t *lens)
{
	(void)out;
	(void)argc;
	(void)argv;
	(void)lens;
	return -1;
}

struct resp_reader *
resp_reader_new(size_t max)
{
	(void)max;
	return NULL;
}

void
resp_reader_free(struct resp_reader *r)
{
	(void)r;
}

void
resp_reader_feed(struct resp_reader *r, const char *data, size_t len)
{
	(void)r;
	(void)data;
	(void)len;
}

int
resp_reader_next(
    struct resp_reader *r, const struct queue_reply **reply, const char **why)
{
	(void)r;
	(void)reply;
	(void)why;
	return 0;
}

#endif
