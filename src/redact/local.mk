libgather_a_SOURCES += \
	src/redact/command.c \
	src/redact/command.h \
	src/redact/known.c \
	src/redact/known.h \
	src/redact/redact.c \
	src/redact/redact.h \
	src/redact/secret.c \
	src/redact/secret.h \
	src/redact/unit.c \
	src/redact/unit.h
