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
    {"format", 0, "FORMAT", "format of stdout", WORD(output.format, formats),
        .everyday = true},
    {"collect", 0, NULL, "print one JSON array of all results",
        FLAG(output.collect), .everyday = true},
    {"order", 0, "ORDER", "order of the results", WORD(output.order, orders),
        .fallback = "input"},
    {"order-buffer", 0, "SIZE",
        "buffer up to SIZE of out-of-order results in memory",
        SIZE(output.order_buffer), .fallback = "64M"},
    {"fields", 0, "LIST", "fields of a record, such as n,url,http_code",
        CUSTOM(set_fields)},
    {"with-body", 0, NULL, "include bodies in records", FLAG(output.with_body)},
    {"with-headers", 0, NULL, "include headers in records",
        FLAG(output.with_headers)},
    {"write-out", 'w', "FORMAT|@FILE",
        "print text after each result, as curl does", CUSTOM(set_writeout),
        .field = offsetof(struct options, output.writeout)},
    {"output", 'o', "TEMPLATE",
        "save each body to its own file: 'out/{{n}}.json'", CUSTOM(set_output),
        .everyday = true, .line_only = true},
    {"remote-name", 'O', NULL, "save each body under the file name in its URL",
        CUSTOM(set_remote_name), .line_only = true},
    {"output-dir", 0, "DIR", "directory for the files of -o and -O",
        TEXT(output.output_dir)},
    {"skip-existing", 0, NULL, "skip requests whose file exists",
        FLAG(output.skip_existing)},
    {"clobber", 0, NULL, "keep existing files; number the new ones",
        ANTIFLAG(output.no_clobber), .fallback = "yes"},
    {"include", 'i', NULL, "print the headers before each body",
        CUSTOM(set_include)},
    {"dump-header", 'D', "FILE", "write all headers to FILE",
        TEXT(output.dump_header), .line_only = true},
    {"sqlite", 0, "FILE",
        "add results to an SQLite database; created if necessary",
        TEXT(output.sqlite), .line_only = true},
    {"har", 0, "FILE", "write an HTTP Archive (HAR) of all transfers",
        TEXT(output.har), .line_only = true},
    {"plan", 0, NULL, "print what would be done; contact no server", FLAG(plan),
        .line_only = true},
    {"journal", 0, "FILE", "record progress; the same command resumes the run",
        TEXT(journal.file), .everyday = true, .line_only = true},
    {"journal-new", 0, NULL, "print only the results that this run fetched",
        FLAG(journal.only_new)},
    {"refresh", 0, NULL, "ask servers whether finished results have changed",
        FLAG(journal.refresh)},
    {"redo-unsafe", 0, NULL,
        "repeat requests that may have been processed, too",
        FLAG(journal.redo_unsafe)},
    {"fail", 'f', NULL, "accepted for curl compatibility (always on)",
        CUSTOM(set_nothing)},
    {"fail-with-body", 0, NULL, "print and save the bodies of failures, too",
        FLAG(output.fail_with_body)},
    {"max-filesize", 0, "SIZE", "fail a request whose body is larger",
        SIZE(fetch.max_filesize), .fallback = "64M"},
    {0},
};
