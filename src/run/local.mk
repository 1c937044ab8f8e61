libgather_a_SOURCES += \
	src/run/compiled.c \
	src/run/compiled.h \
	src/run/events.c \
	src/run/feed.c \
	src/run/feed.h \
	src/run/finish.c \
	src/run/job.c \
	src/run/job.h \
	src/run/look.c \
	src/run/look.h \
	src/run/notices.c \
	src/run/notices.h \
	src/run/options.h \
	src/run/progress.c \
	src/run/recall.c \
	src/run/requests.c \
	src/run/run.c \
	src/run/run.h \
	src/run/run_private.h \
	src/run/transfer_end.c \
	src/run/workers.c \
	src/run/workers.h
