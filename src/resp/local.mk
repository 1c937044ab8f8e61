libgather_a_SOURCES += \
	src/resp/args.c \
	src/resp/args.h \
	src/resp/reply.c \
	src/resp/reply.h \
	src/resp/resp.c \
	src/resp/resp.h
