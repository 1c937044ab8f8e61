libgather_a_SOURCES += \
	src/follow/child.c \
	src/follow/child.h \
	src/follow/family.c \
	src/follow/family.h \
	src/follow/fanout.c \
	src/follow/fanout.h \
	src/follow/link.c \
	src/follow/link.h \
	src/follow/link_secret.c \
	src/follow/link_secret.h \
	src/follow/options.c \
	src/follow/options.h \
	src/follow/page.c \
	src/follow/page.h \
	src/follow/query.c \
	src/follow/query.h \
	src/follow/range.c \
	src/follow/range.h
