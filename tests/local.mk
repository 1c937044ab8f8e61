# Unit tests: one check_MODULE per pure module, all linking libgather.a.
check_PROGRAMS =
TESTS =
