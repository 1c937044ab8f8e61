libgather_a_SOURCES += \
	src/redact/redact.c \
	src/redact/redact.h \
	src/redact/secret.c \
	src/redact/secret.h
