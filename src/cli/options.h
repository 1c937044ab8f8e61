/*
 * The command line as a whole: what each stage has to know, in the stages'
 * own structs, and what concerns the run itself.
 *
 * main() owns the one struct; the rest of the program gets what it needs of
 * it, never the whole.
 */
#ifndef GATHER_CLI_OPTIONS_H
#define GATHER_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strlist.h"
#include "fetch/options.h"
#include "follow/options.h"
#include "format/options.h"
#include "input/source.h"
#include "journal/options.h"
#include "process/log.h"
#include "request/options.h"
#include "request/status_set.h"
#include "schedule/retry.h"
#include "schedule/sched.h"

/* When the run as a whole ends early. */
struct stop_options {
	int64_t deadline_us; /* --deadline; 0: none */
	uint64_t first;      /* --first: stop after so many successes; 0: off */
	/* --max-failures: so many may fail. A share counts from the 100th
	 * result on. Without either, failures stop nothing. */
	bool limits_failures;
	uint64_t max_failures;    /* used unless there is a share */
	double max_failure_share; /* 0.05 is 5 %; negative: not said */
};

/* --hedge: a second copy of what is slow. Neither: none. */
struct hedge_options {
	int64_t after_us;  /* so long after its start */
	double percentile; /* or when so many percent took less, 0 to 100 */
	struct budget_limit budget;
};

/* --compare and what belongs to it. */
struct compare_options {
	bool enabled;
	char *arms; /* --compare=ARMS as given; NULL: the three */
	unsigned runs;
	unsigned warmup;
	bool same_bodies;
	uint64_t seed;             /* used where --seed was given */
	struct strlist assertions; /* --assert */
	char *export_json;         /* files, or "-" */
	char *export_markdown;
	char *export_csv;
};

/* How a run shows how far it is. */
struct progress_options {
	bool meter;       /* the line on a terminal */
	int64_t every_us; /* --progress: a line so often; 0: none */
	unsigned color;   /* enum color_when: --color */
};

/* Where the time went: drawn when a run is over. */
struct picture_options {
	bool waterfall;
	char *waterfall_file; /* NULL: on stderr */
	bool why;
	char *report; /* --report FILE; NULL: none */
};

struct options {
	struct input_options input;
	struct request_options request;
	struct sched_options sched;
	struct retry_policy retry;
	struct fetch_options fetch;
	struct follow_options follow;
	struct output_options output;
	struct stop_options stop;
	struct hedge_options hedge;
	struct compare_options compare;
	struct progress_options progress;
	struct journal_options journal;
	struct picture_options pictures;
	struct status_set accept; /* --accept: more statuses that are ok */
	bool keep_exchanges;   /* an output wants all that went over the wire */
	bool parallel_lowered; /* -P was, and it was said */
	bool plan;             /* --plan */
	bool summary;          /* --summary */
	bool silent;           /* -s */
	bool show_error;       /* -S */
	bool verbose;          /* -v */
	bool demo;             /* --demo */
	char *serve;           /* --serve [ADDR:]PORT */
	char *eval;            /* --eval PATH; operands are its files */
	bool help;             /* --help */
	char *help_topic;      /* --help=TOPIC; NULL: the one screen */
	bool version;          /* --version */

	/* The parser's own. */
	char *stdin_reader;   /* what reads stdin, as typed; NULL: nothing */
	struct strlist given; /* names of the options that were given ... */
	struct strlist typed; /* ... and how they were typed */
};

/* Everything at its default. */
void options_init(struct options *);
void options_release(struct options *);

enum options_verdict {
	OPTIONS_RUN,   /* go on */
	OPTIONS_DONE,  /* --help or --version was answered: exit 0 */
	OPTIONS_WRONG, /* exit 2; with *cause NULL the short help was shown */
};

/*
 * Parse `argv` (as main gets it) into `o`, which was initialised. Everything
 * that contradicts itself is found here, before anything is fetched. Files
 * that options name as their value (-d @FILE, -H @FILE, -w @FILE) are read.
 * Secrets are wiped from `argv`, so that ps(1) does not show them.
 *
 * On OPTIONS_WRONG *cause is a message that the caller frees, or NULL.
 */
enum options_verdict options_parse(
    struct options *o, int argc, char **argv, char **cause);
/* What --deadline says on a command line that is not parsed yet; 0: nothing. */
int64_t options_deadline(int argc, char **argv);
/* Was the option (its long name, no dashes) on the command line? */
bool options_given(const struct options *, const char *name);
/* What -s, -S and -v come to. */
enum log_level options_log_level(const struct options *);

/* The files that a run writes to, beside those whose names depend on what is
 * fetched: each must be its own. */
struct output_file {
	const char *option; /* static */
	char *path;
};

struct output_files {
	struct output_file *items;
	size_t len;
};

/* To be released. */
void output_files_init(struct output_files *, const struct options *);
void output_files_release(struct output_files *);
/* The option whose file `path` is; NULL: none. */
const char *output_files_find(const struct output_files *, const char *path);

#endif
