libgather_a_SOURCES += \
	src/schedule/budget.h \
	src/schedule/rate.h \
	src/schedule/retry.h \
	src/schedule/sched.h
