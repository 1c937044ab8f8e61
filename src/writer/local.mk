libgather_a_SOURCES += \
	src/writer/encoded.c \
	src/writer/encoded.h \
	src/writer/present.c \
	src/writer/present.h \
	src/writer/terminal_filter.c \
	src/writer/terminal_filter.h \
	src/writer/writer.c \
	src/writer/writer.h
