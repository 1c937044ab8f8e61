libgather_a_SOURCES += \
	src/input/build.c \
	src/input/build.h \
	src/input/csv.c \
	src/input/csv.h \
	src/input/expand.c \
	src/input/expand.h \
	src/input/glob.c \
	src/input/glob.h \
	src/input/har_index.c \
	src/input/har_index.h \
	src/input/har_list.c \
	src/input/har_list.h \
	src/input/jsonl.c \
	src/input/jsonl.h \
	src/input/lines.c \
	src/input/lines.h \
	src/input/reader.c \
	src/input/reader.h \
	src/input/records.c \
	src/input/records.h \
	src/input/rows.c \
	src/input/rows.h \
	src/input/source.c \
	src/input/source.h \
	src/input/templates.c \
	src/input/templates.h
