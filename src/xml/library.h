/* The functions of libxml2 that this folder calls, loaded when the first
 * expression is compiled. */
#ifndef GATHER_XML_LIBRARY_H
#define GATHER_XML_LIBRARY_H

#include "base/library.h"

#ifdef HAVE_LIBXML2

#include <libxml/HTMLparser.h>
#include <libxml/HTMLtree.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#define LIBXML_FUNCTIONS(X)         \
	X(htmlCtxtReadMemory)       \
	X(htmlFreeParserCtxt)       \
	X(htmlNewDocNoDtD)          \
	X(htmlNewParserCtxt)        \
	X(xmlCtxtGetLastError)      \
	X(xmlCtxtReadMemory)        \
	X(xmlFreeDoc)               \
	X(xmlFreeParserCtxt)        \
	X(xmlMemSetup)              \
	X(xmlNewDoc)                \
	X(xmlNewParserCtxt)         \
	X(xmlSetGenericErrorFunc)   \
	X(xmlXPathCastNodeToString) \
	X(xmlXPathCompiledEval)     \
	X(xmlXPathCtxtCompile)      \
	X(xmlXPathErr)              \
	X(xmlXPathFreeCompExpr)     \
	X(xmlXPathFreeContext)      \
	X(xmlXPathFreeObject)       \
	X(xmlXPathFunctionLookup)   \
	X(xmlXPathNewContext)       \
	X(xmlXPathNodeSetSort)

struct libxml {
	LIBXML_FUNCTIONS(LIBRARY_MEMBER)
};

/* Load libxml2 and have it allocate as this program does. -1 with *cause set
 * (caller frees): it cannot be loaded. */
int libxml_load(struct libxml *, char **cause);

#endif

#endif
