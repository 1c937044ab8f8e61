libgather_a_SOURCES += \
	src/process/environment.c \
	src/process/environment.h \
	src/process/exit.c \
	src/process/exit.h \
	src/process/log.c \
	src/process/log.h
