#include "config.h"

#include "fetch/sockets.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/environment.h"
#include "base/io.h"
#include "fetch/engine_private.h"

enum {
	CACHE_MIN = 256, /* idle connections of a lane */
	CACHE_MAX = 4096,
	MARGIN = 4 /* a connection may try several addresses at once */
};

/* Pinned, because libcurl's default follows the handles of the moment and
 * reconnects all the time. */
static long
cache_size(const struct engine *engine)
{
	size_t share = engine->sockets_max / 2 / engine->lanes_len;

	if (engine->sockets_scarce)
		return 1;
	return share < CACHE_MIN   ? CACHE_MIN
	       : share > CACHE_MAX ? CACHE_MAX
	                           : (long)share;
}

void
sockets_await(struct attempt *a)
{
	a->connecting = true;
	a->engine->connecting++;
}

void
sockets_await_no_more(struct attempt *a)
{
	a->engine->connecting -= a->connecting;
	a->connecting = false;
}

curl_socket_t
sockets_add(struct attempt *a, const struct curl_sockaddr *address)
{
	struct engine *engine = a->engine;
	curl_socket_t fd = socket(address->family,
	    address->socktype | SOCK_CLOEXEC, address->protocol);

	if (fd != CURL_SOCKET_BAD) {
		engine->sockets++;
		sockets_await_no_more(a);
		return fd;
	}
	a->os_errno = errno;
	/* Others have taken more than was thought. */
	if (io_lacks_descriptors(errno) &&
	    engine->sockets < engine->sockets_max)
		engine->sockets_max = engine->sockets ? engine->sockets : 1;
	return fd;
}

int
sockets_close(void *arg, curl_socket_t fd)
{
	struct engine *engine = arg;

	engine->sockets -= engine->sockets > 0;
	return close(fd);
}

/* Where room is scarce, whoever needs a new connection in a lane takes the
 * place of the one that has been idle for longest. */
void
sockets_set_up(struct lane *lane)
{
	bool scarce = lane->engine->sockets_scarce;

	curl_multi_setopt(
	    lane->multi, CURLMOPT_MAXCONNECTS, cache_size(lane->engine));
	curl_multi_setopt(lane->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
	    scarce ? (long)lane->users + 1 : 0L);
}

void
engine_drop_idle(struct engine *engine)
{
	for (unsigned i = 0; i < engine->lanes_len; i++) {
		struct lane *lane = engine->lanes[i];

		if (!lane || lane->users)
			continue;
		engine->lanes[i] = NULL;
		lane_free(lane);
	}
	lanes_sweep(engine);
}

void
sockets_balance(struct engine *engine)
{
	bool scarce, changed;

	/* All that a run opens at its beginning is open by now. */
	if (!engine->sockets_max)
		engine->sockets_max = environment_max_sockets();
	scarce = engine->sockets + engine->connecting + MARGIN >=
	         engine->sockets_max;
	changed = scarce != engine->sockets_scarce;
	engine->sockets_scarce = scarce;
	if (scarce)
		engine_drop_idle(engine);
	for (unsigned i = 0; i < engine->lanes_len && (changed || scarce); i++)
		if (engine->lanes[i])
			sockets_set_up(engine->lanes[i]);
}
