/*
 * What a failed transfer means to a user: libcurl's codes in our classes.
 */
#ifndef GATHER_FETCH_CLASSIFY_H
#define GATHER_FETCH_CLASSIFY_H

#include <curl/curl.h>

#include "request/result.h"

/* What is known of a transfer that ended with a code other than CURLE_OK. */
struct transfer_end {
	CURLcode code;
	int os_errno;
	const char *proxy;       /* that was used; NULL: none */
	long proxy_status;       /* of CONNECT; 0 none */
	bool connected;          /* TCP, to server or proxy */
	bool on_wire;            /* the request was sent, at least in part */
	bool interim;            /* the last that came was a status of 1xx */
	bool length_seen;        /* the answer had a good Content-Length */
	const char *authorities; /* of the environment; NULL: others */
	const char *detail;      /* libcurl's own words; may be "" */
};

void classify(const struct transfer_end *, struct failure *);

#endif
