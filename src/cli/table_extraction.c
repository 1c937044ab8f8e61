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
    {"quoted", 0, NULL, "strings always as JSON", FLAG(output.quoted)},
    {0},
};
