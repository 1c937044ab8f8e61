libgather_a_SOURCES += \
	src/input/csv.c \
	src/input/csv.h \
	src/input/entries.c \
	src/input/expand.c \
	src/input/expand.h \
	src/input/glob.c \
	src/input/glob.h \
	src/input/jsonl.c \
	src/input/jsonl.h \
	src/input/lines.c \
	src/input/lines.h \
	src/input/make.c \
	src/input/names.c \
	src/input/options.c \
	src/input/reader.c \
	src/input/reader.h \
	src/input/records.c \
	src/input/records.h \
	src/input/rows.c \
	src/input/rows.h \
	src/input/source.c \
	src/input/source.h \
	src/input/source_private.h
