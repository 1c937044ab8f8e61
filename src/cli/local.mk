libgather_a_SOURCES += \
	src/cli/config_file.c \
	src/cli/config_file.h \
	src/cli/conflicts.c \
	src/cli/conflicts.h \
	src/cli/curl_names.c \
	src/cli/curl_names.h \
	src/cli/custom_body.c \
	src/cli/custom_connection.c \
	src/cli/custom_output.c \
	src/cli/custom_request.c \
	src/cli/custom_run.c \
	src/cli/form.c \
	src/cli/form.h \
	src/cli/help.c \
	src/cli/help.h \
	src/cli/operands.c \
	src/cli/operands.h \
	src/cli/options.c \
	src/cli/options.h \
	src/cli/parse.c \
	src/cli/parse.h \
	src/cli/setters.c \
	src/cli/setters.h \
	src/cli/shaping.c \
	src/cli/table.c \
	src/cli/table.h \
	src/cli/units.c \
	src/cli/units.h

# What --help says of a topic is the manual page's text.
EXTRA_DIST += src/cli/manual.awk
BUILT_SOURCES += src/cli/manual.h
CLEANFILES += src/cli/manual.h
src/cli/help.$(OBJEXT): src/cli/manual.h

src/cli/manual.h: $(srcdir)/man/gather.1 $(srcdir)/src/cli/manual.awk
	$(AM_V_GEN)$(MKDIR_P) src/cli && \
		LC_ALL=C $(AWK) -f $(srcdir)/src/cli/manual.awk \
			$(srcdir)/man/gather.1 > $@-new && mv $@-new $@
