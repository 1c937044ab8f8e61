libgather_a_SOURCES += \
	src/output/encoded.c \
	src/output/encoded.h \
	src/output/extract.h \
	src/output/failures.h \
	src/output/format.h \
	src/output/options.h \
	src/output/order.c \
	src/output/order.h \
	src/output/pieces.c \
	src/output/pieces.h \
	src/output/save.h \
	src/output/spill.c \
	src/output/spill.h \
	src/output/writer.c \
	src/output/writer.h \
	src/output/writer_file.c \
	src/output/writer_private.h \
	src/output/writer_thread.c
