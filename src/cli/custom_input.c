#include "config.h"

#include "cli/custom.h"

#include <string.h>

#include "base/xalloc.h"
#include "cli/setters.h"

int
set_list(const struct setting *s, char **cause)
{
	if (strcmp(s->value, "-") == 0 && setting_claim_stdin(s, cause) == -1)
		return -1;
	input_options_add(&s->options->input, INPUT_LIST, s->value);
	return 0;
}

int
set_url(const struct setting *s, char **cause)
{
	(void)cause;
	input_options_add(&s->options->input, INPUT_URL, s->value);
	return 0;
}

int
set_source(const struct setting *s, char **cause)
{
	if (strcmp(s->value, "-") == 0 && setting_claim_stdin(s, cause) == -1)
		return -1;
	return set_text(s, cause);
}

/* The one scheme that has to be asked for. */
int
set_proto(const struct setting *s, char **cause)
{
	if (strcmp(s->value, "+file") != 0)
		return setting_wants(
		    s, "+file (http and https are always on)", cause);
	s->options->input.allow_file_scheme = true;
	s->options->fetch.allow_file_scheme = true;
	return 0;
}
