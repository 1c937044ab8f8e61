/* The items that the demo server sells: the same for everybody, always. */
#ifndef GATHER_DEMO_ITEMS_H
#define GATHER_DEMO_ITEMS_H

#include <stdint.h>

#include "base/buf.h"

#define ITEMS_MAX UINT64_C(1000000)

/* Append the name of item `id` (>= 1), such as "quiet-otter": lower case
 * letters, digits and hyphens, no two items alike. */
void item_add_name(struct buf *, uint64_t id);
/* Append {"id":7,"name":"quiet-otter","price":12.50,"tags":["new","blue"]} */
void item_add_json(struct buf *, uint64_t id);

#endif
