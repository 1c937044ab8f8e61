libgather_a_SOURCES += \
	src/command/command.h \
	src/command/demo.c \
	src/command/eval.c \
	src/command/fetch.c \
	src/command/fetch.h \
	src/command/first_request.c \
	src/command/first_request.h \
	src/command/plan.c \
	src/command/queue_feed.c \
	src/command/queue_inputs.c \
	src/command/queue_inputs.h \
	src/command/queue_place.c \
	src/command/queue_place.h \
	src/command/queue_progress.c \
	src/command/queue_progress.h \
	src/command/queue_results.c \
	src/command/queue_session.c \
	src/command/queue_session.h \
	src/command/queue_status.c \
	src/command/work.c
