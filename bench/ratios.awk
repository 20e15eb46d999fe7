# From lines "ROWS SIDE NAME key=value ..." of bench/index to tables: the median of each figure, and beside a peer's how
# many times reftel's it is. FTS5 with a table is held against import and index together, the others against the index
# alone. Without figures of reftel there are no ratios.

{
	for (i = 4; i <= NF; i++) {
		split($i, pair, "=")
		at = $1 SUBSEP $2 SUBSEP $3 SUBSEP pair[1]
		figure[at, ++count[at]] = pair[2] + 0
	}
}

function median(at,    i, k, n, v, swap) {
	n = count[at]
	for (i = 1; i <= n; i++) {
		v[i] = figure[at, i]
		for (k = i; k > 1 && v[k - 1] > v[k]; k--) {
			swap = v[k]; v[k] = v[k - 1]; v[k - 1] = swap
		}
	}
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}

function has(rows, side, name, key) {
	return (rows SUBSEP side SUBSEP name SUBSEP key) in count
}

function value(rows, side, name, key) {
	return median(rows SUBSEP side SUBSEP name SUBSEP key)
}

# One figure of one side, and its ratio to reftel's.
function cell(rows, side, name, own, key, scale, form,    text, ours) {
	if (!has(rows, side, name, key))
		return sprintf("%22s", "-")
	text = sprintf(form, value(rows, side, name, key) / scale)
	if (side != "reftel" && has(rows, "reftel", own, key) && key !~ /first_right|in_ten/) {
		ours = value(rows, "reftel", own, key)
		if (ours > 0)
			text = text sprintf(" (x%.1f)", value(rows, side, name, key) / ours)
	}
	return sprintf("%22s", text)
}

function line(rows, label, name, own, key, scale, form,    i, text, any) {
	for (i = 1; i <= n_sides; i++)
		if (has(rows, sides[i], sides[i] == "reftel" ? own : name, key))
			any = 1
	if (!any)
		return
	text = sprintf("%-26s", label)
	for (i = 1; i <= n_sides; i++)
		text = text cell(rows, sides[i], sides[i] == "reftel" ? own : name, own, key, scale, form)
	print text
}

END {
	n_sides = split("reftel fts5 xapian lucene", sides, " ")
	n_rows = split(all_rows, sizes, " ")
	n_names = split("or2 and3 phrase4 locate", names, " ")
	for (r = 1; r <= n_rows; r++) {
		rows = sizes[r]
		bytes = has(rows, "fts5", "index", "bytes_text") ? value(rows, "fts5", "index", "bytes_text") / 1e6 : 0
		printf "%d cables%s\n%-26s", rows, bytes ? sprintf(", %.0f MB of text", bytes) : "", ""
		for (i = 1; i <= n_sides; i++)
			printf "%22s", sides[i]
		printf "\n"
		line(rows, "index alone, s", "index", "reindex", "seconds", 1, "%.2f")
		line(rows, "index alone, s of CPU", "index", "reindex", "cpu", 1, "%.2f")
		line(rows, "index, MB", "index", "reindex", "db_bytes", 1e6, "%.1f")
		line(rows, "peak memory, MB", "index", "reindex", "peak_kb", 1e3, "%.0f")
		if (has(rows, "table", "index", "seconds")) {
			printf "%-26s", "import and index, s"
			printf "%22s%s (FTS5 and a table)\n", has(rows, "reftel", "import", "seconds") ? \
				sprintf("%.2f", value(rows, "reftel", "import", "seconds")) : "-", \
				cell(rows, "table", "index", "import", "seconds", 1, "%.2f")
		}
		for (k = 1; k <= n_names; k++) {
			line(rows, names[k] " p50, ms", names[k], names[k], "p50_ms", 1, "%.3f")
			line(rows, names[k] " p99, ms", names[k], names[k], "p99_ms", 1, "%.3f")
		}
		line(rows, "locate, first is right, %", "locate", "locate", "first_right", 1, "%.1f")
		line(rows, "locate, among ten, %", "locate", "locate", "in_ten", 1, "%.1f")
		print ""
	}
	if (n_rows < 2)
		exit
	printf "growth%-20s", ""
	for (r = 1; r <= n_rows; r++)
		printf "%12d", sizes[r]
	print ""
	for (i = 1; i <= n_sides; i++) {
		own = sides[i] == "reftel" ? "reindex" : "index"
		growth(sides[i], own, "seconds")
		for (k = 1; k <= n_names; k++)
			growth(sides[i], names[k], "p50_ms")
	}
}

function growth(side, name, key,    r, text, any) {
	text = sprintf("%-26s", side " " name " " key)
	for (r = 1; r <= n_rows; r++) {
		any += has(sizes[r], side, name, key)
		text = text (has(sizes[r], side, name, key) ? sprintf("%12.3f", value(sizes[r], side, name, key)) : \
			sprintf("%12s", "-"))
	}
	if (any)
		print text
}
