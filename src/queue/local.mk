libgather_a_SOURCES += \
	src/queue/address.c \
	src/queue/address.h \
	src/queue/binding.c \
	src/queue/binding.h \
	src/queue/call.c \
	src/queue/client.c \
	src/queue/client.h \
	src/queue/connection.h \
	src/queue/finish.c \
	src/queue/finish.h \
	src/queue/line.c \
	src/queue/marks.c \
	src/queue/marks.h \
	src/queue/options.h \
	src/queue/scripts.c \
	src/queue/scripts.h \
	src/queue/server.c \
	src/queue/server.h \
	src/queue/take.c \
	src/queue/take.h \
	src/queue/tokens.c \
	src/queue/tokens.h \
	src/queue/transport.c \
	src/queue/transport.h \
	src/queue/worker.c \
	src/queue/worker.h

# What is one step at the server: Lua, as a header of C.
queue_scripts = \
	$(srcdir)/src/queue/alive.lua \
	$(srcdir)/src/queue/back.lua \
	$(srcdir)/src/queue/feed.lua \
	$(srcdir)/src/queue/finish.lua \
	$(srcdir)/src/queue/hold.lua \
	$(srcdir)/src/queue/mark.lua \
	$(srcdir)/src/queue/missing.lua \
	$(srcdir)/src/queue/results.lua \
	$(srcdir)/src/queue/status.lua \
	$(srcdir)/src/queue/take.lua \
	$(srcdir)/src/queue/tokens.lua
# What several of them include.
queue_preludes = \
	$(srcdir)/src/queue/common.lua \
	$(srcdir)/src/queue/lease.lua \
	$(srcdir)/src/queue/meta.lua \
	$(srcdir)/src/queue/worker.lua
EXTRA_DIST += $(queue_scripts) $(queue_preludes) src/queue/lua.awk
BUILT_SOURCES += src/queue/scripts_lua.h
CLEANFILES += src/queue/scripts_lua.h
src/queue/scripts.$(OBJEXT): src/queue/scripts_lua.h

src/queue/scripts_lua.h: $(queue_scripts) $(queue_preludes) \
		$(srcdir)/src/queue/lua.awk
	$(AM_V_GEN)$(MKDIR_P) src/queue && \
		LC_ALL=C $(AWK) -f $(srcdir)/src/queue/lua.awk \
			$(queue_scripts) > $@-new && mv $@-new $@
