#include "config.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "files/claims.h"
#include "files/header_dump.h"
#include "files/mark.h"
#include "files/save.h"
#include "files/server_name.h"
#include "unit.h"

/* Every test works in a directory of its own. */
static char directory[64];
static struct output_options options;
static struct writer *writer;
static int null;
static char *cause;

/* What the last save came to. */
static char *saved_file;
static char *saved_cause;
static uint64_t saved_size;
static int reports;

static void
setup(void)
{
	strcpy(directory, "/tmp/check_save-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(chdir(directory), 0);
	output_options_init(&options);
	null = open("/dev/null", O_WRONLY);
	writer = writer_open(null, &cause);
	ck_assert_ptr_nonnull(writer);
}

static void
teardown(void)
{
	char *command = xasprintf("rm -r %s", directory);

	ck_assert_int_eq(writer_close(writer, NULL, NULL), 0);
	close(null);
	ck_assert_int_eq(system(command), 0);
	free(command);
	free(saved_file);
	free(saved_cause);
	free(cause);
	saved_file = saved_cause = cause = NULL;
	reports = 0;
	output_options_release(&options);
}

static void
note(void *arg, const struct saved *saved)
{
	(void)arg;
	free(saved_file);
	free(saved_cause);
	saved_file = xstrdup(saved->file);
	saved_cause = xstrdup_null(saved->cause);
	saved_size = saved->size;
	reports++;
}

static void
wait_for_report(void)
{
	struct pollfd p = {.fd = writer_fd(writer), .events = POLLIN};
	int before = reports;

	while (reports == before) {
		ck_assert_int_eq(poll(&p, 1, UNIT_HUNG_MS), 1);
		writer_reap(writer);
	}
}

static void
add(struct save *s, const char *text)
{
	struct buf b;

	buf_init(&b);
	buf_adds(&b, text);
	save_write(s, &b);
	ck_assert_uint_eq(b.len, 0);
	buf_release(&b);
}

static void
save(const char *name, const char *text)
{
	struct save *s = save_new(writer, &options, name, strlen(name));

	add(s, text);
	save_commit(s, note, NULL);
	wait_for_report();
}

static const char *
content(const char *path)
{
	static char text[256];
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		return NULL;
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

static void
expect(const char *path, const char *text)
{
	ck_assert_msg(saved_cause == NULL, "%s", saved_cause);
	ck_assert_str_eq(saved_file, path);
	ck_assert_uint_eq(saved_size, strlen(text));
	ck_assert_ptr_nonnull(content(path));
	ck_assert_str_eq(content(path), text);
}

static int
files_here(void)
{
	DIR *d = opendir(".");
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

START_TEST(a_body_becomes_a_file)
{
	struct stat st;
	mode_t mask = umask(022);

	save("x", "body");
	umask(mask);
	expect("x", "body");
	ck_assert_int_eq(files_here(), 1);
	ck_assert_int_eq(stat("x", &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0644);
}
END_TEST

START_TEST(an_empty_body_is_an_empty_file)
{
	save("x", "");
	expect("x", "");
}
END_TEST

START_TEST(pieces_come_together)
{
	struct save *s = save_new(writer, &options, "x", 0);
	FILE *f = tmpfile();

	fputs("two ", f);
	fflush(f);
	add(s, "one ");
	save_write_file(s, fileno(f), 4);
	fclose(f);
	add(s, "three");
	save_commit(s, note, NULL);
	wait_for_report();
	expect("x", "one two three");
}
END_TEST

START_TEST(directories_are_made)
{
	save("a/b/c/x", "1");
	expect("a/b/c/x", "1");
	save("a/b/y", "2");
	expect("a/b/y", "2");
}
END_TEST

START_TEST(names_are_relative_to_the_output_dir)
{
	options.output_dir = xstrdup("out/dir");
	save("x", "1");
	expect("out/dir/x", "1");
	ck_assert(save_exists(&options, "x"));
	ck_assert(!save_exists(&options, "y"));
}
END_TEST

START_TEST(a_file_is_replaced_when_the_new_one_is_whole)
{
	struct save *s;

	save("x", "old");
	s = save_new(writer, &options, "x", 0);
	add(s, "half of the");
	save_abort(s);
	save("y", ""); /* the abort is through then */
	ck_assert_str_eq(content("x"), "old");
	ck_assert_int_eq(files_here(), 2);
	save("x", "new");
	expect("x", "new");
}
END_TEST

START_TEST(no_clobber_finds_another_name)
{
	options.no_clobber = true;
	save("x", "0");
	save("x", "1");
	expect("x.1", "1");
	save("x", "2");
	expect("x.2", "2");
	ck_assert_str_eq(content("x"), "0");
	ck_assert_int_eq(files_here(), 3);
}
END_TEST

START_TEST(a_symbolic_link_is_replaced_not_followed)
{
	struct stat st;

	save("target", "precious");
	ck_assert_int_eq(symlink("target", "x"), 0);
	save("x", "new");
	expect("x", "new");
	ck_assert_int_eq(lstat("x", &st), 0);
	ck_assert(S_ISREG(st.st_mode));
	ck_assert_str_eq(content("target"), "precious");
}
END_TEST

START_TEST(a_device_is_written_as_it_is)
{
	struct stat st;

	save("/dev/null", "gone");
	ck_assert_ptr_null(saved_cause);
	ck_assert_int_eq(stat("/dev/null", &st), 0);
	ck_assert(S_ISCHR(st.st_mode));
}
END_TEST

START_TEST(a_fifo_is_written_as_it_is)
{
	char text[8] = "";
	struct stat st;
	int fd;

	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	fd = open("fifo", O_RDONLY | O_NONBLOCK);
	save("fifo", "through");
	ck_assert_int_eq(read(fd, text, sizeof(text)), 7);
	ck_assert_str_eq(text, "through");
	ck_assert_int_eq(lstat("fifo", &st), 0);
	ck_assert(S_ISFIFO(st.st_mode));
	close(fd);
}
END_TEST

START_TEST(a_directory_is_an_error_of_this_file_alone)
{
	ck_assert_int_eq(mkdir("d", 0700), 0);
	save("d", "x");
	ck_assert_str_eq(saved_cause, "cannot write d: Is a directory");
	save("d/", "x");
	ck_assert_ptr_nonnull(saved_cause);
	save("d/x/y", "fine");
	expect("d/x/y", "fine");
	save("d/x/y/z", "a file in the way");
	ck_assert_str_eq(saved_cause, "cannot write d/x/y/z: Not a directory");
	ck_assert_ptr_null(writer_error(writer, NULL));
}
END_TEST

START_TEST(a_full_disk_ends_the_run)
{
	int null_too = open("/dev/null", O_WRONLY);
	struct writer *w = writer_open(null_too, &cause);
	struct save *s = save_new(w, &options, "/dev/full", 9);
	int os_errno = 0;

	add(s, "x");
	save_commit(s, note, NULL);
	ck_assert_int_eq(writer_close(w, &os_errno, &cause), -1);
	ck_assert_int_eq(os_errno, ENOSPC);
	ck_assert_int_eq(reports, 1);
	ck_assert_str_eq(
	    saved_cause, "cannot write /dev/full: No space left on device");
	close(null_too);
}
END_TEST

static const struct {
	const char *url;
	const char *name;
} remote[] = {
    {"http://h/a/b.json?x=/y#z", "b.json"},
    {"http://h/", "curl_response"},
    {"http://h", "curl_response"},
    {"http://h/a/", "curl_response"},
    {"http://h/.hidden", "%2Ehidden"},
    {"http://h/..", "%2E."},
    {"http://h/a%2Fb", "a%2Fb"},
    {"http://h/a;b\\c", "a%3Bb%5Cc"},
};

START_TEST(a_remote_name_is_safe)
{
	char *name = save_remote_name(remote[_i].url);

	ck_assert_str_eq(name, remote[_i].name);
	free(name);
}
END_TEST

START_TEST(long_remote_names_stay_apart)
{
	char a[512] = "http://h/", b[512], *name_a, *name_b;

	memset(a + 9, 'x', 400);
	a[409] = '\0';
	memcpy(b, a, sizeof(b));
	b[408] = 'y';
	name_a = save_remote_name(a);
	name_b = save_remote_name(b);
	ck_assert_uint_lt(strlen(name_a), 255);
	ck_assert_str_ne(name_a, name_b);
	free(name_a);
	free(name_b);
}
END_TEST

/* A chain of `links` links from "0" to "end", which does not exist. */
static void
make_chain(int links)
{
	char from[16], to[16];

	for (int i = 0; i < links; i++) {
		snprintf(from, sizeof(from), "%d", i);
		snprintf(to, sizeof(to), "%d", i + 1);
		ck_assert_int_eq(symlink(i + 1 == links ? "end" : to, from), 0);
	}
}

START_TEST(a_file_that_is_missing_is_found_through_links)
{
	make_chain(3);
	ck_assert(claims_is_same_file("0", "end"));
	ck_assert(!claims_is_same_file("0", "other"));
	ck_assert(claims_is_same_file("1", "./end"));
}
END_TEST

START_TEST(what_is_missing_is_found_by_its_name)
{
	ck_assert(claims_is_same_file("none/../file", "file"));
	ck_assert(claims_is_same_file("none/./a//b", "none/a/b"));
	ck_assert(claims_is_same_file("none/a/../../../../../../../x", "/x"));
	ck_assert(!claims_is_same_file("none/file", "file"));
}
END_TEST

START_TEST(as_many_links_are_followed_as_by_the_kernel)
{
	int fd, links = 0;

	/* how many it follows until there is no file */
	do {
		if (links)
			ck_assert_int_eq(system("rm [0-9]*"), 0);
		make_chain(++links);
		fd = open("0", O_RDONLY);
	} while (fd == -1 && errno == ENOENT && links < 100);
	ck_assert_int_eq(errno, ELOOP);
	ck_assert(!claims_is_same_file("0", "end"));
	ck_assert(claims_is_same_file("1", "end"));
}
END_TEST

START_TEST(a_path_is_claimed_once)
{
	struct claims c;
	char name[32];

	claims_init(&c);
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "dir/%d", i);
		ck_assert(claims_take(&c, name));
	}
	ck_assert(!claims_take(&c, "dir/4999"));
	ck_assert(!claims_take(&c, "dir/0"));
	ck_assert(claims_take(&c, "/dev/null"));
	ck_assert(claims_take(&c, "/dev/null"));
	claims_release(&c);
}
END_TEST

START_TEST(headers_are_dumped_in_a_row)
{
	struct header_dump *d = header_dump_open(writer, "h", &cause);

	ck_assert_ptr_nonnull(d);
	header_dump_add(d, "A: 1\r\n\r\n");
	header_dump_add(d, "B: 2\r\n\r\n");
	header_dump_close(d);
	save("x", "");
	ck_assert_str_eq(content("h"), "A: 1\r\n\r\nB: 2\r\n\r\n");
	ck_assert_ptr_null(header_dump_open(writer, "none/h", &cause));
	ck_assert_str_eq(cause, "-D none/h: No such file or directory");
}
END_TEST

/* Content-Disposition, and the name of the file; NULL: none. */
static const struct {
	const char *header, *name;
} dispositions[] = {
    {"attachment", NULL},
    {"attachment; filename=a.txt", "a.txt"},
    {"attachment ; FileName = a b.txt ; x=y", "a b.txt"},
    {"inline; filename=\"a; b\"; filename=c", "a; b"},
    {"x; filename=\"a \\\"b\\\" \\\\.txt\"", "%2Etxt"},
    {"x; filename=\"a\\\"b.txt\"", "a\"b.txt"},
    {"x; filename=a; filename*=UTF-8''b%20c", "b c"},
    {"x; filename*=iso-8859-1'en'%A3; filename=a", "\xC2\xA3"},
    {"x; filename*=UTF-8''%FF; filename=a", "a"},
    {"x; filename*=UTF-8''%4; filename=a", "a"},
    {"x; filename*=UTF-7''b; filename=a", "a"},
    {"x; filename*=b; filename=a", "a"},
    {"x; filename=/etc/passwd", "passwd"},
    {"x; filename=a/", NULL},
    {"x; filename=\"\"", NULL},
    {"x; filename=\"open", "open"},
    {"x; filename=\"C:\\dir\\x.exe\"", "x.exe"},
    {"x; filename=%2e%2e", "%252e%252e"},
    {"x; filename=.hidden", "%2Ehidden"},
    {"x; filename", NULL},
    {"x; filename*=UTF-8''%00%2Fa%0Ab", "a%0Ab"},
    {";;;=;", NULL},
};

START_TEST(a_server_names_no_other_folder)
{
	char *name = server_name(dispositions[_i].header);

	if (dispositions[_i].name)
		ck_assert_str_eq(name, dispositions[_i].name);
	else
		ck_assert_ptr_null(name);
	free(name);
}
END_TEST

START_TEST(another_name_from_a_server_replaces_nothing)
{
	struct buf body = {0};
	struct save *s = save_new(writer, &options, "x", 1);

	save("taken", "old");
	buf_adds(&body, "new");
	save_write(s, &body);
	save_set_name(s, &options, "taken");
	save_commit(s, note, NULL);
	wait_for_report();
	ck_assert_ptr_nonnull(strstr(saved_cause, "-J replaces no file"));
	ck_assert_str_eq(content("taken"), "old");
	ck_assert_int_ne(access(".x.part", F_OK), 0);
}
END_TEST

START_TEST(a_file_can_have_an_earlier_time)
{
	struct buf body = {0};
	struct save *s = save_new(writer, &options, "x", 1);
	struct stat st;

	buf_adds(&body, "new");
	save_write(s, &body);
	save_set_time(s, 1000000000);
	save_commit(s, note, NULL);
	wait_for_report();
	ck_assert_int_eq(stat("x", &st), 0);
	ck_assert_int_eq(st.st_mtime, 1000000000);
}
END_TEST

/* What save_find finds of "x"; `mark` is the one it must have. */
static struct save *
find(uint64_t size, const char *mark)
{
	struct save *s = save_new(writer, &options, "x", 1);
	struct target_found found;

	save_keep(s);
	ck_assert_int_eq(save_find(s, &found, &cause), 0);
	ck_assert_uint_eq(found.size, size);
	if (mark)
		ck_assert_str_eq(found.mark, mark);
	else
		ck_assert_ptr_null(found.mark);
	free(found.mark);
	return s;
}

static void
write_text(struct save *s, const char *text)
{
	struct buf body = {0};

	buf_adds(&body, text);
	save_write(s, &body);
}

/* Wait until the writer has done all that is queued. */
static void
wait_for_writer(void)
{
	save("fence", "");
}

START_TEST(a_part_that_is_marked_is_gone_on_with)
{
	struct save *s = find(0, NULL);

	save_begin(s, "mark");
	write_text(s, "be");
	save_abort(s);
	wait_for_writer();
	ck_assert_str_eq(content("x.part"), "be");
	s = find(2, "mark");
	ck_assert_uint_eq(save_size(s), 2);
	write_text(s, "gin");
	save_commit(s, note, NULL);
	wait_for_report();
	ck_assert_str_eq(content("x"), "begin");
	ck_assert_int_ne(access("x.part", F_OK), 0);
	save_abort(find(5, "mark"));
}
END_TEST

START_TEST(a_part_that_is_not_marked_is_not_kept)
{
	struct save *s = find(0, NULL);

	save_begin(s, "mark");
	write_text(s, "first");
	save_begin(s, NULL);
	write_text(s, "second");
	ck_assert_uint_eq(save_size(s), 6);
	save_abort(s);
	wait_for_writer();
	ck_assert_int_ne(access("x.part", F_OK), 0);
}
END_TEST

START_TEST(nobody_else_writes_to_a_part)
{
	struct save *s = find(0, NULL), *other;
	struct target_found found;

	save_begin(s, "mark");
	write_text(s, "one");
	wait_for_writer();
	other = save_new(writer, &options, "x", 1);
	save_keep(other);
	ck_assert_int_eq(save_find(other, &found, &cause), -1);
	ck_assert_str_eq(cause, "x.part: another gather is writing to it");
	write_text(other, "two");
	save_commit(other, note, NULL);
	wait_for_report();
	ck_assert_ptr_nonnull(strstr(saved_cause, "another gather"));
	save_drop(s);
	wait_for_writer();
	ck_assert_int_ne(access("x.part", F_OK), 0);
}
END_TEST

START_TEST(a_whole_file_leaves_no_part)
{
	struct save *s = find(0, NULL);

	save_begin(s, "mark");
	write_text(s, "part");
	save_abort(s);
	save("x", "whole");
	ck_assert_int_ne(access("x.part", F_OK), 0);
	close(open("x.part", O_WRONLY | O_CREAT, 0666));
	save("x", "whole");
	ck_assert_int_eq(access("x.part", F_OK), 0);
}
END_TEST

/* Do files in /tmp keep marks? */
static bool
has_marks(void)
{
	char name[] = "/tmp/check_save-mark-XXXXXX";
	int fd = mkstemp(name);
	bool has = fd >= 0 && mark_set(fd, "mark") == 0;

	close(fd);
	unlink(name);
	return has;
}

int
main(void)
{
	Suite *s = suite_create("save");
	TCase *t = tcase_create("save");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_body_becomes_a_file);
	tcase_add_test(t, an_empty_body_is_an_empty_file);
	tcase_add_test(t, pieces_come_together);
	tcase_add_test(t, directories_are_made);
	tcase_add_test(t, names_are_relative_to_the_output_dir);
	tcase_add_test(t, a_file_is_replaced_when_the_new_one_is_whole);
	tcase_add_test(t, no_clobber_finds_another_name);
	tcase_add_test(t, a_symbolic_link_is_replaced_not_followed);
	tcase_add_test(t, a_device_is_written_as_it_is);
	tcase_add_test(t, a_fifo_is_written_as_it_is);
	tcase_add_test(t, a_directory_is_an_error_of_this_file_alone);
	tcase_add_test(t, a_full_disk_ends_the_run);
	tcase_add_loop_test(
	    t, a_remote_name_is_safe, 0, sizeof(remote) / sizeof(remote[0]));
	tcase_add_test(t, long_remote_names_stay_apart);
	tcase_add_test(t, a_file_that_is_missing_is_found_through_links);
	tcase_add_test(t, what_is_missing_is_found_by_its_name);
	tcase_add_test(t, as_many_links_are_followed_as_by_the_kernel);
	tcase_add_test(t, a_path_is_claimed_once);
	tcase_add_test(t, headers_are_dumped_in_a_row);
	tcase_add_loop_test(t, a_server_names_no_other_folder, 0,
	    sizeof(dispositions) / sizeof(dispositions[0]));
	tcase_add_test(t, another_name_from_a_server_replaces_nothing);
	tcase_add_test(t, a_file_can_have_an_earlier_time);
	if (has_marks()) {
		tcase_add_test(t, a_part_that_is_marked_is_gone_on_with);
		tcase_add_test(t, nobody_else_writes_to_a_part);
		tcase_add_test(t, a_whole_file_leaves_no_part);
	}
	tcase_add_test(t, a_part_that_is_not_marked_is_not_kept);
	suite_add_tcase(s, t);
	return unit_run(s);
}
