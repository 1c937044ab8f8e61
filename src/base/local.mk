libgather_a_SOURCES += \
	src/base/buf.c \
	src/base/buf.h \
	src/base/clock.c \
	src/base/clock.h \
	src/base/hash.c \
	src/base/hash.h \
	src/base/heap.c \
	src/base/heap.h \
	src/base/io.c \
	src/base/io.h \
	src/base/library.c \
	src/base/library.h \
	src/base/list.h \
	src/base/pool.c \
	src/base/pool.h \
	src/base/random.h \
	src/base/siphash.c \
	src/base/siphash.h \
	src/base/strlist.c \
	src/base/strlist.h \
	src/base/strmap.c \
	src/base/strmap.h \
	src/base/throttle.h \
	src/base/wakeup.c \
	src/base/wakeup.h \
	src/base/xalloc.c \
	src/base/xalloc.h
