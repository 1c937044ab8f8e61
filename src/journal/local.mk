libgather_a_SOURCES += \
	src/journal/file.c \
	src/journal/file.h \
	src/journal/frame.c \
	src/journal/frame.h \
	src/journal/index.c \
	src/journal/index.h \
	src/journal/journal.c \
	src/journal/journal.h \
	src/journal/journal_writer.c \
	src/journal/journal_writer.h \
	src/journal/options.h \
	src/journal/record.c \
	src/journal/record.h \
	src/journal/sums.c \
	src/journal/sums.h \
	src/journal/verdict.c \
	src/journal/verdict.h
