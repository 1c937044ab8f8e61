/* A config file: -K's by the first byte, else the user's own. Whatever it
 * holds, it is taken or refused with its line, and what was taken goes
 * together or not, with a reason. */
#include "config.h"

#include <string.h>

#include "base/xalloc.h"
#include "cli/config_file.h"
#include "cli/conflicts.h"
#include "fuzz.h"

static void
take(struct options *o, char *text, enum config_kind kind)
{
	const struct config_file file = {"name", text, kind};
	char *cause = NULL;
	int rc = config_take(o, &file, &cause);

	FUZZ_CHECK((rc == 0) == (cause == NULL));
	FUZZ_CHECK(rc == 0 || strncmp(cause, "name:", 5) == 0);
	if (rc == 0)
		FUZZ_CHECK((conflicts_find(o, &cause) == 0) == !cause);
	free(cause);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct options o;
	char *text;

	if (size == 0)
		return 0;
	text = xmemdup0((const char *)data + 1, size - 1);
	options_init(&o);
	take(&o, text, data[0] % 2 ? CONFIG_NAMED : CONFIG_DEFAULT);
	options_release(&o);
	free(text);
	return 0;
}
