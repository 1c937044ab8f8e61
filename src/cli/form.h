/* What -F says (curl(1), -F), as the list that request/options.h describes. */
#ifndef GATHER_CLI_FORM_H
#define GATHER_CLI_FORM_H

#include "base/strlist.h"

/*
 * Append what `text` says to `form`: "name=content", "name=@file;type=T",
 * "name=@one,two", "name=<file", "=(" ... "=)". A file named "-" becomes
 * FORM_STDIN. Returns -1 with *cause set (caller frees): what is wrong, to
 * stand behind the option.
 */
int form_parse(struct strlist *form, const char *text, char **cause);
/* "name=content", whatever is in it. */
int form_parse_string(struct strlist *form, const char *text, char **cause);

#endif
