/*
 * Finding a member of an object by its name. A look-up walks over the object;
 * where one object is asked again and again, as by a thousand paths, its names
 * are sorted once, and a look-up is a binary search.
 *
 * The sorted names belong to a document and are about the text that it holds.
 */
#ifndef GATHER_JSON_MEMBERS_H
#define GATHER_JSON_MEMBERS_H

/* What a document knows of the objects that were asked last. To be used by one
 * thread at a time. */
struct json_members;

struct json_members *json_members_new(void);
/* NULL is fine. */
void json_members_free(struct json_members *);
/* Forget all: the document has another text. */
void json_members_forget(struct json_members *);

/* json_member() is declared beside the evaluation that it is paid from
 * (json/path_eval.h). */

#endif
