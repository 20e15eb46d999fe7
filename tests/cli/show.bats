#!/usr/bin/env bats
# Showing a cable by whatever name a person has for it.
load helper

@test "a cable is found by every spelling of its name" {
	sample
	for name in 08KALVIK412 "08 KALVIK 412" "KALVIK 412" kalvik412 "2008 Kalvik 000412" 140212 ">140212" \
		https://cables.example.org/2008/03/08KALVIK412.html; do
		run reftel show "$name"
		[ "$status" -eq 0 ]
		[[ "$output" == *"HARBOUR MASTER STANDS FIRM"* ]]
	done
	run reftel show KALVIK 412
	[ "$status" -eq 0 ]
}

@test "its fields, references in both directions and versions are shown" {
	sample
	run reftel show 08SORNA57
	[[ "$output" == *"2008-03-05 08:05"* ]]
	[[ "$output" == *"SECRET"* ]]
	[[ "$output" == *"A. 08KALVIK412"* ]]
	[[ "$output" == *"B. 08TARNHOLM88 (not held)"* ]]
	[[ "$output" == *"cited by"*"08KALVIK431"* ]]
	[[ "$output" == *"LINDQVIST"* ]]
}

@test "an implied year in January is last year's where that is the cable held" {
	sample
	reftel show --json 08KALVIK9 | json '[(r["id"], r["held"]) for r in d["references"]]' | grep "('07KALVIK1702', True)"
}

@test "a cable that is cited and not held is known by who cites it" {
	sample
	run reftel show 08TARNHOLM88
	[ "$status" -eq 3 ]
	[[ "$output" == *"not held"*"08"* ]]
}

@test "the JSON has the fields, and its paragraphs lie where they say" {
	sample
	reftel show --json 08SORNA57 >x
	json 'd["tags"] == ["PINR", "EWWT", "PGOV", "QK"] and [p["mark"] for p in d["paragraphs"]] == ["CONFIDENTIAL", "SECRET//NOFORN", "UNCLASSIFIED", "SECRET", "CONFIDENTIAL"]' <x | grep True
	json 'all(d["body"].encode()[p["bytes"][0]:p["bytes"][1]].decode() == p["text"] for p in d["paragraphs"])' <x | grep True
}

@test "a TAGS code is explained where its meaning is known, else its kind is said" {
	sample
	run reftel show 08SORNA57
	[[ "$output" == *"TAGS           PINR (intelligence), EWWT (waterborne transport), PGOV (internal governmental affairs), QK"* ]]
	reftel show --json 08SORNA57 | json '[d["tags_explained"][i] for i in (0, 3)] == [{"code": "PINR", "kind": "subject", "meaning": "intelligence"}, {"code": "QK", "kind": "country", "meaning": None}]' | grep True
	reftel search --json --facets=tag harbour >x
	json '[(v["value"], v["meaning"]) for v in d["facets"]["tag"] if v["value"] in ("ELAB", "QK")] == [("QK", None), ("ELAB", "labour")]' <x | grep True
	run reftel search --facets=tag harbour
	[[ "$output" == *"ELAB  labour"* ]]
}

@test "a footnote can cite it as text, BibTeX and CSL" {
	sample
	run reftel show --cite=text 08KALVIK412
	[ "$output" = 'Embassy Kalvik, "HARBOUR MASTER STANDS FIRM ON THE SORNA FERRY", cable 08KALVIK412 (140212), 2 March 2008, CONFIDENTIAL.' ]
	run reftel show --cite=bibtex 08KALVIK412
	[[ "$output" == "@misc{08KALVIK412,"* ]]
	reftel show --cite=csl 08KALVIK412 | json 'd[0]["issued"]["date-parts"] == [[2008, 3, 2]] and d[0]["number"] == "08KALVIK412"' | grep True
	run reftel show --cite=mla 08KALVIK412
	[ "$status" -eq 2 ]
}

@test "a cable's text cannot steer the terminal" {
	reftel init
	printf '"1","3/2/2008 10:00","08KALVIK5","Embassy Kalvik","SECRET","","","S E C R E T KALVIK 000005\n\nSUBJECT: \033[2J\033]0;owned\007TEA\n\n1. (S) Be\033[31mware \302\233 of this.\n\nVENN"\n' >a.csv
	reftel import a.csv
	for how in "" --raw --json --cite=text --cite=bibtex; do
		reftel show $how 08KALVIK5 >out
		! grep -q "$(printf '\033')" out
		! grep -q "$(printf '\007')" out
	done
}

@test "wrong use exits with 2 and says what is right" {
	run reftel frobnicate
	[ "$status" -eq 2 ]
	run reftel shwo
	[[ "$output" == *'did you mean "show"'* ]]
	run reftel show
	[ "$status" -eq 2 ]
	run reftel show --frob 1
	[ "$status" -eq 2 ]
	run reftel check
	[ "$status" -eq 2 ]
	run reftel
	[ "$status" -eq 2 ]
	run reftel help
	[ "$status" -eq 0 ]
	run reftel --version
	[[ "$output" == reftel* ]]
}
