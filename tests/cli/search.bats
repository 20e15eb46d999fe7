#!/usr/bin/env bats
# Searching the sample: every option, what is printed and what is refused.
bats_require_minimum_version 1.5.0
load helper

# A hit's id begins its line.
ids() {
	grep -oE '^[0-9]{2}[A-Z]+[0-9]+' | paste -sd' '
}

# n cables about ferries, a month apart, in an archive of their own.
made() {
	reftel init >/dev/null
	for ((i = 0; i < $1; i++)); do
		printf '"%d","%d/%d/%d 10:00","%02dKALVIK%d","Embassy Kalvik","%s","","","C O N F I D E N T I A L KALVIK 000%03d\n\nSUBJECT: FERRY %d\n\n1. (C) The ferry number %d sailed with %s.\n\nVENN"\n' \
			$((i + 1)) $((i % 12 + 1)) 3 $((2005 + i / 12)) $((5 + i / 12)) $((i + 1)) \
			"$([ $((i % 2)) = 0 ] && echo SECRET || echo CONFIDENTIAL)" $((i + 1)) "$i" "$i" "word$i herring"
	done >made.csv
	reftel import made.csv >/dev/null
}

@test "a search shows id, date, class, origin, subject and the words where they stand" {
	sample
	run reftel search 'tamm "fish market"'
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "2 cables:" ]
	[[ "$output" == *"08KALVIK412  2008-03-02 16:40  CONFIDENTIAL  Embassy Kalvik"* ]]
	[[ "$output" == *"    HARBOUR MASTER STANDS FIRM ON THE SORNA FERRY"* ]]
	[[ "$output" == *"*Tamm* received us in her office above the *fish market*."* ]]
	# Several arguments are one query.
	[ "$(reftel search tamm '"fish market"')" = "$output" ]
}

@test "words in the subject are marked there, with colour where it is wanted" {
	sample
	run reftel search subject:ferry
	[ "$status" -eq 0 ]
	[[ "$output" == *"HARBOUR MASTER STANDS FIRM ON THE SORNA *FERRY*"* ]]
	run reftel search --color=always subject:ferry
	[[ "$output" == *$'\033'"[1;33mFERRY"$'\033'"[0m"* ]]
	[[ "$output" != *"*FERRY*"* ]]
}

@test "nothing found is said, and exits as grep does" {
	sample
	run reftel search zebra
	[ "$status" -eq 1 ]
	[[ "$output" == "No cable here is as the query says." ]]
	run reftel search --count zebra
	[ "$status" -eq 1 ]
	[ "$output" = 0 ]
	run reftel search --json zebra
	[ "$status" -eq 1 ]
	[ "$(json 'd["total"] == 0 and d["hits"] == [] and d["after"] is None' <<<"$output")" = True ]
}

@test "a query that cannot be read is shown with the place" {
	sample
	run --separate-stderr reftel search 'tamm (lease OR'
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[[ "${stderr_lines[0]}" == *"expected a word"* ]]
	[ "${stderr_lines[1]}" = "tamm (lease OR" ]
	[ "${stderr_lines[2]}" = "              ^" ]
}

@test "wrong use is said: options that do not go together, numbers that are none" {
	sample
	for args in "" "--limit x tamm" "--limit -1 tamm" "--offset 1.5 tamm" "--snippets many tamm" "--sort size tamm" \
		"--facets=colour tamm" "--count --facets tamm" "--after x tamm" "--output o tamm" "--resume tamm" \
		"--batch q tamm" "--batch q --count" "--batch q --format xml" "--batch q --resume" "--batch q --offset 3"; do
		run reftel search $args
		[ "$status" -eq 2 ]
		[[ "$output" == *"usage: reftel search"* ]]
	done
	run reftel search --facets=colour tamm
	[[ "$output" == *"origin, class, year"* ]]
}

@test "limit, offset and cursors give pages that fit one another" {
	made 25
	run reftel search ferry
	[ "${lines[0]}" = "25 cables; the first 10:" ]
	[ "$(ids <<<"$output" | wc -w)" -eq 10 ]
	[[ "${lines[-1]}" == "more: --after "* ]]
	for sort in relevance date date-asc; do
		reftel search --sort $sort --limit all --snippets 0 ferry | ids >all
		[ "$(wc -w <all)" -eq 25 ]
		[ "$(reftel search --sort $sort --limit 0 --snippets 0 ferry | ids)" = "$(cat all)" ]
		{ for from in 0 7 14 21; do reftel search --sort $sort --limit 7 --offset $from ferry | ids; done; } | paste -sd' ' >pages
		cmp all pages
		: >pages
		cursor=()
		while :; do
			reftel search --sort $sort --limit 7 "${cursor[@]}" ferry >page
			ids <page >>pages
			more=$(sed -n 's/^more: --after //p' page)
			[ -n "$more" ] || break
			cursor=(--after "$more")
		done
		[ "$(paste -sd' ' pages)" = "$(cat all)" ]
	done
	run reftel search --offset 20 ferry
	[ "${lines[0]}" = "25 cables; 21 to 25:" ]
	run reftel search --offset 25 ferry
	[ "$status" -eq 1 ]
	# A cursor holds for the order it was printed in.
	run reftel search --sort date --after "$(reftel search ferry --json | json 'd["after"]')" ferry
	[ "$status" -eq 2 ]
}

@test "a page stays right when cables are imported in between" {
	made 25
	cursor=$(reftel search --sort date-asc --limit 5 --json ferry | json 'd["after"]')
	before=$(reftel search --sort date-asc --limit 5 --after "$cursor" ferry | ids)
	printf '"99","1/1/1999 10:00","99KALVIK1","Embassy Kalvik","SECRET","","","S E C R E T KALVIK 000001\n\nSUBJECT: OLD\n\n1. (S) A ferry of old.\n\nVENN"\n' >old.csv
	reftel import old.csv
	[ "$(reftel search --sort date-asc --limit 5 --after "$cursor" ferry | ids)" = "$before" ]
	[ "$(reftel search --sort date-asc --limit 1 ferry | ids)" = 99KALVIK1 ]
}

@test "sort by date goes both ways" {
	made 5
	[ "$(reftel search --sort date ferry | ids)" = "05KALVIK5 05KALVIK4 05KALVIK3 05KALVIK2 05KALVIK1" ]
	[ "$(reftel search --sort date-asc ferry | ids)" = "05KALVIK1 05KALVIK2 05KALVIK3 05KALVIK4 05KALVIK5" ]
}

@test "facets count what was found, not what is shown" {
	made 25
	reftel search --limit 3 --json --facets ferry >f
	json '{k: [(x["value"], x["n"]) for x in v] for k, v in d["facets"].items()} == {"origin": [("Embassy Kalvik", 25)], "class": [("SECRET", 13), ("CONFIDENTIAL", 12)], "year": [("2005", 12), ("2006", 12), ("2007", 1)], "tag": [], "signatory": [("VENN", 25)]}' <f | grep True
	reftel search --json --facets=para,Month ferry | json 'list(d["facets"]) == ["para", "month"] and d["facets"]["para"] == [{"value": "CONFIDENTIAL", "n": 25}] and len(d["facets"]["month"]) == 25' | grep True
	run reftel search --facets=class ferry
	[[ "$output" == *$'class\n       13  SECRET\n       12  CONFIDENTIAL'* ]]
	[[ "$output" != *VENN* ]]
	run reftel search --facets=class class:secret ferry
	[[ "$output" == *$'class\n       13  SECRET'* && "$output" != *"12  CONFIDENTIAL"* ]]
}

@test "the histogram has a bar a month and keeps to the terminal's width" {
	made 14
	for n in 20 21 22; do printf '"%d","2/5/2008 10:00","08KALVIK%d","Embassy Kalvik","SECRET","","","S E C R E T KALVIK 0000%d\n\nSUBJECT: X\n\n1. (S) A ferry.\n\nVENN"\n' $n $n $n; done >more.csv
	reftel import more.csv
	COLUMNS=50 reftel search --limit 1 --histogram ferry >h
	python3 - <<-'END'
		lines = open("h").read().splitlines()
		bars = [l for l in lines if l[:2] == "20" or "\u22ee" in l]
		assert len(bars) == 14 + 1 + 1, bars
		assert bars[0].startswith("2005-01  1  ") and bars[-1].startswith("2008-02  3  "), bars
		widths = {l[:7]: l.count("\u2588") for l in bars}
		assert widths["2008-02"] == 38 and 12 <= widths["2005-01"] <= 13, widths
		assert all(len(l) <= 50 for l in bars)
	END
	reftel search --limit 1 --histogram --json ferry | json 'd["months"][-1] == {"value": "2008-02", "n": 3} and len(d["months"]) == 15' | grep True
}

@test "count prints a number and nothing else" {
	made 25
	[ "$(reftel search --count ferry)" = 25 ]
	[ "$(reftel search --count 'ferry class:secret')" = 13 ]
	reftel search --count --json ferry | json 'd["total"]' | grep -x 25
}

@test "near copies are shown once with fold, and counted" {
	reftel init
	body='The harbour master of Sorna told the consul on Monday that the ferry piers stay with the city whatever the minister of ports may say of it, and that the dockers would rather swim to Tarnholm than sail under another flag than theirs.'
	for n in 1 2 3; do printf '"%d","3/%d/2008 10:00","08KALVIK%d","Embassy Kalvik","SECRET","","","S E C R E T KALVIK 00000%d\n\nSUBJECT: PIERS\n\n1. (S) %s\n\nVENN"\n' $n $n $n $n "$body"; done >a.csv
	printf '"9","3/9/2008 10:00","08KALVIK9","Embassy Kalvik","SECRET","","","S E C R E T KALVIK 000009\n\nSUBJECT: FISH\n\n1. (S) A ferry brought nine tons of herring from the banks to the auction of Vestmark.\n\nVENN"\n' >>a.csv
	reftel import a.csv
	[ "$(reftel search ferry | ids | wc -w)" -eq 4 ]
	run reftel search --fold ferry
	[ "$(ids <<<"$output" | wc -w)" -eq 2 ]
	[[ "$output" == *"    and 2 near copies"* ]]
	reftel search --fold --json ferry | json 'sorted(h["near_copies"] for h in d["hits"])' | grep -Fx '[0, 2]'
	run reftel search --fold --limit 1 ferry
	[[ "${lines[-1]}" == "more: --offset 1" ]]
	[ "$(reftel search --fold --limit 1 --offset 1 ferry | ids | wc -w)" -eq 1 ]
	run reftel search --fold --after r0_0_0 ferry
	[ "$status" -eq 2 ]
}

@test "snippets: as many as are wanted, within the width, hostile bytes made harmless" {
	sample
	[ "$(reftel search --json --snippets=0 dockers | json 'sum(len(h["snippets"]) for h in d["hits"])')" = 0 ]
	[ "$(reftel search --json --snippets 3 ferry | json 'max(len(h["snippets"]) for h in d["hits"])')" -ge 2 ]
	reftel search --json dockers | json 'all(s["text"].encode()[a:b].decode().lower().startswith("docker") for h in d["hits"] for s in h["snippets"] for a, b in s["marks"])' | grep True
	COLUMNS=50 reftel search dockers | sed -n '3,$p' | grep -v 'Embassy\|Consulate' |
		python3 -c 'import sys; sys.exit(any(len(l.rstrip("\n")) > 50 for l in sys.stdin))'
	printf '"7","3/2/2008 10:00","08KALVIK7","Embassy \033[2JKalvik","SECRET","","","S E C R E T KALVIK 000007\n\nSUBJECT: \033]0;owned\007 PIERS\n\n1. (S) A zebra\033[31m on the pier\xe2\x80\xaeback.\n\nVENN"\n' >a.csv
	reftel import a.csv || [ $? -eq 1 ]
	reftel search zebra >out
	grep -q '\*zebra' out
	! grep -q "$(printf '\033')" out
	! grep -q "$(printf '\007')" out
	! grep -q "$(printf '\342\200\256')" out
}

@test "json tells everything of a hit" {
	sample
	reftel search --json 'id:08KALVIK412' >j
	json '(d["query"], d["total"], d["not_indexed"], d["after"]) == ("id:08KALVIK412", 1, 0, None)' <j | grep True
	json '[(h["id"], h["running_number"], h["date"], h["origin"], h["classification"], h["signatory"], h["near_copies"]) for h in d["hits"]] == [("08KALVIK412", 140212, "2008-03-02 16:40", "Embassy Kalvik", "CONFIDENTIAL", "VENN", 0)]' <j | grep True
	json 'd["hits"][0]["subject"].startswith("HARBOUR MASTER") and len(d["hits"][0]["snippets"]) == 1' <j | grep True
}

@test "texts that are not in the index are counted on the standard error" {
	sample
	sqlite3 archive/archive.db "DELETE FROM segment"
	run --separate-stderr reftel search ferry
	[ "$status" -eq 1 ]
	[[ "$stderr" == *"35 texts are not in the index yet: \`reftel reindex\`"* ]]
	reftel search --json ferry 2>/dev/null | json 'd["not_indexed"]' | grep -x 35
	reftel status --json | json 'd["index"]["not_indexed"] == 35 and d["index"]["segments"] == 0' | grep True
	run reftel status
	[[ "$output" == *"35 texts are not in it yet"* ]]
	reftel reindex
	run --separate-stderr reftel search ferry
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
}

@test "related lists cables like one, without the cable itself" {
	sample
	reftel related --json 08KALVIK412 >r
	json 'd["id"] == "08KALVIK412" and 0 < len(d["hits"]) <= 10 and all(h["id"] != "08KALVIK412" for h in d["hits"])' <r | grep True
	json 'sorted((h["score"] for h in d["hits"]), reverse=True) == [h["score"] for h in d["hits"]]' <r | grep True
	[ "$(reftel related --limit 3 KALVIK 412 | ids | wc -w)" -eq 3 ]
	[ "$(reftel related --limit all 140212 | ids | wc -w)" -gt 10 ]
	run reftel related 08KALVIK99999
	[ "$status" -eq 3 ]
	[[ "$output" == *"there is no cable"* ]]
	for args in "" "--limit x 08KALVIK412" "--snippets x 08KALVIK412"; do
		run reftel related $args
		[ "$status" -eq 2 ]
	done
}
