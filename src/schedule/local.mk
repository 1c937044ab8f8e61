libgather_a_SOURCES += \
	src/schedule/breaker.c \
	src/schedule/breaker.h \
	src/schedule/directory.c \
	src/schedule/directory.h \
	src/schedule/hold.c \
	src/schedule/hold.h \
	src/schedule/origin.c \
	src/schedule/origin.h \
	src/schedule/prefetch.c \
	src/schedule/prefetch.h \
	src/schedule/queue.c \
	src/schedule/queue.h \
	src/schedule/rate.c \
	src/schedule/rate.h \
	src/schedule/rate_pool.c \
	src/schedule/rate_pool.h \
	src/schedule/retry.c \
	src/schedule/retry.h \
	src/schedule/sched.c \
	src/schedule/sched.h \
	src/schedule/window.c \
	src/schedule/window.h \
	src/schedule/wire.c \
	src/schedule/wire.h
