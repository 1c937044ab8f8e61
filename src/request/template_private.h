/* What template.c expands and template_compile.c makes. */
#ifndef GATHER_REQUEST_TEMPLATE_PRIVATE_H
#define GATHER_REQUEST_TEMPLATE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "request/template.h"

/* The part of its place in which a name stands. */
enum template_spot {
	SPOT_PLAIN,
	SPOT_URL_START, /* the value is a URL, or the beginning of one */
	SPOT_URL_HOST,
	SPOT_URL_PATH,
	SPOT_URL_QUERY,   /* or the fragment */
	SPOT_JSON_STRING, /* between quotes */
	SPOT_JSON_VALUE,
	SPOT_COUNT
};

/* Changes a value: what is in `from` goes to `to`, which is empty. */
typedef void template_function(const struct buf *from, struct buf *to);

struct template_step {
	template_function *apply; /* NULL: it only says how to encode */
	bool encodes_url;         /* the value needs no percent-encoding */
	bool encodes_json;        /* the value needs no escapes */
};

struct template_piece {
	char *text; /* the literal, or the name */
	size_t len;
	bool is_name;
	bool optional; /* `{{name?}}` */
	enum template_spot spot;
	bool encodes_url;  /* a function has made the value fit for a URL, */
	bool encodes_json; /* for a JSON string */
	template_function **steps;
	size_t steps_len;
};

struct template
{
	enum template_place place;
	struct template_piece *pieces;
	size_t len;
	size_t names;
};

/* The function `name`; NULL: there is none. */
const struct template_step *template_step_find(const char *name, size_t len);
/* The names of all of them, for a message. Static. */
const char *template_step_names(void);

#endif
