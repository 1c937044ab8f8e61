libgather_a_SOURCES += \
	src/json/ast.h \
	src/json/filter.c \
	src/json/path.c \
	src/json/path.h \
	src/json/path_apply.c \
	src/json/path_eval.c \
	src/json/path_eval.h \
	src/json/path_lex.c \
	src/json/path_lex.h \
	src/json/path_parse.c \
	src/json/path_parse.h \
	src/json/pointer.c \
	src/json/scan.c \
	src/json/scan.h \
	src/json/string.c \
	src/json/string.h \
	src/json/write.c \
	src/json/write.h
