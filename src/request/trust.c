#include "config.h"

#include "request/trust.h"

#include <string.h>

void
trust_step(
    struct trust *t, const char *from, const char *to, enum trust_rule rule)
{
	t->foreign =
	    rule != TRUST_EVERYBODY && (t->foreign || strcmp(from, to) != 0);
}
