/*
 * Whose certificates are trusted: the authorities of --cacert and --capath, of
 * the environment (CURL_CA_BUNDLE, or SSL_CERT_FILE and SSL_CERT_DIR, as curl
 * reads them), or libcurl's own.
 *
 * Left alone, each multi handle of libcurl parses the whole bundle: 140
 * certificates, 20 ms of CPU. Where libcurl uses the OpenSSL that we were
 * compiled for, a run has one store of certificates instead, which all its
 * connections share, those of several threads, too: OpenSSL locks it, to look
 * something up as well as to add a certificate of the folder, and never takes
 * one out.
 */
#ifndef GATHER_FETCH_AUTHORITIES_H
#define GATHER_FETCH_AUTHORITIES_H

#include <curl/curl.h>
#include <pthread.h>
#include <stdbool.h>

#include "fetch/options.h"

struct trust_store;

/* What is named is borrowed; NULL: not named. */
struct authorities {
	const char *file;     /* a bundle of certificates, PEM */
	const char *folder;   /* hashed by subject, as c_rehash does */
	bool insecure;        /* anybody is trusted */
	char *shown;          /* "SSL_CERT_FILE=..." for messages; owned; NULL:
	                       * it is not the environment that names them */
	bool same_context;    /* all connections are set up in the same way */
	pthread_mutex_t lock; /* of what follows */
	bool tried;           /* it is known what libcurl's TLS is */
	bool openssl;         /* the one that this was compiled for */
	struct trust_store *store; /* owned; NULL: libcurl has its own */
};

/*
 * The context of OpenSSL (SSL_CTX) that the connections of an engine share. To
 * make one takes about as long as a quarter of a handshake, and an idle
 * connection that has one of its own 30 KB more; libcurl makes one for each
 * connection.
 *
 * Connections whose setting up differs from that of the others get one of
 * their own, as libcurl wants it: those to a proxy that speaks TLS, those with
 * a client certificate, and those where libcurl reads the certificates.
 */
struct tls_context {
	struct authorities *authorities; /* of the run; borrowed */
	bool mixed;   /* a connection came that differs; all are made anew */
	void *shared; /* owned; NULL: there is none so far */
};

/* Are libcurl's own authorities looked for in its folder, too? */
bool authorities_have_folder(void);
/* Find out who is trusted; nothing is read yet. */
void authorities_init(struct authorities *, const struct fetch_options *);
/* No connection may be left. */
void authorities_free(struct authorities *);
/* To be called by any thread, with the context of its engine. Say to a handle,
 * after its reset, whom its TLS connections are to trust. The store is made at
 * the first one that can use it: through a proxy that speaks TLS itself there
 * are two connections, of which the other trusts libcurl's own authorities. */
void authorities_apply(
    struct tls_context *, CURL *easy, bool through_tls_proxy);
/* Let connections that libcurl opens in this thread share the context, until
 * tls_context_leave(). */
void tls_context_enter(struct tls_context *);
void tls_context_leave(void);
/* To be called when the connections are closed. */
void tls_context_release(struct tls_context *);

#endif
