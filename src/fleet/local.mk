libgather_a_SOURCES += \
	src/fleet/fleet.c \
	src/fleet/fleet.h \
	src/fleet/mailbox.c \
	src/fleet/mailbox.h \
	src/fleet/member.c \
	src/fleet/member.h
