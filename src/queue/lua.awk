# The scripts as a header of C, on standard output: of each NAME.lua a string
# lua_NAME. A line `-- @include FILE` stands for that file, beside the script,
# which may include others.
# Comments that fill a line, and indentation, are left out: each connection
# sends the scripts once.

BEGIN {
	print "/* Made of the scripts (*.lua) by src/queue/lua.awk. */"
	print "#pragma GCC diagnostic push"
	print "#pragma GCC diagnostic ignored \"-Woverlength-strings\""
}

function put(line) {
	if (line ~ /^-- @include /) {
		put_file(folder substr(line, 13))
		return
	}
	sub(/^[ \t]+/, "", line)
	if (line == "" || line ~ /^--/)
		return
	gsub(/[\\"]/, "\\\\&", line)
	print "    \"" line "\\n\""
}

function put_file(path,    line, status) {
	while ((status = (getline line < path)) > 0)
		put(line)
	if (status < 0) {
		print path ": cannot be read" | "cat >&2"
		failed = 1
		exit 1
	}
	close(path)
}

FNR == 1 {
	if (NR > 1)
		print "    ;"
	folder = FILENAME
	sub(/[^\/]*$/, "", folder)
	name = substr(FILENAME, length(folder) + 1)
	sub(/\.lua$/, "", name)
	print "static const char lua_" name "[] ="
}

{ put($0) }

END {
	if (failed)
		exit 1
	print "    ;"
	print "#pragma GCC diagnostic pop"
}
