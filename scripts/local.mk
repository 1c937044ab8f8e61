# Completions are written from the option table, so by the program itself;
# a program for another machine cannot.
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
COMPLETIONS = $(SHELL) $(srcdir)/scripts/completions

EXTRA_DIST += scripts/completions scripts/check-agreement scripts/mutate \
	scripts/soak
TESTS += scripts/check-agreement

if !CROSS_COMPILING
install-data-local: gather$(EXEEXT)
	$(MKDIR_P) '$(DESTDIR)$(bashcompletiondir)' \
		'$(DESTDIR)$(zshcompletiondir)' '$(DESTDIR)$(fishcompletiondir)'
	$(COMPLETIONS) bash ./gather > '$(DESTDIR)$(bashcompletiondir)/gather'
	$(COMPLETIONS) zsh ./gather > '$(DESTDIR)$(zshcompletiondir)/_gather'
	$(COMPLETIONS) fish ./gather \
		> '$(DESTDIR)$(fishcompletiondir)/gather.fish'

uninstall-local:
	rm -f '$(DESTDIR)$(bashcompletiondir)/gather' \
		'$(DESTDIR)$(zshcompletiondir)/_gather' \
		'$(DESTDIR)$(fishcompletiondir)/gather.fish'
endif
