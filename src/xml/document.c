/* Reading HTML and XML into trees. First a page is weighed, since libxml2 takes
 * quadratic time for tags with very many attributes; then its content type says
 * which parser reads it. */
#include "config.h"

#include "xml/xml.h"

#ifdef HAVE_LIBXML2

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "text/ascii.h"
#include "xml/charset.h"
#include "xml/library.h"

enum {
	RESOURCE_LIMIT = 114, /* XML_ERR_RESOURCE_LIMIT of newer versions */
	HTML_OPTIONS = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
	               HTML_PARSE_NOWARNING | HTML_PARSE_NONET,
	XML_OPTIONS = XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET
};

/* --- weight ----------------------------------------------------------------
 *
 * What a page would cost to parse, found before it is parsed. libxml2 looks
 * at all attributes of a tag for each further one: 40,000 in one tag, 230 KB,
 * take 20 seconds. And a tree takes much more memory than its text.
 */

enum {
	NODES_MAX = 1000000,     /* 2 seconds and 300 MB */
	COMPARED_MAX = 50000000, /* 5,000 tags of 100 attributes, or one
	                            of 7,000 */
	LOOKS_BASE = 1 << 20,    /* bytes looked at, for each of the page: */
	LOOKS_PER_BYTE = 16
};

/* How much more of a page may be looked at before it is too heavy. */
struct allowance {
	uint64_t nodes, compared, looks;
	uint64_t declared; /* attributes in a DTD so far; all are compared */
};

/* A place in a page. */
struct tag_scan {
	const char *at, *end;
};

/* Can `c` begin the name of an element or attribute? */
static bool
begins_name(char c)
{
	return ascii_is_alpha(c) || c < 0 || (c && strchr("_:.", c));
}

/* Is it whitespace of HTML or XML? */
static bool
is_blank(char c)
{
	return c && strchr(" \t\r\n\f", c);
}

/* Step over the value behind a `=`, if it is quoted. */
static void
skip_value(struct tag_scan *s)
{
	const char *close;

	while (s->at < s->end && is_blank(*s->at))
		s->at++;
	if (s->at == s->end || (*s->at != '"' && *s->at != '\''))
		return;
	close = memchr(s->at + 1, *s->at, (size_t)(s->end - s->at - 1));
	s->at = close ? close + 1 : s->end;
}

/* Count the attributes of the tag that begins at `s->at`, and step to its
 * end. */
static uint64_t
count_attributes(struct tag_scan *s)
{
	uint64_t count = 0;
	bool apart = false;

	while (s->at < s->end && *s->at != '>') {
		char c = *s->at++;

		count += apart && begins_name(c);
		apart = is_blank(c) || c == '/';
		if (c == '=') {
			skip_value(s);
			apart = s->at[-1] != '=';
		}
	}
	return count;
}

/* Does a tag begin here, or a declaration of a DTD? */
static bool
begins_tag(const struct tag_scan *s)
{
	const char *at = s->at;

	if (at < s->end && *at == '!')
		at++;
	return at < s->end && begins_name(*at);
}

/* Take `amount` from what is allowed; false, taking nothing, if it is not
 * enough. */
static bool
spend_allowance(uint64_t *allowed, uint64_t amount)
{
	bool enough = amount <= *allowed;

	*allowed -= enough ? amount : 0;
	return enough;
}

/* Pay for one tag: its node, its attributes, the pairs of them that libxml2
 * will compare, and the bytes looked at here. */
static bool
spend_tag(struct allowance *a, struct tag_scan *s)
{
	const char *begin = s->at;
	bool declaration = begin < s->end && *begin == '!';
	uint64_t n = begins_tag(s) ? count_attributes(s) : 0;

	a->declared += declaration ? n : 0;
	return spend_allowance(&a->nodes, 1 + n) &&
	       spend_allowance(&a->looks, (uint64_t)(s->at - begin)) &&
	       (declaration ? a->declared * a->declared <= COMPARED_MAX
	                    : spend_allowance(&a->compared, n * n));
}

/*
 * Can the page be parsed in a bearable time?
 *
 * What looks like a tag is not always one, and may hold others; so every `<` is
 * looked at, whatever the one before it seemed to be. In odd pages that counts
 * more than there is, never less.
 */
static bool
weight_is_bearable(const char *bytes, size_t len)
{
	const char *end = bytes + len;
	const char *at = bytes;
	struct allowance a = {
	    .nodes = NODES_MAX,
	    .compared = COMPARED_MAX,
	    .looks = (uint64_t)len * LOOKS_PER_BYTE + LOOKS_BASE,
	};

	while ((at = memchr(at, '<', (size_t)(end - at))) != NULL) {
		struct tag_scan s = {++at, end};

		if (!spend_tag(&a, &s))
			return false;
	}
	return true;
}

/* --- documents ------------------------------------------------------------ */

bool
xml_available(void)
{
	return true;
}

struct xml_doc *
xml_doc_new(void)
{
	struct xml_doc *doc = xcalloc(1, sizeof(*doc));

	buf_init(&doc->utf8);
	return doc;
}

void
xml_doc_clear(struct xml_doc *doc)
{
	if (doc->tree)
		doc->libxml.xmlFreeDoc(doc->tree);
	doc->tree = NULL;
	buf_release(&doc->utf8);
}

void
xml_doc_free(struct xml_doc *doc)
{
	if (!doc)
		return;
	xml_doc_clear(doc);
	free(doc);
}

/* --- kinds of bodies ------------------------------------------------------ */

/* What a content type says that a body is. */
enum kind {
	KIND_HTML, /* every type that is not in the table, too */
	KIND_XML,
	KIND_JSON,
	KIND_OTHER
};

/* A row of content types. */
static const struct type {
	const char *pattern;
	enum kind kind;
} types[] = {
    {"*+xml", KIND_XML},
    {"text/xml", KIND_XML},
    {"application/xml", KIND_XML},
    {"*+json", KIND_JSON},
    {"*/json", KIND_JSON},
    {"application/x-ndjson", KIND_JSON},
    {"image/", KIND_OTHER},
    {"audio/", KIND_OTHER},
    {"video/", KIND_OTHER},
    {"font/", KIND_OTHER},
    {"application/pdf", KIND_OTHER},
    {"application/zip", KIND_OTHER},
};

/* Does the content type `type` of `len` bytes fit a row? */
static bool
type_fits(const struct type *t, const char *type, size_t len)
{
	const char *pattern = t->pattern;
	size_t n = strlen(pattern);

	if (*pattern == '*')
		return len >= n - 1 && strncasecmp(type + len - (n - 1),
		                           pattern + 1, n - 1) == 0;
	if (pattern[n - 1] != '/' && len != n)
		return false;
	return strncasecmp(type, pattern, n) == 0;
}

/* The kind of a body by its content type. Without one, or with one that is not
 * in the table, a body is HTML. */
static enum kind
kind_of(const char *content_type)
{
	const char *type = content_type ? content_type : "";
	size_t len = strcspn(type, "; \t");

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (type_fits(&types[i], type, len))
			return types[i].kind;
	return KIND_HTML;
}

/* --- failures ------------------------------------------------------------- */

/* Set *error without a place in the text. Always returns -1. */
static int
fail(struct xml_error *error, enum xml_problem problem, const char *message)
{
	*error = (struct xml_error){.problem = problem, .line = 1, .column = 1};
	snprintf(error->message, sizeof(error->message), "%s", message);
	return -1;
}

/* The body is something else; `advice` says which option reads it. */
static int
fail_type(struct xml_error *error, const char *content_type, const char *advice)
{
	char message[sizeof(error->message)];

	snprintf(message, sizeof(message),
	    "the body is neither HTML nor XML but %.60s%s", content_type,
	    advice);
	return fail(error, XML_PROBLEM_TYPE, message);
}

/* The XML is not well-formed. `last` is the last error of libxml2; NULL if it
 * reported none. */
static int
fail_syntax(struct xml_error *error, const xmlError *last)
{
	static const xmlError unknown = {0};
	size_t len;

	if (!last)
		last = &unknown;
	fail(error, XML_PROBLEM_SYNTAX, last->message ? last->message : "");
	len = strcspn(error->message, "\n");
	error->message[len] = '\0';
	error->line = last->line > 0 ? (size_t)last->line : 1;
	error->column = last->int2 > 0 ? (size_t)last->int2 : 1;
	return -1;
}

/* Did libxml2 give up for want of memory or because of its own limits? Its
 * limit on depth is no mistake in the document, so it has its own message. */
static int
check_limits(const xmlParserCtxt *parser, struct xml_error *error)
{
	if (parser->errNo == XML_ERR_NO_MEMORY)
		return fail(error, XML_PROBLEM_MEMORY,
		    "the document needs more memory than there is");
	if (parser->errNo == XML_ERR_INTERNAL_ERROR ||
	    parser->errNo == RESOURCE_LIMIT)
		return fail(error, XML_PROBLEM_SIZE,
		    "the elements of the document are nested more than 256 "
		    "levels deep");
	return 0;
}

/* --- parsing -------------------------------------------------------------- */

/* Read a page by the rules of HTML, which always works. An empty page makes an
 * empty tree. */
static int
read_html(
    struct xml_doc *doc, const struct xml_input *input, struct xml_error *error)
{
	const struct libxml *libxml = &doc->libxml;
	size_t len = input->len;
	const char *page =
	    charset_decode(&doc->utf8, input->bytes, &len, input->content_type);
	htmlParserCtxt *parser = libxml->htmlNewParserCtxt();
	int rc;

	if (!parser)
		die("out of memory");
	doc->tree = libxml->htmlCtxtReadMemory(
	    parser, page, (int)len, NULL, "UTF-8", HTML_OPTIONS);
	rc = check_limits(parser, error);
	libxml->htmlFreeParserCtxt(parser);
	if (rc == 0 && !doc->tree)
		doc->tree = libxml->htmlNewDocNoDtD(NULL, NULL);
	return rc;
}

/* The node behind `node` in the order of the document. */
static xmlNode *
node_behind(xmlNode *node)
{
	if (node->type == XML_ELEMENT_NODE && node->children)
		return node->children;
	while (node && !node->next)
		node = node->parent;
	return node ? node->next : NULL;
}

/* Take the elements out of default namespaces: names without a prefix would
 * match nothing in Atom feeds and sitemaps. */
static void
forget_default_namespaces(xmlDoc *tree)
{
	for (xmlNode *n = tree->children; n; n = node_behind(n))
		if (n->type == XML_ELEMENT_NODE && n->ns && !n->ns->prefix)
			n->ns = NULL;
}

/* A parser that knows no entities, so none is ever expanded, not even in
 * attributes. */
static xmlParserCtxt *
new_xml_parser(const struct libxml *libxml)
{
	xmlParserCtxt *parser = libxml->xmlNewParserCtxt();

	if (!parser)
		die("out of memory");
	parser->sax->entityDecl = NULL;
	parser->sax->unparsedEntityDecl = NULL;
	return parser;
}

/* Read XML. A charset of the Content-Type goes before one in the text (RFC
 * 7303, 3.2). */
static int
read_xml(
    struct xml_doc *doc, const struct xml_input *input, struct xml_error *error)
{
	const struct libxml *libxml = &doc->libxml;
	xmlParserCtxt *parser = new_xml_parser(libxml);
	const char *charset = charset_of_type(input->content_type);
	int rc;

	if (!charset)
		charset = charset_of_declaration(input->bytes, input->len);
	doc->tree = libxml->xmlCtxtReadMemory(
	    parser, input->bytes, (int)input->len, NULL, charset, XML_OPTIONS);
	rc = check_limits(parser, error);
	if (rc == 0 && !doc->tree)
		rc = fail_syntax(error, libxml->xmlCtxtGetLastError(parser));
	if (rc == 0)
		forget_default_namespaces(doc->tree);
	libxml->xmlFreeParserCtxt(parser);
	return rc;
}

/* Read a body as what its content type says it is. */
static int
read_kind(
    struct xml_doc *doc, const struct xml_input *input, struct xml_error *error)
{
	switch (kind_of(input->content_type)) {
	case KIND_HTML: return read_html(doc, input, error);
	case KIND_XML: return read_xml(doc, input, error);
	case KIND_JSON:
		return fail_type(
		    error, input->content_type, "; use -j or --each for JSON");
	case KIND_OTHER: break;
	}
	return fail_type(error, input->content_type, "");
}

/* Load libxml2 for this document. The expressions that will be applied were
 * compiled with it, so it is there. */
static void
load_library(struct xml_doc *doc)
{
	char *cause;

	if (!doc->is_loaded && libxml_load(&doc->libxml, &cause) < 0)
		die("%s", cause);
	doc->is_loaded = true;
	libxml_enter_thread(&doc->libxml);
}

int
xml_doc_read(
    struct xml_doc *doc, const struct xml_input *input, struct xml_error *error)
{
	int rc;

	xml_doc_clear(doc);
	if (input->len > INT32_MAX / 4 ||
	    !weight_is_bearable(input->bytes, input->len))
		return fail(error, XML_PROBLEM_SIZE,
		    "the document has too many elements or attributes");
	load_library(doc);
	doc->len = input->len;
	rc = read_kind(doc, input, error);
	if (rc != 0)
		xml_doc_clear(doc);
	return rc;
}

#endif
