#include "config.h"

#include "cli/custom.h"
#include "cli/setters.h"

const struct option_row extraction_rows[] = {
    {"extract", 'j', "[NAME=]PATH",
        "values of JSON bodies; JSONPath ('.a[*].b') or Pointer ('/a/0/b')",
        CUSTOM(set_path), .everyday = true},
    {"xpath", 0, "[NAME=]EXPR",
        "values of HTML and XML; XPath 1.0: 'string(//title)', '//a/@href'",
        CUSTOM(set_xpath)},
    {"eval", 0, "PATH", "apply a path to a local document: FILE, or stdin",
        CUSTOM(set_eval), .line_only = true},
    {"each", 0, "PATH", "look for matches in each answer ...", CUSTOM(set_each),
        .everyday = true, .line_only = true},
    {"each-xpath", 0, "EXPR", "the same in HTML and XML: '//a/@href' ...",
        CUSTOM(set_each_xpath), .line_only = true},
    {"then", 0, "TEMPLATE",
        "... and request each: '/items/{{.id}}'; repeatable, as stages",
        CUSTOM(set_then), .everyday = true, .line_only = true},
    {"paginate", 0, "HOW", "further pages: link, PATH, PARAM+N or PARAM=PATH",
        CUSTOM(set_paginate), FIELD(follow.paginate, char *), .everyday = true,
        .line_only = true},
    {"items", 0, "PATH", "the items of a page: one a line, -j looks into each",
        CUSTOM(set_items), FIELD(output.items, char *)},
    {"max-pages", 0, "N", "of an input no more pages than that",
        COUNT(follow.max_pages, 1)},
    {"max-requests", 0, "N", "as many requests may follow on one input",
        COUNT(follow.max_requests, 1), .fallback = "100000"},
    {"quoted", 0, NULL, "strings always as JSON", FLAG(output.quoted)},
    {0},
};
