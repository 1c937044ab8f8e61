libgather_a_SOURCES += \
	src/compare/answers.c \
	src/compare/answers.h \
	src/compare/arms.c \
	src/compare/arms.h \
	src/compare/compare.c \
	src/compare/compare.h \
	src/compare/drawn.c \
	src/compare/drawn.h \
	src/compare/exports.c \
	src/compare/exports.h \
	src/compare/page.c \
	src/compare/page.h \
	src/compare/style.c \
	src/compare/style.h \
	src/compare/table.c \
	src/compare/table.h \
	src/compare/text.c \
	src/compare/text.h \
	src/compare/trial.c \
	src/compare/trial.h \
	src/compare/verdict.c \
	src/compare/warnings.c
