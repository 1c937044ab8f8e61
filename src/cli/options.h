/*
 * The command line as a whole: what each stage has to know, in the stages'
 * own structs, and which command is wanted.
 *
 * main() owns the one struct. Commands see all of it; the stages below them get
 * their own parts.
 */
#ifndef GATHER_CLI_OPTIONS_H
#define GATHER_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strlist.h"
#include "demo/server.h"
#include "input/source.h"
#include "pictures/options.h"
#include "process/log.h"
#include "queue/options.h"
#include "redact/command.h"
#include "run/options.h"

/* --compare and the options that only a comparison has. */
struct compare_options {
	bool enabled;
	char *arms;       /* --compare=ARMS as given; NULL: the three arms */
	unsigned runs;    /* --runs: rounds that count */
	unsigned warmup;  /* --warmup: rounds before them */
	bool same_bodies; /* --same-bodies: else no verdict */
	uint64_t seed;    /* used where --seed was given */
	struct strlist assertions; /* --assert */
	char *export_json;         /* a file, "-" for stdout, or NULL */
	char *export_markdown;     /* likewise */
	char *export_csv;          /* likewise */
};

struct options {
	struct variables variables; /* --variable; of run.request */
	struct input_options input;
	struct run_options run;
	struct compare_options compare;
	struct picture_options pictures;
	struct queue_options queue;
	bool plan;       /* --plan */
	bool summary;    /* --summary */
	bool silent;     /* -s */
	bool show_error; /* -S */
	bool verbose;    /* -v */
	bool demo;       /* --demo */
	struct serve_options serve;
	char *eval;       /* --eval PATH; operands are its files */
	bool help;        /* --help; nothing else is looked at then */
	char *help_topic; /* --help=TOPIC; NULL: the one screen */
	bool version;     /* --version */

	/* For the parser, and for those who ask whether an option was given. */
	struct command_text command; /* what was typed, without secrets */
	char *stdin_reader;   /* what reads stdin, as typed; NULL: nothing */
	struct strlist given; /* names of the options that were given */
	struct strlist typed; /* how each of `given` was typed: "-d" */
	size_t defaults;      /* so many of `given`, from the first on, are said
	                       * by the user's own file only */
};

/* Set every option to its default. */
void options_init(struct options *);
/* Free what the options own. */
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
/* Microseconds of --deadline on a command line that is not parsed yet; 0: it
 * is not given, or its value is invalid. */
int64_t options_deadline(int argc, char **argv);
/* Was the option `name` (long, without dashes) given, on the command line or in
 * a config file? A switch that --no-... took back was not. */
bool options_given(const struct options *, const char *name);
/* Which messages are printed, by -s, -S and -v. */
enum log_level options_log_level(const struct options *);

/* Fill in the files of `o`, to be released. */
void output_files_init(struct output_files *, const struct options *o);
void output_files_release(struct output_files *);

/*
 * Append the options of `o` that shape what a run puts out, those that were
 * given, as "name=value" (a switch as "name=yes"): a journal holds results of
 * one shape only (journal_setup).
 */
void options_add_shape(const struct options *o, struct strlist *shape);

#endif
