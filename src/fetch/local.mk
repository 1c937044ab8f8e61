libgather_a_SOURCES += \
	src/fetch/address.c \
	src/fetch/attempt.c \
	src/fetch/bearer.c \
	src/fetch/bearer.h \
	src/fetch/classify.c \
	src/fetch/classify.h \
	src/fetch/engine.c \
	src/fetch/engine.h \
	src/fetch/engine_private.h \
	src/fetch/finish.c \
	src/fetch/flight.c \
	src/fetch/guard.c \
	src/fetch/guard.h \
	src/fetch/hop.c \
	src/fetch/hop.h \
	src/fetch/lane.c \
	src/fetch/multipart.c \
	src/fetch/multipart.h \
	src/fetch/options.c \
	src/fetch/options.h \
	src/fetch/receive.c \
	src/fetch/resolve.c \
	src/fetch/resolve.h \
	src/fetch/resolve_pool.c \
	src/fetch/resolve_pool.h \
	src/fetch/setup.c \
	src/fetch/watch.c
