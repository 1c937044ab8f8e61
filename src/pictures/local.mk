libgather_a_SOURCES += \
	src/pictures/hints.c \
	src/pictures/hints.h \
	src/pictures/markup.c \
	src/pictures/markup.h \
	src/pictures/page.c \
	src/pictures/page.h \
	src/pictures/pictures.c \
	src/pictures/pictures.h \
	src/pictures/report.c \
	src/pictures/report.h \
	src/pictures/summary.c \
	src/pictures/summary.h \
	src/pictures/waterfall.c \
	src/pictures/waterfall.h \
	src/pictures/waterfall_svg.c \
	src/pictures/waterfall_term.c \
	src/pictures/why.c \
	src/pictures/why.h

# The style and the script of a report, as lines of C.
PAGE_PARTS = src/pictures/report_css.h src/pictures/report_js.h
EXTRA_DIST += src/pictures/report.css src/pictures/report.js
BUILT_SOURCES += $(PAGE_PARTS)
CLEANFILES += $(PAGE_PARTS)
src/pictures/page.$(OBJEXT): $(PAGE_PARTS)
TO_C = sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n",/'

src/pictures/report_css.h: src/pictures/report.css
	$(AM_V_GEN)$(MKDIR_P) src/pictures && \
		$(TO_C) $(srcdir)/src/pictures/report.css > $@

src/pictures/report_js.h: src/pictures/report.js
	$(AM_V_GEN)$(MKDIR_P) src/pictures && \
		$(TO_C) $(srcdir)/src/pictures/report.js > $@
