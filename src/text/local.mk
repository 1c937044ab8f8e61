libgather_a_SOURCES += \
	src/text/ascii.h \
	src/text/base64.c \
	src/text/base64.h \
	src/text/percent.c \
	src/text/percent.h \
	src/text/shell.c \
	src/text/shell.h \
	src/text/suggest.c \
	src/text/suggest.h \
	src/text/term_width.c \
	src/text/term_width.h \
	src/text/utf8.c \
	src/text/utf8.h
