/*
 * XPath expressions: what their functions cost, what their text shows before it
 * is compiled, compiling them, and applying them to a document.
 *
 * libxml2 limits an evaluation by steps, and the budget grows with the
 * document; what it does not count well is added here.
 */
#include "config.h"

#include "xml/xml.h"

#ifdef HAVE_LIBXML2

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "text/ascii.h"
#include "text/suggest.h"
#include "text/utf8.h"
#include "xml/library.h"

enum {
	TEXT_MAX = 4096,      /* bytes of an expression */
	NODES_NAMED = 10000,  /* nodes whose names are looked at */
	STEPS_BASE = 2000000, /* about 100 ms, more for unions */
	STEPS_PER_BYTE = 4,   /* for each byte of the document */
	STEPS_MAX = 20000000
};

/* --- steps -----------------------------------------------------------------
 *
 * XPath's string functions pay steps for the text that they read: libxml2
 * counts a call as one step, be its text a word or a page of 9 MB. */

enum {
	BYTES_PER_STEP = 32,    /* copied, or looked at once */
	COMPARED_PER_STEP = 256 /* pairs of bytes, where both texts are long */
};

static const struct {
	const char *name;
	bool compares; /* its first argument with the second, byte by byte */
} counted[] = {
    {"concat", false},
    {"contains", true},
    {"normalize-space", false},
    {"number", false},
    {"starts-with", false},
    {"string", false},
    {"string-length", false},
    {"substring", false},
    {"substring-after", true},
    {"substring-before", true},
    {"sum", false},
    {"translate", true},
};

enum {
	STEPS_FUNCTIONS = sizeof(counted) / sizeof(*counted)
};

/* libxml2's own functions, in the order of `counted`, and what they report
 * errors by. */
struct steps {
	const struct libxml *libxml;
	xmlXPathFunction functions[STEPS_FUNCTIONS];
};

/* The node behind `node` among those below `top`, in the order of the document;
 * NULL if there is none. */
static const xmlNode *
next_below(const xmlNode *top, const xmlNode *node)
{
	if (node->children && node->type != XML_ENTITY_REF_NODE)
		return node->children;
	while (node != top && !node->next)
		node = node->parent;
	return node == top ? NULL : node->next;
}

/* The bytes of the text below a node, counted up to about `most`. Each node
 * counts as some, too, since it is visited. */
static uint64_t
text_of_node(const xmlNode *top, uint64_t most)
{
	uint64_t size = 0;

	if (top->type == XML_NAMESPACE_DECL)
		return BYTES_PER_STEP;
	for (const xmlNode *n = top; n && size < most; n = next_below(top, n)) {
		size += BYTES_PER_STEP;
		if (n->type == XML_TEXT_NODE ||
		    n->type == XML_CDATA_SECTION_NODE ||
		    n->type == XML_COMMENT_NODE || n->type == XML_PI_NODE)
			size += n->content ? strlen((char *)n->content) : 0;
	}
	return size;
}

/* The bytes of the text of an argument. Of a set of nodes most functions read
 * the first only; `all` is for sum(). */
static uint64_t
text_of_value(const xmlXPathObject *value, bool all, uint64_t most)
{
	const xmlNodeSet *nodes = value->nodesetval;
	uint64_t size = 0;

	if (value->type == XPATH_STRING && value->stringval)
		return strlen((char *)value->stringval);
	if (value->type != XPATH_NODESET || !nodes)
		return 0;
	for (int i = 0; i < (all ? nodes->nodeNr : nodes->nodeNr > 0); i++) {
		size += text_of_node(nodes->nodeTab[i], most);
		if (size > most)
			break;
	}
	return size;
}

/* The steps that a call of a counted function costs: for the text of its
 * arguments, or of the current node without any; and where two texts are
 * compared, for the product of their lengths. */
static uint64_t
cost_of(const xmlXPathParserContext *ctxt, int nargs, size_t function)
{
	bool all = strcmp(counted[function].name, "sum") == 0;
	uint64_t most = (uint64_t)ctxt->context->opLimit * BYTES_PER_STEP;
	uint64_t first = 0, second = 0, size = 0;

	if (nargs == 0 && ctxt->context->node)
		return text_of_node(ctxt->context->node, most) / BYTES_PER_STEP;
	for (int i = 0; i < nargs && nargs <= ctxt->valueNr; i++) {
		const xmlXPathObject *value =
		    ctxt->valueTab[ctxt->valueNr - nargs + i];
		uint64_t len = text_of_value(value, all, most);

		first = i == 0 ? len : first;
		second = i == 1 ? len : second;
		size += len;
	}
	size /= BYTES_PER_STEP;
	if (counted[function].compares && second)
		size += first / COMPARED_PER_STEP * second;
	return size;
}

/* Pay from the budget of an evaluation. False, paying nothing, if it is not
 * enough. */
static bool
spend(xmlXPathContext *context, uint64_t steps)
{
	if (steps > context->opLimit ||
	    context->opCount > context->opLimit - steps)
		return false;
	context->opCount += (unsigned long)steps;
	return true;
}

/* Stands for all counted functions: pays, then calls the one of libxml2. The
 * context knows by which name it was called. */
static void
call_counted(xmlXPathParserContext *ctxt, int nargs)
{
	const struct steps *steps = ctxt->context->funcLookupData;
	const char *name = (const char *)ctxt->context->function;

	for (size_t i = 0; i < STEPS_FUNCTIONS; i++) {
		if (strcmp(counted[i].name, name) != 0)
			continue;
		if (spend(ctxt->context, cost_of(ctxt, nargs, i)))
			steps->functions[i](ctxt, nargs);
		else
			steps->libxml->xmlXPathErr(
			    ctxt, XPATH_OP_LIMIT_EXCEEDED);
		return;
	}
}

/* Called by libxml2 for each function: ours go first. */
static xmlXPathFunction
look_up(void *arg, const xmlChar *name, const xmlChar *uri)
{
	(void)arg;
	for (size_t i = 0; !uri && i < STEPS_FUNCTIONS; i++)
		if (strcmp(counted[i].name, (const char *)name) == 0)
			return call_counted;
	return NULL;
}

/* From here on the counted functions pay in this context. `steps` is filled,
 * and must outlive the context and all that is compiled in it, as must
 * `libxml`. */
static void
steps_count(
    struct steps *steps, const struct libxml *libxml, xmlXPathContext *context)
{
	steps->libxml = libxml;
	for (size_t i = 0; i < STEPS_FUNCTIONS; i++)
		steps->functions[i] = libxml->xmlXPathFunctionLookup(
		    context, (const xmlChar *)counted[i].name);
	context->funcLookupFunc = look_up;
	context->funcLookupData = steps;
}

/* --- the text of an expression ----------------------------------------------
 *
 * Names are looked for without compiling: libxml2 finds an unknown function
 * only where it is called, page by page. */

/* The functions of XPath 1.0, 4, and the node tests that are written like them
 * (2.3). */
static const char *const xpath_functions[] = {"boolean", "ceiling", "comment",
    "concat", "contains", "count", "false", "floor", "id", "lang", "last",
    "local-name", "name", "namespace-uri", "node", "normalize-space", "not",
    "number", "position", "processing-instruction", "round", "starts-with",
    "string", "string-length", "substring", "substring-after",
    "substring-before", "sum", "text", "translate", "true", NULL};

static const char *const operators[] = {"and", "div", "mod", "or", NULL};

/* A word of the expression: a name, and what stands around it. */
struct word {
	const char *at;
	size_t len;
	char before;  /* the last character before it that is not a blank */
	char behind;  /* the first character behind it that is not a blank */
	size_t depth; /* how many brackets [ ] are open around it */
};

/* Can `c` be part of a name? Bytes of UTF-8 all can. */
static bool
in_name(char c)
{
	return ascii_is_alnum(c) || c < 0 || (c && strchr("_.-", c));
}

/* Can `c` begin a name? */
static bool
begins_name(char c)
{
	return ascii_is_alpha(c) || c < 0 || c == '_';
}

/* Is the word in a list that ends with NULL? */
static bool
is_among(const char *const *list, const struct word *w)
{
	for (; *list; list++)
		if (strlen(*list) == w->len &&
		    memcmp(*list, w->at, w->len) == 0)
			return true;
	return false;
}

/* The place behind the literal, number or character at `at`. */
static const char *
skip_other(const char *at)
{
	const char *close;

	if (ascii_is_digit(*at))
		return at + strspn(at, "0123456789.");
	if (*at != '"' && *at != '\'')
		return at + 1;
	close = strchr(at + 1, *at);
	return close ? close + 1 : at + strlen(at);
}

/* Step over what is no word, and note what the next word stands behind. */
static void
pass_other(struct word *w)
{
	const char *next = skip_other(w->at);

	if (*w->at == '[')
		w->depth++;
	else if (*w->at == ']' && w->depth)
		w->depth--;
	if (!strchr(" \t\r\n", *w->at))
		w->before = *w->at;
	w->at = next;
}

/* Step to the word behind `w`, which begins zeroed but for `at`. False if there
 * is none. */
static bool
next_word(struct word *w)
{
	if (w->len)
		w->before = w->at[w->len - 1];
	w->at += w->len;
	while (*w->at && !begins_name(*w->at))
		pass_other(w);
	for (w->len = 0; in_name(w->at[w->len]);)
		w->len++;
	w->behind = w->at[w->len + strspn(w->at + w->len, " \t\r\n")];
	return w->len > 0;
}

/* Is the word an operator, such as `and`? Behind a value it is one; behind a
 * slash, a bracket or another operator it is a name (XPath 1.0, 3.7). */
static bool
is_operator(const struct word *w)
{
	return is_among(operators, w) && w->before &&
	       !strchr("/@:[(,|+-*=<>", w->before);
}

/* Does the word name an element or attribute? It is no function, axis, prefix,
 * variable or operator. */
static bool
is_node_name(const struct word *w)
{
	return w->behind != '(' && w->behind != ':' && w->before != '$' &&
	       !is_operator(w);
}

/* The last element or attribute that is named outside of predicates. NULL if
 * there is none. Caller frees. */
static char *
find_last_name(const char *text)
{
	struct word w = {.at = text}, last = {0};

	while (next_word(&w))
		if (w.depth == 0 && is_node_name(&w))
			last = w;
	return last.len ? xmemdup0(last.at, last.len) : NULL;
}

/* Where a function stands that XPath 1.0 does not have; *len is the length of
 * its name. NULL if there is none. */
static const char *
find_unknown_function(const char *text, size_t *len)
{
	struct word w = {.at = text};

	while (next_word(&w)) {
		if (w.behind != '(' || is_operator(&w) ||
		    is_among(xpath_functions, &w))
			continue;
		*len = w.len;
		return w.at;
	}
	return NULL;
}

/* The function of XPath with the most similar name; NULL if none is similar.
 * Static. */
static const char *
find_similar_function(const char *name)
{
	struct suggestion s;

	suggestion_init(&s, name);
	for (const char *const *f = xpath_functions; *f; f++)
		suggestion_offer(&s, *f);
	return s.best;
}

/* --- expressions ---------------------------------------------------------- */

/* A compiled expression, with the library that compiled it. */
struct xml_path {
	struct libxml libxml;
	xmlXPathCompExpr *compiled;
	char *last_name;
	bool singular;
	struct steps *steps; /* owned; the compiled code points at it */
};

/* What the codes of libxml2 mean for the author of an expression. Codes that
 * are not here are internal. */
static const char *const problems[] = {
    [XPATH_NUMBER_ERROR] = "invalid number",
    [XPATH_UNFINISHED_LITERAL_ERROR] = "a string has no closing quote",
    [XPATH_START_LITERAL_ERROR] = "expected a string",
    [XPATH_VARIABLE_REF_ERROR] = "variables are not supported",
    [XPATH_UNDEF_VARIABLE_ERROR] = "variables are not supported",
    [XPATH_INVALID_PREDICATE_ERROR] = "invalid predicate",
    [XPATH_EXPR_ERROR] = "unexpected text in the expression",
    [XPATH_UNCLOSED_ERROR] = "missing closing bracket",
    [XPATH_UNKNOWN_FUNC_ERROR] = "XPath 1.0 has no such function",
    [XPATH_INVALID_OPERAND] = "an operand has the wrong type",
    [XPATH_INVALID_TYPE] = "a value has the wrong type",
    [XPATH_INVALID_ARITY] = "a function has too many or too few arguments",
    [XPATH_MEMORY_ERROR] = "the expression needs more memory than there is",
    [XPATH_UNDEF_PREFIX_ERROR] =
        "namespace prefixes are not supported; write *[local-name()='NAME']",
    [XPATH_INVALID_CHAR_ERROR] = "invalid character",
    [XPATH_STACK_ERROR] = "the expression is nested too deeply",
    [XPATH_OP_LIMIT_EXCEEDED] =
        "the expression takes too many steps on this document",
    [XPATH_RECURSION_LIMIT_EXCEEDED] = "the expression is nested too deeply",
};

#if LIBXML_VERSION < 21200
typedef xmlError reported_error;
#else
typedef const xmlError reported_error;
#endif

/* What kind of problem a code of libxml2 is. */
static enum xml_problem
problem_of(int code)
{
	if (code == XML_ERR_NO_MEMORY)
		return XML_PROBLEM_MEMORY;
	if (code - XML_XPATH_EXPRESSION_OK == XPATH_OP_LIMIT_EXCEEDED)
		return XML_PROBLEM_STEPS;
	return XML_PROBLEM_PATH;
}

/* Called by libxml2 with each error; the first one is kept. */
static void
on_error(void *arg, reported_error *e)
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
	    known ? problems[code] : "not a valid XPath expression");
}

/* Called by libxml2 with messages for stderr, which is ours. */
static void
ignore_message(void *arg, const char *fmt, ...)
{
	(void)arg;
	(void)fmt;
}

/* A context for one compilation or evaluation in `tree`, with errors going to
 * *error, which is cleared. */
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
	libxml->xmlSetGenericErrorFunc(NULL, ignore_message);
	return context;
}

/* Set *error with a place in the expression. Always returns -1. */
static int
fail_at(struct xml_error *error, size_t column, const char *message)
{
	*error = (struct xml_error){
	    .problem = XML_PROBLEM_PATH, .line = 1, .column = column};
	snprintf(error->message, sizeof(error->message), "%s", message);
	return -1;
}

/* Reject functions that XPath 1.0 does not have, with the most similar one. */
static int
check_functions(const char *text, struct xml_error *error)
{
	size_t len;
	const char *unknown = find_unknown_function(text, &len);
	char message[sizeof(error->message)];
	const char *similar;
	char *name;

	if (!unknown)
		return 0;
	name = xmemdup0(unknown, len);
	similar = find_similar_function(name);
	snprintf(message, sizeof(message),
	    similar ? "XPath 1.0 has no %.40s(); did you mean %s()?"
	            : "XPath 1.0 has no %.40s()",
	    name, similar);
	free(name);
	return fail_at(
	    error, utf8_count(text, (size_t)(unknown - text)) + 1, message);
}

/* Check what can be seen without libxml2. */
static int
check_text(const char *text, struct xml_error *error)
{
	if (strlen(text) > TEXT_MAX)
		return fail_at(error, TEXT_MAX,
		    "the expression is longer than 4096 bytes");
	return check_functions(text, error);
}

/* Find out whether the expression gives a set of nodes, by applying it to an
 * empty document: its type is the same wherever it is applied. */
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

/* How many characters stand before the byte in `column`, from 1. */
static size_t
characters_before(const char *text, size_t column)
{
	size_t len = strlen(text);

	return utf8_count(text, column - 1 < len ? column - 1 : len);
}

/* Load libxml2 for this path; column 0 shows that it is missing. */
static int
load_library(struct xml_path *path, struct xml_error *error)
{
	char *cause;

	if (libxml_load(&path->libxml, &cause) == 0)
		return 0;
	fail_at(error, 0, cause);
	free(cause);
	return -1;
}

static int
compile_expression(
    struct xml_path *path, const char *text, struct xml_error *error)
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
	if (load_library(path, error) < 0 ||
	    compile_expression(path, text, error) < 0) {
		xml_path_free(path);
		return NULL;
	}
	path->last_name = find_last_name(text);
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

/* Who is shown the values of an evaluation, and the library that reads them. */
struct show {
	const struct libxml *libxml;
	const struct xml_viewer *viewer;
};

/* Show the text of one node; false if no more are wanted. */
static bool
show_node(const struct show *show, xmlNode *node)
{
	xmlChar *text = show->libxml->xmlXPathCastNodeToString(node);
	struct xml_value value = {
	    .type = XML_VALUE_TEXT, .text = text ? (const char *)text : ""};
	bool more = show->viewer->on_value(show->viewer->arg, &value);

	free(text);
	return more;
}

/* Show a set of nodes, in the order of the document. */
static void
show_nodes(const struct show *show, xmlNodeSet *nodes)
{
	int i = 0;

	if (!nodes)
		return;
	show->libxml->xmlXPathNodeSetSort(nodes);
	while (i < nodes->nodeNr && show_node(show, nodes->nodeTab[i]))
		i++;
}

/* Show what an expression gave: nodes, or one value. */
static void
show_found(const struct show *show, const xmlXPathObject *found)
{
	struct xml_value value = {.type = XML_VALUE_TEXT, .text = ""};

	if (found->type == XPATH_NODESET) {
		show_nodes(show, found->nodesetval);
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
	show->viewer->on_value(show->viewer->arg, &value);
}

/* The budget for a document of `len` bytes. */
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
		show_found(&show, found);
	libxml->xmlXPathFreeObject(found);
	libxml->xmlXPathFreeContext(context);
	return rc;
}

/* --- what is in a document ------------------------------------------------ */

void
xml_doc_add_names(const struct xml_doc *doc, struct strlist *names, size_t max)
{
	const xmlNode *top = (const xmlNode *)doc->tree;
	unsigned visited = 0;

	for (const xmlNode *n = top; n && names->len < max;
	     n = next_below(top, n)) {
		if (++visited > NODES_NAMED)
			return;
		if (n->type == XML_ELEMENT_NODE &&
		    !strlist_has(names, (const char *)n->name))
			strlist_add(names, (const char *)n->name);
	}
}

#endif
