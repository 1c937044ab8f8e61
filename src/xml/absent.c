/* What xml.h declares, for a build without libxml2: no expression compiles, so
 * the functions that read and search documents are never called. */
#include "config.h"

#include "xml/xml.h"

#ifndef HAVE_LIBXML2

#include <stdio.h>
#include <stdlib.h>

bool
xml_available(void)
{
	return false;
}

struct xml_path *
xml_path_new(const char *text, struct xml_error *error)
{
	(void)text;
	*error = (struct xml_error){.problem = XML_PROBLEM_PATH, .line = 1};
	snprintf(error->message, sizeof(error->message),
	    "this gather was built without libxml2; on Debian and Ubuntu: "
	    "apt-get install libxml2-dev, then configure and make again");
	return NULL;
}

void
xml_path_free(struct xml_path *path)
{
	(void)path;
}

bool
xml_path_is_singular(const struct xml_path *path)
{
	(void)path;
	return true;
}

const char *
xml_path_last_name(const struct xml_path *path)
{
	(void)path;
	return NULL;
}

struct xml_doc *
xml_doc_new(void)
{
	return NULL;
}

void
xml_doc_free(struct xml_doc *doc)
{
	(void)doc;
}

void
xml_doc_clear(struct xml_doc *doc)
{
	(void)doc;
}

int
xml_doc_read(
    struct xml_doc *doc, const struct xml_input *input, struct xml_error *error)
{
	(void)doc;
	(void)input;
	(void)error;
	abort();
}

void
xml_doc_add_names(const struct xml_doc *doc, struct strlist *names, size_t max)
{
	(void)doc;
	(void)names;
	(void)max;
	abort();
}

int
xml_path_apply(const struct xml_path *path, const struct xml_doc *doc,
    const struct xml_viewer *viewer, struct xml_error *error)
{
	(void)path;
	(void)doc;
	(void)viewer;
	(void)error;
	abort();
}

#endif
