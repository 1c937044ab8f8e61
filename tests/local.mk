# Unit tests: one check_MODULE per pure module, all linking libgather.a.
check_PROGRAMS =
TESTS =

include tests/fuzz/local.mk

check_PROGRAMS += tests/unit/check_json_path
TESTS += tests/unit/check_json_path
tests_unit_check_json_path_SOURCES = tests/unit/check_json_path.c
tests_unit_check_json_path_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_json_path_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_json_scan
TESTS += tests/unit/check_json_scan
tests_unit_check_json_scan_SOURCES = tests/unit/check_json_scan.c
tests_unit_check_json_scan_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_json_scan_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_json_write
TESTS += tests/unit/check_json_write
tests_unit_check_json_write_SOURCES = tests/unit/check_json_write.c
tests_unit_check_json_write_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_json_write_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_jsonpath_cases
TESTS += tests/unit/check_jsonpath_cases
tests_unit_check_jsonpath_cases_SOURCES = tests/unit/check_jsonpath_cases.c
tests_unit_check_jsonpath_cases_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_jsonpath_cases_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
EXTRA_DIST += tests/unit/jsonpath-cases.json

check_PROGRAMS += tests/unit/check_request
tests_unit_check_request_SOURCES = tests/unit/check_request.c
tests_unit_check_request_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_request_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
TESTS += tests/unit/check_request

check_PROGRAMS += tests/unit/check_url
tests_unit_check_url_SOURCES = tests/unit/check_url.c
tests_unit_check_url_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_url_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
TESTS += tests/unit/check_url

check_PROGRAMS += tests/unit/check_demo
TESTS += tests/unit/check_demo
tests_unit_check_demo_SOURCES = tests/unit/check_demo.c
tests_unit_check_demo_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_demo_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_link
TESTS += tests/unit/check_link
tests_unit_check_link_SOURCES = tests/unit/check_link.c
tests_unit_check_link_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_link_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_follow
TESTS += tests/unit/check_follow
tests_unit_check_follow_SOURCES = tests/unit/check_follow.c
tests_unit_check_follow_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_follow_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_units
TESTS += tests/unit/check_units
tests_unit_check_units_SOURCES = tests/unit/check_units.c
tests_unit_check_units_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_units_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_fetch
TESTS += tests/unit/check_fetch
tests_unit_check_fetch_SOURCES = tests/unit/check_fetch.c
tests_unit_check_fetch_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_fetch_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_totals
TESTS += tests/unit/check_totals
tests_unit_check_totals_SOURCES = tests/unit/check_totals.c
tests_unit_check_totals_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_totals_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_progress
TESTS += tests/unit/check_progress
tests_unit_check_progress_SOURCES = tests/unit/check_progress.c
tests_unit_check_progress_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_progress_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_waterfall
TESTS += tests/unit/check_waterfall
tests_unit_check_waterfall_SOURCES = tests/unit/check_waterfall.c
tests_unit_check_waterfall_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_waterfall_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_why
TESTS += tests/unit/check_why
tests_unit_check_why_SOURCES = tests/unit/check_why.c
tests_unit_check_why_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_why_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_report
TESTS += tests/unit/check_report
tests_unit_check_report_SOURCES = tests/unit/check_report.c
tests_unit_check_report_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_report_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

# The program from outside, and the shape of the sources.
TESTS += tests/run-cases
TESTS += scripts/check-layers
TESTS += scripts/check-shape
EXTRA_DIST += .ci/run .clang-tidy scripts/bench scripts/check \
	scripts/check-browser scripts/check-layers scripts/check-shape \
	scripts/demo scripts/layers scripts/lib scripts/packages \
	tests/bench/fetch_aiohttp.py tests/cases tests/check-har \
	tests/faults tests/har-1.2.schema.json tests/journal-kills \
	tests/run-cases

# What scripts/bench measures against; not built otherwise.
EXTRA_PROGRAMS = tests/bench/bare
tests_bench_bare_SOURCES = tests/bench/bare.c
tests_bench_bare_LDADD = libgather.a
EXTRA_PROGRAMS += tests/bench/bench_json
tests_bench_bench_json_SOURCES = tests/bench/bench_json.c
tests_bench_bench_json_LDADD = libgather.a

check_PROGRAMS += tests/unit/check_writer
TESTS += tests/unit/check_writer
tests_unit_check_writer_SOURCES = tests/unit/check_writer.c
tests_unit_check_writer_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_writer_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_order
TESTS += tests/unit/check_order
tests_unit_check_order_SOURCES = tests/unit/check_order.c
tests_unit_check_order_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_order_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_heap
TESTS += tests/unit/check_heap
tests_unit_check_heap_SOURCES = tests/unit/check_heap.c
tests_unit_check_heap_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_heap_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_limits
TESTS += tests/unit/check_limits
tests_unit_check_limits_SOURCES = tests/unit/check_limits.c
tests_unit_check_limits_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_limits_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_rate
TESTS += tests/unit/check_rate
tests_unit_check_rate_SOURCES = tests/unit/check_rate.c
tests_unit_check_rate_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_rate_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_retry
TESTS += tests/unit/check_retry
tests_unit_check_retry_SOURCES = tests/unit/check_retry.c
tests_unit_check_retry_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_retry_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_sched
TESTS += tests/unit/check_sched
tests_unit_check_sched_SOURCES = tests/unit/check_sched.c
tests_unit_check_sched_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_sched_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_source
tests_unit_check_source_SOURCES = tests/unit/check_source.c
tests_unit_check_source_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_source_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
TESTS += tests/unit/check_source

check_PROGRAMS += tests/unit/check_sched_polite
TESTS += tests/unit/check_sched_polite
tests_unit_check_sched_polite_SOURCES = tests/unit/check_sched_polite.c
tests_unit_check_sched_polite_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_sched_polite_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_directory
TESTS += tests/unit/check_directory
tests_unit_check_directory_SOURCES = tests/unit/check_directory.c
tests_unit_check_directory_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_directory_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_format
TESTS += tests/unit/check_format
tests_unit_check_format_SOURCES = tests/unit/check_format.c tests/unit/sample.h
tests_unit_check_format_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_format_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_output_text
TESTS += tests/unit/check_output_text
tests_unit_check_output_text_SOURCES = tests/unit/check_output_text.c
tests_unit_check_output_text_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_output_text_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_save
TESTS += tests/unit/check_save
tests_unit_check_save_SOURCES = tests/unit/check_save.c
tests_unit_check_save_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_save_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_writeout
TESTS += tests/unit/check_writeout
tests_unit_check_writeout_SOURCES = tests/unit/check_writeout.c tests/unit/sample.h
tests_unit_check_writeout_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_writeout_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_failures
TESTS += tests/unit/check_failures
tests_unit_check_failures_SOURCES = tests/unit/check_failures.c tests/unit/sample.h
tests_unit_check_failures_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_failures_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_sched_random
TESTS += tests/unit/check_sched_random
tests_unit_check_sched_random_SOURCES = tests/unit/check_sched_random.c
tests_unit_check_sched_random_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_sched_random_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_options
TESTS += tests/unit/check_options
tests_unit_check_options_SOURCES = tests/unit/check_options.c \
	tests/unit/command_line.c tests/unit/command_line.h
tests_unit_check_options_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_options_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_mistakes
TESTS += tests/unit/check_mistakes
tests_unit_check_mistakes_SOURCES = tests/unit/check_mistakes.c \
	tests/unit/command_line.c tests/unit/command_line.h
tests_unit_check_mistakes_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_mistakes_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_config
TESTS += tests/unit/check_config
tests_unit_check_config_SOURCES = tests/unit/check_config.c \
	tests/unit/command_line.c tests/unit/command_line.h
tests_unit_check_config_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_config_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_help
TESTS += tests/unit/check_help
tests_unit_check_help_SOURCES = tests/unit/check_help.c
tests_unit_check_help_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_help_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_glob
tests_unit_check_glob_SOURCES = tests/unit/check_glob.c
tests_unit_check_glob_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_glob_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
TESTS += tests/unit/check_glob

check_PROGRAMS += tests/unit/check_template
tests_unit_check_template_SOURCES = tests/unit/check_template.c
tests_unit_check_template_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_template_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
TESTS += tests/unit/check_template

check_PROGRAMS += tests/unit/check_exchange
TESTS += tests/unit/check_exchange
tests_unit_check_exchange_SOURCES = tests/unit/check_exchange.c tests/unit/sample.h
tests_unit_check_exchange_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_exchange_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_xpath
TESTS += tests/unit/check_xpath
tests_unit_check_xpath_SOURCES = tests/unit/check_xpath.c
tests_unit_check_xpath_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_xpath_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_har
TESTS += tests/unit/check_har
tests_unit_check_har_SOURCES = tests/unit/check_har.c tests/unit/sample.h
tests_unit_check_har_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_har_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_sqlite_rows
TESTS += tests/unit/check_sqlite_rows
tests_unit_check_sqlite_rows_SOURCES = tests/unit/check_sqlite_rows.c tests/unit/sample.h
tests_unit_check_sqlite_rows_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_sqlite_rows_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_timing
TESTS += tests/unit/check_timing
tests_unit_check_timing_SOURCES = tests/unit/check_timing.c
tests_unit_check_timing_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_timing_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_account
TESTS += tests/unit/check_account
tests_unit_check_account_SOURCES = tests/unit/check_account.c
tests_unit_check_account_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_account_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_assertion
TESTS += tests/unit/check_assertion
tests_unit_check_assertion_SOURCES = tests/unit/check_assertion.c
tests_unit_check_assertion_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_assertion_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

check_PROGRAMS += tests/unit/check_journal
TESTS += tests/unit/check_journal
tests_unit_check_journal_SOURCES = tests/unit/check_journal.c tests/unit/sample.h
tests_unit_check_journal_LDADD = libgather.a $(CHECK_LIBS)
tests_unit_check_journal_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
