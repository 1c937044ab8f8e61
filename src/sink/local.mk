libgather_a_SOURCES += \
	src/sink/har.c \
	src/sink/har.h \
	src/sink/sink.c \
	src/sink/sink.h \
	src/sink/sink_har.c \
	src/sink/sink_sqlite.c \
	src/sink/sqlite_library.c \
	src/sink/sqlite_library.h \
	src/sink/sqlite_tables.c \
	src/sink/sqlite_tables.h
