libgather_a_SOURCES += \
	src/redact/command.c \
	src/redact/command.h \
	src/redact/redact.c \
	src/redact/redact.h \
	src/redact/secret.c \
	src/redact/secret.h
