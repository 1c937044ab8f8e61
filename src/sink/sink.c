/* All sinks of a run, called one after the other. Nothing here knows which
 * there are but the rows made of SINKS(X). */
#include "config.h"

#include "sink/sink.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/xalloc.h"

#define X(name) extern const struct sink_kind sink_##name;
SINKS(X)
#undef X

static const struct {
	const struct sink_kind *kind;
	size_t file; /* offset of its option in struct output_options */
} kinds[] = {
#define X(name) {&sink_##name, offsetof(struct output_options, name)},
    SINKS(X)
#undef X
};

enum {
	KINDS = sizeof(kinds) / sizeof(*kinds)
};

/* The state of each sink, by its row. */
struct sinks {
	void *open[KINDS]; /* NULL: not asked for */
};

/* The file that the option of sink `i` names; NULL if it was not given. */
static const char *
file_of(const struct output_options *options, size_t i)
{
	return *(
	    char *const *)(const void *)((const char *)options + kinds[i].file);
}

/* Abort the sinks that are open. */
static void
abort_all(struct sinks *s)
{
	for (size_t i = 0; i < KINDS; i++)
		if (s->open[i])
			kinds[i].kind->abort(s->open[i]);
	free(s);
}

struct sinks *
sinks_open(const struct sink_setup *setup, char **cause)
{
	struct sinks *s = xcalloc(1, sizeof(*s));

	for (size_t i = 0; i < KINDS; i++) {
		const char *file = file_of(setup->options, i);

		if (!file)
			continue;
		s->open[i] = kinds[i].kind->open(setup, file, cause);
		if (!s->open[i]) {
			abort_all(s);
			return NULL;
		}
	}
	return s;
}

void
sinks_add(struct sinks *s, const struct record *record)
{
	for (size_t i = 0; i < KINDS; i++)
		if (s->open[i])
			kinds[i].kind->add(s->open[i], record);
}

void
sinks_add_exchanges(struct sinks *s, const struct record *record)
{
	for (size_t i = 0; i < KINDS; i++)
		if (s->open[i])
			kinds[i].kind->add_exchanges(s->open[i], record);
}

void
sinks_flush(struct sinks *s)
{
	for (size_t i = 0; i < KINDS; i++)
		if (s->open[i] && kinds[i].kind->flush)
			kinds[i].kind->flush(s->open[i]);
}

void
sinks_close(struct sinks *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < KINDS; i++)
		if (s->open[i])
			kinds[i].kind->close(s->open[i]);
	free(s);
}
