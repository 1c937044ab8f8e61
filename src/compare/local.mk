libgather_a_SOURCES += \
	src/compare/answers.c \
	src/compare/answers.h \
	src/compare/arms.c \
	src/compare/arms.h \
	src/compare/compare.c \
	src/compare/compare.h \
	src/compare/compare_end.c \
	src/compare/compare_export.c \
	src/compare/compare_export.h \
	src/compare/compare_page.c \
	src/compare/compare_private.h \
	src/compare/compare_report.c \
	src/compare/compare_report.h \
	src/compare/compare_rounds.c \
	src/compare/compare_sweep.c \
	src/compare/compare_warnings.c \
	src/compare/figures.c \
	src/compare/figures.h \
	src/compare/replay.c \
	src/compare/replay.h \
	src/compare/rest.c \
	src/compare/rest.h \
	src/compare/trial.c \
	src/compare/trial.h
