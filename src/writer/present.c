#include "config.h"

#include "writer/present.h"

#include <string.h>

bool
present_pass(struct present *p, const char **data, size_t *len)
{
	size_t left = p->bytes.len - p->passed;
	size_t n = *len < left ? *len : left;

	if (n && memcmp(p->bytes.data + p->passed, *data, n) != 0)
		return false;
	p->passed += n;
	*data += n;
	*len -= n;
	if (p->passed == p->bytes.len) {
		buf_release(&p->bytes);
		p->passed = 0;
	}
	return true;
}
