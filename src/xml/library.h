/* The functions of libxml2 that this folder calls, loaded when the first
 * expression is compiled; and the document, which document.c reads and path.c
 * searches. */
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

/* The function that makes the state which libxml2 keeps for each thread. */
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
	X(xmlInitParser)            \
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

/* The functions of libxml2, each a member by its own name. */
struct libxml {
	LIBXML_FUNCTIONS(LIBRARY_MEMBER)
};

/* Load libxml2, and make it allocate as this program does. On any thread. -1
 * with *cause set (caller frees): it cannot be loaded. */
int libxml_load(struct libxml *, char **cause);

/* To be called before a thread calls anything else of libxml2. Without memory
 * for its state libxml2 would crash, so the program ends here instead. */
void libxml_enter_thread(const struct libxml *);

/* What a page or feed was read into. */
struct xml_doc {
	struct libxml libxml; /* loaded for the first text */
	bool is_loaded;
	xmlDoc *tree;    /* NULL: nothing was read */
	size_t len;      /* bytes of its text: what it may cost to search */
	struct buf utf8; /* the page in UTF-8, if it was in another charset */
};

#endif

#endif
