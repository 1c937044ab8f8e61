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
    {"url", 0, "URL", "add a URL, like an operand", CUSTOM(set_url),
        .secret = true, .line_only = true},
    {"rows", 0, "FILE",
        "one request per row of CSV, TSV or NDJSON; {{column}} in "
        "URL, headers, body, -o",
        CUSTOM(set_source), .field = offsetof(struct options, input.rows),
        .everyday = true, .line_only = true},
    {"rows-format", 0, "FORMAT", "format of --rows",
        WORD(input.rows_format, rows_formats), .fallback = "auto"},
    {"repeat", 0, "N",
        "send each request N times; {{k}} is the number of the copy",
        COUNT(input.repeat, 1)},
    {"retry-from", 0, "FILE",
        "repeat the requests that failed in an earlier --format ndjson run",
        CUSTOM(set_source), .field = offsetof(struct options, input.retry_from),
        .line_only = true},
    {"globoff", 'g', NULL, "do not expand { } [ ] in URLs",
        FLAG(input.no_glob)},
    {"allow-files", 0, NULL,
        "allow \"body_file\" in a list to name local files",
        FLAG(input.allow_files)},
    {"proto", 0, "+file", "also allow file:// URLs", CUSTOM(set_proto)},
    {0},
};
