#include "config.h"

#include "xml/steps.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef HAVE_LIBXML2

enum {
	BYTES_PER_STEP = 32,    /* copied, or looked at once */
	COMPARED_PER_STEP = 256 /* pairs of bytes, where both texts are long */
};

static const struct {
	const char *name;
	bool compares; /* its first argument with the second, byte by byte */
} counted[STEPS_FUNCTIONS] = {
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

/* The node behind `node` among those below `top`; NULL: there is none. */
static const xmlNode *
next_below(const xmlNode *top, const xmlNode *node)
{
	if (node->children && node->type != XML_ENTITY_REF_NODE)
		return node->children;
	while (node != top && !node->next)
		node = node->parent;
	return node == top ? NULL : node->next;
}

/* The bytes of a node's text; no more than `most` are counted. A node counts
 * as some, too. */
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

/* Of a set of nodes most functions read the first. */
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

/* False: they are used up. */
static bool
spend(xmlXPathContext *context, uint64_t steps)
{
	if (steps > context->opLimit ||
	    context->opCount > context->opLimit - steps)
		return false;
	context->opCount += (unsigned long)steps;
	return true;
}

/* All counted functions; which of them it is, the context knows. */
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

static xmlXPathFunction
look_up(void *arg, const xmlChar *name, const xmlChar *uri)
{
	(void)arg;
	for (size_t i = 0; !uri && i < STEPS_FUNCTIONS; i++)
		if (strcmp(counted[i].name, (const char *)name) == 0)
			return call_counted;
	return NULL;
}

void
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

#endif
