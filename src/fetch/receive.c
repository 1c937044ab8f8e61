#include "config.h"

#include "fetch/engine_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "fetch/limits.h"
#include "request/guard.h"

/* For want of a descriptor it stays in memory for now, unless all bodies take
 * too much of that. */
static bool
may_stay(struct attempt *a)
{
	if (!io_lacks_descriptors(errno))
		return false;
	a->os_errno = errno;
	a->spill_at = a->body.mem.len + BODY_PIECE;
	return a->engine->bodies_memory < BODIES_MEMORY_MAX;
}

/* Move what is in memory to the spill file. */
static int
spill(struct attempt *a)
{
	struct body *body = &a->body;

	if (body->fd < 0)
		body->fd = io_open_unlinked();
	if (body->fd < 0 && may_stay(a))
		return 0;
	if (body->fd < 0 ||
	    io_write_all(body->fd, body->mem.data, body->mem.len)) {
		failure_set(&a->failure, ERROR_LOCAL, "spill", 0,
		    "a body over %d KiB needs a temporary file in %s: %s "
		    "(TMPDIR names its directory)",
		    BODY_MEMORY >> 10, io_temporary_folder(), strerror(errno));
		return -1;
	}
	attempt_drop_memory(a);
	return 0;
}

/* However small the pieces that come: what goes to a file is gathered before
 * it does, also where there is little memory left for all. */
static bool
has_enough(const struct attempt *a)
{
	size_t len = a->body.mem.len;

	if (len < a->spill_at)
		return false;
	if (a->engine->bodies_memory >= BODIES_MEMORY)
		return len >= BODY_PIECE_SMALL;
	return len >= (a->body.fd >= 0 ? BODY_PIECE : BODY_MEMORY);
}

int
attempt_end_body(struct attempt *a)
{
	return a->body.fd >= 0 && a->body.mem.len ? spill(a) : 0;
}

static bool
keep_body(struct attempt *a, const char *data, size_t len)
{
	struct body *body = &a->body;
	bool stream = a->spec.stream && a->head.status < 300;

	buf_add(&body->mem, data, len);
	body->size += len;
	a->engine->bodies_memory += len;
	if (!has_enough(a))
		return true;
	if (!stream)
		return spill(a) == 0;
	a->engine->bodies_memory -= body->mem.len;
	a->engine->hooks.on_body(
	    a->engine->hooks.arg, a->spec.owner, &body->mem);
	buf_clear(&body->mem);
	return true;
}

bool
attempt_take_body(struct attempt *a, const char *data, size_t len)
{
	uint64_t max = a->engine->options->max_filesize;

	if (max && a->body.size + len > max) {
		failure_set(&a->failure, ERROR_SIZE, NULL, 0,
		    "the body is larger than %" PRIu64 " bytes; "
		    "--max-filesize sets the limit",
		    max);
		return false;
	}
	return keep_body(a, data, len);
}

static size_t
on_write(char *data, size_t size, size_t count, void *arg)
{
	struct attempt *a = arg;
	size_t len = size * count;

	a->received += len;
	if (!a->content.begun)
		content_begin(a);
	if (a->content.decoder)
		return content_decode(a, data, len);
	return attempt_take_body(a, data, len) ? len : 0;
}

/* Another one: after 1xx, a 401 round. */
static void
begin_head(struct attempt *a)
{
	buf_clear(&a->headers);
	a->names_limits = false;
}

/* Who refuses to read a body often closes, too, and the repeat would run into
 * that; it gets a connection of its own. */
static void
leave_connection(struct attempt *a)
{
	if (a->head.status == 417)
		curl_easy_setopt(a->easy, CURLOPT_FORBID_REUSE, 1L);
}

static size_t
on_header(char *data, size_t size, size_t count, void *arg)
{
	struct attempt *a = arg;
	size_t len = size * count;
	uint64_t max = a->engine->options->max_headers;

	a->headers_total += len;
	if (max && a->headers_total > max) {
		failure_set(&a->failure, ERROR_PROTOCOL, "header too long", 0,
		    "more than %" PRIu64 " bytes of headers", max);
		return 0;
	}
	if (a->engine->options->keep_heads)
		buf_add(&a->heads, data, len);
	if (head_begins(&a->head, data, len, a->wire_count))
		begin_head(a);
	else if (a->head.ended)
		return len; /* a trailer */
	if (head_take(&a->head, data, len, a->wire_count, &a->failure))
		return 0;
	leave_connection(a);
	a->names_limits |= limits_is_one(data, len);
	buf_add(&a->headers, data, len);
	return len;
}

/* libcurl sends it again by itself: the second round of an authentication,
 * without Expect after a 417, or because a connection was dead. */
static bool
may_repeat(struct attempt *a)
{
	if (resend_allows(hop_resend_method(a->spec.hop, a->spec.request),
	        a->wire, RESEND_ROUND))
		return true;
	failure_set(&a->failure, ERROR_RESET, "maybe processed", 0,
	    "the connection broke after the request was sent");
	return false;
}

static bool
may_reach(struct attempt *a, const char *ip)
{
	/* Of a name with several addresses one was refused: no other will do,
	 * or what is sent would be a failure all the same. */
	if (a->failure.class != ERROR_NONE)
		return false;
	/* A proxy's address is the user's own choice. */
	if (a->proxy || !address_is_guarded(a) || !guard_is_private(ip))
		return true;
	address_refuse(a, NULL, ip);
	return false;
}

/* libcurl repeats it without an Expect of its own, but not of ours. */
static bool
may_expect(struct attempt *a)
{
	if (a->head.status != 417 || a->spec.hop->no_expect ||
	    !request_headers_find(&a->spec.request->options->headers, "Expect"))
		return true;
	failure_set(&a->failure, ERROR_LOCAL, ENGINE_EXPECT_REFUSED, 417,
	    "a repeat without Expect follows");
	return false;
}

static bool
may_start(struct attempt *a)
{
	struct engine_hooks *hooks = &a->engine->hooks;

	if (hooks->on_wire(hooks->arg, a->spec.owner))
		return true;
	failure_set(&a->failure, ERROR_LOCAL, ENGINE_NOT_ADMITTED, 0,
	    "a repeat on the wire had to wait for its turn");
	return false;
}

/* CURLOPT_PREREQFUNCTION: once per request on the wire, silent repeats on a
 * fresh connection included. */
static int
on_prereq(void *arg, char *ip, char *local_ip, int port, int local_port)
{
	struct attempt *a = arg;

	(void)local_ip;
	(void)port;
	(void)local_port;
	a->wire = attempt_wire(a);
	a->sending = false;
	a->wire_count++;
	sockets_await_no_more(a);
	if (a->wire_us < 0)
		a->wire_us = clock_now_us();
	if (!may_reach(a, ip) || !may_repeat(a) || !may_expect(a) ||
	    !may_start(a))
		return CURL_PREREQFUNC_ABORT;
	a->sending = true;
	a->sent_before = attempt_sent(a);
	a->stream = (struct stream){0};
	a->head.status = 0;
	return CURL_PREREQFUNC_OK;
}

/* Refused before the SYN, where it is libcurl that looks the name up; so is
 * the socket of a path that the user named. */
static curl_socket_t
on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct attempt *a = arg;
	char ip[INET6_ADDRSTRLEN] = "";

	(void)purpose;
	if (!a->proxy && address->family != AF_UNIX && address_is_guarded(a) &&
	    guard_address_is_private(&address->addr)) {
		getnameinfo(&address->addr, address->addrlen, ip, sizeof(ip),
		    NULL, 0, NI_NUMERICHOST);
		address_refuse(a, NULL, ip);
		return CURL_SOCKET_BAD;
	}
	return sockets_add(a, address);
}

void
attempt_set_callbacks(struct attempt *a)
{
	CURL *easy = a->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, a);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, a->error);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_write);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, a);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, a);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, upload_read);
	curl_easy_setopt(easy, CURLOPT_READDATA, &a->upload);
	curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, upload_seek);
	curl_easy_setopt(easy, CURLOPT_SEEKDATA, &a->upload);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_prereq);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, a);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, a);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, sockets_close);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, a->engine);
}
