libgather_a_SOURCES += \
	src/request/quota.h
