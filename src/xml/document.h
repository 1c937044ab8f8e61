/* Documents, for the files of this folder. */
#ifndef GATHER_XML_DOCUMENT_H
#define GATHER_XML_DOCUMENT_H

#include "base/buf.h"
#include "xml/library.h"
#include "xml/xml.h"

struct xml_doc {
	struct libxml libxml; /* from the first text on */
	bool is_loaded;
	xmlDoc *tree;    /* NULL: nothing was read */
	size_t len;      /* of its text */
	struct buf utf8; /* a page in UTF-8, if it had to be made */
};

#endif
