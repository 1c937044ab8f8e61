#include "config.h"

#include "xml/xml.h"

#ifdef HAVE_LIBXML2

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "xml/document.h"
#include "xml/expression.h"
#include "xml/library.h"
#include "xml/steps.h"

enum {
	TEXT_MAX = 4096,      /* bytes of an expression */
	STEPS_BASE = 2000000, /* libxml2's; 100 ms, and more for unions */
	STEPS_PER_BYTE = 4,   /* for each of the document */
	STEPS_MAX = 20000000
};

struct xml_path {
	struct libxml libxml;
	xmlXPathCompExpr *compiled;
	char *last_name;
	bool singular;
	struct steps *steps; /* what its functions cost */
};

/* By libxml2's code. Others are internal. */
static const char *const problems[] = {
    [XPATH_NUMBER_ERROR] = "a number is wrong",
    [XPATH_UNFINISHED_LITERAL_ERROR] = "a string does not end",
    [XPATH_START_LITERAL_ERROR] = "a string should begin here",
    [XPATH_VARIABLE_REF_ERROR] = "$ needs a name, and there are no variables",
    [XPATH_UNDEF_VARIABLE_ERROR] = "there are no variables here",
    [XPATH_INVALID_PREDICATE_ERROR] = "a predicate is wrong",
    [XPATH_EXPR_ERROR] = "no XPath expression continues like this",
    [XPATH_UNCLOSED_ERROR] = "a bracket is not closed",
    [XPATH_UNKNOWN_FUNC_ERROR] = "XPath 1.0 has no such function",
    [XPATH_INVALID_OPERAND] = "an operand is of the wrong kind",
    [XPATH_INVALID_TYPE] = "a value is of the wrong kind",
    [XPATH_INVALID_ARITY] = "a function has too many or too few arguments",
    [XPATH_MEMORY_ERROR] = "it takes more memory than there is",
    [XPATH_UNDEF_PREFIX_ERROR] =
        "prefixes mean nothing here; write *[local-name()='NAME']",
    [XPATH_INVALID_CHAR_ERROR] = "a character is not allowed here",
    [XPATH_STACK_ERROR] = "it is nested too deeply",
    [XPATH_OP_LIMIT_EXCEEDED] = "it takes too many steps",
    [XPATH_RECURSION_LIMIT_EXCEEDED] = "it is nested too deeply",
};

#if LIBXML_VERSION < 21200
typedef xmlError seen_error;
#else
typedef const xmlError seen_error;
#endif

static enum xml_problem
problem_of(int code)
{
	if (code == XML_ERR_NO_MEMORY)
		return XML_PROBLEM_MEMORY;
	if (code - XML_XPATH_EXPRESSION_OK == XPATH_OP_LIMIT_EXCEEDED)
		return XML_PROBLEM_STEPS;
	return XML_PROBLEM_PATH;
}

static void
on_error(void *arg, seen_error *e)
{
	struct xml_error *error = arg;
	int code = e->code - XML_XPATH_EXPRESSION_OK;
	bool known = code > 0 &&
	             code < (int)(sizeof(problems) / sizeof(*problems)) &&
	             problems[code];

	if (error->message[0])
		return;
	error->problem = problem_of(e->code);
	error->column = (e->int1 > 0 ? (size_t)e->int1 : 0) + 1;
	snprintf(error->message, sizeof(error->message), "%s",
	    known ? problems[code] : "no XPath expression");
}

static void
say_nothing(void *arg, const char *fmt, ...)
{
	(void)arg;
	(void)fmt;
}

/* A context in `tree`, with errors going to *error. */
static xmlXPathContext *
new_context(const struct libxml *libxml, xmlDoc *tree, struct xml_error *error)
{
	xmlXPathContext *context = libxml->xmlXPathNewContext(tree);

	if (!context)
		die("out of memory");
	*error = (struct xml_error){.line = 1, .column = 1};
	context->node = (xmlNode *)(void *)tree;
	context->opLimit = STEPS_BASE;
	context->userData = error;
	context->error = on_error;
	libxml->xmlSetGenericErrorFunc(NULL, say_nothing);
	return context;
}

static int
fail_at(struct xml_error *error, size_t column, const char *message)
{
	*error = (struct xml_error){
	    .problem = XML_PROBLEM_PATH, .line = 1, .column = column};
	snprintf(error->message, sizeof(error->message), "%s", message);
	return -1;
}

static int
check_functions(const char *text, struct xml_error *error)
{
	size_t len;
	const char *unknown = expression_unknown_function(text, &len);
	char message[sizeof(error->message)];
	const char *similar;
	char *name;

	if (!unknown)
		return 0;
	name = xmemdup0(unknown, len);
	similar = expression_similar_function(name);
	snprintf(message, sizeof(message),
	    similar ? "XPath 1.0 has no %.40s(); did you mean %s()?"
	            : "XPath 1.0 has no %.40s()",
	    name, similar);
	free(name);
	return fail_at(
	    error, utf8_count(text, (size_t)(unknown - text)) + 1, message);
}

static int
check_text(const char *text, struct xml_error *error)
{
	if (strlen(text) > TEXT_MAX)
		return fail_at(
		    error, TEXT_MAX, "an expression of more than 4096 bytes");
	return check_functions(text, error);
}

/* Its type is the same wherever it is applied; so try it. */
static int
find_type(struct xml_path *path, struct xml_error *error)
{
	const struct libxml *libxml = &path->libxml;
	xmlDoc *tree = libxml->xmlNewDoc(NULL);
	xmlXPathContext *context = new_context(libxml, tree, error);
	xmlXPathObject *found;
	int rc;

	steps_count(path->steps, libxml, context);
	found = libxml->xmlXPathCompiledEval(path->compiled, context);
	rc = found ? 0 : -1;
	path->singular = found && found->type != XPATH_NODESET;
	libxml->xmlXPathFreeObject(found);
	libxml->xmlXPathFreeContext(context);
	libxml->xmlFreeDoc(tree);
	return rc;
}

static size_t
characters_before(const char *text, size_t column)
{
	size_t len = strlen(text);

	return utf8_count(text, column - 1 < len ? column - 1 : len);
}

static int
load(struct xml_path *path, struct xml_error *error)
{
	char *cause;

	if (libxml_load(&path->libxml, &cause) == 0)
		return 0;
	fail_at(error, 0, cause);
	free(cause);
	return -1;
}

static int
compile(struct xml_path *path, const char *text, struct xml_error *error)
{
	const struct libxml *libxml = &path->libxml;
	xmlXPathContext *context = new_context(libxml, NULL, error);

	path->compiled =
	    libxml->xmlXPathCtxtCompile(context, (const xmlChar *)text);
	libxml->xmlXPathFreeContext(context);
	if (path->compiled && find_type(path, error) == 0)
		return 0;
	error->column = characters_before(text, error->column) + 1;
	return -1;
}

struct xml_path *
xml_path_new(const char *text, struct xml_error *error)
{
	struct xml_path *path;

	if (check_text(text, error) < 0)
		return NULL;
	path = xcalloc(1, sizeof(*path));
	path->steps = xcalloc(1, sizeof(*path->steps));
	if (load(path, error) < 0 || compile(path, text, error) < 0) {
		xml_path_free(path);
		return NULL;
	}
	path->last_name = expression_last_name(text);
	return path;
}

void
xml_path_free(struct xml_path *path)
{
	if (!path)
		return;
	if (path->compiled)
		path->libxml.xmlXPathFreeCompExpr(path->compiled);
	free(path->last_name);
	free(path->steps);
	free(path);
}

bool
xml_path_is_singular(const struct xml_path *path)
{
	return path->singular;
}

const char *
xml_path_last_name(const struct xml_path *path)
{
	return path->last_name;
}

/* Nodes are shown one after the other, with what they are read by. */
struct show {
	const struct libxml *libxml;
	const struct xml_viewer *viewer;
};

static bool
see_node(const struct show *show, xmlNode *node)
{
	xmlChar *text = show->libxml->xmlXPathCastNodeToString(node);
	struct xml_value value = {
	    .type = XML_VALUE_TEXT, .text = text ? (const char *)text : ""};
	bool more = show->viewer->see(show->viewer->arg, &value);

	free(text);
	return more;
}

static void
see_nodes(const struct show *show, xmlNodeSet *nodes)
{
	int i = 0;

	if (!nodes)
		return;
	show->libxml->xmlXPathNodeSetSort(nodes);
	while (i < nodes->nodeNr && see_node(show, nodes->nodeTab[i]))
		i++;
}

static void
see_found(const struct show *show, const xmlXPathObject *found)
{
	struct xml_value value = {.type = XML_VALUE_TEXT, .text = ""};

	if (found->type == XPATH_NODESET) {
		see_nodes(show, found->nodesetval);
		return;
	}
	if (found->type == XPATH_BOOLEAN) {
		value.type = XML_VALUE_TRUTH;
		value.truth = found->boolval;
	} else if (found->type == XPATH_NUMBER) {
		value.type = XML_VALUE_NUMBER;
		value.number = found->floatval;
	} else if (found->stringval) {
		value.text = (const char *)found->stringval;
	}
	show->viewer->see(show->viewer->arg, &value);
}

static unsigned long
steps_for(size_t len)
{
	unsigned long steps = STEPS_BASE + STEPS_PER_BYTE * (unsigned long)len;

	return steps < STEPS_MAX ? steps : STEPS_MAX;
}

int
xml_path_apply(const struct xml_path *path, const struct xml_doc *doc,
    const struct xml_viewer *viewer, struct xml_error *error)
{
	const struct libxml *libxml = &path->libxml;
	const struct show show = {libxml, viewer};
	xmlXPathContext *context = new_context(libxml, doc->tree, error);
	xmlXPathObject *found;
	int rc;

	context->opLimit = steps_for(doc->len);
	steps_count(path->steps, libxml, context);
	found = libxml->xmlXPathCompiledEval(path->compiled, context);
	rc = found ? 0 : -1;
	if (found)
		see_found(&show, found);
	libxml->xmlXPathFreeObject(found);
	libxml->xmlXPathFreeContext(context);
	return rc;
}

#endif
