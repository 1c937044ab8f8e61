#include "config.h"

#include "cli/custom.h"
#include "cli/setters.h"

const struct option_row extraction_rows[] = {
    {"extract", 'j', "[NAME=]PATH",
        "values of JSON bodies; JSONPath ('.a[*].b') or Pointer ('/a/0/b')",
        CUSTOM(set_path), .everyday = true},
    {"quoted", 0, NULL, "strings of -j always as JSON", FLAG(output.quoted)},
    {0},
};
