# The manual page as text for --help TOPIC: a table of C, on standard output.
# It knows the macros of mdoc(7) that man/gather.1 uses, and stops at others.
#
# Bold text stands between \001 and \002. A comment that begins with `$`, behind
# the paragraphs of an option, is an example of it.

BEGIN {
	WIDTH = 78
	STEP = 4
	TOPICS = "TEMPLATES=templates;PATHS=paths;OUTPUT RECORDS=records;" \
	    "EXIT STATUS=exit;EXAMPLES=examples;MANY MACHINES=machines;"
	MACROS = " An Ar Cm Dq Dv Em Ev Fl Fn Ic Li Nm No Ns Oc Oo Op Pa Pq Ql" \
	    " Sq Sx Ta Xr "
	BOLD = " Cm Fl Ic Nm "
	print "/* Made of man/gather.1 by src/cli/manual.awk. */"
	print "#pragma GCC diagnostic push"
	print "#pragma GCC diagnostic ignored \"-Woverlength-strings\""
	print "static const char manual_text[] ="
}

function die(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what | "cat >&2"
	failed = 1
	exit 1
}

# --- what is printed ----------------------------------------------------------

function put(line,    visible) {
	sub(/ +$/, "", line)
	gsub(/\003/, " ", line)
	if (line == "" && (blank || at == start))
		return
	blank = line == ""
	at += length(line) + 1
	gsub(/[\\"]/, "\\\\&", line)
	gsub(/\001/, "\\001", line)
	gsub(/\002/, "\\002", line)
	print "    \"" line "\\n\""
}

function shown_length(text) {
	gsub(/[\001\002]/, "", text)
	return length(text)
}

function spaces(n) {
	return sprintf("%" n "s", "")
}

# The first line of an item of -bullet has a mark in front of it.
function put_line(line) {
	put(bullet ? spaces(indent - 2) "* " line : spaces(indent) line)
	bullet = 0
}

# Print the paragraph so far, folded at its blanks.
function flush_text(    words, n, i, line, room) {
	n = split(para, words, " ")
	para = ""
	line = ""
	room = WIDTH - indent
	for (i = 1; i <= n; i++) {
		if (line != "" &&
		    shown_length(line) + 1 + shown_length(words[i]) > room) {
			put_line(line)
			line = ""
		}
		line = line (line == "" ? "" : " ") words[i]
	}
	if (line != "")
		put_line(line)
}

function begin(entry) {
	finish()
	printing = 1
	names = entry
	start = at + 0
	indent = STEP
	depth = 0
}

function finish() {
	if (!printing)
		return
	flush_text()
	printing = 0
	table[++tables] = sprintf("    {\" %s \", %d, %d},", names, start,
	    at - start)
}

# --- a line of macros ---------------------------------------------------------

function plain(text) {
	gsub(/\\&/, "", text)
	gsub(/\\-/, "-", text)
	gsub(/\\~/, "\003", text)
	gsub(/\\\(aq/, "'", text)
	gsub(/\\\(dq/, "\"", text)
	gsub(/\\e/, "\\", text)
	return text
}

function add(text) {
	line_text = line_text (line_text == "" || joined ? "" : " ") text
	joined = 0
}

function add_word(macro, word) {
	if (macro == "Fl")
		word = "-" word
	if (macro == "Ar" && match(word, /^[a-z]+[0-9]?(\.|$)/))
		word = toupper(substr(word, 1, RLENGTH)) \
		    substr(word, RLENGTH + 1)
	if (macro != "" && index(BOLD, " " macro " "))
		word = "\001" word "\002"
	add(word)
}

# Words of `line` into WORDS; those in quotes get \004 in front.
function split_words(line,    n) {
	n = 0
	while (match(line, /^ *("[^"]*"|[^ ]+)/)) {
		WORDS[++n] = substr(line, 1, RLENGTH)
		line = substr(line, RLENGTH + 1)
		sub(/^ */, "", WORDS[n])
		if (WORDS[n] ~ /^"/) {
			WORDS[n] = "\004" substr(WORDS[n], 2, length(WORDS[n]) - 2)
			gsub(/ /, "\003", WORDS[n])
		}
	}
	return n
}

function is_macro(word) {
	return length(word) == 2 && index(MACROS, " " word " ") > 0
}

function is_closing(word) {
	return word ~ /^[.,;:)?!]$/
}

function opened(macro) {
	return macro == "Op" || macro == "Oo" ? "[" : macro == "Pq" ? "(" : \
	    macro == "Dq" ? "\"" : "'"
}

function closed(macro) {
	return macro == "Op" || macro == "Oc" ? "]" : macro == "Pq" ? ")" : \
	    macro == "Dq" ? "\"" : "'"
}

# `line` without its dot, as text.
function render(line,    n, i, last, macro, closers, word, begun) {
	n = split_words(line)
	line_text = ""
	joined = 0
	for (last = n; last > 1 && is_closing(WORDS[last]); last--)
		;
	for (i = 1; i <= last; i++) {
		word = WORDS[i]
		if (is_macro(word)) {
			if (macro == "Fl" && !begun)
				add_word("Fl", "")
			macro = word
			begun = 0
			if (word == "Ns" || word == "No" || word == "Oc") {
				joined = word != "No"
				if (word == "Oc")
					add("]")
				macro = ""
			} else if (word ~ /^(Op|Oo|Pq|Dq|Sq|Ql)$/) {
				add(opened(word))
				joined = 1
				if (word != "Oo")
					closers = closed(word) closers
				macro = ""
			} else if (word == "Nm" && (i == last ||
			    is_closing(WORDS[i + 1]) || is_macro(WORDS[i + 1]))) {
				add_word("Nm", "gather")
				macro = ""
			} else if (word == "Ta") {
				line_text = line_text "\005"
				joined = 1
				macro = ""
			}
		} else if (is_closing(word)) {
			if (macro == "Fl" && !begun)
				add_word("Fl", "")
			begun = 1
			joined = 1
			add(word)
		} else {
			sub(/^\004/, "", word)
			if (macro == "Xr" && begun) {
				joined = 1
				add("(" plain(word) ")")
			} else if (macro == "Fn") {
				add(plain(word) "()")
			} else {
				add_word(macro, plain(word))
			}
			begun = 1
		}
	}
	if (macro == "Fl" && !begun)
		add_word("Fl", "")
	line_text = line_text closers
	for (i = last + 1; i <= n; i++)
		line_text = line_text WORDS[i]
	return line_text
}

# A command too wide for the screen goes on in a second line.
function put_command(text,    at, rest, cut) {
	rest = text
	while (length(text) > WIDTH - 6 &&
	    match(rest, / (--|\047?https?:|@)/)) {
		at += RSTART
		if (at > WIDTH - 8)
			break
		cut = at
		rest = substr(text, at + 1)
	}
	put("      " (cut ? substr(text, 1, cut) "\\" : text))
	if (cut)
		put("          " substr(text, cut + 1))
}

# --- lists --------------------------------------------------------------------

function begin_list(line) {
	flush_text()
	depth++
	compact[depth] = line ~ /-compact/
	columns[depth] = line ~ /-column/
	bullets[depth] = line ~ /-bullet/
	put("")
}

function end_list() {
	flush_text()
	if (!columns[depth] && entered[depth])
		indent -= bullets[depth] ? 2 : STEP
	entered[depth] = 0
	depth--
}

function row(text,    cells, n, i, line) {
	n = split(text, cells, "\005")
	for (i = 1; i <= n; i++)
		line = line sprintf("%-11s", cells[i])
	put(spaces(indent) line)
}

function item(line) {
	flush_text()
	if (columns[depth]) {
		row(render(line))
		return
	}
	if (entered[depth])
		indent -= STEP
	if (!compact[depth])
		put("")
	put(spaces(indent) render(line))
	indent += STEP
	entered[depth] = 1
}

function bullet_item() {
	flush_text()
	if (entered[depth])
		indent -= 2
	put("")
	indent += 2
	entered[depth] = 1
	bullet = 1
}

# The names of an option are those that its heads begin with.
function option_item(line,    n, i, found) {
	n = split_words(line)
	for (i = 1; i < n; i++)
		if (WORDS[i] == "Fl")
			found = found (found == "" ? "" : " ") "-" WORDS[i + 1]
	if (was_item) {
		names = names " " found
	} else {
		begin(found)
	}
	indent = 2
	put("  " render(line))
	indent = 2 + STEP
}

# --- the page -----------------------------------------------------------------

/^\.Sh / {
	finish()
	section = substr($0, 5)
	if (match(TOPICS, "(^|;)" section "=[a-z]+")) {
		topic = substr(TOPICS, RSTART, RLENGTH)
		sub(/.*=/, "", topic)
		begin(topic)
		put("\001" section "\002")
	}
	next
}
/^\.\\" \$ / {
	if (!printing)
		die("an example of no option")
	flush_text()
	put("")
	put("  \001Example:\002")
	put_command(plain(substr($0, 7)))
	next
}
/^\.\\"/ { next }
section == "OPTIONS" && /^\.Bl / && !printing { next }
section == "OPTIONS" && /^\.It / && depth == 0 {
	option_item(substr($0, 5))
	was_item = 1
	next
}
{ was_item = 0 }
section == "OPTIONS" && /^\.El/ && depth == 0 { finish(); next }
!printing { next }
/^\.Bd / { flush_text(); put(""); literal = 1; next }
/^\.Ed/ { literal = 0; next }
literal { put(spaces(indent + 2) plain($0)); next }
/^\.Dl / { flush_text(); put(spaces(indent + 2) plain(substr($0, 5))); next }
/^\.Bl / { begin_list($0); next }
/^\.El/ { end_list(); next }
/^\.It / { item(substr($0, 5)); next }
/^\.It$/ { bullet_item(); next }
/^\.Pp/ { flush_text(); put(""); next }
/^\.Ss / {
	flush_text()
	put("")
	put(" \001" substr($0, 5) "\002")
	next
}
/^\./ {
	if (!is_macro($1 == "." ? "" : substr($1, 2)))
		die("no macro that src/cli/manual.awk knows: " $1)
	para = para " " render(substr($0, 2))
	next
}
{ para = para " " plain($0) }

END {
	if (failed)
		exit 1
	finish()
	print "    ;"
	print "#pragma GCC diagnostic pop\n"
	print "static const struct manual_entry manual_entries[] = {"
	for (i = 1; i <= tables; i++)
		print table[i]
	print "};"
}
