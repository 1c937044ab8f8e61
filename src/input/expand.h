/* Templates in the options of a request: headers, body, credentials. */
#ifndef GATHER_INPUT_EXPAND_H
#define GATHER_INPUT_EXPAND_H

#include "request/options.h"
#include "request/template.h"

/* Replace each text that holds names by what it expands to. -1 with *cause
 * set (caller frees). */
int expand_options(
    struct request_options *, const struct template_values *, char **cause);
/* Call `see` for each name in them. -1 with *cause set: bad syntax. */
int expand_each_name(const struct request_options *,
    void (*see)(void *arg, const char *name), void *arg, char **cause);
/* What --url-query puts behind the `?`, into *query; NULL: nothing. -1 with
 * *cause set (caller frees): bad syntax. */
int expand_query(
    const struct request_options *, struct template **query, char **cause);

#endif
