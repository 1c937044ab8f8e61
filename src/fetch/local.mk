libgather_a_SOURCES += \
	src/fetch/classify.c \
	src/fetch/classify.h \
	src/fetch/engine.c \
	src/fetch/engine.h \
	src/fetch/engine_private.h \
	src/fetch/finish.c \
	src/fetch/head.c \
	src/fetch/head.h \
	src/fetch/hop.c \
	src/fetch/hop.h \
	src/fetch/lane.c \
	src/fetch/netrc.c \
	src/fetch/netrc.h \
	src/fetch/options.c \
	src/fetch/options.h \
	src/fetch/preview.c \
	src/fetch/receive.c \
	src/fetch/resolve.c \
	src/fetch/resolve.h \
	src/fetch/resume.c \
	src/fetch/resume.h \
	src/fetch/route.c \
	src/fetch/route.h \
	src/fetch/setup.c \
	src/fetch/upload.c \
	src/fetch/upload.h
