# To be sourced by bash: a PostgreSQL server of its own, until the shell ends, to
# which the variables of psql lead. The server refuses to be root's, who starts it
# as the user of Debian's package.

as_owner() {
	if [ "$(id -u)" = 0 ]; then
		runuser -u postgres -- "$@"
	else
		"$@"
	fi
}
# Run a program of the server where its user may be.
of_server() {
	local program=$PGBIN/$1
	shift
	(cd "$PGHOST" && as_owner "$program" "$@") > postgresql.log 2>&1
}

PGBIN=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
# The name of a socket is short.
PGHOST=$(cd / && as_owner mktemp -d /tmp/gather.XXXXXX)
export PGHOST PGUSER=postgres PGDATABASE=postgres
export PGOPTIONS='-c client_min_messages=warning'
trap 'of_server pg_ctl -D data -m immediate stop; rm -rf "$PGHOST"' EXIT
{
	of_server initdb -D data -U postgres -A trust -E UTF8 --locale=C --no-sync &&
		of_server pg_ctl -D data -l log -w -t 300 \
			-o "-k $PGHOST -c listen_addresses= -c fsync=off" start
} || { cat postgresql.log >&2; exit 1; }
