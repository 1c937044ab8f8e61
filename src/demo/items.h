/* The items of the demo server: the same in every run and on every machine. */
#ifndef GATHER_DEMO_ITEMS_H
#define GATHER_DEMO_ITEMS_H

#include <stdint.h>

#include "base/buf.h"

/* The highest id that the server answers. */
#define ITEMS_MAX UINT64_C(1000000)

/* Append the name of item `id` (>= 1), such as "quiet-otter": lower case
 * letters, digits and hyphens, no two items alike. */
void item_add_name(struct buf *, uint64_t id);
/* Append item `id` as JSON, with two different tags:
 * {"id":7,"name":"quiet-otter","price":12.50,"tags":["new","blue"]} */
void item_add_json(struct buf *, uint64_t id);

#endif
