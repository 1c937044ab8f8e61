libgather_a_SOURCES += \
	src/timing/latencies.c \
	src/timing/latencies.h \
	src/timing/markup.c \
	src/timing/markup.h \
	src/timing/pace.c \
	src/timing/pace.h \
	src/timing/phase.c \
	src/timing/phase.h \
	src/timing/stats.c \
	src/timing/stats.h \
	src/timing/totals.c \
	src/timing/totals.h \
	src/timing/waterfall.c \
	src/timing/waterfall.h \
	src/timing/waterfall_svg.c \
	src/timing/waterfall_term.c
