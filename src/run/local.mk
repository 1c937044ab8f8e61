libgather_a_SOURCES += \
	src/run/bodies.c \
	src/run/finish.c \
	src/run/inspect.c \
	src/run/inspect.h \
	src/run/job.c \
	src/run/job.h \
	src/run/ledger.c \
	src/run/notices.c \
	src/run/notices.h \
	src/run/options.c \
	src/run/options.h \
	src/run/parts.c \
	src/run/progress.c \
	src/run/requests.c \
	src/run/run.c \
	src/run/run.h \
	src/run/run_private.h \
	src/run/transfer.c \
	src/run/unique.c \
	src/run/unique.h \
	src/run/workers.c \
	src/run/workers.h
