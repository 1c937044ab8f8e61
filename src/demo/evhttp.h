/* evhttp, which is in libevent_extra, loaded when a server starts. */
#ifndef GATHER_DEMO_EVHTTP_H
#define GATHER_DEMO_EVHTTP_H

#include <event2/http.h>

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

/* evhttp_NAME is NAME here. */
struct evhttp_functions {
	EVHTTP_FUNCTIONS(EVHTTP_MEMBER)
};

/* -1 with *cause set (caller frees): it cannot be loaded. */
int evhttp_load(struct evhttp_functions *, char **cause);

#endif
