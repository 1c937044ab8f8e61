/* The functions of libxml2 that this folder calls, loaded when the first
 * expression is compiled. */
#ifndef GATHER_XML_LIBRARY_H
#define GATHER_XML_LIBRARY_H

#include "base/buf.h"
#include "base/library.h"
#include "xml/xml.h"

#ifdef HAVE_LIBXML2

#include <libxml/HTMLparser.h>
#include <libxml/HTMLtree.h>
#include <libxml/parser.h>
#include <libxml/threads.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

/* What makes the state that libxml2 keeps for each thread. */
#if LIBXML_VERSION < 21200
#define LIBXML_THREAD_FUNCTION(X) X(xmlGetGlobalState)
#else
#define LIBXML_THREAD_FUNCTION(X) X(xmlCheckThreadLocalStorage)
#endif

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
	X(xmlXPathNodeSetSort)      \
	LIBXML_THREAD_FUNCTION(X)

struct libxml {
	LIBXML_FUNCTIONS(LIBRARY_MEMBER)
};

/* Load libxml2 and have it allocate as this program does. -1 with *cause set
 * (caller frees): it cannot be loaded. */
int libxml_load(struct libxml *, char **cause);

/* Before a thread calls anything else that was loaded: without memory for its
 * state libxml2 would crash, so the program ends here. */
void libxml_enter_thread(const struct libxml *);

/* What a page or feed was read into (document.c), for path.c to search. */
struct xml_doc {
	struct libxml libxml; /* from the first text on */
	bool is_loaded;
	xmlDoc *tree;    /* NULL: nothing was read */
	size_t len;      /* of its text */
	struct buf utf8; /* a page in UTF-8, if it had to be made */
};

#endif

#endif
