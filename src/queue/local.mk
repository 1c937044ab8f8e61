libgather_a_SOURCES += \
	src/queue/address.c \
	src/queue/address.h \
	src/queue/args.c \
	src/queue/args.h \
	src/queue/call.c \
	src/queue/client.c \
	src/queue/client.h \
	src/queue/connection.h \
	src/queue/line.c \
	src/queue/options.h \
	src/queue/reply.c \
	src/queue/reply.h \
	src/queue/resp.c \
	src/queue/resp.h \
	src/queue/server.c \
	src/queue/server.h \
	src/queue/tokens.c \
	src/queue/tokens.h \
	src/queue/transport.c \
	src/queue/transport.h
