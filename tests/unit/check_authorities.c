#include "config.h"

#include "fetch/authorities.h"

#include <check.h>
#include <curl/curl.h>
#include <dlfcn.h>
#include <string.h>

#include "unit.h"

/* Where libcurl's TLS is not the OpenSSL that this was compiled for, there is
 * nothing to share, and nothing to test. */
#ifdef HAVE_OPENSSL

#include <openssl/ssl.h>

/* OpenSSL's functions as libcurl finds them, the program's own first. */
static struct {
	SSL_CTX *(*new)(const SSL_METHOD *);
	void (*free)(SSL_CTX *);
	const SSL_METHOD *(*client)(void);
	const SSL_METHOD *(*other)(void);
} ssl;

static struct fetch_options options;
static struct authorities authorities;
static struct tls_context tls;
static CURL *easy;

static void
find(const char *name, void *function)
{
	void *found = dlsym(RTLD_DEFAULT, name);

	memcpy(function, &found, sizeof(found));
}

static bool
is_there(void)
{
	find("SSL_CTX_new", &ssl.new);
	find("SSL_CTX_free", &ssl.free);
	find("TLS_client_method", &ssl.client);
	find("TLS_method", &ssl.other);
	return ssl.new &&ssl.free &&ssl.client &&ssl.other &&strncmp(
	           curl_version_info(CURLVERSION_NOW)->ssl_version, "OpenSSL/3",
	           9) == 0;
}

/* An engine with these options, which trusts anybody: no file is needed. */
static void
begin(void)
{
	options.insecure = true;
	authorities_init(&authorities, &options);
	tls = (struct tls_context){.authorities = &authorities};
	easy = curl_easy_init();
}

static void
end(void)
{
	curl_easy_cleanup(easy);
	tls_context_release(&tls);
	authorities_free(&authorities);
	fetch_options_release(&options);
}

/* Do two connections that are opened now have one context? */
static bool
is_one(const SSL_METHOD *method)
{
	SSL_CTX *a, *b;
	bool one;

	tls_context_enter(&tls);
	a = ssl.new(method);
	b = ssl.new(method);
	tls_context_leave();
	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_nonnull(b);
	one = a == b;
	ssl.free(a);
	ssl.free(b);
	return one;
}

START_TEST(connections_of_an_engine_share_a_context)
{
	SSL_CTX *a, *b;

	fetch_options_init(&options);
	begin();
	authorities_apply(&tls, easy, false);
	ck_assert(is_one(ssl.client()));
	tls_context_enter(&tls);
	a = ssl.new(ssl.client());
	tls_context_leave();
	b = ssl.new(ssl.client());
	ck_assert_ptr_ne(a, b);
	ssl.free(b);
	/* One that is still open when the engine ends keeps it. */
	tls_context_release(&tls);
	tls.shared = NULL;
	ssl.free(a);
	end();
}
END_TEST

START_TEST(connections_of_another_kind_do_not)
{
	fetch_options_init(&options);
	begin();
	authorities_apply(&tls, easy, false);
	ck_assert(!is_one(ssl.other()));
	ck_assert(is_one(ssl.client()));
	end();
}
END_TEST

START_TEST(with_a_proxy_that_speaks_tls_each_has_its_own)
{
	fetch_options_init(&options);
	begin();
	authorities_apply(&tls, easy, false);
	authorities_apply(&tls, easy, true);
	authorities_apply(&tls, easy, false);
	ck_assert(!is_one(ssl.client()));
	end();
}
END_TEST

START_TEST(with_a_client_certificate_each_has_its_own)
{
	fetch_options_init(&options);
	fetch_options_set_text(&options, CURLOPT_SSLCERT, "mine.pem");
	begin();
	authorities_apply(&tls, easy, false);
	ck_assert(!is_one(ssl.client()));
	end();
}
END_TEST

START_TEST(where_libcurl_reads_the_files_each_has_its_own)
{
	fetch_options_init(&options);
	fetch_options_set_text(&options, CURLOPT_CAINFO, "/no/such/file");
	begin();
	authorities.insecure = false;
	authorities_apply(&tls, easy, false);
	ck_assert_ptr_null(authorities.store);
	ck_assert(!is_one(ssl.client()));
	end();
}
END_TEST

static void
add_tests(TCase *t)
{
	if (!is_there())
		return;
	tcase_add_test(t, connections_of_an_engine_share_a_context);
	tcase_add_test(t, connections_of_another_kind_do_not);
	tcase_add_test(t, with_a_proxy_that_speaks_tls_each_has_its_own);
	tcase_add_test(t, with_a_client_certificate_each_has_its_own);
	tcase_add_test(t, where_libcurl_reads_the_files_each_has_its_own);
}

#else

static void
add_tests(TCase *t)
{
	(void)t;
}

#endif

int
main(void)
{
	Suite *s = suite_create("authorities");
	TCase *t = tcase_create("authorities");

	curl_global_init(CURL_GLOBAL_DEFAULT);
	add_tests(t);
	suite_add_tcase(s, t);
	return unit_run(s);
}
