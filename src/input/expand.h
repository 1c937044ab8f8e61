/*
 * Templates in the options of a request: headers, body, credentials and so on.
 * How a value is encoded follows from its place: a header's differs from that
 * of a form or of JSON.
 */
#ifndef GATHER_INPUT_EXPAND_H
#define GATHER_INPUT_EXPAND_H

#include <stdbool.h>

#include "request/options.h"
#include "request/template.h"

/* Replace each text that holds names by its expansion. -1 with *cause set
 * (caller frees): bad syntax, or a value that its place does not allow; some
 * texts may be expanded then. */
int expand_options(
    struct request_options *, const struct template_values *, char **cause);
/* A walk over the names in the options. */
struct expand_walk {
	void (*on_name)(void *arg, const char *name);
	void *arg;
	const char
	    *option; /* "-H", in which the name stands; set by the walk */
};
/* Call walk->on_name(arg, name) for each name in the options; bodies and the
 * parts of forms come last. -1 with *cause set (caller frees): bad syntax. */
int expand_each_name(
    const struct request_options *, struct expand_walk *, char **cause);
/* Is it one of the options that give a body? */
bool expand_is_body(const char *option);
/* Compile what --url-query appends to the query, joined by "&", into *query,
 * which the caller frees; NULL: the option was not given. -1 with *cause set
 * (caller frees): bad syntax. */
int expand_query(
    const struct request_options *, struct template **query, char **cause);

#endif
