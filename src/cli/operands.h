/* Where requests come from: operands, and stdin where they name no list. */
#ifndef GATHER_CLI_OPERANDS_H
#define GATHER_CLI_OPERANDS_H

#include "cli/options.h"

/* -1 with *cause (caller frees) if a URL was meant to be something else: a
 * list without its `@`, a number of -P, a path of -j. With --eval operands are
 * files. */
int operands_check(const struct options *, char **cause);
/* Without lines that are asked for, stdin becomes the list. OPTIONS_WRONG:
 * nothing is to be fetched; *cause (caller frees) says so, or NULL: help was
 * printed. */
enum options_verdict operands_find_input(struct options *, char **cause);
/* The document of --eval is a file, or stdin: something else than a terminal.
 * *cause, which is NULL, is set (caller frees) with OPTIONS_WRONG. */
enum options_verdict operands_find_document(
    const struct options *, char **cause);

#endif
