/* Text as a word of a POSIX shell, for messages that say what to type. */
#ifndef GATHER_BASE_SHELL_H
#define GATHER_BASE_SHELL_H

/* `text` in single quotes. Caller frees. */
char *shell_quoted(const char *text);
/* `text` as it is if a shell reads it as one literal word, else in quotes.
 * Caller frees. */
char *shell_word(const char *text);

#endif
