# Fuzz targets: fuzz_NAME runs over tests/fuzz/corpus/NAME in `make check`;
# with --enable-fuzzing libFuzzer drives it instead (tests/fuzz/fuzz.h).
if FUZZING
fuzz_driver = $(LIB_FUZZING_ENGINE)
else
fuzz_driver = tests/fuzz/libreplay.a
TESTS += $(fuzz_targets)
endif
check_LIBRARIES = tests/fuzz/libreplay.a
tests_fuzz_libreplay_a_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz.h
fuzz_targets = \
	tests/fuzz/fuzz_config \
	tests/fuzz/fuzz_decoder \
	tests/fuzz/fuzz_glob \
	tests/fuzz/fuzz_har \
	tests/fuzz/fuzz_head \
	tests/fuzz/fuzz_journal \
	tests/fuzz/fuzz_json \
	tests/fuzz/fuzz_jsonpath \
	tests/fuzz/fuzz_limits \
	tests/fuzz/fuzz_link \
	tests/fuzz/fuzz_list \
	tests/fuzz/fuzz_resp \
	tests/fuzz/fuzz_template \
	tests/fuzz/fuzz_xpath
check_PROGRAMS += $(fuzz_targets)
EXTRA_DIST += tests/fuzz/corpus
tests_fuzz_fuzz_config_LDADD = $(fuzz_driver) libgather.a
tests_fuzz_fuzz_decoder_LDADD = $(fuzz_driver) libgather.a
tests_fuzz_fuzz_glob_LDADD = $(fuzz_driver) libgather.a
tests_fuzz_fuzz_har_LDADD = $(fuzz_driver) libgather.a
tests_fuzz_fuzz_head_LDADD = $(fuzz_driver) libgather.a
tests_fuzz_fuzz_journal_LDADD = $(fuzz_driver) libgather.a
tests_fuzz_fuzz_json_LDADD = $(fuzz_driver) libgather.a
tests_fuzz_fuzz_jsonpath_LDADD = $(fuzz_driver) libgather.a
tests_fuzz_fuzz_limits_LDADD = $(fuzz_driver) libgather.a
tests_fuzz_fuzz_link_LDADD = $(fuzz_driver) libgather.a
tests_fuzz_fuzz_list_LDADD = $(fuzz_driver) libgather.a
tests_fuzz_fuzz_resp_LDADD = $(fuzz_driver) libgather.a
tests_fuzz_fuzz_template_LDADD = $(fuzz_driver) libgather.a
tests_fuzz_fuzz_xpath_LDADD = $(fuzz_driver) libgather.a
