libgather_a_SOURCES += \
	src/pictures/chart.h \
	src/pictures/chart_bars.c \
	src/pictures/chart_curve.c \
	src/pictures/critical_path.c \
	src/pictures/critical_path.h \
	src/pictures/options.h \
	src/pictures/page.c \
	src/pictures/page.h \
	src/pictures/pictures.c \
	src/pictures/pictures.h \
	src/pictures/report.c \
	src/pictures/report.h \
	src/pictures/summary.c \
	src/pictures/summary.h \
	src/pictures/report_table.c \
	src/pictures/report_table.h \
	src/pictures/targets.c \
	src/pictures/targets.h \
	src/pictures/waterfall.c \
	src/pictures/waterfall.h \
	src/pictures/waterfall_svg.c \
	src/pictures/waterfall_term.c

# The style and the script of a report, as lines of C, and their hashes for the
# page's policy. They are hashes of what the page holds: its style is three
# files of CSS, one after the other. In waterfall.css, which pictures that stand alone
# have, too, pN is the phase N of PHASES(X) in stats/phase.h; pale ones wait
# here, strong ones take time on the network.
PICTURES = $(srcdir)/src/pictures
PAGE_STYLE = $(PICTURES)/report.css $(PICTURES)/chart.css \
	$(PICTURES)/waterfall.css
PAGE_PARTS = src/pictures/chart_css.h src/pictures/page_hashes.h \
	src/pictures/report_css.h src/pictures/report_js.h \
	src/pictures/waterfall_css.h
EXTRA_DIST += src/pictures/chart.css src/pictures/report.css \
	src/pictures/report.js src/pictures/waterfall.css
BUILT_SOURCES += $(PAGE_PARTS)
CLEANFILES += $(PAGE_PARTS)
src/pictures/page.$(OBJEXT): $(PAGE_PARTS)
TO_C = sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n",/'
TO_SHA256 = sha256sum | cut -c 1-64 | tr a-f A-F | basenc --base16 -d | base64

src/pictures/report_css.h: $(PICTURES)/report.css
	$(AM_V_GEN)$(MKDIR_P) src/pictures && \
		$(TO_C) $(PICTURES)/report.css > $@

src/pictures/chart_css.h: $(PICTURES)/chart.css
	$(AM_V_GEN)$(MKDIR_P) src/pictures && \
		$(TO_C) $(PICTURES)/chart.css > $@

src/pictures/waterfall_css.h: $(PICTURES)/waterfall.css
	$(AM_V_GEN)$(MKDIR_P) src/pictures && \
		$(TO_C) $(PICTURES)/waterfall.css > $@

src/pictures/report_js.h: $(PICTURES)/report.js
	$(AM_V_GEN)$(MKDIR_P) src/pictures && \
		$(TO_C) $(PICTURES)/report.js > $@

src/pictures/page_hashes.h: $(PAGE_STYLE) $(PICTURES)/report.js
	$(AM_V_GEN)$(MKDIR_P) src/pictures && { \
		printf '#define PAGE_STYLE_SHA256 "'; \
		cat $(PAGE_STYLE) | $(TO_SHA256) | tr -d '\n'; \
		printf '"\n#define PAGE_SCRIPT_SHA256 "'; \
		cat $(PICTURES)/report.js | $(TO_SHA256) | tr -d '\n'; \
		printf '"\n'; \
	} > $@
