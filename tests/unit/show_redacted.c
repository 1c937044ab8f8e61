/* Each line of stdin as a message may show it: for tests/canary. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "redact/redact.h"

int
main(void)
{
	char *line = NULL;
	size_t cap = 0;

	while (getline(&line, &cap, stdin) > 0) {
		char *shown;

		line[strcspn(line, "\n")] = '\0';
		shown = redacted(REDACT_TEXT, line);
		puts(shown);
		free(shown);
	}
	free(line);
	return 0;
}
