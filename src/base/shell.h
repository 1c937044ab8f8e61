/* Text as a word of a POSIX shell, for messages that say what to type. */
#ifndef GATHER_BASE_SHELL_H
#define GATHER_BASE_SHELL_H

/* In single quotes. Caller frees. */
char *shell_quoted(const char *text);
/* As it is if it means nothing else to a shell, or in quotes. Caller frees. */
char *shell_word(const char *text);

#endif
