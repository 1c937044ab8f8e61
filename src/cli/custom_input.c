#include "config.h"

#include "cli/custom.h"

#include <string.h>

#include "cli/setters.h"

/* Of an option that wants `what`: mostly a variable that is not set. */
static int
refuse_empty(const struct setting *s, const char *what, char **cause)
{
	if (*s->value)
		return 0;
	return setting_refuse(cause, "%s wants %s, and there is none",
	    *s->typed ? s->typed : "the operand \"\"", what);
}

int
set_list(const struct setting *s, char **cause)
{
	if (refuse_empty(s, "the name of a list", cause) == -1)
		return -1;
	if (strcmp(s->value, "-") == 0 && setting_claim_stdin(s, cause) == -1)
		return -1;
	input_options_add(&s->options->input, INPUT_LIST, s->value);
	return 0;
}

int
set_url(const struct setting *s, char **cause)
{
	if (refuse_empty(s, "a URL", cause) == -1)
		return -1;
	input_options_add(&s->options->input, INPUT_URL, s->value);
	return 0;
}

int
set_source(const struct setting *s, char **cause)
{
	if (refuse_empty(s, "the name of a file", cause) == -1)
		return -1;
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
