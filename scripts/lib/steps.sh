# Steps that are run one after the other, shown in a line each, and counted:
# `. scripts/lib/steps.sh` behind common.sh. $logs is the folder of their logs.
# shellcheck shell=sh disable=SC2154

passed=0
failed=0
skipped=0

count() {
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + $3))
}

in_ci() {
	[ -n "${CI:-}" ]
}

begin_steps() {
	mkdir -p "$logs"
	: > "$logs/skips"
	: > "$logs/unsteady"
	: > "$logs/failures"
}

# skip REASON: to be returned by the command of a step that can't be run here.
skip() {
	echo "skipped: $*"
	return 77
}

# program NAME...: are they all there? If not the step is skipped, and in CI,
# where scripts/packages had them installed, it fails.
program() {
	for name; do
		command -v "$name" > /dev/null && continue
		if in_ci; then
			echo "$name is not installed: scripts/packages lacks it"
			return 1
		fi
		skip "$name is not installed"
		return 77
	done
}

# linter_is NAME VERSION...: is it there, in one of these versions? The sources
# were written for what those find; another one finds other things.
linter_is() {
	program "$1" || return
	linter=$1
	shift
	found=$("$linter" --version | grep -Eo '[0-9]+\.[0-9]+(\.[0-9]+)*' |
		head -n 1)
	for version; do
		case $found. in
		"$version".*) return 0 ;;
		esac
	done
	skip "$linter is version $found, not $*"
}

# note LIST NAME WHAT: for one of the lists at the end.
note() {
	printf '%s: %s\n' "$2" "$3" >> "$logs/$1"
}

# note_all LIST NAME: a note for each line of standard input.
note_all() {
	while read -r what; do note "$1" "$2" "$what"; done
}

# note_failures NAME LOG: for the list at the end: the programs that failed, as
# automake names them, and the cases in them.
note_failures() {
	named=$(sed -n '/(exit status: [0-9]*)$/d
		s/^FAIL:\{0,1\} //p' "$2" | sort -u)
	printf '%s\n' "${named:-see $2}" | note_all failures "$1"
}

# show_failures LOG: the programs that failed, and what each case in them said,
# which may stand anywhere above; then the last 100 lines of what did not pass.
show_failures() {
	sed -n '/^FAIL: /p' "$1" | sort -u
	awk '/^FAIL [^ ]*: / { left = 30 }
	/^(ok|skip|retry|unsteady) / { left = 0 }
	left-- > 0' "$1"
	grep -Ev '^(PASS:|SKIP|ok|skip|retry) ' "$1" | tail -n 100
}

# step NAME COMMAND...: quiet if all is well. Returns 77 if it was skipped. The
# command has a shell of its own.
step() {
	name=$1
	log=$logs/$(printf %s "$name" | tr -c 'A-Za-z0-9\n' -).log
	shift
	printf '%-44s' "$name" >&2
	begin=$(date +%s)
	status=0
	("$@") > "$log" 2>&1 < /dev/null || status=$?
	took="$(($(date +%s) - begin)) s"
	case $status in
	0) say "ok, $took" ;;
	77)
		why=$(sed -n 's/^skipped: //p' "$log" | tail -n 1)
		say "skipped: $why"
		note skips "$name" "$why"
		;;
	*)
		say "FAILED, $took"
		show_failures "$log" >&2
		note_failures "$name" "$log"
		;;
	esac
	return "$status"
}

# The same for what is one test.
one() {
	status=0
	step "$@" || status=$?
	case $status in
	0) count 1 0 0 ;;
	77) count 0 0 1 ;;
	*) count 0 1 0 ;;
	esac
	return "$status"
}

# list TITLE FILE: its lines, if there are any, on stderr.
list() {
	[ -s "$2" ] || return 0
	say ''
	say "$1:"
	sed 's/^/  /' "$2" >&2
}

# What all came to, on stdout; what was skipped, and why, what passed only when
# it was alone, and what failed, on stderr.
end_steps() {
	list Skipped "$logs/skips"
	list Unsteady "$logs/unsteady"
	list Failed "$logs/failures"
	say ''
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ]
}
