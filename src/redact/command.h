/*
 * A command line as it may be shown to anybody: quoted for a shell, with its
 * secrets hidden, and of bounded length. Pure.
 */
#ifndef GATHER_REDACT_COMMAND_H
#define GATHER_REDACT_COMMAND_H

#include <stddef.h>

#include "base/buf.h"

/* A command under construction. Zero initialises it. */
struct command_text {
	struct buf text; /* "gather -P 5 'https://a/?token=***'" */
	size_t left_out; /* words that it has no room for */
};

void command_text_release(struct command_text *);
/* Append an operand, which may be a URL. */
void command_text_add(struct command_text *, const char *operand);
/*
 * Append the option `name` (long, without dashes) as it was typed, "-H" or
 * "--header". `value` is NULL for a switch; `between` is "=" where the value
 * must be attached, else " ".
 *
 * Of a value that is secret by its nature nothing is shown, of others all but
 * what secret_is_name() says. The name of a file is no secret.
 */
struct command_option {
	const char *name;
	const char *typed;
	const char *value;
	const char *between;
};
void command_text_add_option(
    struct command_text *, const struct command_option *);
/* Append how many words were left out, if any; to be called last. */
void command_text_end(struct command_text *);

#endif
