libgather_a_SOURCES += \
	src/run/feed.c \
	src/run/feed.h \
	src/run/job.c \
	src/run/job.h \
	src/run/journal_options.c \
	src/run/journal_options.h \
	src/run/journal_writer.c \
	src/run/journal_writer.h \
	src/run/notices.c \
	src/run/notices.h \
	src/run/prepare.c \
	src/run/prepare.h \
	src/run/run.c \
	src/run/run.h \
	src/run/run_branch.c \
	src/run/run_end.c \
	src/run/run_events.c \
	src/run/run_exchange.c \
	src/run/run_follow.c \
	src/run/run_hedge.c \
	src/run/run_journal.c \
	src/run/run_land.c \
	src/run/run_life.c \
	src/run/run_private.h \
	src/run/run_progress.c \
	src/run/run_range.c \
	src/run/run_settle.c
