libgather_a_SOURCES += \
	src/format/encoder.h \
	src/format/extract.c \
	src/format/extract.h \
	src/format/field_advice.c \
	src/format/field_advice.h \
	src/format/field_rows.c \
	src/format/field_rows.h \
	src/format/fields.c \
	src/format/fields.h \
	src/format/format.c \
	src/format/format.h \
	src/format/format_body.c \
	src/format/format_records.c \
	src/format/options.c \
	src/format/options.h \
	src/format/page_records.c \
	src/format/page_records.h \
	src/format/writeout.c \
	src/format/writeout.h
