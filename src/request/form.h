/*
 * -F as data: a list of texts, each with a tag in front. What is a file and
 * what is text is settled where the option is read, so no value that fills a
 * template can turn one into the other.
 *
 * A part is FORM_PART and its name, then what it holds, then the rest. One
 * that holds parts itself has the rest first, then FORM_OPEN, the parts, and
 * FORM_CLOSE.
 */
#ifndef GATHER_REQUEST_FORM_H
#define GATHER_REQUEST_FORM_H

enum form_tag {
	FORM_PART = 'n', /* a part begins; its name, or "" for none */
	FORM_TEXT = '=',
	FORM_FILE = '@',    /* an upload: the file's name */
	FORM_CONTENT = '<', /* a file's content as text */
	FORM_STDIN = '-',   /* what stdin held, which is the request's body */
	FORM_OPEN = '(',
	FORM_CLOSE = ')',
	FORM_TYPE = 't',
	FORM_FILENAME = 'f',
	FORM_ENCODER = 'e',
	FORM_HEADER = 'h', /* those of a part follow each other */
};

#endif
