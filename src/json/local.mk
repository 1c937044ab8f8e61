libgather_a_SOURCES += \
	src/json/path.h \
	src/json/scan.c \
	src/json/scan.h \
	src/json/string.c \
	src/json/string.h \
	src/json/write.c \
	src/json/write.h
