/*
 * Items are computed from their id and stored nowhere: tests and examples can
 * rely on "quiet-otter" being the same everywhere.
 */
#include "config.h"

#include "demo/items.h"

#include <stddef.h>

/* Both tables have a power of two of entries, so that an odd factor permutes
 * the pairs: every item has its own name. */
static const char *const kinds[] = {"amber", "autumn", "bold", "brave",
    "bright", "brisk", "calm", "clear", "clever", "cosy", "crisp", "curious",
    "dawn", "deep", "eager", "early", "easy", "fair", "fleet", "fresh",
    "gentle", "glad", "golden", "grand", "green", "happy", "hardy", "honest",
    "humble", "idle", "ivory", "jolly", "keen", "kind", "late", "light",
    "lively", "lucky", "mellow", "merry", "mild", "misty", "modest", "neat",
    "noble", "patient", "plain", "proud", "quick", "quiet", "rapid", "ready",
    "silver", "snowy", "steady", "still", "sunny", "swift", "tidy", "vivid",
    "warm", "wild", "wise", "witty"};

static const char *const things[] = {"acorn", "anchor", "apple", "badger",
    "beacon", "beaver", "birch", "bridge", "brook", "candle", "cedar", "clover",
    "comet", "compass", "crane", "delta", "falcon", "fern", "finch", "forest",
    "fox", "garden", "harbour", "hazel", "heron", "hill", "island", "juniper",
    "kettle", "lantern", "lark", "linden", "maple", "marble", "meadow",
    "meteor", "mill", "moss", "oak", "orchard", "otter", "owl", "pebble",
    "pine", "planet", "pond", "quill", "raven", "reed", "river", "robin",
    "sail", "sparrow", "spring", "spruce", "stone", "summit", "thistle", "tide",
    "trout", "valley", "violet", "willow", "wren"};

static const char *const tags[] = {
    "new", "blue", "small", "round", "local", "rare", "soft", "loud"};

enum {
	KINDS = sizeof(kinds) / sizeof(kinds[0]),
	THINGS = sizeof(things) / sizeof(things[0]),
	TAGS = sizeof(tags) / sizeof(tags[0]),
	PAIRS = KINDS * THINGS,
	SCATTER = 2531 /* odd; neighbouring items get unlike names */
};

_Static_assert((KINDS & (KINDS - 1)) == 0, "a power of two");
_Static_assert((THINGS & (THINGS - 1)) == 0, "a power of two");

void
item_add_name(struct buf *b, uint64_t id)
{
	uint64_t pair = (id * SCATTER) % PAIRS;

	buf_adds(b, kinds[pair / THINGS]);
	buf_addc(b, '-');
	buf_adds(b, things[pair % THINGS]);
	if (id >= PAIRS) {
		buf_addc(b, '-');
		buf_addu(b, id / PAIRS + 1);
	}
}

/* The price is computed from the id, with two decimals, which JSON that passes
 * through a double would lose: 12.50. */
void
item_add_json(struct buf *b, uint64_t id)
{
	uint64_t cents = id * 37 % 9900 + 100;

	buf_adds(b, "{\"id\":");
	buf_addu(b, id);
	buf_adds(b, ",\"name\":\"");
	item_add_name(b, id);
	buf_adds(b, "\",\"price\":");
	buf_addu(b, cents / 100);
	buf_addc(b, '.');
	buf_addu(b, cents / 10 % 10);
	buf_addu(b, cents % 10);
	buf_adds(b, ",\"tags\":[\"");
	buf_adds(b, tags[id % TAGS]);
	buf_adds(b, "\",\"");
	buf_adds(b, tags[(id + 3) % TAGS]);
	buf_adds(b, "\"]}");
}
