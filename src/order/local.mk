libgather_a_SOURCES += \
	src/order/order.c \
	src/order/order.h \
	src/order/spill.c \
	src/order/spill.h
