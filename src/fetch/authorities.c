/*
 * From top to bottom: who is named; OpenSSL's functions; the store that all
 * connections of a run share; the context that those of an engine share; what a
 * handle is told.
 */
#include "config.h"

#include "fetch/authorities.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/library.h"
#include "base/xalloc.h"

/* A variable of the environment that is set and not empty; or NULL. */
static const char *
env_value(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static void
read_environment(struct authorities *a)
{
	const char *bundle = env_value("CURL_CA_BUNDLE");

	if (bundle) {
		a->file = bundle;
		a->shown = xasprintf("CURL_CA_BUNDLE=%s", bundle);
		return;
	}
	a->file = env_value("SSL_CERT_FILE");
	a->folder = env_value("SSL_CERT_DIR");
	if (a->file || a->folder)
		a->shown =
		    xasprintf("%s%s%s%s%s", a->file ? "SSL_CERT_FILE=" : "",
		        a->file ? a->file : "", a->file && a->folder ? " " : "",
		        a->folder ? "SSL_CERT_DIR=" : "",
		        a->folder ? a->folder : "");
}

void
authorities_init(struct authorities *a, const struct fetch_options *o)
{
	const struct curl_setting *file = fetch_options_find(o, CURLOPT_CAINFO);

	*a = (struct authorities){
	    .file = file ? file->text : NULL,
	    .folder = o->capath,
	    .insecure = o->insecure,
	    .same_context = !fetch_options_find(o, CURLOPT_SSLCERT),
	};
	pthread_mutex_init(&a->lock, NULL);
	if (!file && !o->capath && !o->insecure)
		read_environment(a);
}

/* --- a store of OpenSSL --------------------------------------------------- */

#ifdef HAVE_OPENSSL

#include <openssl/err.h>
#include <openssl/opensslv.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#define SSL_FUNCTIONS(X)                       \
	X(ERR_clear_error)                     \
	X(SSL_CTX_ctrl)                        \
	X(SSL_CTX_free)                        \
	X(SSL_CTX_up_ref)                      \
	X(TLS_client_method)                   \
	X(X509_LOOKUP_ctrl)                    \
	X(X509_LOOKUP_get_method_data)         \
	X(X509_LOOKUP_hash_dir)                \
	X(X509_LOOKUP_meth_free)               \
	X(X509_LOOKUP_meth_new)                \
	X(X509_LOOKUP_meth_set_get_by_subject) \
	X(X509_LOOKUP_set_method_data)         \
	X(X509_OBJECT_get0_X509)               \
	X(X509_OBJECT_retrieve_by_subject)     \
	X(X509_OBJECT_set1_X509)               \
	X(X509_STORE_add_lookup)               \
	X(X509_STORE_free)                     \
	X(X509_STORE_get0_objects)             \
	X(X509_STORE_load_file)                \
	X(X509_STORE_lock)                     \
	X(X509_STORE_new)                      \
	X(X509_STORE_set_flags)                \
	X(X509_STORE_unlock)                   \
	X(X509_free)

static const char *const ssl_names[] = {SSL_FUNCTIONS(LIBRARY_NAME) NULL};
static struct {
	SSL_FUNCTIONS(LIBRARY_MEMBER)
} ssl;

struct trust_store {
	X509_STORE *certificates;
	X509_LOOKUP_METHOD *method; /* of late_bundle; NULL: not needed */
	pthread_mutex_t lock;       /* while the bundle is read */
	const char *late_bundle; /* read when the folder has no certificate of
	                          * a name; NULL: none, or it is read */
};

/* Does libcurl use the OpenSSL that this was compiled for? Then the library is
 * in the process already. */
static bool
has_openssl(void)
{
	static const struct library library = {
	    .soname = OPENSSL_SONAME, .functions = ssl_names};
	const char *tls = curl_version_info(CURLVERSION_NOW)->ssl_version;

	return tls && strncmp(tls, "OpenSSL/", 8) == 0 &&
	       atoi(tls + 8) == OPENSSL_VERSION_MAJOR &&
	       library_find(&library, &ssl) == 0;
}

/* Find a certificate of that subject among those that the store holds. OpenSSL
 * takes a reference of its own to what comes back. */
static int
find_in_store(X509_STORE *store, X509_LOOKUP_TYPE type, const X509_NAME *name,
    X509_OBJECT *found)
{
	X509_OBJECT *object;
	X509 *certificate = NULL;

	ssl.X509_STORE_lock(store);
	object = ssl.X509_OBJECT_retrieve_by_subject(
	    ssl.X509_STORE_get0_objects(store), type, name);
	if (object)
		certificate = ssl.X509_OBJECT_get0_X509(object);
	if (certificate && ssl.X509_OBJECT_set1_X509(found, certificate))
		ssl.X509_free(certificate);
	ssl.X509_STORE_unlock(store);
	return certificate != NULL;
}

/* Read the bundle, unless that was done. Threads that need it meanwhile wait:
 * else they would find a certificate missing that is about to be there. */
static void
read_bundle(struct trust_store *store)
{
	pthread_mutex_lock(&store->lock);
	if (store->late_bundle)
		ssl.X509_STORE_load_file(
		    store->certificates, store->late_bundle);
	store->late_bundle = NULL;
	pthread_mutex_unlock(&store->lock);
}

/* The lookup that comes after that of the folder: read the bundle, once, and
 * look again. */
static int
look_in_bundle(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type,
    const X509_NAME *name, X509_OBJECT *found)
{
	struct trust_store *store = ssl.X509_LOOKUP_get_method_data(lookup);

	if (type != X509_LU_X509)
		return 0;
	read_bundle(store);
	return find_in_store(store->certificates, type, name, found);
}

/* Certificates of the folder are read when they are looked for. */
static bool
add_folder(struct trust_store *store, const char *folder)
{
	X509_LOOKUP *lookup = ssl.X509_STORE_add_lookup(
	    store->certificates, ssl.X509_LOOKUP_hash_dir());

	return lookup && ssl.X509_LOOKUP_ctrl(lookup, X509_L_ADD_DIR, folder,
	                     X509_FILETYPE_PEM, NULL) == 1;
}

static bool
add_late_bundle(struct trust_store *store, const char *bundle)
{
	X509_LOOKUP *lookup;

	store->method = ssl.X509_LOOKUP_meth_new("bundle, when needed");
	if (!store->method || !ssl.X509_LOOKUP_meth_set_get_by_subject(
	                          store->method, look_in_bundle))
		return false;
	lookup = ssl.X509_STORE_add_lookup(store->certificates, store->method);
	store->late_bundle = bundle;
	return lookup && ssl.X509_LOOKUP_set_method_data(lookup, store);
}

/* libcurl's own authorities stand in a bundle, and mostly one by one in a
 * folder, too, where OpenSSL finds the one that it needs. */
static bool
add_defaults(struct trust_store *store)
{
	const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);

	if (!v->cainfo || access(v->cainfo, R_OK))
		return false;
	if (!v->capath)
		return ssl.X509_STORE_load_file(store->certificates, v->cainfo);
	return add_folder(store, v->capath) &&
	       add_late_bundle(store, v->cainfo);
}

static bool
add_named(struct trust_store *store, const struct authorities *a)
{
	if (a->file && !ssl.X509_STORE_load_file(store->certificates, a->file))
		return false;
	return !a->folder || add_folder(store, a->folder);
}

static void
store_free(struct trust_store *store)
{
	if (!store)
		return;
	ssl.X509_STORE_free(store->certificates);
	ssl.X509_LOOKUP_meth_free(store->method);
	pthread_mutex_destroy(&store->lock);
	free(store);
}

/* Returns NULL where libcurl is to have stores of its own: it says best what
 * is wrong with a file. */
static struct trust_store *
store_new(const struct authorities *a)
{
	struct trust_store *store;

	store = xcalloc(1, sizeof(*store));
	pthread_mutex_init(&store->lock, NULL);
	store->certificates = ssl.X509_STORE_new();
	if (store->certificates &&
	    (a->file || a->folder ? add_named(store, a)
	                          : add_defaults(store))) {
		/* libcurl sets the same two: what the user trusts comes before
		 * what the server sends, and may be an intermediate. */
		ssl.X509_STORE_set_flags(store->certificates,
		    X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
		return store;
	}
	store_free(store);
	ssl.ERR_clear_error();
	return NULL;
}

/* libcurl calls this (CURLOPT_SSL_CTX_FUNCTION) for each connection. What it
 * adds later to the context's own store, as one that was configured with
 * --with-ca-fallback does, trusts nobody: only this store is asked. */
static CURLcode
use_store(CURL *easy, void *context, void *arg)
{
	const struct trust_store *store = arg;

	(void)easy;
	/* What the macro SSL_CTX_set1_verify_cert_store() stands for. */
	return ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_VERIFY_CERT_STORE, 1,
	           store->certificates) == 1
	           ? CURLE_OK
	           : CURLE_SSL_CONNECT_ERROR;
}

/* --- the context of an engine --------------------------------------------- */

/* For which context libcurl is at work in this thread; NULL: none. SSL_CTX_new
 * has no other way to know. */
static _Thread_local struct tls_context *at_work;

/* May connections share the context? libcurl sets it up again for each, always
 * in the same way, and a connection takes what it needs of it (SSL_new). */
static bool
is_shared(const struct tls_context *tls)
{
	const struct authorities *a = tls->authorities;

	return a->same_context && !tls->mixed && a->openssl &&
	       (a->insecure || a->store);
}

/*
 * Stands before OpenSSL's own function, which libcurl calls for each
 * connection: a program's own functions come first for the dynamic linker.
 * Where libcurl is linked otherwise nobody calls this, and each connection has
 * a context of its own. The methods of connections over QUIC are others.
 */
SSL_CTX *
SSL_CTX_new(const SSL_METHOD *method)
{
	static _Atomic(__typeof__(SSL_CTX_new) *) found;
	__typeof__(SSL_CTX_new) *make = atomic_load(&found);
	struct tls_context *tls = at_work;

	if (!make) {
		library_find_next(__func__, &make);
		atomic_store(&found, make);
	}
	if (!tls || !is_shared(tls) || method != ssl.TLS_client_method())
		return make(method);
	if (!tls->shared)
		tls->shared = make(method);
	if (tls->shared)
		ssl.SSL_CTX_up_ref(tls->shared);
	return tls->shared;
}

void
tls_context_enter(struct tls_context *tls)
{
	at_work = tls;
}

void
tls_context_leave(void)
{
	at_work = NULL;
}

void
tls_context_release(struct tls_context *tls)
{
	if (tls->shared)
		ssl.SSL_CTX_free(tls->shared);
}

bool
authorities_have_folder(void)
{
	return has_openssl() && curl_version_info(CURLVERSION_NOW)->capath;
}

#else

static bool
has_openssl(void)
{
	return false;
}

void
tls_context_enter(struct tls_context *tls)
{
	(void)tls;
}

void
tls_context_leave(void)
{
}

void
tls_context_release(struct tls_context *tls)
{
	(void)tls;
}

bool
authorities_have_folder(void)
{
	return false;
}

static void
store_free(struct trust_store *store)
{
	(void)store;
}

static struct trust_store *
store_new(const struct authorities *a)
{
	(void)a;
	return NULL;
}

static CURLcode
use_store(CURL *easy, void *context, void *arg)
{
	(void)easy;
	(void)context;
	(void)arg;
	return CURLE_OK;
}

#endif

/* --- the authorities of a run --------------------------------------------- */

void
authorities_free(struct authorities *a)
{
	store_free(a->store);
	pthread_mutex_destroy(&a->lock);
	free(a->shown);
}

/* Let libcurl read the files. */
static void
apply_files(const struct authorities *a, CURL *easy)
{
	/* Debian's default directory would turn libcurl's cache of parsed
	 * certificates off, at 20 ms of CPU per connection. */
	curl_easy_setopt(easy, CURLOPT_CAPATH, a->folder);
	if (a->file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, a->file);
}

static void
apply_store(struct trust_store *store, CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, use_store);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, store);
}

/* Find out once what libcurl's TLS is, and make the store. libcurl describes
 * itself in static storage (curl_version_info), so this is for one thread at a
 * time. */
static struct trust_store *
shared_store(struct authorities *a)
{
	struct trust_store *store;

	pthread_mutex_lock(&a->lock);
	if (!a->tried) {
		a->openssl = has_openssl();
		if (a->openssl && !a->insecure)
			a->store = store_new(a);
	}
	a->tried = true;
	store = a->store;
	pthread_mutex_unlock(&a->lock);
	return store;
}

void
authorities_apply(struct tls_context *tls, CURL *easy, bool through_tls_proxy)
{
	struct authorities *a = tls->authorities;
	struct trust_store *store = shared_store(a);

	tls->mixed |= through_tls_proxy;
	if (a->insecure) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (store && !through_tls_proxy)
		apply_store(store, easy);
	else
		apply_files(a, easy);
}
