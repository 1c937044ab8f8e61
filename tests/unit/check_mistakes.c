#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/xalloc.h"
#include "cli/curl_names.h"
#include "cli/table.h"
#include "text/suggest.h"
#include "command_line.h"
#include "unit.h"

static const struct {
	const char *line;
	const char *words;
} refused[] = {
    {"--retires 3 http://h/", "did you mean --retry?"},
    {"--no-locatoin http://h/", "did you mean --no-location?"},
    {"--paral 3 http://h/", "did you mean --parallel-max?"},
    {"--paralel 3 http://h/", "did you mean --parallel-max?"},
    {"--paralell 3 http://h/", "did you mean --parallel-max?"},
    {"--paralel-max-hots 3 http://h/", "did you mean --parallel-max-host?"},
    {"--max-paralel 3 http://h/", "did you mean --parallel-max?"},
    {"--thread 3 http://h/", "did you mean --threads?"},
    {"--retry-dely 3 http://h/", "did you mean --retry-delay?"},
    {"--retry-count 3 http://h/", "did you mean --retry?"},
    {"--output-directory d http://h/", "did you mean --output-dir?"},
    {"--formst csv http://h/", "did you mean --format?"},
    {"--form ndjson http://h/", "did you mean --format ndjson?"},
    {"--quite http://h/", "did you mean --silent?"},
    {"--folow http://h/", "did you mean --location?"},
    {"--no-progres http://h/", "did you mean --no-progress-meter?"},
    {"--P 3 http://h/", "did you mean -P?"},
    {"--xyzzyplugh http://h/", "--xyzzyplugh; see gather --help all"},
    {"--foo http://h/", "--foo; see gather --help all"},
    {"--no-foo http://h/", "--no-foo; see gather --help all"},
    {"--verify http://h/", "--verify; see gather --help all"},
    {"--nothing http://h/", "--nothing; see gather --help all"},
    {"--headless http://h/", "--headless; see gather --help all"},
    {"--cache http://h/", "--cache; see gather --help all"},
    {"--no- http://h/", "see gather --help all"},
    {"--alt-svc FILE http://h/", "use --http3"},
    {"-M", "man gather"},
    {"--next http://h/", "gather has no --next; use a list"},
    {"--rate 3 http://h/", "write 3/s"},
    {"--rate 0/s http://h/", "a rate such as"},
    {"--rate -1/s http://h/", "a rate such as"},
    {"--rate", "--rate needs a value: --rate N/[K]U"},
    {"-m 5x http://h/", "a duration such as"},
    {"-m", "-m needs a value"},
    {"--max-filesize 5X http://h/", "a size such as"},
    {"--retry-budget 5 http://h/", "a percentage such as"},
    {"-P 0 http://h/", "between 1 and"},
    {"-P many http://h/", "a whole number or auto"},
    {"--repeat 0 http://h/", "at least 1"},
    {"--runs 99999 --compare http://h/", "at most 10000"},
    {"--format xml http://h/", "body, ndjson"},
    {"--shard 3 http://h/", "--shard 3: expects I/N"},
    {"--shard 9/8 http://h/", "--shard 9/8: the shards are 0 to 7, or 1 to 8"},
    {"--shard /8 http://h/", "is its variable set?"},
    {"--shard 7/8 --rate 3/s http://h/",
        "--rate 3/s is less than one for each of 8 shards; write it as 24/8s"},
    {"--shard 0/8:line --rate 2/500ms:even http://h/",
        "--rate 2/500ms:even is less than one for each of 8 shards; "
        "write it as 16/4s:even"},
    {"--shard 7/8:line --per-host-rate 100/m --rate 7/200000000h http://h/",
        "a longer period"},
    {"--shard 7/8:line --per-host-rate 1/m http://h/",
        "--per-host-rate 1/m is less than one for each of 8 shards"},
    {"--shard 7/8:line --per-host 4 http://h/",
        "--parallel-max-host 4 is less than one for each of 8 shards; use "
        "fewer shards, or a higher limit"},
    {"--compare --shard 0/2 http://h/", "made by one machine"},
    {"--demo --shard 0/2", "--demo makes its own requests"},
    {"--queue redis://h/?name=q http://h/",
        "--queue needs one of --feed, --work, --results, --queue-status"},
    {"--queue-status", "--queue-status needs --queue redis://HOST/?name=NAME"},
    {"--queue redis://h/?name=q --queue-status http://h/",
        "--queue-status takes no URLs"},
    {"--queue redis://h/?name=q --queue-status -H a:b",
        "--queue-status and -H cannot be combined: --queue-status fetches "
        "nothing"},
    {"--queue redis://h/?name=q --queue-status --format ndjson",
        "--queue-status and --format cannot be combined"},
    {"--queue redis://h/?name=q --queue-timeout 5x --queue-status",
        "a duration such as"},
    {"--queue redis://h/?name=q --queue-status --feed", "each is a command"},
    {"--queue redis://h/?name=q --feed --shard 1/2 http://h/",
        "share a queue by themselves"},
    {"--queue redis://h/?name=q --feed -u a:b http://h/",
        "--feed and -u cannot be combined: give it to --work, which fetches "
        "the inputs"},
    {"--queue-max 5 http://h/", "--queue-max needs --feed"},
    {"--queue-timeout 5 http://h/", "--queue-timeout needs --feed, --work"},
    {"--queue redis://h/?name=a --feed --unique",
        "--feed and --unique cannot be combined: make the list unique"},
    {"--queue redis://h/?name=a --work --plan",
        "--work and --plan cannot be combined: --queue-status tells"},
    {"--queue redis://h/?name=a --feed --format csv http://h/",
        "--feed and --format cannot be combined: give it to --work --no-res"},
    {"--queue redis://h/?name=a --results --work",
        "--results and --work cannot be combined: each is a command"},
    {"--queue redis://h/?name=q --results --feed", "each is a command"},
    {"--queue redis://h/?name=q --results http://h/",
        "--results takes no URLs and no file: records go to stdout (>> FILE)"},
    {"--queue redis://h/?name=q --results -H a:b",
        "--results and -H cannot be combined: --results fetches nothing"},
    {"--queue redis://h/?name=q --results -o x",
        "--results and -o cannot be combined: --results fetches nothing, and "
        "writes to stdout (>> FILE)"},
    {"--queue redis://h/?name=q --work --feed", "each is a command"},
    {"--queue redis://h/?name=q --work http://h/",
        "--work takes no list and no URLs: they are in the queue"},
    {"--queue redis://h/?name=q --work -l list",
        "--work takes no list and no URLs"},
    {"--queue redis://h/?name=q --work --order done",
        "--work and --order cannot be combined"},
    {"--queue redis://h/?name=q --work --journal j",
        "--work and --journal cannot be combined"},
    {"--queue redis://h/?name=q --work --max-failures 3",
        "--work and --max-failures cannot be combined"},
    {"--queue redis://h/?name=q --work --first 3",
        "--work and --first cannot be combined"},
    {"--queue redis://h/?name=q --work --compare",
        "a comparison is made by one machine"},
    {"--work", "--work needs --queue redis://HOST/?name=NAME, or GATHER_QUEUE"},
    {"--no-results http://h/", "--no-results needs --work"},
    {"--queue redis://h/?name=q --work --format csv",
        "records go to the queue as NDJSON; --no-results keeps them here"},
    {"--queue redis://h/?name=q --work --collect",
        "records go to the queue as NDJSON; --no-results keeps them here"},
    {"--order random http://h/", "input or done"},
    {"--proto =http http://h/", "+file"},
    {"--accept 4 http://h/", "statuses such as"},
    {"--fields n,,url --format ndjson http://h/", "comma-separated names"},
    {"--head=yes http://h/", "takes no value"},
    {"--no-head=yes http://h/", "takes no value"},
    {"--no-rate http://h/", "--rate takes a value"},
    {"-H novalue http://h/", "not \" ...\""},
    {"-H Authorization_Bearer_canary http://h/", "not \"Authorization ...\""},
    {"-H @/nonexistent http://h/", "/nonexistent"},
    {"-u me http://h/", "NAME:PASSWORD"},
    {"-X GE_T http://h/", "a method such as"},
    {"-F file http://h/", "NAME=CONTENT"},
    {"--resolve h:1 http://h/", "HOST:PORT:ADDRESS"},
    {"--resolve h:x:127.0.0.1 http://h/", "HOST:PORT:ADDRESS"},
    {"--resolve h:1:localhost http://h/", "HOST:PORT:ADDRESS"},
    {"--resolve h:1:127.0.0.1, http://h/", "HOST:PORT:ADDRESS"},
    {"-x ftp://h http://h/", "unknown proxy scheme \"ftp\""},
    {"-x me:password://h http://h/", "unknown proxy scheme \"\""},
    {"--connect-to h:1 http://h/", "HOST1:PORT1"},
    {"-I -d x http://h/", "-I and -d cannot be combined"},
    {"-I --data-raw x http://h/", "-I and --data-raw cannot be combined"},
    {"--json 1 --data-urlencode x http://h/", "a request has one body"},
    {"--json 1 --form-string a=b http://h/", "a request has one body"},
    {"--compare --data-raw x http://h/", "only GET and HEAD"},
    {"--concurrency 3 http://h/", "gather calls it --parallel-max"},
    {"--timeout 3 http://h/", "gather calls it --max-time"},
    {"-I{} http://h/{}", "{{.}}"},
    {"--oauth2-bearer= http://h/", "a token or @FILE"},
    {"-d @~/nonexistent http://h/", "write \"$HOME/nonexistent\""},
    {"-d @~/$(id) http://h/", "write \"$HOME\"/'$(id)'"},
    {".a;id http://h/", "did you mean -j '.a;id'?"},
    {"-j a.b;id[] http://h/", "[*]"},
    {"--compare 1,2;id http://h/", "did you mean '--compare=1,2;id'?"},
    {"--cacert ~/nonexistent http://h/", "write \"$HOME/nonexistent\""},
    {"-r abc http://h/", "a byte range such as 0-99"},
    {"-F a=@/nonexistent http://h/", "cannot read"},
    {"-F =) http://h/", "no matching =("},
    {"-F a=@/etc/passwd;nope=1 http://h/", ";type="},
    {"-T /nonexistent http://h/", "cannot read"},
    {"-T /etc http://h/", "Is a directory"},
    {"--oauth2-bearer @/nonexistent http://h/", "cannot read"},
    {"--netrc-file /nonexistent http://h/", "cannot read"},
    {"--cacert /nonexistent http://h/", "cannot read"},
    {"--cert /nonexistent:pw http://h/", "cannot read"},
    {"-c /nonexistent/jar http://h/", "cannot write"},
    {"--json 1 -F a=b http://h/", "--json and -F cannot be combined"},
    {"-o x -O http://h/", "-o and -O cannot be combined"},
    {"-i --format ndjson http://h/", "--with-headers"},
    {"-i --format csv http://h/", "-i and --format cannot be combined"},
    {"--format tsv --include http://h/", "--with-headers"},
    {"--compare -o x http://h/", "--compare and -o cannot be combined"},
    {"--compare -j .a http://h/", "--compare and -j cannot be combined"},
    {"--compare -d x http://h/", "only GET and HEAD"},
    {"--compare -X POST http://h/", "only GET and HEAD"},
    {"--max-failures 3 --fail-fast http://h/", "--max-failures 0"},
    {"--compare async http://h/", "did you mean --compare=async?"},
    {"--compare 1,2,4 http://h/", "did you mean --compare=1,2,4?"},
    {"--compare async:8,sync http://h/", "--compare=async:8,sync?"},
    {"--each .urls http://h/", "--each needs --then"},
    {"--runs 3 http://h/", "--runs needs --compare"},
    {"--quoted http://h/",
        "--quoted needs --extract, --xpath, --eval or --items"},
    {"--output-dir x http://h/", "--output-dir needs --output"},
    {"-d @- -T - http://h/", "stdin can be read only once"},
    {"-d @- @- http://h/", "only once, but both -d @- and @- read it"},
    {"- - http://h/", "stdin can be read only once"},
    {"--demo http://h/", "--demo takes no URLs"},
    {"--serve 0 @list", "--serve takes no URLs"},
    {"-o {}.json http://h/", "{{.}}"},
    {"-j 0.name http://h/", "the shell expanded"},
    {"-j x=0.name http://h/", "the shell expanded"},
    {"-j .a[].b http://h/", "[*]"},
    {"/etc/passwd", "did you mean @/etc/passwd?"},
    {"--parallel 3 http://h/", "did you mean -P 3?"},
    {".name http://h/", "did you mean -j '.name'?"},
    {"$.a.b http://h/", "did you mean -j '$.a.b'?"},
    {"@", "the name of a list"},
    {"--list= http://h/", "--list is empty; expected the name of a list"},
    {"--url= http://h/", "--url is empty; expected a URL"},
    {"--rows= http://h/", "--rows is empty; expected the name of a file"},
    {"--no-output http://h/", "has no --no- form"},
    {"--no-retry http://h/", "has no --no- form"},
};

START_TEST(mistakes_are_refused_with_advice)
{
	assert_refused(refused[_i].line, refused[_i].words);
}
END_TEST

START_TEST(names_and_letters_are_unique_and_unlike_curls_others)
{
	FOREACH_SECTION (section)
		FOREACH_ROW (row, section) {
			ck_assert_ptr_eq(option_by_name(row->name), row);
			if (row->also)
				ck_assert_ptr_eq(
				    option_by_name(row->also), row);
			if (row->letter)
				ck_assert_ptr_eq(
				    option_by_letter(row->letter), row);
			ck_assert_msg(
			    !curl_name_find(row->name), "%s", row->name);
			ck_assert_msg(
			    !row->letter || !curl_name_find_letter(row->letter),
			    "-%c", row->letter);
			ck_assert_msg(row->help && row->set, "%s", row->name);
		}
}
END_TEST

START_TEST(every_switch_has_a_no_form)
{
	FOREACH_SECTION (section)
		FOREACH_ROW (row, section) {
			char *line = xasprintf("--no-%s http://h/", row->name);
			struct parsed p;

			parse(&p, line);
			if (option_is_switch(row))
				ck_assert_msg(p.verdict == OPTIONS_RUN ||
				                  strstr(p.cause, " needs "),
				    "%s", line);
			else
				ck_assert_msg(
				    p.verdict == OPTIONS_WRONG, "%s", line);
			release(&p);
			free(line);
		}
}
END_TEST

static const struct {
	const char *a, *b;
	size_t distance;
} distances[] = {
    {"rate", "rate", 0},
    {"rtae", "rate", 1},
    {"rat", "rate", 1},
    {"rates", "rate", 1},
    {"kitten-pie", "sitting-pie", 3},
};

static const struct {
	const char *wrong;
	const char *names[4];
	const char *best;
} nearest[] = {
    {"hedge-budgte", {"hedge", "hedge-budget"}, "hedge-budget"},
    {"hedge-size", {"hedge", "hedge-budget"}, "hedge"},
    {"max-t", {"max-failures", "max-time"}, "max-time"},
    {"max", {"max-requests", "max-hold"}, "max-hold"},
    {"retyr-max", {"retry", "retry-max-time"}, "retry-max-time"},
    {"ur", {"url"}, "url"},
    {"a", {"b", "c"}, NULL},
    {"", {"rate", "url"}, NULL},
    {"cat", {"url"}, NULL},
    {"something-else", {"some", "else"}, NULL},
    {"a-name-of-more-than-forty-letters-is-no-option", {"a-name"}, NULL},
};

START_TEST(the_nearest_name_is_suggested_or_none)
{
	struct suggestion s;

	suggestion_init(&s, nearest[_i].wrong);
	for (int i = 0; nearest[_i].names[i]; i++)
		suggestion_offer(&s, nearest[_i].names[i]);
	ck_assert_pstr_eq(s.best, nearest[_i].best);
}
END_TEST

START_TEST(distance_counts_edits_and_swaps)
{
	const char *a = distances[_i].a, *b = distances[_i].b;
	struct suggestion there, back;

	suggestion_init(&there, a);
	suggestion_offer(&there, b);
	ck_assert_uint_eq(there.cost, distances[_i].distance);
	suggestion_init(&back, b);
	suggestion_offer(&back, a);
	ck_assert_uint_eq(back.cost, distances[_i].distance);
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof(*(table))))

int
main(void)
{
	Suite *suite = suite_create("mistakes");
	TCase *tc = tcase_create("mistakes");

	command_line_forget_config();
	tcase_add_loop_test(
	    tc, mistakes_are_refused_with_advice, 0, ROWS(refused));
	tcase_add_test(
	    tc, names_and_letters_are_unique_and_unlike_curls_others);
	tcase_add_test(tc, every_switch_has_a_no_form);
	tcase_add_loop_test(
	    tc, the_nearest_name_is_suggested_or_none, 0, ROWS(nearest));
	tcase_add_loop_test(
	    tc, distance_counts_edits_and_swaps, 0, ROWS(distances));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
