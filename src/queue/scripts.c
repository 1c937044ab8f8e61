#include "config.h"

#include "queue/scripts.h"

#include "queue/scripts_lua.h"

/* The object queue_script_NAME, made of NAME.lua. */
#define SCRIPT(name) \
	const struct queue_script queue_script_##name = {#name, lua_##name}

SCRIPT(alive);
SCRIPT(back);
SCRIPT(feed);
SCRIPT(finish);
SCRIPT(hold);
SCRIPT(mark);
SCRIPT(missing);
SCRIPT(results);
SCRIPT(status);
SCRIPT(take);
SCRIPT(tokens);
