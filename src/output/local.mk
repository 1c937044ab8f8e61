libgather_a_SOURCES += \
	src/output/encoded.h \
	src/output/extract.h \
	src/output/failures.h \
	src/output/format.h \
	src/output/options.h \
	src/output/order.h \
	src/output/save.h \
	src/output/writer.h
