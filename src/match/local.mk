libgather_a_SOURCES += \
	src/match/condition.c \
	src/match/condition.h \
	src/match/gap.c \
	src/match/gap.h \
	src/match/language.h \
	src/match/language_json.c \
	src/match/language_xpath.c \
	src/match/match.c \
	src/match/match.h
