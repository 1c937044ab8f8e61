/*
 * What a failed transfer means to the user: libcurl's codes as classes of
 * errors (request/result.h), each with a message that says what to do. Pure.
 */
#ifndef GATHER_FETCH_CLASSIFY_H
#define GATHER_FETCH_CLASSIFY_H

#include <curl/curl.h>

#include "request/result.h"

/* What is known of a transfer that ended with a code other than CURLE_OK. */
struct transfer_end {
	CURLcode code;
	int os_errno;            /* of connect(2) and its like; 0: none */
	const char *proxy;       /* that was used, redacted; NULL: none */
	long proxy_status;       /* its answer to CONNECT; 0: none */
	const char *replay;      /* ADDR:PORT of --replay-at; NULL: not given */
	bool connected;          /* TCP, to server or proxy */
	bool on_wire;            /* the request was sent, at least in part */
	bool interim;            /* the last status that came was 1xx */
	bool only_http3;         /* nothing else was tried */
	bool length_seen;        /* the answer had a good Content-Length */
	const char *authorities; /* "SSL_CERT_FILE=..."; NULL: not from there */
	const char *detail;      /* libcurl's own words; may be "" */
};

/* Set *failure to the class, the reason and the message of a failed transfer.
 */
void classify(const struct transfer_end *, struct failure *);

#endif
