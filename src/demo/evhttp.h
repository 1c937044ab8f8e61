/*
 * evhttp, which is in libevent_extra. It is loaded when a server starts,
 * because all other calls of the program work without it and start sooner.
 */
#ifndef GATHER_DEMO_EVHTTP_H
#define GATHER_DEMO_EVHTTP_H

#include <event2/http.h>

/* X(name) for each function that the server calls. */
#define EVHTTP_FUNCTIONS(X)           \
	X(add_header)                 \
	X(bind_listener)              \
	X(clear_headers)              \
	X(connection_set_closecb)     \
	X(find_header)                \
	X(free)                       \
	X(htmlescape)                 \
	X(new)                        \
	X(parse_query_str)            \
	X(request_free)               \
	X(request_get_command)        \
	X(request_get_connection)     \
	X(request_get_evhttp_uri)     \
	X(request_get_input_buffer)   \
	X(request_get_input_headers)  \
	X(request_get_output_buffer)  \
	X(request_get_output_headers) \
	X(request_get_uri)            \
	X(send_reply)                 \
	X(send_reply_chunk)           \
	X(send_reply_chunk_with_cb)   \
	X(send_reply_end)             \
	X(send_reply_start)           \
	X(set_allowed_methods)        \
	X(set_default_content_type)   \
	X(set_gencb)                  \
	X(set_max_body_size)          \
	X(set_max_headers_size)       \
	X(set_timeout)                \
	X(uri_get_path)               \
	X(uri_get_query)              \
	X(uridecode)

#define EVHTTP_MEMBER(name) __typeof__(evhttp_##name) *name;

/* The functions by their names without "evhttp_". */
struct evhttp_functions {
	EVHTTP_FUNCTIONS(EVHTTP_MEMBER)
};

/* Load the library and fill in the functions. -1 with *cause set (caller frees)
 * if it is not installed or lacks a function. */
int evhttp_load(struct evhttp_functions *, char **cause);

#endif
