/*
 * -J: the name that a server gives to what it sends, in Content-Disposition
 * (RFC 6266), as the name of a file. Nothing that it says leads out of a
 * folder: only what follows the last slash or backslash counts, and that is
 * made harmless like every value in -o.
 */
#ifndef GATHER_FILES_SERVER_NAME_H
#define GATHER_FILES_SERVER_NAME_H

/* The name in the value of the header, as UTF-8: that of filename* (RFC 8187)
 * if it is valid, else that of filename. NULL: there is none that can be used.
 * Caller frees. */
char *server_name(const char *content_disposition);

#endif
