# Unit tests: one check_MODULE per pure module, of one file unless said below.
# They link the real objects.
LDADD = libgather.a $(CHECK_LIBS)
unit_tests = $(single_unit_tests) $(threaded_unit_tests)
# Those that take long, and start no thread: of no use with ThreadSanitizer.
single_unit_tests = \
	tests/unit/check_rate \
	tests/unit/check_redact \
	tests/unit/check_report \
	tests/unit/check_sched_random \
	tests/unit/check_tokens
threaded_unit_tests = \
	tests/unit/check_account \
	tests/unit/check_assertion \
	tests/unit/check_authorities \
	tests/unit/check_charset \
	tests/unit/check_chart \
	tests/unit/check_compare \
	tests/unit/check_config \
	tests/unit/check_critical_path \
	tests/unit/check_decoder \
	tests/unit/check_demo \
	tests/unit/check_directory \
	tests/unit/check_engines \
	tests/unit/check_exchange \
	tests/unit/check_failures \
	tests/unit/check_fetch \
	tests/unit/check_fleet \
	tests/unit/check_follow \
	tests/unit/check_format \
	tests/unit/check_glob \
	tests/unit/check_guard \
	tests/unit/check_har \
	tests/unit/check_har_reader \
	tests/unit/check_head \
	tests/unit/check_headers \
	tests/unit/check_hash_table \
	tests/unit/check_heap \
	tests/unit/check_help \
	tests/unit/check_journal \
	tests/unit/check_json_block \
	tests/unit/check_json_path \
	tests/unit/check_json_scan \
	tests/unit/check_json_write \
	tests/unit/check_jsonpath_cases \
	tests/unit/check_library \
	tests/unit/check_limits \
	tests/unit/check_link \
	tests/unit/check_mistakes \
	tests/unit/check_options \
	tests/unit/check_order \
	tests/unit/check_output_text \
	tests/unit/check_prefetch \
	tests/unit/check_progress \
	tests/unit/check_queue \
	tests/unit/check_queue_binding \
	tests/unit/check_queue_client \
	tests/unit/check_queue_inputs \
	tests/unit/check_queue_scripts \
	tests/unit/check_queue_tokens \
	tests/unit/check_queue_workers \
	tests/unit/check_queued \
	tests/unit/check_quota_random \
	tests/unit/check_rate_pool \
	tests/unit/check_recording \
	tests/unit/check_request \
	tests/unit/check_resend \
	tests/unit/check_resolve \
	tests/unit/check_resume \
	tests/unit/check_retry \
	tests/unit/check_run \
	tests/unit/check_save \
	tests/unit/check_sched \
	tests/unit/check_sched_polite \
	tests/unit/check_sched_shared \
	tests/unit/check_shard \
	tests/unit/check_shell \
	tests/unit/check_source \
	tests/unit/check_spares \
	tests/unit/check_sqlite_tables \
	tests/unit/check_template \
	tests/unit/check_timing \
	tests/unit/check_totals \
	tests/unit/check_unique \
	tests/unit/check_units \
	tests/unit/check_url \
	tests/unit/check_waterfall \
	tests/unit/check_workers \
	tests/unit/check_writeout \
	tests/unit/check_writer \
	tests/unit/check_xalloc \
	tests/unit/check_xpath
check_PROGRAMS = $(unit_tests) tests/unit/show_redacted
TESTS = $(unit_tests)
# A test is hung after ten times Check's limit of real time: the machine may
# have other work.
AM_TESTS_ENVIRONMENT = \
	CK_TIMEOUT_MULTIPLIER=$${CK_TIMEOUT_MULTIPLIER:-10}; \
	export CK_TIMEOUT_MULTIPLIER; \
	TSAN_OPTIONS=suppressions=$(abs_top_srcdir)/tests/tsan.supp:halt_on_error=1:exitcode=66; \
	export TSAN_OPTIONS;
tests_unit_check_config_SOURCES = tests/unit/check_config.c \
	tests/unit/command_line.c
tests_unit_check_mistakes_SOURCES = tests/unit/check_mistakes.c \
	tests/unit/command_line.c
tests_unit_check_queue_scripts_SOURCES = tests/unit/check_queue_scripts.c \
	tests/unit/queue_calls.c
tests_unit_check_queue_tokens_SOURCES = tests/unit/check_queue_tokens.c \
	tests/unit/queue_calls.c
tests_unit_check_queue_workers_SOURCES = tests/unit/check_queue_workers.c \
	tests/unit/queue_calls.c
tests_unit_check_run_SOURCES = tests/unit/check_run.c \
	tests/unit/command_line.c
tests_unit_check_options_SOURCES = tests/unit/check_options.c \
	tests/unit/command_line.c
noinst_HEADERS = tests/unit/command_line.h tests/unit/demo_fixture.h \
	tests/unit/output_fixture.h tests/unit/queue_calls.h \
	tests/unit/redis_fixture.h tests/unit/sample.h \
	tests/unit/sched_fixture.h tests/unit/traffic.h tests/unit/unit.h
EXTRA_DIST += tests/unit/jsonpath-cases.json

include tests/fuzz/local.mk

# The program from outside, and the shape of the sources.
TESTS += tests/run-cases tests/canary tests/readme tests/distributed \
	scripts/check-layers scripts/check-shape
EXTRA_DIST += .ci/run .clang-tidy scripts/bench scripts/check \
	scripts/check-browser scripts/check-browser-har scripts/check-checks \
	scripts/check-layers scripts/check-shape scripts/demo scripts/fresh \
	scripts/layers scripts/lib scripts/packages \
	tests/bench/clients.py tests/bench/fetch.go \
	tests/bench/fetch_aiohttp.py tests/bench/growth.py \
	tests/bench/kinds.py tests/bench/large_bodies tests/bench/machine.py \
	tests/bench/measure.py \
	tests/bench/newer-curl tests/bench/picture.py tests/bench/readme.py \
	tests/bench/servers.py tests/bench/tables.py \
	tests/canary tests/canary.cases \
	tests/canary.missing tests/cases tests/check-har tests/distributed \
	tests/apart tests/faults tests/har-1.2.schema.json tests/journal-kills \
	tests/lsan.supp tests/mutants.explained tests/no-memory \
	tests/pipes tests/post-sequences tests/random-framing tests/readme tests/recipe \
	tests/queue-soak tests/redis-stub tests/run-cases tests/shared-rates \
	tests/soak tests/tsan.supp

# What scripts/bench measures against; not built otherwise.
EXTRA_PROGRAMS = tests/bench/bare tests/bench/bench_json
tests_bench_bare_LDADD = libgather.a
tests_bench_bench_json_LDADD = libgather.a $(CHECK_LIBS)
