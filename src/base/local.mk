libgather_a_SOURCES += \
	src/base/ascii.h \
	src/base/base64.c \
	src/base/base64.h \
	src/base/buf.c \
	src/base/buf.h \
	src/base/clock.c \
	src/base/clock.h \
	src/base/columns.c \
	src/base/columns.h \
	src/base/heap.c \
	src/base/heap.h \
	src/base/list.h \
	src/base/log.c \
	src/base/log.h \
	src/base/pool.c \
	src/base/pool.h \
	src/base/random.h \
	src/base/strlist.c \
	src/base/strlist.h \
	src/base/strmap.c \
	src/base/strmap.h \
	src/base/suggest.c \
	src/base/suggest.h \
	src/base/utf8.c \
	src/base/utf8.h \
	src/base/xalloc.c \
	src/base/xalloc.h
