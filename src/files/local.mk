libgather_a_SOURCES += \
	src/files/claims.c \
	src/files/claims.h \
	src/files/header_dump.c \
	src/files/header_dump.h \
	src/files/mark.c \
	src/files/mark.h \
	src/files/save.c \
	src/files/save.h \
	src/files/server_name.c \
	src/files/server_name.h \
	src/files/target.c \
	src/files/target.h
