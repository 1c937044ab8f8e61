#include "config.h"

#include "cli/table.h"

#include <string.h>

#include "base/xalloc.h"

const struct option_section option_sections[] = {
    {"input", "Input", input_rows},
    {"request", "Requests", request_rows},
    {"connection", "Connections", connection_rows},
    {"schedule", "Schedule", schedule_rows},
    {"extraction", "Extraction", extraction_rows},
    {"output", "Output", output_rows},
    {"timing", "Timing and the rest", timing_rows},
    {0},
};

const struct option_row *
option_by_name(const char *name)
{
	FOREACH_SECTION (section)
		FOREACH_ROW (row, section)
			if (strcmp(row->name, name) == 0 ||
			    (row->also && strcmp(row->also, name) == 0))
				return row;
	return NULL;
}

const struct option_row *
option_by_letter(char letter)
{
	FOREACH_SECTION (section)
		FOREACH_ROW (row, section)
			if (row->letter == letter)
				return row;
	return NULL;
}

bool
option_is_switch(const struct option_row *row)
{
	return !row->argument || option_value_is_optional(row);
}

bool
option_value_is_optional(const struct option_row *row)
{
	return row->argument && row->argument[0] == '[' &&
	       row->argument[1] == '=';
}

char *
option_shown_name(const struct option_row *row)
{
	bool on = option_is_switch(row) && row->fallback;

	return xasprintf("%s%s", on ? "no-" : "", row->name);
}
