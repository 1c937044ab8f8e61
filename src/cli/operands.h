/* Where requests come from: operands, and stdin if they name no list. */
#ifndef GATHER_CLI_OPERANDS_H
#define GATHER_CLI_OPERANDS_H

#include "cli/options.h"

/* -1 with *cause (caller frees) if a URL operand was probably meant to be
 * something else: a list without its `@`, the number of -P, the path of -j.
 * With
 * --eval operands are files, and all are accepted. */
int operands_check(const struct options *, char **cause);
/* Make stdin the list if the options name no input of their own. OPTIONS_WRONG:
 * there is nothing to fetch; *cause (caller frees) says so, or is NULL after
 * the short help was printed. */
enum options_verdict operands_find_input(struct options *, char **cause);
/* Check that --eval has one document, a file or stdin, which must not be a
 * terminal. *cause, which is NULL before, is set (caller frees) with
 * OPTIONS_WRONG. */
enum options_verdict operands_find_document(
    const struct options *, char **cause);

#endif
