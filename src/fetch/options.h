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
	curl_off_t number; /* of the others */
	char *text;        /* owned; of SETTING_TEXT, where NULL resets */
};

/* Which version of HTTP to use; HTTP_ANY: 2 over TLS if the server has it. */
enum http_want {
	HTTP_ANY,
	HTTP_1_0,
	HTTP_1_1,
	HTTP_2,
	HTTP_3,     /* tried first; else as HTTP_ANY */
	HTTP_3_ONLY /* or fail */
};

/* What results hold for those outputs alone that show it. Each question costs
 * libcurl 70 instructions per request, so what nobody shows is not asked. */
enum fetch_keep {
	KEEP_HEADERS = 1 << 0,         /* the header block of the answer */
	KEEP_HEADS = 1 << 1,           /* and those of all answers before it */
	KEEP_REQUEST_HEADERS = 1 << 2, /* and the one that was sent */
	KEEP_ENDS = 1 << 3,            /* the local address, and the ports */
	KEEP_SIZES = 1 << 4,           /* of the request and of all headers */
	KEEP_SPEEDS = 1 << 5,          /* as libcurl computes them */
	KEEP_VERDICTS = 1 << 6, /* the proxy's on CONNECT, those of TLS */
	KEEP_TRANSFER = KEEP_ENDS | KEEP_SIZES | KEEP_SPEEDS | KEEP_VERDICTS
};

struct fetch_options {
	struct curl_setting *curl; /* one for an option; owned */
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
	bool to_replay;   /* --replay-at: connect_to leads to a --replay, which
	                   * is spoken to without TLS, whatever the scheme */
	char *netrc_file; /* --netrc-file; "" with -n: ~/.netrc */
	bool netrc;
	char *proxy;                 /* -x; NULL: the environment's */
	char *noproxy;               /* --noproxy; NULL: likewise */
	struct strlist cookie_files; /* -b FILE, each */
	char *cookie_jar_out;        /* -c FILE */
	int64_t connect_timeout_us;
	int64_t speed_limit;    /* -Y bytes/s */
	int64_t speed_time_us;  /* -y */
	uint64_t max_filesize;  /* decoded bytes of a body; 0: any */
	bool limits_passing;    /* also of one that is only passed on */
	uint64_t max_headers;   /* bytes, sent or received; 0: any */
	uint64_t limit_total;   /* --limit-total: bytes/s; 0: any */
	bool remote_time;       /* -R: results hold Last-Modified */
	unsigned keep;          /* of enum fetch_keep */
	bool fresh_connections; /* compare's `sync` */
	unsigned parallel;      /* -P: sizes lanes and caches */
};

/* The defaults of the command line. */
void fetch_options_init(struct fetch_options *);
/* Free what the options own and set all to zero. */
void fetch_options_release(struct fetch_options *);
/* Remember a setting, which replaces an earlier one for the same option. A text
 * is copied. */
void fetch_options_set_long(
    struct fetch_options *, CURLoption, curl_off_t value);
void fetch_options_set_text(
    struct fetch_options *, CURLoption, const char *value);

/* The setting of that option, borrowed; NULL: there is none. */
const struct curl_setting *fetch_options_find(
    const struct fetch_options *, CURLoption);
/* Where --replay-at leads, "ADDR:PORT"; borrowed. NULL: it was not given. */
const char *fetch_options_replay(const struct fetch_options *);
/* Is there a cookie file to read or to write? */
bool fetch_options_keep_cookies(const struct fetch_options *);
/* Make the setting on a handle. */
CURLcode curl_setting_apply(CURL *, const struct curl_setting *);

#endif
