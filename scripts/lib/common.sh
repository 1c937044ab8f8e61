# Shared by the scripts: `. scripts/lib/common.sh` from the top of the tree.
# shellcheck shell=sh

say() {
	printf '%s\n' "$*" >&2
}

stop() {
	say "$*"
	exit 1
}

jobs() {
	getconf _NPROCESSORS_ONLN 2> /dev/null || echo 2
}

# packages PURPOSE...: their names, from scripts/packages.
packages() {
	for purpose; do
		awk -v p="$purpose" '$1 == p { for (i = 2; i <= NF; i++) print $i }' \
			scripts/packages
	done | sort -u
}

is_installed() {
	test "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2> /dev/null)" = \
		installed
}

missing_packages() {
	for package in $(packages "$@"); do
		is_installed "$package" || echo "$package"
	done
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

may_be_root() {
	[ "$(id -u)" = 0 ] || sudo -n true 2> /dev/null ||
		{ [ -t 0 ] && command -v sudo > /dev/null; }
}

# need PURPOSE...: install the packages that are missing, or say which.
need() {
	if ! command -v dpkg-query > /dev/null; then
		say "No Debian packages here: configure names what it misses."
		return
	fi
	missing=$(missing_packages "$@" | tr '\n' ' ')
	[ -n "$missing" ] || return 0
	may_be_root || stop "These packages are missing; install them with:
  apt-get install $missing"
	say "Installing: $missing"
	as_root apt-get update -q > /dev/null
	# shellcheck disable=SC2086 # a list
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -qy --no-install-recommends $missing > /dev/null
}

# configure FOLDER ARGUMENT...: once, and again if the arguments changed (make
# sees to the rest). What is built there stays.
configure() {
	folder=$1
	shift
	if [ ! -e configure ]; then
		autoreconf -fi > autoreconf.log 2>&1 ||
			{ cat autoreconf.log >&2; return 1; }
		rm -f autoreconf.log
	fi
	mkdir -p "$folder"
	if [ "$(cat "$folder/arguments" 2> /dev/null)" != "$*" ] ||
		[ ! -e "$folder/Makefile" ]; then
		(cd "$folder" && ../configure -q "$@" >&2) || return 1
		echo "$*" > "$folder/arguments"
	fi
}

# build FOLDER [TARGET...]: beneath $LAUNCHER, a command, if there is one.
build() {
	folder=$1
	shift
	${LAUNCHER:-} make -s -C "$folder" -j "$(jobs)" "$@"
}

# werror_for COMPILER: the switch of configure, for versions that are tested.
werror_for() {
	case $1-$("$1" -dumpversion) in
	gcc-12* | gcc-14* | clang-14* | clang-19*) echo --enable-werror ;;
	esac
}
