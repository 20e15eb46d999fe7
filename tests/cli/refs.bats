#!/usr/bin/env bats
# Following references both ways, and the list of the cables that are cited and not held.
load helper

# row NUMBER DATE ID REFS [ORIGIN]
row() {
	printf '"%s","%s","%s","%s","SECRET","","","S E C R E T KALVIK\n\nSUBJECT: NOTE %s\n\n%b1. (S) Boats of %s.\n\nVENN"\n' \
		"$1" "$2 10:00" "$3" "${5:-Embassy Kalvik}" "$1" "${4:+REF: $4\n\n}" "$3"
}

@test "what a cable refers to and what refers to it stand in two trees" {
	sample
	run reftel refs 08SORNA57
	[ "$status" -eq 0 ]
	[[ "${lines[0]}" == "08SORNA57  2008-03-05 08:05  "*SECRET* ]]
	[ "${lines[1]}" = "refers to" ]
	[[ "${lines[2]}" == "  A. 08KALVIK412 and previous  2008-03-02 16:40  Embassy Kalvik  CONFIDENTIAL  HARBOUR MASTER STANDS FIRM"* ]]
	[[ "${lines[3]}" == "  B. 08TARNHOLM88  not held; "*" to 2008-03-05" ]]
	[[ "$output" == *"cited by"*"  08KALVIK431  "* ]]
	for name in "08 SORNA 57" "sorna 57" SORNA\ 000057; do
		[ "$(reftel refs "$name")" = "$output" ]
	done
	[ "$(reftel refs SORNA 57)" = "$output" ]
	run reftel refs --from 08SORNA57
	[[ "$output" == *"refers to"* && "$output" != *"cited by"* ]]
	run reftel refs --to 08SORNA57
	[[ "$output" != *"refers to"* && "$output" == *"cited by"* ]]
}

@test "references to what is no cable are shown of the cable that was asked for" {
	sample
	run reftel refs --from --depth 0 08KALVIK412
	[[ "$output" == *"  C. VENN-TAMM TELCON OF FEBRUARY 29  (telcon)"* ]]
	run reftel refs --from --depth 2 08SORNA57
	[[ "$output" == *"08KALVIK398"* && "$output" != *TELCON* ]]
}

@test "a circle is walked once, and a cable is expanded where it is nearest" {
	reftel init
	{ row 1 1/1/2008 08KALVIK1 "A. 08 KALVIK 2 B. 08 KALVIK 3"; row 2 1/2/2008 08KALVIK2 "A. 08 KALVIK 3"
	  row 3 1/3/2008 08KALVIK3 "A. 08 KALVIK 1 B. 08 KALVIK 2"; } >a.csv
	reftel import a.csv
	run reftel refs --from --depth 0 08KALVIK1
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 7 ]
	[[ "${lines[2]}" == "  A. 08KALVIK2  2008-01-02"* ]]
	[ "${lines[3]}" = "    A. 08KALVIK3  (see below)" ]
	[[ "${lines[4]}" == "  B. 08KALVIK3  2008-01-03"* ]]
	[ "${lines[5]}" = "    A. 08KALVIK1  (see above)" ]
	[ "${lines[6]}" = "    B. 08KALVIK2  (see above)" ]
	reftel refs --depth 0 --json 08KALVIK1 >g
	json 'len(d["nodes"]) == 3 and sorted((e["from"], e["to"]) for e in d["edges"]) == [("08KALVIK1", "08KALVIK2"), ("08KALVIK1", "08KALVIK3"), ("08KALVIK2", "08KALVIK3"), ("08KALVIK3", "08KALVIK1"), ("08KALVIK3", "08KALVIK2")]' <g | grep True
	json '[n["steps_from"] for n in d["nodes"]] == [0, 1, 1] and [n["steps_to"] for n in d["nodes"]] == [0, 2, 1]' <g | grep True
	reftel refs --depth 1 --json 08KALVIK1 | json 'len(d["edges"])' | grep -x 3
}

@test "a missing cable has its own page: who cites it, when it was sent" {
	sample
	run reftel refs 08TARNHOLM88
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "08TARNHOLM88  not held" ]
	[[ "$output" == *"when  "*"2008-03-05, "*"before 08SORNA57 cites it"* ]]
	[[ "$output" == *"cited by"*"08SORNA57"*"08KALVIK431"* ]]
	[[ "$output" != *"refers to"* ]]
	reftel refs --json 08TARNHOLM88 | json 'not d["nodes"][0]["held"] and d["nodes"][0]["times"] == len(d["edges"]) and d["nodes"][0]["before_cable"] == "08SORNA57"' | grep True
	run reftel refs 08TARNHOLM8888
	[ "$status" -eq 3 ]
	[[ "$output" == *"no cable"* ]]
}

@test "the wanted list counts each cable once, and says what is sure of its year" {
	reftel init
	{ row 1 6/1/2008 08SORNA60 "A. TARNHOLM 12 B. STATE 9" "Consulate Sorna"; row 2 3/1/2008 08SORNA50 "A. 08 TARNHOLM 12 B. TARNHOLM 12" "Consulate Sorna"
	  row 3 1/9/2008 08TARNHOLM3 "" "Embassy Tarnholm"; row 4 2/4/2008 08TARNHOLM20 "A. SORNA 1700" "Embassy Tarnholm"
	  row 5 12/1/2007 07SORNA1700 "" "Consulate Sorna"; } >a.csv
	reftel import a.csv
	run reftel refs --missing
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "2 cables are cited and not held:" ]
	[[ "${lines[2]}" == "    2  08TARNHOLM12  2008-01-09 to 2008-02-04  Embassy Tarnholm  08SORNA50, 08SORNA60" ]]
	[[ "${lines[3]}" == "    1  08STATE9?     2008-01-01 to 2008-06-01  STATE             08SORNA60" ]]
	[[ "${lines[4]}" == "?  the year is implied"* ]]
	run reftel refs --missing --limit 1
	[[ "$output" == "2 cables are cited and not held; the first 1:"* && "$output" != *STATE* ]]
	run reftel refs --missing --post "Embassy Tarnholm"
	[[ "$output" == *"08TARNHOLM12"* && "$output" != *STATE* ]]
	run reftel refs --missing --post KALVIK
	[ "$status" -eq 0 ]
	[[ "$output" == "No cable is cited here that is not held"* ]]
	reftel refs --missing --json >m
	json '[(x["id"], x["times"], x["year"], x["window"], x["after_cable"], x["before_cable"]) for x in d] == [("08TARNHOLM12", 2, "stated", "serials", "08TARNHOLM3", "08TARNHOLM20"), ("08STATE9", 1, "likely", "year", None, "08SORNA60")]' <m | grep True
	json 'd[0]["or"] is None and d[1]["or"]["id"] == "07STATE9" and d[0]["cited_by"][0] == {"id": "08SORNA50", "date": "2008-03-01 10:00", "year_implied": False}' <m | grep True
	[ "$(reftel refs --missing --json --post KALVIK)" = "[]" ]
}

@test "the wanted list as CSV is a spreadsheet's, and no cell of it is a formula" {
	reftel init
	{ row 1 6/1/2008 08SORNA60 "A. 08 TARNHOLM 12" "Consulate Sorna"
	  row 2 1/9/2008 08TARNHOLM3 "" $'=HYPERLINK(\\"x\\"),\033[2Jowned'; } >a.csv
	reftel import a.csv
	reftel refs --missing --csv >m.csv
	python3 - <<-'END'
		import csv
		raw = open("m.csv", "rb").read()
		assert raw.count(b"\r\n") == 2 and raw.count(b"\n") == 2 and b"\033" not in raw, raw
		rows = list(csv.reader(open("m.csv", newline="")))
		assert rows[0] == ["times", "id", "after", "before", "post", "origin", "year", "or", "cited_by"], rows
		assert rows[1][:5] == ["1", "08TARNHOLM12", "2008-01-09", "2008-06-01", "TARNHOLM"], rows
		assert "owned" in rows[1][5], rows
		assert rows[1][5].startswith("'=HYPERLINK(\"x\"),"), rows
		assert rows[1][6:] == ["stated", "", "08SORNA60"], rows
	END
}

@test "several cables of one name are listed, held or not" {
	reftel init
	{ row 1 6/1/2008 08SORNA60 "A. 08 TARNHOLM 12 B. 06 TARNHOLM 12"; row 2 6/1/2009 09SORNA60 ""; } >a.csv
	reftel import a.csv
	run reftel refs SORNA 60
	[ "$status" -eq 1 ]
	[[ "$output" == *"08SORNA60"*"09SORNA60"* ]]
	run reftel refs TARNHOLM 12
	[ "$status" -eq 1 ]
	[[ "$output" == *"06TARNHOLM12  (not held)"* && "$output" == *"08TARNHOLM12  (not held)"* ]]
	reftel refs --json TARNHOLM 12 | json 'd == ["06TARNHOLM12", "08TARNHOLM12"]' | grep True
}

@test "what is asked wrongly is said, and nothing is read" {
	sample
	for args in "" "--missing 08SORNA57" "--depth x 08SORNA57" "--depth -1 08SORNA57" "--missing --limit 2x" \
		"--csv 08SORNA57" "--missing --from" "--missing --csv --json" "--missing --post 12"; do
		run reftel refs $args
		[ "$status" -eq 2 ]
		[[ "$output" == *"usage: reftel refs"* ]]
	done
}

@test "the real material's wanted list is what an independent count gives" {
	need_material
	reftel init
	reftel import "$REFTEL_DATA/cables.csv" >/dev/null || [ $? -eq 1 ]
	reftel refs --missing --json >m
	reftel refs --missing --csv >m.csv
	python3 - <<-'END'
		import csv, json, sqlite3
		db = sqlite3.connect("archive/archive.db")
		held = {(p, s, y): d // 86400 for p, s, y, d in db.execute("SELECT post, serial, year, date FROM cable")}
		cites = db.execute("SELECT r.post, r.serial, r.year, r.year_implied, c.ref, c.date FROM cable c, reference r"
		           " WHERE r.version = c.version AND r.kind = 0").fetchall()
		open_ = [c for c in cites if c[:3] not in held and not (c[3] and (c[0], c[1], c[2] - 1) in held)]
		assert len(open_) > 400
		wanted = json.load(open("m"))
		years = {"0": 2000, "1": 2000, "9": 1900, "8": 1900, "7": 1900}
		def key(x, name):
		    return (x["post"], int(name[2 + len(x["post"]):]), years[name[0]] + int(name[:2]))
		by = {key(x, x["id"]): x for x in wanted}
		assert len(by) == len(wanted)
		# Every open citation is counted once, under its year or, where that is implied, under the one before.
		pairs = {(c[:3], c[3], c[4]) for c in open_}
		left = {(k, c["id"]) for k, x in by.items() for c in x["cited_by"]}
		assert sum(x["times"] for x in wanted) == len(left)
		for (p, s, y), implied, ref in pairs:
		    hits = [yy for yy in ((y, y - 1) if implied else (y,)) if ((p, s, yy), ref) in left]
		    assert hits, (p, s, y, ref)
		assert left <= {((p, s, y - i), ref) for (p, s, y), implied, ref in pairs for i in (0, 1) if implied or not i}
		for k, x in by.items():
		    assert k not in held and x["after"] <= x["before"], x
		    assert x["times"] == len(x["cited_by"]) > 0
		    assert x["year"] == "stated" or all(c["year_implied"] for c in x["cited_by"]), x
		# Ordered: by times, then by id.
		order = [(-x["times"], x["id"]) for x in wanted]
		assert order == sorted(order)
		assert len(list(csv.reader(open("m.csv", newline="")))) == len(wanted) + 1
	END
	# Its numbers had come to 175 when the list was written: 2591 is last year's.
	json '[x["year"] for x in d if x["id"] == "09ISLAMABAD2591"] == ["follows"]' <m | grep True
}

@test "a cable that is taken out of the real material is missed in its year, and on its day" {
	need_material
	reftel init
	reftel import "$REFTEL_DATA/cables.csv" >/dev/null || [ $? -eq 1 ]
	# Those that other cables cite, each taken out alone: what is then said of it is held against its own date.
	sqlite3 archive/archive.db >cited "SELECT DISTINCT c.ref, date(c.date, 'unixepoch') FROM cable k
		JOIN reference r ON r.version = k.version JOIN cable c ON c.post = r.post AND c.serial = r.serial
		AND (c.year = r.year OR (r.year_implied AND c.year = r.year - 1)) WHERE r.kind = 0 AND k.id != c.id"
	[ "$(wc -l <cited)" -ge 10 ]
	while IFS='|' read -r id day; do
		rm -rf copy && cp -r archive copy
		sqlite3 copy/archive.db "DELETE FROM cable WHERE ref = '$id'"
		reftel --archive copy refs --missing --json |
			json "[x['after'] <= '$day' <= x['before'] for x in d if x['id'] == '$id']" | grep -x '\[True\]'
	done <cited
}
