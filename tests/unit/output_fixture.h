/*
 * What the tests of formats and of -w begin with: one request and its result
 * (sample.h), the options of the output, and what the paths among them find.
 * Of the one test that includes it, therefore static.
 */
#ifndef GATHER_TESTS_OUTPUT_FIXTURE_H
#define GATHER_TESTS_OUTPUT_FIXTURE_H

#include <check.h>
#include <stdlib.h>

#include "format/extract.h"
#include "format/format.h"
#include "writer/encoded.h"
#include "sample.h"

static struct output_options options;
static struct extractor *extractor; /* NULL: nothing was extracted */
static struct columns *columns;
static struct encoded encoded;
static struct sample sample;
static struct record record;
static char *cause;

static void
fixture_init(void)
{
	output_options_init(&options);
	encoded_init(&encoded);
	sample_init(&sample);
	record = (struct record){
	    .request = sample.request,
	    .result = &sample.result,
	};
}

static void
fixture_release(void)
{
	columns_free(columns);
	columns = NULL;
	extractor_free(extractor);
	extractor = NULL;
	encoded_release(&encoded);
	sample_release(&sample);
	output_options_release(&options);
	free(cause);
	cause = NULL;
}

/* The options are said: compile the paths among them, if there are any. */
static void
fixture_compile_paths(void)
{
	if (!extract_wanted(&options))
		return;
	extractor = extractor_new(&options, &cause);
	ck_assert_msg(extractor != NULL, "%s", cause);
	columns = columns_new(extractor);
	record.columns = columns;
}

/* The body is there: the record gets what they find in it. */
static void
fixture_extract(void)
{
	struct readings *body = readings_new();

	readings_begin(body, &sample.result);
	if (extractor)
		extractor_apply(extractor, body, columns);
	readings_free(body);
}

static const char *
fixture_stdout(void)
{
	return encoded.out.data ? encoded.out.data : "";
}

#endif
