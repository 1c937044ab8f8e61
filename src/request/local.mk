libgather_a_SOURCES += \
	src/request/exchange.c \
	src/request/exchange.h \
	src/request/lineage.c \
	src/request/lineage.h \
	src/request/options.c \
	src/request/options.h \
	src/request/origin.c \
	src/request/quota.h \
	src/request/request.c \
	src/request/request.h \
	src/request/result.c \
	src/request/result.h \
	src/request/row.c \
	src/request/row.h \
	src/request/secret.c \
	src/request/secret.h \
	src/request/template.c \
	src/request/template.h \
	src/request/template_compile.c \
	src/request/template_private.h \
	src/request/template_step.c \
	src/request/url.c \
	src/request/url.h \
	src/request/url_cache.c \
	src/request/url_text.c \
	src/request/values.c \
	src/request/values.h
