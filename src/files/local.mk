libgather_a_SOURCES += \
	src/files/claims.c \
	src/files/claims.h \
	src/files/header_dump.c \
	src/files/place.c \
	src/files/place.h \
	src/files/save.c \
	src/files/save.h \
	src/files/save_path.c \
	src/files/target.c \
	src/files/target.h
