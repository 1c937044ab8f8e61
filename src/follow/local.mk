libgather_a_SOURCES += \
	src/follow/child.c \
	src/follow/child.h \
	src/follow/fanout.c \
	src/follow/fanout.h \
	src/follow/left_out.c \
	src/follow/left_out.h \
	src/follow/link.c \
	src/follow/link.h \
	src/follow/options.c \
	src/follow/options.h \
	src/follow/page.c \
	src/follow/page.h
