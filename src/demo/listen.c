/*
 * A listening socket: split the address, look it up, try what was found, and
 * tell the URL under which it is reached.
 */
#include "config.h"

#include "demo/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "text/ascii.h"

enum {
	BACKLOG = 4096 /* the kernel lowers it to what it allows */
};

/* A socket address without casts. */
union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_storage storage;
};

/* Split "[::1]:80" into "::1" and "80"; "80" alone means the loopback address.
 * The caller frees *host; *port is a part of `address`. */
static void
split_address(const char *address, char **host, const char **port)
{
	const char *colon = strrchr(address, ':');
	size_t len;

	*port = colon ? colon + 1 : address;
	len = colon ? (size_t)(colon - address) : 0;
	if (len >= 2 && address[0] == '[' && address[len - 1] == ']')
		*host = xmemdup0(address + 1, len - 2);
	else
		*host = len ? xmemdup0(address, len) : xstrdup("127.0.0.1");
}

/* Is it a port? getaddrinfo of glibc takes larger numbers, too, modulo 2^16. */
static bool
is_port(const char *text)
{
	char *end;

	return ascii_is_digit(*text) && strtoul(text, &end, 10) <= 65535 &&
	       *end == '\0';
}

/* The addresses to listen on; NULL with *cause (caller frees). */
static struct addrinfo *
look_up_address(const char *address, char **cause)
{
	static const struct addrinfo hints = {
	    .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	struct addrinfo *found = NULL;
	const char *port;
	char *host;
	int error;

	split_address(address, &host, &port);
	error = is_port(port) ? getaddrinfo(host, port, &hints, &found)
	                      : EAI_SERVICE;
	if (error)
		*cause = xasprintf("cannot serve on '%s': %s; expected "
		                   "[ADDR:]PORT",
		    address,
		    error == EAI_SERVICE ? "a port is a number up to 65535"
		                         : gai_strerror(error));
	free(host);
	return error ? NULL : found;
}

/* A listening socket, or -1 with errno. */
static int
try_to_listen(const struct addrinfo *ai)
{
	int fd = socket(ai->ai_family, ai->ai_socktype, ai->ai_protocol);
	int one = 1;

	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	/* Accepted sockets inherit TCP_NODELAY. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) == -1 ||
	    bind(fd, ai->ai_addr, ai->ai_addrlen) == -1 ||
	    listen(fd, BACKLOG) == -1) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

int
listen_open(const char *address, char **cause)
{
	struct addrinfo *found = look_up_address(address, cause);
	int fd = -1;

	if (!found)
		return -1;
	for (struct addrinfo *ai = found; ai && fd == -1; ai = ai->ai_next)
		fd = try_to_listen(ai);
	if (fd == -1)
		*cause = xasprintf(
		    "cannot serve on '%s': %s", address, strerror(errno));
	freeaddrinfo(found);
	return fd;
}

static union address
get_address(int fd)
{
	union address a = {.storage = {0}};
	socklen_t len = sizeof(a);

	if (getsockname(fd, &a.any, &len) == -1)
		die("cannot get the address of a socket: %s", strerror(errno));
	return a;
}

uint16_t
listen_port(int fd)
{
	union address a = get_address(fd);

	return ntohs(
	    a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
}

/* Replace "all addresses", to which nobody can connect, by the loopback
 * address. */
static void
aim_at_loopback(union address *a)
{
	if (a->any.sa_family == AF_INET6 &&
	    IN6_IS_ADDR_UNSPECIFIED(&a->v6.sin6_addr))
		a->v6.sin6_addr = in6addr_loopback;
	else if (a->any.sa_family == AF_INET &&
	         a->v4.sin_addr.s_addr == htonl(INADDR_ANY))
		a->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

void
listen_add_url(struct buf *b, int fd)
{
	char text[INET6_ADDRSTRLEN] = "";
	union address a = get_address(fd);

	aim_at_loopback(&a);
	if (a.any.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &a.v6.sin6_addr, text, sizeof(text));
		buf_addf(b, "http://[%s]:%u", text, listen_port(fd));
	} else {
		inet_ntop(AF_INET, &a.v4.sin_addr, text, sizeof(text));
		buf_addf(b, "http://%s:%u", text, listen_port(fd));
	}
}
