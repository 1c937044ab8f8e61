libgather_a_SOURCES += \
	src/json/ast.h \
	src/json/block.h \
	src/json/filter_eval.c \
	src/json/filter_parse.c \
	src/json/iregexp.c \
	src/json/members.c \
	src/json/members.h \
	src/json/path.h \
	src/json/path_eval.c \
	src/json/path_eval.h \
	src/json/path_gap.c \
	src/json/path_parse.c \
	src/json/path_parse.h \
	src/json/regex.c \
	src/json/regex.h \
	src/json/scan.c \
	src/json/scan.h \
	src/json/string.c \
	src/json/string.h \
	src/json/write.c \
	src/json/write.h
