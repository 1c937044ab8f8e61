libgather_a_SOURCES += \
	src/stats/account.c \
	src/stats/account.h \
	src/stats/assertion.c \
	src/stats/assertion.h \
	src/stats/decade.c \
	src/stats/decade.h \
	src/stats/floor.c \
	src/stats/floor.h \
	src/stats/histogram.c \
	src/stats/histogram.h \
	src/stats/pace.c \
	src/stats/pace.h \
	src/stats/percentiles.c \
	src/stats/percentiles.h \
	src/stats/phase.c \
	src/stats/phase.h \
	src/stats/show.c \
	src/stats/show.h \
	src/stats/stats.c \
	src/stats/stats.h \
	src/stats/totals.c \
	src/stats/totals.h
