/*
 * Names are cut into words at signs and at humps, and the words are looked up.
 */
#include "config.h"

#include "redact/secret.h"

#include <string.h>

#include "text/ascii.h"

/* Words that make a parameter a secret, wherever they stand as a whole word in
 * its name: "api_key", "X-Amz-Signature", "client-secret", "userPass". */
static const char *const secret_words[] = {
    "apikey",
    "assertion",
    "auth",
    "authentication",
    "authorization",
    "bearer",
    "cookie",
    "credential",
    "credentials",
    "csrf",
    "hmac",
    "jwt",
    "key",
    "otp",
    "pass",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "pwd",
    "secret",
    "session",
    "sessionid",
    "sid",
    "sig",
    "signature",
    "token",
    "xsrf",
};

/* Ends that make a parameter a secret, whatever stands in front of them:
 * "accesstoken", "mypassword". */
static const char *const secret_ends[] = {
    "apikey",
    "accesskey",
    "authkey",
    "licensekey",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "secretkey",
    "sessionid",
    "signature",
    "token",
};

/* Returns the length of a name without the number at its end: "password1" is a
 * password. */
static size_t
without_number(const char *s, size_t len)
{
	while (len && ascii_is_digit(s[len - 1]))
		len--;
	return len;
}

static bool
is_word(const char *s, size_t len)
{
	len = without_number(s, len);
	for (size_t i = 0; i < sizeof(secret_words) / sizeof(*secret_words);
	     i++) {
		if (ascii_is_word(s, len, secret_words[i]))
			return true;
	}
	return false;
}

static bool
ends_secret(const char *name, size_t len)
{
	len = without_number(name, len);
	for (size_t i = 0; i < sizeof(secret_ends) / sizeof(*secret_ends);
	     i++) {
		size_t end = strlen(secret_ends[i]);

		if (len >= end &&
		    ascii_is_word(name + len - end, end, secret_ends[i]))
			return true;
	}
	return false;
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* A word begins behind a sign, and at a hump: "clientSecret". */
bool
secret_is_name(const char *name, size_t len)
{
	size_t start = 0;

	for (size_t i = 0; i <= len; i++) {
		bool hump = i > start && i < len && is_upper(name[i]) &&
		            !is_upper(name[i - 1]);

		if (i < len && ascii_is_alnum(name[i]) && !hump)
			continue;
		if (is_word(name + start, i - start))
			return true;
		start = hump ? i : i + 1;
	}
	return ends_secret(name, len);
}

bool
secret_is_header(const char *name, size_t len)
{
	static const char *const cookies[] = {"cookie", "set-cookie"};

	for (size_t i = 0; i < sizeof(cookies) / sizeof(*cookies); i++)
		if (ascii_is_word(name, len, cookies[i]))
			return true;
	return secret_is_name(name, len);
}
