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

#define FLAG(member)     .set = setter_flag, FIELD(member, bool)
#define ANTIFLAG(member) .set = setter_antiflag, FIELD(member, bool)
#define NUMBER(member, low, high)                                    \
	.set = setter_number, FIELD(member, unsigned), .min = (low), \
	.max = (high)
#define COUNT(member, low) \
	.set = setter_count, FIELD(member, uint64_t), .min = (low)
#define SIZE(member)     .set = setter_size, FIELD(member, uint64_t)
#define DURATION(member) .set = setter_duration, FIELD(member, int64_t)
#define RATE(member)     .set = setter_rate, FIELD(member, struct rate_limit)
#define SHARE(member)    .set = setter_share, FIELD(member, double)
#define TEXT(member)     .set = setter_text, FIELD(member, char *)
#define TEXTS(member)    .set = setter_texts, FIELD(member, struct strlist)
/* An enum, whose values are the indices of the words in `list`. */
#define WORD(member, list) \
	.set = setter_word, FIELD(member, unsigned), .words = (list)
/* Values passed on to libcurl: a text, the name of a file that must be
 * readable, and a switch that stands for a number. */
#define CURL_TEXT(option) .set = setter_curl_text, .curl = (option)
#define CURL_FILE(option) .set = setter_curl_file, .curl = (option)
#define CURL_LONG(option, value) \
	.set = setter_curl_long, .curl = (option), .curl_value = (value)
#define CUSTOM(setter) .set = (setter)

option_setter setter_flag, setter_antiflag, setter_number, setter_count,
    setter_size, setter_duration, setter_rate, setter_share, setter_text,
    setter_texts, setter_word, setter_curl_text, setter_curl_file,
    setter_curl_long;

/*
 * Setters of options that do more than fill one field. Each row of the table
 * that needs one names it; what a value means is said in gather(1).
 */
/* custom_body.c */
option_setter setter_data, setter_data_raw, setter_data_binary,
    setter_data_urlencode, setter_json, setter_form, setter_form_string,
    setter_upload, setter_url_query;
/* custom_request.c */
option_setter setter_list, setter_url, setter_source, setter_shard,
    setter_proto, setter_method, setter_header, setter_cookie, setter_user,
    setter_bearer, setter_digest, setter_aws_sigv4, setter_proxy_user,
    setter_netrc_file, setter_range, setter_referer, setter_cookie_jar,
    setter_variable;
/* custom_connection.c */
option_setter setter_http, setter_http3, setter_proxy, setter_socks5,
    setter_socks5_hostname, setter_cert, setter_pinned, setter_resolve,
    setter_connect_to, setter_replay_at, setter_limit_rate, setter_limit_total,
    setter_location_trusted;
/* custom_output.c */
option_setter setter_path, setter_items, setter_paginate, setter_each,
    setter_each_xpath, setter_then, setter_xpath, setter_eval, setter_fields,
    setter_writeout, setter_output, setter_continue_at, setter_remote_name,
    setter_include, setter_waterfall;
/* custom_run.c */
option_setter setter_parallel, setter_threads, setter_role, setter_polite,
    setter_retry_on, setter_max_failures, setter_fail_fast, setter_hedge,
    setter_accept, setter_compare, setter_speed_limit, setter_replay_speed,
    setter_help, setter_version, setter_nothing;
/* config_file.c */
option_setter setter_config;

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
