/*
 * Text as a word of a POSIX shell, for messages that say what to type.
 */
#ifndef GATHER_TEXT_SHELL_H
#define GATHER_TEXT_SHELL_H

/* Returns `text` in single quotes. Caller frees. */
char *shell_quoted(const char *text);
/* Returns `text` as it is if a shell reads it as one literal word, else in
 * single quotes. Caller frees. */
char *shell_word(const char *text);

/*
 * Returns why `path` could not be opened, for a message: strerror(error). A
 * shell expands a ~ only at the start of a word; if `path` begins with one that
 * it has left alone, the text says what to write instead. Caller frees.
 */
char *shell_open_reason(const char *path, int error);

#endif
