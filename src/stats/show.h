/*
 * How times and sizes are shown: in one unit for all that stand in one column,
 * or each in the unit in which people would say it. All functions append to
 * `out`. Pure.
 */
#ifndef GATHER_STATS_SHOW_H
#define GATHER_STATS_SHOW_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct time_unit {
	const char *name; /* "ms" */
	double seconds;   /* how long the unit is */
	int decimals;     /* of a figure in this unit */
};

/* Returns the unit in which `seconds` reads well: "102.1 ms", "5.027 s". */
struct time_unit time_unit_for(double seconds);
/* Returns how many decimals `value` (> 0) needs to show `digits` significant
 * digits: 0 to 6. */
int decimals_for(double value, int digits);
/* Returns how many decimals a column of numbers from `least` to `most` (> 0)
 * is worth: the least number shows three digits, or two where the others are
 * far larger, and none has more than six. */
int decimals_for_column(double least, double most);
/* Returns the unit for a column of times from `least` to `most` seconds (> 0),
 * in which the least is still legible and the longest no endless number. */
struct time_unit time_unit_for_column(double least, double most);
/* Append `seconds` in `unit`, "5.027 s", with the figure right-aligned in
 * `width` columns; 0: as wide as it is. */
void add_time(
    struct buf *out, double seconds, struct time_unit unit, int width);
/* Append a duration as people say it: "950 ms", "1.24 s", "2 min 5 s". */
void add_duration(struct buf *out, int64_t us);
/* Append a duration that is a round number, with no more digits than it has:
 * "0", "500 us", "1.5 ms", "2 s". */
void add_round_duration(struct buf *out, int64_t us);
/* Append a size: "812 B", "1.2 MB". A kB is 1024 bytes here. */
void add_size(struct buf *out, uint64_t bytes);
/* Append blanks until the text from byte `start` of the buffer on fills
 * `columns` of a terminal. */
void pad_to(struct buf *out, size_t start, size_t columns);

#endif
