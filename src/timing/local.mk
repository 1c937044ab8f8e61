libgather_a_SOURCES += \
	src/timing/stats.c \
	src/timing/stats.h \
	src/timing/totals.c \
	src/timing/totals.h
