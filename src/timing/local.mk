libgather_a_SOURCES += \
	src/timing/latencies.c \
	src/timing/latencies.h \
	src/timing/pace.c \
	src/timing/pace.h \
	src/timing/stats.c \
	src/timing/stats.h \
	src/timing/totals.c \
	src/timing/totals.h
