#include "config.h"

#include "cli/custom.h"
#include "cli/setters.h"

const struct option_row extraction_rows[] = {
    {"extract", 'j', "[NAME=]PATH",
        "values from JSON; JSONPath ('.a[*].b') or JSON Pointer ('/a/0/b')",
        CUSTOM(set_path), .everyday = true},
    {"xpath", 0, "[NAME=]EXPR",
        "values from HTML and XML; XPath 1.0: 'string(//title)', '//a/@href'",
        CUSTOM(set_xpath)},
    {"eval", 0, "PATH", "apply a path to a local JSON document: FILE or stdin",
        CUSTOM(set_eval), .line_only = true},
    {"each", 0, "PATH", "find matches in each response ...", CUSTOM(set_each),
        .everyday = true, .line_only = true},
    {"each-xpath", 0, "EXPR", "find matches in HTML and XML: '//a/@href' ...",
        CUSTOM(set_each_xpath), .line_only = true},
    {"then", 0, "TEMPLATE",
        "... and request each one: '/items/{{.id}}'; may be repeated "
        "for more stages",
        CUSTOM(set_then), .everyday = true, .line_only = true},
    {"paginate", 0, "HOW",
        "fetch further pages; HOW is link, PATH, PARAM+N or PARAM=PATH",
        CUSTOM(set_paginate), FIELD(follow.paginate, char *), .everyday = true,
        .line_only = true},
    {"items", 0, "PATH", "items of a page: one per line; -j is applied to each",
        CUSTOM(set_items), FIELD(output.items, char *)},
    {"max-pages", 0, "N", "fetch at most N pages per input",
        COUNT(follow.max_pages, 1)},
    {"max-requests", 0, "N",
        "allow at most N requests to follow from one input",
        COUNT(follow.max_requests, 1), .fallback = "100000"},
    {"quoted", 0, NULL, "print strings as JSON, with quotes",
        FLAG(output.quoted)},
    {0},
};
