libgather_a_SOURCES += \
	src/timing/account.c \
	src/timing/account.h \
	src/timing/assertion.c \
	src/timing/assertion.h \
	src/timing/bootstrap.c \
	src/timing/bootstrap.h \
	src/timing/floor.c \
	src/timing/floor.h \
	src/timing/hints.c \
	src/timing/hints.h \
	src/timing/histogram.c \
	src/timing/histogram.h \
	src/timing/latencies.c \
	src/timing/latencies.h \
	src/timing/markup.c \
	src/timing/markup.h \
	src/timing/outliers.c \
	src/timing/outliers.h \
	src/timing/pace.c \
	src/timing/pace.h \
	src/timing/page.c \
	src/timing/page.h \
	src/timing/percentiles.c \
	src/timing/percentiles.h \
	src/timing/phase.c \
	src/timing/phase.h \
	src/timing/report.c \
	src/timing/report.h \
	src/timing/show.c \
	src/timing/show.h \
	src/timing/stats.c \
	src/timing/stats.h \
	src/timing/totals.c \
	src/timing/totals.h \
	src/timing/waterfall.c \
	src/timing/waterfall.h \
	src/timing/waterfall_svg.c \
	src/timing/waterfall_term.c \
	src/timing/why.c \
	src/timing/why.h

# The style and the script of a report, as lines of C.
PAGE_PARTS = src/timing/report_css.h src/timing/report_js.h
EXTRA_DIST += src/timing/report.css src/timing/report.js
BUILT_SOURCES += $(PAGE_PARTS)
CLEANFILES += $(PAGE_PARTS)
src/timing/page.$(OBJEXT): $(PAGE_PARTS)
TO_C = sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n",/'

src/timing/report_css.h: src/timing/report.css
	$(AM_V_GEN)$(MKDIR_P) src/timing && \
		$(TO_C) $(srcdir)/src/timing/report.css > $@

src/timing/report_js.h: src/timing/report.js
	$(AM_V_GEN)$(MKDIR_P) src/timing && \
		$(TO_C) $(srcdir)/src/timing/report.js > $@
