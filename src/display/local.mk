libgather_a_SOURCES += \
	src/display/failures.c \
	src/display/failures.h \
	src/display/progress.c \
	src/display/progress.h \
	src/display/progress_messages.c \
	src/display/progress_messages.h \
	src/display/status_line.c \
	src/display/status_line.h \
	src/display/terminal.c \
	src/display/terminal.h
