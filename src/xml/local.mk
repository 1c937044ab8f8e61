libgather_a_SOURCES += \
	src/xml/absent.c \
	src/xml/charset.c \
	src/xml/charset.h \
	src/xml/document.c \
	src/xml/document.h \
	src/xml/encoding.c \
	src/xml/encoding.h \
	src/xml/expression.c \
	src/xml/expression.h \
	src/xml/library.c \
	src/xml/library.h \
	src/xml/meta.c \
	src/xml/meta.h \
	src/xml/path.c \
	src/xml/steps.c \
	src/xml/steps.h \
	src/xml/weight.c \
	src/xml/weight.h \
	src/xml/xml.h
