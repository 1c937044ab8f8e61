#include "config.h"

#include <check.h>
#include <event2/event.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "journal/frame.h"
#include "journal/journal.h"
#include "journal/journal_writer.h"
#include "journal/sums.h"
#include "sample.h"
#include "unit.h"

static const char salt[FRAME_SALT + 1] = "saltsalt";

/* --- frames -------------------------------------------------------------- */

static struct buf
three_frames(void)
{
	struct buf b = {0};

	frame_add(&b, salt, "one", 3);
	frame_add(&b, salt, "", 0);
	frame_add(&b, salt, "\x1egj:three", 9);
	return b;
}

static size_t
count_frames(struct frames *f)
{
	struct frame frame;
	size_t n = 0;

	while (frames_next(f, &frame) == FRAME_WHOLE)
		n++;
	return n;
}

START_TEST(frames_are_read_back)
{
	struct buf b = three_frames();
	struct frames f = {b.data, b.len, 0, salt};
	struct frame frame;

	ck_assert_int_eq(frames_next(&f, &frame), FRAME_WHOLE);
	ck_assert_mem_eq(frame.payload, "one", 3);
	ck_assert_uint_eq(frame.at, 0);
	ck_assert_int_eq(frames_next(&f, &frame), FRAME_WHOLE);
	ck_assert_uint_eq(frame.len, 0);
	ck_assert_int_eq(frames_next(&f, &frame), FRAME_WHOLE);
	ck_assert_uint_eq(frame.len, 9);
	ck_assert_int_eq(frames_next(&f, &frame), FRAME_NONE);
	buf_release(&b);
}
END_TEST

START_TEST(frames_cut_off_anywhere_end_before_the_cut)
{
	struct buf b = three_frames();

	for (size_t len = 0; len <= b.len; len++) {
		char *exact = xmemdup0(b.data, len);
		struct frames f = {exact, len, 0, salt};
		size_t n = count_frames(&f);

		ck_assert_uint_eq(
		    n, len == b.len ? 3 : (len >= 19) + (size_t)(len >= 35));
		ck_assert(!frames_valid_after(&f));
		free(exact);
	}
	buf_release(&b);
}
END_TEST

START_TEST(a_changed_byte_anywhere_is_seen)
{
	struct buf b = three_frames();

	for (size_t at = 0; at < b.len; at++) {
		struct frames f = {b.data, b.len, 0, salt};
		size_t n;

		b.data[at] ^= 0x10;
		n = count_frames(&f);
		ck_assert_uint_eq(n, (at >= 19) + (size_t)(at >= 35));
		ck_assert(frames_valid_after(&f) == (n < 2));
		b.data[at] ^= 0x10;
	}
	buf_release(&b);
}
END_TEST

/* Lengths and places of all kinds, beside what zlib says of them. */
START_TEST(sums_of_parts_are_those_of_zlib)
{
	struct buf b = {0};
	struct sums s;

	srand(1);
	for (int i = 0; i < 70000; i++)
		buf_addc(&b, (char)rand());
	sums_open(&s, b.data, b.len);
	for (int i = 0; i < 10000; i++) {
		size_t from = (size_t)rand() % (b.len + 1);
		size_t len = (size_t)rand() % (b.len - from + 1);
		uint32_t before = (uint32_t)rand();

		len = i % 2 ? len : len % 300;
		ck_assert_uint_eq(sums_continue(&s, before, from, len),
		    frame_sum(before, b.data + from, len));
	}
	sums_close(&s);
	buf_release(&b);
}
END_TEST

/* Each begins like a frame that reaches to the end; reading each would be 10
 * terabytes. The one that is whole is found among them, and only that. */
START_TEST(what_begins_like_frames_is_looked_at_once)
{
	static const char torn[] = "\x1egj:\xff\xff\xff\xff\0\0\0";
	struct buf b = {0}, whole = {0};
	struct frames f;

	buf_add(&b, torn, sizeof(torn));
	while (b.len < (16 << 20)) {
		uint64_t len = (16 << 20) - b.len - FRAME_AROUND;

		frame_begin(&b, salt, len);
	}
	f = (struct frames){b.data, b.len, 0, salt};
	ck_assert(!frames_valid_after(&f));
	frame_add(&whole, salt, "whole", 5);
	memcpy(b.data + b.len / 2, whole.data, whole.len);
	ck_assert(frames_valid_after(&f));
	buf_release(&b);
	buf_release(&whole);
}
END_TEST

START_TEST(frames_of_another_salt_are_none)
{
	struct buf b = three_frames();
	struct frames f = {b.data, b.len, 0, "notours!"};

	ck_assert_uint_eq(count_frames(&f), 0);
	ck_assert(!frames_valid_after(&f));
	buf_release(&b);
}
END_TEST

/* --- keys ---------------------------------------------------------------- */

/* What differs from a GET of http://h/ without headers. */
static const struct key_case {
	const char *method, *url, *header, *body, *bearer;
	bool same;
} key_cases[] = {
    {NULL, "http://h/", NULL, NULL, NULL, true},
    {"GET", "http://h/", NULL, NULL, NULL, true},
    {"HEAD", "http://h/", NULL, NULL, NULL, false},
    {NULL, "http://h/?a", NULL, NULL, NULL, false},
    {NULL, "http://h/", "Accept: a/b", NULL, NULL, false},
    {NULL, "http://h/", "Authorization: Bearer x", NULL, NULL, true},
    {NULL, "http://h/", "X-Api-Key: x", NULL, NULL, true},
    {NULL, "http://h/", "cookie: x", NULL, NULL, true},
    {NULL, "http://h/", NULL, NULL, "token", true},
    {"GET", "http://h/", NULL, "x", NULL, false},
};

static struct journal_key
key_of_case(const struct key_case *c)
{
	struct request_options o;
	struct request *r;
	struct journal_key key;

	request_options_init(&o);
	o.method = xstrdup_null(c->method);
	o.bearer = xstrdup_null(c->bearer);
	if (c->header)
		strlist_add(&o.headers, c->header);
	if (c->body) {
		o.body_kind = BODY_RAW;
		o.body = xstrdup(c->body);
		o.body_len = strlen(c->body);
	}
	r = request_new(&o, c->url);
	request_set_url(r, c->url);
	key = journal_key_of(r);
	request_free(r);
	request_options_release(&o);
	return key;
}

START_TEST(a_key_is_what_is_sent_but_credentials)
{
	struct journal_key plain = key_of_case(&key_cases[0]);
	struct journal_key key = key_of_case(&key_cases[_i]);

	ck_assert_msg((plain.hash == key.hash) == key_cases[_i].same &&
	                  (plain.check == key.check) == key_cases[_i].same,
	    "case %d", _i);
}
END_TEST

static struct journal_key
key_of_unsent(const char *input)
{
	struct request_options o;
	struct request *r;
	struct journal_key key;

	request_options_init(&o);
	r = request_new(&o, input);
	request_set_url(r, input);
	key = journal_key_of_unsent(r);
	request_free(r);
	request_options_release(&o);
	return key;
}

START_TEST(what_is_not_sent_has_a_key_of_its_own)
{
	struct journal_key sent = key_of_case(&key_cases[0]);
	struct journal_key unsent = key_of_unsent(key_cases[0].url);
	struct journal_key bad = key_of_unsent("http://[");
	struct journal_key again = key_of_unsent("http://[");

	ck_assert_uint_ne(unsent.hash, sent.hash);
	ck_assert_uint_ne(unsent.hash, bad.hash);
	ck_assert_uint_eq(again.hash, bad.hash);
}
END_TEST

/* Of one size, as their records then are. */
static struct journal_key
key_number(uint64_t n)
{
	return (struct journal_key){
	    .hash = (UINT64_C(1) << 60) + n * 7919,
	    .check = (UINT32_C(1) << 30) + (uint32_t)n,
	};
}

START_TEST(occurrences_are_counted_in_order)
{
	struct index x;

	index_init(&x);
	for (uint64_t round = 0; round < 300; round++) {
		for (uint64_t n = 0; n < 5; n++) {
			struct journal_key key = key_number(n);

			index_take_occurrence(&x, &key);
			ck_assert_uint_eq(key.occurrence, round);
		}
	}
	index_release(&x);
}
END_TEST

START_TEST(the_last_word_on_a_request_counts)
{
	struct journal_key key = key_number(1);
	uint64_t offset = 0;
	struct index x;

	index_init(&x);
	ck_assert_int_eq(index_find(&x, &key, &offset), JOURNAL_UNKNOWN);
	index_set_begun(&x, &key);
	ck_assert_int_eq(index_find(&x, &key, &offset), JOURNAL_BEGUN);
	index_set_failed(&x, &key);
	ck_assert_int_eq(index_find(&x, &key, &offset), JOURNAL_UNKNOWN);
	index_set_begun(&x, &key);
	index_set_done(&x, &key, 4711);
	ck_assert_int_eq(index_find(&x, &key, &offset), JOURNAL_DONE);
	ck_assert_uint_eq(offset, 4711);
	index_set_begun(&x, &key);
	ck_assert_int_eq(index_find(&x, &key, &offset), JOURNAL_BEGUN);
	index_release(&x);
}
END_TEST

/* --- a file -------------------------------------------------------------- */

static char folder[] = "/tmp/check_journal.XXXXXX";
static char file[sizeof(folder) + 16];
static struct strlist options;

static void
make_folder(void)
{
	strcpy(folder, "/tmp/check_journal.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/journal", folder);
	strlist_init(&options);
	strlist_add(&options, "extract=.name");
	strlist_add(&options, "with-body=yes");
}

static void
remove_folder(void)
{
	unlink(file);
	rmdir(folder);
	strlist_release(&options);
}

static struct journal *
open_it(char **cause)
{
	struct journal_setup setup = {file, JOURNAL_TO_KEEP, &options};

	return journal_open(&setup, cause);
}

static struct journal *
open_well(void)
{
	char *cause = NULL;
	struct journal *j = open_it(&cause);

	ck_assert_msg(j, "%s", cause);
	return j;
}

static void
refused_with(const char *text)
{
	char *cause = NULL;

	ck_assert_ptr_null(open_it(&cause));
	ck_assert_msg(strstr(cause, text), "%s", cause);
	free(cause);
}

static void
append(struct journal *j, struct buf *b)
{
	ck_assert_int_eq(
	    write(journal_fd(j), b->data, b->len), (ssize_t)b->len);
	buf_release(b);
}

static void
write_done(struct journal *j, uint64_t n, const struct sample *s)
{
	struct journal_done done = {
	    .key = key_number(n),
	    .result = &s->result,
	    .note = {.url = s->request->url, .file_size = -1},
	    .body_len = s->result.body.mem.len,
	};
	struct buf b = {0};
	uint32_t sum = journal_add_done(j, &done, &b);

	sum = frame_sum(sum, s->result.body.mem.data, done.body_len);
	buf_add(&b, s->result.body.mem.data, done.body_len);
	frame_end(&b, sum);
	append(j, &b);
}

static off_t
file_size(void)
{
	struct stat st;

	ck_assert_int_eq(stat(file, &st), 0);
	return st.st_size;
}

static void
write_three(void)
{
	struct journal *j = open_well();
	struct sample s;

	sample_init(&s);
	for (uint64_t n = 0; n < 3; n++)
		write_done(j, n, &s);
	sample_release(&s);
	journal_free(j);
}

static enum journal_state
ask(struct journal *j, uint64_t n)
{
	struct journal_key key = key_number(n);

	return journal_ask(j, &key);
}

START_TEST(a_result_is_read_back_as_it_was)
{
	struct journal *j = open_well();
	struct journal_key key = key_number(5);
	struct journal_note note;
	struct result r;
	struct sample s;

	sample_init(&s);
	s.result.past = xcalloc(1, sizeof(*s.result.past));
	s.result.past_len = 1;
	failure_set(&s.result.past[0].failure, ERROR_TIMEOUT, "stall", 28,
	    "no byte for 60 s");
	s.result.past[0].start_us = -5;
	write_done(j, 5, &s);
	journal_free(j);
	j = open_well();
	ck_assert_int_eq(journal_ask(j, &key), JOURNAL_DONE);
	result_init(&r);
	journal_note_init(&note, s.request->url);
	ck_assert_int_eq(journal_read(j, &key, &r, &note), 0);
	ck_assert_int_eq(r.status, 200);
	ck_assert_int_eq(r.timing.appconnect_us, -1);
	ck_assert_int_eq(r.timing.starttransfer_us, 1500);
	ck_assert_str_eq(r.remote_ip, s.result.remote_ip);
	ck_assert_str_eq(r.url_effective, s.result.url_effective);
	ck_assert_ptr_null(r.redirect_url);
	ck_assert_uint_eq(r.past_len, 1);
	ck_assert_str_eq(r.past[0].failure.reason, "stall");
	ck_assert_int_eq(r.past[0].start_us, -5);
	ck_assert_uint_eq(r.body.size, s.result.body.mem.len);
	ck_assert_mem_eq(
	    r.body.mem.data, s.result.body.mem.data, r.body.mem.len);
	ck_assert_int_eq(note.file_size, -1);
	result_release(&r);
	journal_note_release(&note);
	sample_release(&s);
	journal_free(j);
}
END_TEST

START_TEST(the_last_of_several_answers_is_read_back_with_the_others)
{
	static const char heads[] = "HTTP/1.1 103 Early\nLink: <x>\n\n"
	                            "HTTP/1.1 302 Found\r\nLocation: y\r\n\r\n";
	static const char last[] = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
	static const char trailer[] = "X-Sum: HTTP/1\r\n";
	struct journal *j = open_well();
	struct journal_key key = key_number(5);
	struct journal_note note;
	struct result r;
	struct sample s;

	sample_init(&s);
	sample_set(&s.result.headers, last);
	s.result.heads = xasprintf("%s%s%s", heads, last, trailer);
	sample_set(&s.result.method, "GET");
	sample_set(&s.result.referer, "http://h/?token=canary");
	sample_set(&s.result.url_effective, "http://h/y");
	write_done(j, 5, &s);
	journal_free(j);
	result_init(&r);
	journal_note_init(&note, s.request->url);
	j = open_well();
	ck_assert_int_eq(journal_read(j, &key, &r, &note), 0);
	ck_assert_str_eq(r.heads, s.result.heads);
	ck_assert_str_eq(r.headers, last);
	ck_assert_str_eq(r.method, "GET");
	ck_assert_str_eq(r.referer, "http://h/?token=***");
	ck_assert_str_eq(r.url_effective, "http://h/y");
	result_release(&r);
	journal_note_release(&note);
	sample_release(&s);
	journal_free(j);
}
END_TEST

START_TEST(an_address_that_is_not_the_requests_keeps_no_secret)
{
	struct buf b = {0};
	struct journal *j;
	struct sample s;

	sample_init(&s);
	sample_set(&s.result.url_effective, "http://h/x?token=canary&a=b");
	j = open_well();
	write_done(j, 1, &s);
	buf_reserve(&b, 4096);
	b.len = (size_t)pread(journal_fd(j), b.data, 4096, 0);
	ck_assert_ptr_null(memmem(b.data, b.len, "canary", 6));
	ck_assert_ptr_nonnull(memmem(b.data, b.len, "token=***", 9));
	buf_release(&b);
	sample_release(&s);
	journal_free(j);
}
END_TEST

START_TEST(a_torn_tail_is_cut_off_wherever_it_is_torn)
{
	off_t whole, empty;

	journal_free(open_well());
	empty = file_size();
	write_three();
	whole = file_size();
	for (off_t len = whole - 1; len >= 0; len--) {
		struct journal *j;
		off_t left;

		ck_assert_int_eq(truncate(file, len), 0);
		j = open_well();
		left = file_size();
		ck_assert(len >= empty ? left <= len : left == empty);
		ck_assert_int_eq((left - empty) % ((whole - empty) / 3), 0);
		ck_assert_int_eq(ask(j, 0) == JOURNAL_DONE,
		    len >= empty + (whole - empty) / 3);
		journal_free(j);
	}
}
END_TEST

START_TEST(zeros_behind_the_end_are_cut_off)
{
	struct journal *j;
	off_t whole;

	write_three();
	whole = file_size();
	ck_assert_int_eq(truncate(file, whole + 5000), 0);
	j = open_well();
	ck_assert_int_eq(file_size(), whole);
	ck_assert_int_eq(ask(j, 2), JOURNAL_DONE);
	journal_free(j);
}
END_TEST

static void
change_byte(off_t at)
{
	int fd = open(file, O_RDWR);
	char c;

	ck_assert_int_eq(pread(fd, &c, 1, at), 1);
	c ^= 0x20;
	ck_assert_int_eq(pwrite(fd, &c, 1, at), 1);
	close(fd);
}

START_TEST(damage_in_the_middle_is_refused_with_its_offset)
{
	off_t empty, each;
	char text[64];

	journal_free(open_well());
	empty = file_size();
	write_three();
	each = (file_size() - empty) / 3;
	for (off_t at = empty; at < empty + 2 * each; at++) {
		off_t begins = at < empty + each ? empty : empty + each;

		change_byte(at);
		snprintf(
		    text, sizeof(text), "at byte %lld,", (long long)begins);
		refused_with(text);
		change_byte(at);
	}
	ck_assert_int_eq(file_size(), empty + 3 * each);
}
END_TEST

/* Behind another salt no frame is whole. */
START_TEST(a_changed_salt_loses_nothing)
{
	off_t size;
	int fd;

	write_three();
	size = file_size();
	fd = open(file, O_RDWR);
	ck_assert_int_eq(pwrite(fd, "0123", 4, 20), 4);
	close(fd);
	refused_with("its first record is damaged");
	ck_assert_int_eq(file_size(), size);
}
END_TEST

START_TEST(what_is_no_journal_is_left_alone)
{
	FILE *f = fopen(file, "w");

	fputs("my important notes\n", f);
	fclose(f);
	refused_with("not a gather journal");
	ck_assert_int_eq(file_size(), 19);
}
END_TEST

START_TEST(a_newer_journal_is_refused)
{
	FILE *f = fopen(file, "w");

	fputs("gather journal 2 whatever it holds\n", f);
	fclose(f);
	refused_with("newer version of gather");
}
END_TEST

START_TEST(other_options_are_refused_by_name)
{
	journal_free(open_well());
	free(options.items[0]);
	options.items[0] = xstrdup("extract=.id");
	refused_with("made with --extract .name, this run is with --extract "
	             ".id");
	strlist_remove(&options, 0);
	refused_with("made with --extract .name, this run is without "
	             "--extract");
	strlist_add(&options, "extract=.name");
	strlist_add(&options, "collect=yes");
	refused_with("made without --collect, this run is with --collect:");
}
END_TEST

START_TEST(two_runs_cannot_share_a_journal)
{
	struct journal *j = open_well();
	int status;
	pid_t child = fork();

	if (child == 0) {
		char *cause = NULL;

		_exit(open_it(&cause) || !strstr(cause, "another run"));
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	journal_free(j);
}
END_TEST

START_TEST(what_was_begun_stays_begun_until_it_ended)
{
	struct journal_key key = key_number(1), other = key_number(2);
	struct journal *j = open_well();
	struct buf b = {0};

	journal_add_begun(j, &key, &b);
	journal_add_begun(j, &other, &b);
	journal_add_failed(j, &other, &b);
	append(j, &b);
	journal_free(j);
	j = open_well();
	ck_assert_int_eq(ask(j, 1), JOURNAL_BEGUN);
	ck_assert_int_eq(ask(j, 2), JOURNAL_UNKNOWN);
	ck_assert_int_eq(ask(j, 1), JOURNAL_UNKNOWN);
	journal_free(j);
}
END_TEST

/* --- on its way to the disk ---------------------------------------------- */

struct way {
	struct event_base *base;
	struct writer *writer;
	struct journal *journal;
	struct journal_writer *to;
};

static int written; /* of those that wait for the journal */

static void
count_written(struct send_wait *wait)
{
	(void)wait;
	written++;
}

static struct way
open_way(void)
{
	struct way w = {event_base_new(),
	    writer_open(open("/dev/null", O_WRONLY), NULL), open_well(), NULL};

	ck_assert_ptr_nonnull(w.writer);
	w.to = journal_writer_new(w.journal, w.writer, w.base);
	written = 0;
	return w;
}

static void
close_way(struct way *w)
{
	journal_writer_finish(w->to);
	ck_assert_int_eq(writer_close(w->writer, NULL, NULL), 0);
	journal_writer_free(w->to);
	journal_free(w->journal);
	event_base_free(w->base);
}

static void
say_done(struct way *w, uint64_t n, struct sample *s)
{
	struct journal_done done = {
	    .key = key_number(n),
	    .result = &s->result,
	    .note = {.url = s->request->url, .file_size = -1},
	};

	journal_writer_done(w->to, &done, &s->result.body);
}

START_TEST(what_is_told_to_the_writer_is_in_the_journal)
{
	struct journal_key begun = key_number(1), failed = key_number(2);
	struct journal_numbered part = {key_number(3), 9};
	struct send_wait waits[2] = {
	    {.go = count_written}, {.go = count_written}};
	struct way w = open_way();
	struct buf more = {0};
	struct sample s;
	uint64_t last = 4;

	sample_init(&s);
	for (int i = 0; i < 2; i++)
		list_init(&waits[i].link);
	journal_writer_begin(w.to, &begun, &waits[0]);
	journal_writer_begin(w.to, &failed, &waits[1]);
	journal_writer_failed(w.to, &failed);
	ck_assert_uint_eq(journal_writer_number(w.to, &part, &last), 5);
	say_done(&w, 4, &s);
	ck_assert_int_eq(written, 0);
	close_way(&w);
	ck_assert_int_eq(written, 2);
	w.journal = open_well();
	ck_assert_int_eq(ask(w.journal, 1), JOURNAL_BEGUN);
	ck_assert_int_eq(ask(w.journal, 2), JOURNAL_UNKNOWN);
	ck_assert_int_eq(ask(w.journal, 4), JOURNAL_DONE);
	last = 7;
	ck_assert_uint_eq(journal_number(w.journal, &part, &last, &more), 5);
	ck_assert_uint_eq(more.len, 0);
	journal_free(w.journal);
	sample_release(&s);
}
END_TEST

START_TEST(much_is_written_before_the_turn_of_the_loop_is_over)
{
	struct way w = open_way();
	struct sample s;

	sample_init(&s);
	say_done(&w, 1, &s);
	s.result.body.size = 1 << 20;
	memset(buf_reserve(&s.result.body.mem, 1 << 20), 'x', 1 << 20);
	s.result.body.mem.len = 1 << 20;
	say_done(&w, 2, &s);
	while (file_size() < 1 << 20)
		sched_yield();
	close_way(&w);
	w.journal = open_well();
	ck_assert_int_eq(ask(w.journal, 2), JOURNAL_DONE);
	journal_free(w.journal);
	sample_release(&s);
}
END_TEST

START_TEST(compaction_leaves_what_is_to_be_known)
{
	struct journal_key key = key_number(7);
	struct journal *j = open_well();
	struct journal_note note;
	struct result r;
	struct buf b = {0};
	struct sample s;
	off_t one;

	sample_init(&s);
	one = file_size();
	write_done(j, 0, &s);
	one = file_size() - one;
	journal_add_begun(j, &key, &b);
	append(j, &b);
	for (off_t size = 0; size < 1 << 20; size += 3 * one)
		for (uint64_t n = 0; n < 3; n++)
			write_done(j, n, &s);
	journal_free(j);
	j = open_well();
	ck_assert_int_lt(file_size(), 5 * one);
	ck_assert_int_eq(ask(j, 7), JOURNAL_BEGUN);
	for (uint64_t n = 0; n < 3; n++) {
		key = key_number(n);
		ck_assert_int_eq(journal_ask(j, &key), JOURNAL_DONE);
		result_init(&r);
		journal_note_init(&note, s.request->url);
		ck_assert_int_eq(journal_read(j, &key, &r, &note), 0);
		ck_assert_mem_eq(r.body.mem.data, s.result.body.mem.data,
		    s.result.body.mem.len);
		result_release(&r);
		journal_note_release(&note);
	}
	write_done(j, 3, &s);
	journal_free(j);
	j = open_well();
	ck_assert_int_eq(ask(j, 3), JOURNAL_DONE);
	journal_free(j);
	sample_release(&s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("journal");
	TCase *pure = tcase_create("pure");
	TCase *files = tcase_create("files");

	tcase_add_test(pure, frames_are_read_back);
	tcase_add_test(pure, frames_cut_off_anywhere_end_before_the_cut);
	tcase_add_test(pure, a_changed_byte_anywhere_is_seen);
	tcase_add_test(pure, sums_of_parts_are_those_of_zlib);
	tcase_add_test(pure, what_begins_like_frames_is_looked_at_once);
	tcase_add_test(pure, frames_of_another_salt_are_none);
	tcase_add_loop_test(pure, a_key_is_what_is_sent_but_credentials, 0,
	    sizeof(key_cases) / sizeof(*key_cases));
	tcase_add_test(pure, what_is_not_sent_has_a_key_of_its_own);
	tcase_add_test(pure, occurrences_are_counted_in_order);
	tcase_add_test(pure, the_last_word_on_a_request_counts);
	suite_add_tcase(s, pure);
	tcase_add_checked_fixture(files, make_folder, remove_folder);
	tcase_set_timeout(files, 60);
	tcase_add_test(files, a_result_is_read_back_as_it_was);
	tcase_add_test(
	    files, an_address_that_is_not_the_requests_keeps_no_secret);
	tcase_add_test(
	    files, the_last_of_several_answers_is_read_back_with_the_others);
	tcase_add_test(files, a_torn_tail_is_cut_off_wherever_it_is_torn);
	tcase_add_test(files, zeros_behind_the_end_are_cut_off);
	tcase_add_test(files, damage_in_the_middle_is_refused_with_its_offset);
	tcase_add_test(files, a_changed_salt_loses_nothing);
	tcase_add_test(files, what_is_no_journal_is_left_alone);
	tcase_add_test(files, a_newer_journal_is_refused);
	tcase_add_test(files, other_options_are_refused_by_name);
	tcase_add_test(files, two_runs_cannot_share_a_journal);
	tcase_add_test(files, what_was_begun_stays_begun_until_it_ended);
	tcase_add_test(files, what_is_told_to_the_writer_is_in_the_journal);
	tcase_add_test(
	    files, much_is_written_before_the_turn_of_the_loop_is_over);
	tcase_add_test(files, compaction_leaves_what_is_to_be_known);
	suite_add_tcase(s, files);
	return unit_run(s);
}
