/* The value of -F (curl(1), -F) as the list that request/options.h
 * describes. */
#ifndef GATHER_CLI_FORM_H
#define GATHER_CLI_FORM_H

#include "base/strlist.h"

/*
 * Append the entries that `text` means to `form`: "name=content",
 * "name=@file;type=T", "name=@one,two", "name=<file", "=(" ... "=)". A file
 * named "-" becomes FORM_STDIN. Returns -1 with *cause set (caller frees),
 * which is to be printed after the option; a part of the entries may have been
 * appended then.
 */
int form_parse(struct strlist *form, const char *text, char **cause);
/* Append the entries of --form-string: "name=content", in which no character of
 * the content has a special meaning. */
int form_parse_string(struct strlist *form, const char *text, char **cause);

#endif
