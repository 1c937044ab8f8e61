/*
 * Setters for the usual kinds of values, and macros that name them in the
 * table together with the field they fill. A field of the wrong type does
 * not compile.
 */
#ifndef GATHER_CLI_SETTERS_H
#define GATHER_CLI_SETTERS_H

#include "base/buf.h"
#include "cli/table.h"

/* The offset of `member` in struct options. If its type is not `type`, the
 * _Generic has no choice and the row does not compile. */
#define FIELD(member, type)                         \
	.field = offsetof(struct options, member) * \
	         _Generic(((struct options *)0)->member, type : 1)

#define FLAG(member)     .set = set_flag, FIELD(member, bool)
#define ANTIFLAG(member) .set = set_antiflag, FIELD(member, bool)
#define NUMBER(member, low, high) \
	.set = set_number, FIELD(member, unsigned), .min = (low), .max = (high)
#define COUNT(member, low) \
	.set = set_count, FIELD(member, uint64_t), .min = (low)
#define SIZE(member)     .set = set_size, FIELD(member, uint64_t)
#define DURATION(member) .set = set_duration, FIELD(member, int64_t)
#define RATE(member)     .set = set_rate, FIELD(member, struct rate_limit)
#define SHARE(member)    .set = set_share, FIELD(member, double)
#define TEXT(member)     .set = set_text, FIELD(member, char *)
#define TEXTS(member)    .set = set_texts, FIELD(member, struct strlist)
/* An enum, whose values are the indices of the words in `list`. */
#define WORD(member, list) \
	.set = set_word, FIELD(member, unsigned), .words = (list)
/* Values passed on to libcurl: a text, the name of a file that must be
 * readable, and a switch that stands for a number. */
#define CURL_TEXT(option) .set = set_curl_text, .curl = (option)
#define CURL_FILE(option) .set = set_curl_file, .curl = (option)
#define CURL_LONG(option, value) \
	.set = set_curl_long, .curl = (option), .curl_value = (value)
#define CUSTOM(setter) .set = (setter)

option_setter set_flag, set_antiflag, set_number, set_count, set_size,
    set_duration, set_rate, set_share, set_text, set_texts, set_word,
    set_curl_text, set_curl_file, set_curl_long;

/*
 * Setters of options that do more than fill one field. Each row of the table
 * that needs one names it; what a value means is said in gather(1).
 */
/* custom_body.c */
option_setter set_data, set_data_raw, set_data_binary, set_data_urlencode,
    set_json, set_form, set_form_string, set_upload, set_url_query;
/* custom_request.c */
option_setter set_list, set_url, set_source, set_proto, set_method, set_header,
    set_cookie, set_user, set_bearer, set_digest, set_aws_sigv4, set_proxy_user,
    set_netrc_file, set_range, set_referer, set_cookie_jar, set_variable;
/* custom_connection.c */
option_setter set_http, set_proxy, set_socks5, set_socks5_hostname, set_cert,
    set_pinned, set_resolve, set_connect_to, set_limit_rate,
    set_location_trusted;
/* custom_output.c */
option_setter set_path, set_items, set_paginate, set_each, set_each_xpath,
    set_then, set_xpath, set_eval, set_fields, set_writeout, set_output,
    set_remote_name, set_include, set_waterfall;
/* custom_run.c */
option_setter set_parallel, set_polite, set_retry_on, set_max_failures,
    set_fail_fast, set_hedge, set_accept, set_compare, set_speed_limit,
    set_help, set_version, set_nothing;
/* config_file.c */
option_setter set_config;

/* *cause becomes "--name expects FORM, not "VALUE"", without the value if it
 * may be a secret. Returns -1. The caller frees *cause. */
int setting_wants(const struct setting *, const char *form, char **cause);
/* *cause becomes the formatted message, which the caller frees. Returns -1. */
int setting_refuse(char **cause, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Note that the option of `s` reads stdin. -1 with *cause if another option or
 * operand does already. */
int setting_claim_stdin(const struct setting *, char **cause);
/* Append the content of file `name` to `out`; "-" is stdin, which is claimed.
 * -1 with *cause if it cannot be read, or has more than 64 MiB. */
int setting_read_file(
    const struct setting *, const char *name, struct buf *out, char **cause);
/* -1 with *cause if `name` is not a readable file: better now than in every
 * request. A template is not checked. */
int setting_check_file(const struct setting *, const char *name, char **cause);
/* Append the content of file `name`, at most 64 MiB. Returns 0 or an errno. */
int read_file(const char *name, struct buf *out);
/* Append what `fd` has, to its end; fails as read_file does. */
int read_descriptor(int fd, struct buf *out);

#endif
