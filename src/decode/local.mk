libgather_a_SOURCES += \
	src/decode/brotli_coding.c \
	src/decode/coding.h \
	src/decode/decoder.c \
	src/decode/decoder.h \
	src/decode/zlib_codings.c \
	src/decode/zstd_coding.c
