#include "config.h"

#include "cli/custom.h"
#include "cli/setters.h"

/* By enum rows_format. */
static const char *const rows_formats[] = {
    [ROWS_AUTO] = "auto",
    [ROWS_CSV] = "csv",
    [ROWS_TSV] = "tsv",
    [ROWS_NDJSON] = "ndjson",
    NULL,
};

const struct option_row input_rows[] = {
    {"list", 'l', "FILE", "read requests from FILE; \"-\" is stdin",
        CUSTOM(set_list), .everyday = true, .line_only = true},
    {"url", 0, "URL", "one more URL, as if it were an operand", CUSTOM(set_url),
        .secret = true, .line_only = true},
    {"rows", 0, "FILE",
        "CSV, TSV or NDJSON that fills {{columns}}; in URL, headers, body, -o",
        CUSTOM(set_source), .field = offsetof(struct options, input.rows),
        .everyday = true, .line_only = true},
    {"rows-format", 0, "FORMAT", "what --rows reads",
        WORD(input.rows_format, rows_formats), .fallback = "auto"},
    {"repeat", 0, "N", "each request N times; {{k}} counts",
        COUNT(input.repeat, 1)},
    {"retry-from", 0, "FILE",
        "the failed records of an earlier NDJSON output as the list",
        CUSTOM(set_source), .field = offsetof(struct options, input.retry_from),
        .line_only = true},
    {"globoff", 'g', NULL, "take { } [ ] in URLs literally",
        FLAG(input.no_glob)},
    {"allow-files", 0, NULL, "let \"body_file\" in a list read local files",
        FLAG(input.allow_files)},
    {"proto", 0, "+file", "fetch file: URLs, too", CUSTOM(set_proto)},
    {0},
};
