#include "config.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <zlib.h>

#ifdef HAVE_BROTLI
#include <brotli/decode.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_PCRE2
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#endif
#ifdef HAVE_LIBXML2
#include <libxml/xmlversion.h>
#endif
#ifdef HAVE_SQLITE
#include <sqlite3.h>
#endif

#include "cli/help.h"

static const struct {
	int bit;
	const char *name;
} features[] = {
    {CURL_VERSION_HTTP2, "HTTP2"},
    {CURL_VERSION_HTTP3, "HTTP3"},
    {CURL_VERSION_SSL, "TLS"},
    {CURL_VERSION_IDN, "IDN"},
    {CURL_VERSION_IPV6, "IPv6"},
    {CURL_VERSION_UNIX_SOCKETS, "UnixSockets"},
};

void
help_print_version(FILE *out)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);

	fprintf(out, "gather %s\n", PACKAGE_VERSION);
	fprintf(out, "libcurl %s", curl->version);
	if (curl->ssl_version)
		fprintf(out, " %s", curl->ssl_version);
	if (curl->nghttp2_version)
		fprintf(out, " nghttp2/%s", curl->nghttp2_version);
	fprintf(
	    out, ", libevent %s, zlib %s", event_get_version(), zlibVersion());
#ifdef HAVE_BROTLI
	fprintf(out, ", Brotli %u.%u.%u", BrotliDecoderVersion() >> 24,
	    BrotliDecoderVersion() >> 12 & 0xfff,
	    BrotliDecoderVersion() & 0xfff);
#endif
#ifdef HAVE_ZSTD
	fprintf(out, ", zstd %s", ZSTD_versionString());
#endif
#ifdef HAVE_PCRE2
	fprintf(out, ", PCRE2 %d.%d", PCRE2_MAJOR, PCRE2_MINOR);
#endif
#ifdef HAVE_SQLITE
	fputs(", SQLite " SQLITE_VERSION, out);
#endif
#ifdef HAVE_LIBXML2
	fputs(", libxml2 " LIBXML_DOTTED_VERSION, out);
#endif
	fputc('\n', out);
	fputs("Features:", out);
	/* Bodies are decoded by us, not by libcurl. */
	fputs(" gzip", out);
#ifdef HAVE_BROTLI
	fputs(" brotli", out);
#endif
#ifdef HAVE_ZSTD
	fputs(" zstd", out);
#endif
	for (size_t i = 0; i < sizeof(features) / sizeof(*features); i++)
		if (curl->features & features[i].bit)
			fprintf(out, " %s", features[i].name);
	fputc('\n', out);
}
