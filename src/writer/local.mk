libgather_a_SOURCES += \
	src/writer/encoded.c \
	src/writer/encoded.h \
	src/writer/terminal_filter.c \
	src/writer/terminal_filter.h \
	src/writer/writer.c \
	src/writer/writer.h \
	src/writer/writer_file.c \
	src/writer/writer_private.h \
	src/writer/writer_thread.c
