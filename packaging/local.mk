# The archive of the sources: what git has, and nothing that a tool generated,
# so that it does not depend on the versions of the autotools and can be
# compared with a clone. Its bytes follow from its contents and their date
# (scripts/check-dist holds it to that). xz compresses in another way with
# threads, which are its default since 5.6.
export XZ_OPT = --format=xz --check=crc64 --threads=1 -6e
export XZ_DEFAULTS =
date_of_sources = "$$($(SHELL) $(srcdir)/scripts/source-date)"
am__tar = $(srcdir)/scripts/pack "$$tardir" $(date_of_sources)

EXTRA_DIST += .editorconfig .gitignore SECURITY.md packaging/gather.spec \
	debian/changelog debian/control debian/copyright debian/gather.docs \
	debian/rules debian/source/format debian/tests/control \
	debian/tests/demo debian/tests/installed \
	debian/tests/libraries scripts/check-dist \
	scripts/pack scripts/package scripts/source-date

generated = Makefile.in aclocal.m4 autom4te.cache build-aux config.h.in \
	config.h.in~ configure configure~

# It ends with a rehearsal: where archives are made automake pipes, and make sees
# only how the compressor ended.
dist-hook:
	cd "$(distdir)" && rm -rf $(generated)
	find "$(distdir)" -name __pycache__ -prune -exec rm -rf '{}' +
	$(srcdir)/scripts/pack "$(distdir)" $(date_of_sources) > /dev/null

# `make distcheck` unpacks the archive with this: whoever does so has to make
# configure, too.
am__untar = tar xf - && (cd "$(distdir)" && autoreconf -fi)
