libgather_a_SOURCES += \
	src/demo/catalog.c \
	src/demo/counted.c \
	src/demo/echo.c \
	src/demo/evhttp.c \
	src/demo/evhttp.h \
	src/demo/items.c \
	src/demo/items.h \
	src/demo/listen.c \
	src/demo/listen.h \
	src/demo/plain.c \
	src/demo/recording.c \
	src/demo/recording.h \
	src/demo/replay.c \
	src/demo/replay.h \
	src/demo/replay_headers.c \
	src/demo/reply.c \
	src/demo/reply.h \
	src/demo/routes.c \
	src/demo/routes.h \
	src/demo/server.c \
	src/demo/server.h \
	src/demo/stream.c \
	src/demo/tally.c \
	src/demo/tally.h \
	src/demo/visit.c \
	src/demo/visit.h
