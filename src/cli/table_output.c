#include "config.h"

#include "cli/custom.h"
#include "cli/setters.h"

/* By enum format_id. */
static const char *const formats[] = {
#define X(symbol, name, help) #name,
    FORMATS(X)
#undef X
        NULL,
};

/* By enum order_kind. */
static const char *const orders[] = {
    [ORDER_INPUT] = "input",
    [ORDER_DONE] = "done",
    NULL,
};

const struct option_row output_rows[] = {
    {"format", 0, "FORMAT", "what stdout gets", WORD(output.format, formats),
        .everyday = true},
    {"collect", 0, NULL, "one JSON array of all results", FLAG(output.collect),
        .everyday = true},
    {"order", 0, "ORDER", "in which results come", WORD(output.order, orders),
        .fallback = "input"},
    {"order-buffer", 0, "SIZE", "results that wait in memory at most",
        SIZE(output.order_buffer), .fallback = "64M"},
    {"fields", 0, "LIST", "what records hold: n,url,http_code",
        CUSTOM(set_fields)},
    {"with-body", 0, NULL, "records hold the body", FLAG(output.with_body)},
    {"with-headers", 0, NULL, "records hold the headers",
        FLAG(output.with_headers)},
    {"write-out", 'w', "FORMAT|@FILE", "text after each result, as curl's",
        CUSTOM(set_writeout),
        .field = offsetof(struct options, output.writeout)},
    {"output", 'o', "TEMPLATE", "each body to its file: 'out/{{n}}.json'",
        CUSTOM(set_output), .everyday = true, .line_only = true},
    {"remote-name", 'O', NULL, "the same, named as in the URL",
        CUSTOM(set_remote_name), .line_only = true},
    {"output-dir", 0, "DIR", "where -o and -O put files",
        TEXT(output.output_dir)},
    {"skip-existing", 0, NULL, "fetch nothing whose file is there",
        FLAG(output.skip_existing)},
    {"clobber", 0, NULL, "keep files that are there, number the new one",
        ANTIFLAG(output.no_clobber), .fallback = "yes"},
    {"include", 'i', NULL, "the headers in front of each body",
        CUSTOM(set_include)},
    {"dump-header", 'D', "FILE", "the headers to FILE",
        TEXT(output.dump_header), .line_only = true},
    {"sqlite", 0, "FILE", "results into a database, tables made as needed",
        TEXT(output.sqlite), .line_only = true},
    {"har", 0, "FILE", "an HTTP Archive of all that went over the wire",
        TEXT(output.har), .line_only = true},
    {"plan", 0, NULL, "say what would be done, and contact nobody", FLAG(plan),
        .line_only = true},
    {"journal", 0, "FILE", "note what is done: the same command goes on",
        TEXT(journal.file), .everyday = true, .line_only = true},
    {"journal-new", 0, NULL, "put out only what this run fetches",
        FLAG(journal.only_new)},
    {"refresh", 0, NULL, "ask whether what is done has changed",
        FLAG(journal.refresh)},
    {"redo-unsafe", 0, NULL, "repeat a POST that may have been processed",
        FLAG(journal.redo_unsafe)},
    {"fail", 'f', NULL, "a status of 400 or more is a failure, as it is anyway",
        CUSTOM(set_nothing)},
    {"fail-with-body", 0, NULL, "print and save bodies of failures, too",
        FLAG(output.fail_with_body)},
    {"max-filesize", 0, "SIZE", "a body beyond it is a failure",
        SIZE(fetch.max_filesize), .fallback = "64M"},
    {0},
};
