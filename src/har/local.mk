libgather_a_SOURCES += \
	src/har/cutter.c \
	src/har/cutter.h \
	src/har/exchange.c \
	src/har/exchange.h \
	src/har/member.c \
	src/har/member.h \
	src/har/request.c \
	src/har/request.h
