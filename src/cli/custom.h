/*
 * Setters of options that do more than fill one field. Each row of the table
 * that needs one names it; what a value means is said in gather(1).
 */
#ifndef GATHER_CLI_CUSTOM_H
#define GATHER_CLI_CUSTOM_H

#include "cli/table.h"

/* custom_input.c */
option_setter set_list, set_url, set_source, set_proto;
/* custom_body.c */
option_setter set_data, set_data_raw, set_data_binary, set_data_urlencode,
    set_json, set_form, set_form_string, set_upload, set_url_query;
/* custom_request.c */
option_setter set_method, set_header, set_cookie, set_user, set_bearer,
    set_digest, set_aws_sigv4, set_include, set_proxy_user, set_netrc_file,
    set_range, set_referer, set_cookie_jar;
/* custom_connection.c */
option_setter set_http, set_proxy, set_socks5, set_socks5_hostname, set_cert,
    set_pinned, set_resolve, set_connect_to, set_limit_rate,
    set_location_trusted;
/* custom_extract.c */
option_setter set_path, set_items, set_paginate, set_each, set_each_xpath,
    set_then, set_xpath, set_eval;
/* custom_run.c */
option_setter set_parallel, set_polite, set_retry_on, set_max_failures,
    set_fail_fast, set_hedge, set_accept, set_compare, set_fields, set_writeout,
    set_output, set_remote_name, set_speed_limit, set_config, set_waterfall,
    set_help, set_version, set_nothing;

#endif
