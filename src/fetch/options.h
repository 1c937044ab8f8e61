/*
 * How a run fetches: what is the same for all its requests. An option that
 * libcurl has is kept as it came and passed on (`curl`).
 */
#ifndef GATHER_FETCH_OPTIONS_H
#define GATHER_FETCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "base/strlist.h"

/* One curl_easy_setopt to make on every handle. */
struct curl_setting {
	CURLoption option;
	enum {
		SETTING_LONG,
		SETTING_TEXT,
		SETTING_OFF_T
	} kind;
	curl_off_t number;
	char *text; /* owned */
};

enum http_want {
	HTTP_ANY,
	HTTP_1_0,
	HTTP_1_1,
	HTTP_2
};

struct fetch_options {
	struct curl_setting *curl; /* a later one for the same option wins */
	size_t curl_len;
	bool follow;            /* -L */
	unsigned max_redirects; /* --max-redirs */
	bool location_trusted;
	enum http_want http;       /* --http1.1 and its like */
	bool compressed;           /* --compressed */
	bool insecure;             /* -k */
	bool allow_file_scheme;    /* --proto +file */
	bool deny_private;         /* --deny-private */
	char *capath;              /* NULL: libcurl must not use its default */
	struct strlist resolve;    /* --resolve */
	struct strlist connect_to; /* --connect-to */
	char *netrc_file;          /* --netrc-file; "" with -n: ~/.netrc */
	bool netrc;
	char *proxy;                 /* -x; NULL: the environment's */
	char *noproxy;               /* --noproxy; NULL: likewise */
	struct strlist cookie_files; /* -b FILE, each */
	char *cookie_jar_out;        /* -c FILE */
	int64_t connect_timeout_us;
	int64_t speed_limit;       /* -Y bytes/s */
	int64_t speed_time_us;     /* -y */
	uint64_t max_filesize;     /* decoded bytes of a body; 0 none */
	uint64_t max_headers;      /* bytes, sent or received; 0 none */
	bool keep_headers;         /* results hold the header block */
	bool keep_heads;           /* and those of all answers before it */
	bool keep_request_headers; /* and the one that was sent */
	bool fresh_connections;    /* compare's `sync` */
	unsigned parallel;         /* -P: sizes lanes and caches */
};

void fetch_options_init(struct fetch_options *);
void fetch_options_release(struct fetch_options *);
/* Remember a setting; for the same option the last one wins. */
void fetch_options_set_long(
    struct fetch_options *, CURLoption, curl_off_t value);
void fetch_options_set_text(
    struct fetch_options *, CURLoption, const char *value);

#endif
