/*
 * The sockets of an engine, idle connections included, and how many of them
 * the limit of descriptors leaves room for. Connections that are kept for
 * later give way to those that are needed now.
 */
#ifndef GATHER_FETCH_SOCKETS_H
#define GATHER_FETCH_SOCKETS_H

#include <curl/curl.h>

struct attempt;
struct engine;
struct lane;

/* CURLOPT_OPENSOCKETFUNCTION's work for an attempt; its os_errno says why
 * there is none. */
curl_socket_t sockets_add(struct attempt *, const struct curl_sockaddr *);
/* It begins; it has a connection, or is over. */
void sockets_await(struct attempt *);
void sockets_await_no_more(struct attempt *);
/* To be called where a lane begins, and where transfers begin and end, but
 * not from within libcurl: sets how many idle connections lanes keep. */
void sockets_set_up(struct lane *);
void sockets_balance(struct engine *);
/* CURLOPT_CLOSESOCKETFUNCTION; `arg` is the engine. */
int sockets_close(void *arg, curl_socket_t fd);

#endif
