#include "config.h"

#include "cli/custom.h"
#include "cli/setters.h"

static const char *const color_whens[] = {"auto", "always", "never", NULL};

const struct option_row timing_rows[] = {
    {"summary", 0, NULL, "the full account of the run, on stderr",
        FLAG(summary), .everyday = true},
    {"compare", 0, "[=ARMS]", "time one at a time against all at once",
        CUSTOM(set_compare), .everyday = true, .line_only = true},
    {"runs", 0, "N", "rounds of --compare", NUMBER(compare.runs, 1, 10000),
        .fallback = "5"},
    {"warmup", 0, "N", "rounds before those that count",
        NUMBER(compare.warmup, 0, 10000), .fallback = "0"},
    {"same-bodies", 0, NULL, "no verdict if the arms got different bodies",
        FLAG(compare.same_bodies)},
    {"demo", 0, NULL, "five one-second requests: 5 s against 1 s", FLAG(demo),
        .everyday = true, .line_only = true},
    {"serve", 0, "[ADDR:]PORT", "run the server of --demo; port 0 picks one",
        TEXT(serve), .line_only = true},
    {"waterfall", 0, "[=FILE.svg]", "draw what each attempt waited for",
        CUSTOM(set_waterfall), .everyday = true, .line_only = true},
    {"progress-meter", 0, NULL, "no line of progress on the terminal",
        FLAG(progress.meter), .fallback = "yes"},
    {"progress", 0, "DURATION", "say every so often how far it is",
        DURATION(progress.every_us)},
    {"color", 0, "WHEN", "colors on stderr: auto, always, never",
        WORD(progress.color, color_whens), .fallback = "auto"},
    {"silent", 's', NULL, "no progress, summary, hints, errors", FLAG(silent),
        .everyday = true},
    {"show-error", 'S', NULL, "errors even with -s", FLAG(show_error)},
    {"verbose", 'v', NULL, "say what happens on the wire", FLAG(verbose),
        .everyday = true},
    {"config", 'K', "FILE", "read options from FILE, one on each line",
        CUSTOM(set_config), .line_only = true},
    {"disable", 'q', NULL, "as the first one: no config file of the user",
        CUSTOM(set_nothing), .line_only = true},
    {"help", 'h', "[=TOPIC]", "help: a category, an option or all",
        CUSTOM(set_help), .line_only = true},
    {"version", 'V', NULL, "versions of gather and its libraries",
        CUSTOM(set_version), .line_only = true},
    {0},
};
