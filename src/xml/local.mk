libgather_a_SOURCES += \
	src/xml/absent.c \
	src/xml/charset.c \
	src/xml/charset.h \
	src/xml/document.c \
	src/xml/encoding.c \
	src/xml/encoding.h \
	src/xml/library.c \
	src/xml/library.h \
	src/xml/path.c \
	src/xml/xml.h
