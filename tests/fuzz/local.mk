# Fuzz targets: fuzz_NAME runs over tests/fuzz/corpus/NAME in `make check`;
# with --enable-fuzzing libFuzzer drives it instead (tests/fuzz/fuzz.h).
if FUZZING
fuzz_main =
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
else
fuzz_main = tests/fuzz/replay.c
fuzz_ldflags = $(AM_LDFLAGS)
TESTS += $(fuzz_targets)
endif
fuzz_targets = tests/fuzz/fuzz_json tests/fuzz/fuzz_jsonpath \
	tests/fuzz/fuzz_limits tests/fuzz/fuzz_list tests/fuzz/fuzz_template \
	tests/fuzz/fuzz_glob tests/fuzz/fuzz_journal tests/fuzz/fuzz_xpath
check_PROGRAMS += $(fuzz_targets)
EXTRA_DIST += tests/fuzz/replay.c tests/fuzz/corpus
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_json_SOURCES = $(fuzz_main)
tests_fuzz_fuzz_json_LDADD = libgather.a
tests_fuzz_fuzz_json_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_jsonpath_SOURCES = tests/fuzz/fuzz_jsonpath.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_jsonpath_SOURCES = $(fuzz_main)
tests_fuzz_fuzz_jsonpath_LDADD = libgather.a
tests_fuzz_fuzz_jsonpath_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_limits_SOURCES = tests/fuzz/fuzz_limits.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_limits_SOURCES = $(fuzz_main)
tests_fuzz_fuzz_limits_LDADD = libgather.a
tests_fuzz_fuzz_limits_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_list_SOURCES = tests/fuzz/fuzz_list.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_list_SOURCES = $(fuzz_main)
tests_fuzz_fuzz_list_LDADD = libgather.a
tests_fuzz_fuzz_list_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_template_SOURCES = tests/fuzz/fuzz_template.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_template_SOURCES = $(fuzz_main)
tests_fuzz_fuzz_template_LDADD = libgather.a
tests_fuzz_fuzz_template_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_glob_SOURCES = tests/fuzz/fuzz_glob.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_glob_SOURCES = $(fuzz_main)
tests_fuzz_fuzz_glob_LDADD = libgather.a
tests_fuzz_fuzz_glob_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_journal_SOURCES = tests/fuzz/fuzz_journal.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_journal_SOURCES = $(fuzz_main)
tests_fuzz_fuzz_journal_LDADD = libgather.a
tests_fuzz_fuzz_journal_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_xpath_SOURCES = tests/fuzz/fuzz_xpath.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_xpath_SOURCES = $(fuzz_main)
tests_fuzz_fuzz_xpath_LDADD = libgather.a
tests_fuzz_fuzz_xpath_LDFLAGS = $(fuzz_ldflags)
