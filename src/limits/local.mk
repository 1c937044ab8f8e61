libgather_a_SOURCES += \
	src/limits/limit_values.c \
	src/limits/limit_values.h \
	src/limits/limits.c \
	src/limits/limits.h
