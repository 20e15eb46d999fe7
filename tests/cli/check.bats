#!/usr/bin/env bats
# The main job, on the sample and on the newspaper story it began with.
load helper

@test "every quotation of the sample story gets the verdict and the cable written down for it" {
	sample
	reftel check --json "$root/examples/story.html" >report || [ $? -eq 1 ]
	python3 - "$root/examples/expected.tsv" report <<-'EOF'
		import json, sys
		want = [l.rstrip("\n").split("\t") for l in open(sys.argv[1], encoding="utf-8") if not l.startswith("#")]
		got = json.load(open(sys.argv[2], encoding="utf-8"))["quotations"]
		plain = lambda s: s.replace("\u2019", "'")
		wrong = len(want) != len(got)
		for (start, cable, verdict), q in zip(want, got):
		    held = (q["passage"] or {}).get("id", "") if verdict not in ("not-held", "no-source", "too-short") else cable
		    if not plain(q["text"]).startswith(plain(start)) or q["verdict"] != verdict or held != cable:
		        print("wanted", start, cable, verdict, "got", q["text"][:50], held, q["verdict"], q["reason"])
		        wrong = True
		sys.exit(wrong)
	EOF
}

@test "what the story says wrongly of the cables is found: date, classification, number, marking" {
	sample
	reftel check --json "$root/examples/story.html" >report || [ $? -eq 1 ]
	[ "$(json 'sorted(f["kind"] for f in d["findings"])' <report)" = "['classification', 'date', 'id', 'marking']" ]
}

@test "the altered words are shown beside the cable's own, also without colour" {
	sample
	run reftel check "$root/examples/story.html"
	[ "$status" -eq 1 ]
	[[ "$output" == *"*18* false invoices"* ]]
	[[ "$output" == *"*17* false invoices"* ]]
	[[ "$output" == *"the cable has “17” where the story has “18”"* ]]
	! printf '%s' "$output" | grep -q "$(printf '\033')"
	run reftel check --color=always "$root/examples/story.html"
	printf '%s' "$output" | grep -q "$(printf '\033')"
}

@test "lines keep to the width of the terminal" {
	sample
	COLUMNS=60 reftel check "$root/examples/story.html" >out || [ $? -eq 1 ]
	sed -n '/^To look at/,/^Citations/p' out | python3 -c 'import sys; sys.exit(any(len(l.rstrip("\n")) > 60 for l in sys.stdin))'
}

@test "a story with nothing to report exits with 0" {
	sample
	cat >story.txt <<-'EOF'
		The harbour master told the embassy that “the ferry line would not be sold to any foreign owner”, according to a cable dated March 2, 2008 (140212: confidential).
	EOF
	run reftel check story.txt
	[ "$status" -eq 0 ]
	[[ "$output" == *"1 verbatim"* ]]
}

@test "a loss is reported, not the neighbour that looks alike" {
	reftel init
	printf '"1","3/2/2008 10:00","08KALVIK5","Embassy Kalvik","CONFIDENTIAL","","","C O N F I D E N T I A L KALVIK 000005\n\nSUBJECT: CRANES\n\n1. (C) The ministry has bought four cranes for the port of Sorna at a price of two million crowns.\n\nVENN"\n' >a.csv
	reftel import a.csv
	echo 'The ministry “has bought nine cranes for the port of Sorna at a price of six million crowns”, says cable 150001 (08 KALVIK 6).' >story.txt
	reftel check --json story.txt >report || [ $? -eq 1 ]
	[ "$(json 'd["quotations"][0]["verdict"]' <report)" = not-held ]
	[ "$(json 'd["quotations"][0]["unchecked"]' <report)" = True ]
}

@test "a citation that resolves by one id and fails by the other is told" {
	sample
	echo 'It said “the ferry line would not be sold to any foreign owner” in 08 KALVIK 412 (140213: confidential).' >story.txt
	reftel check --json story.txt >report || [ $? -eq 1 ]
	[ "$(json 'd["quotations"][0]["verdict"]' <report)" = verbatim ]
	[ "$(json '[f["kind"] for f in d["findings"]]' <report)" = "['id']" ]
}

@test "words that stand in several cables name them all" {
	reftel init
	for n in 5 6 7; do
		printf '"%d","3/2/2008 10:00","08KALVIK%d","Embassy Kalvik","CONFIDENTIAL","","","C O N F I D E N T I A L KALVIK 00000%d\n\nSUBJECT: CRANES %d\n\n1. (C) The ministry has bought four cranes for the port of Sorna. This is report number %d.\n\nVENN"\n' $n $n $n $n $n
	done >a.csv
	reftel import a.csv
	echo 'The ministry “has bought four cranes for the port of Sorna”.' >story.txt
	reftel check --json story.txt >report || [ $? -eq 1 ]
	[ "$(json 'sorted([d["quotations"][0]["passage"]["id"]] + [o["id"] for o in d["quotations"][0]["others"]])' <report)" = \
		"['08KALVIK5', '08KALVIK6', '08KALVIK7']" ]
}

@test "the evidence points into the story's file and the cable's text as they are" {
	sample
	reftel check --json "$root/examples/story.html" >report || [ $? -eq 1 ]
	reftel show --json 08SORNA57 >cable
	python3 - "$root/examples/story.html" report cable <<-'EOF'
		import json, sys
		raw = open(sys.argv[1], "rb").read()
		report, cable = json.load(open(sys.argv[2])), json.load(open(sys.argv[3]))
		q = next(q for q in report["quotations"] if q["text"].startswith("Holt believes"))
		a, b = q["raw"]
		assert raw[a:b].decode().startswith("\u201cHolt believes"), raw[a:b]
		a, b = q["passage"]["bytes"]
		text = cable["body"].encode()[a:b].decode()
		assert text == q["passage"]["text"] and "002 OF 002" in text, text
	EOF
}

@test "the page is whole, fetches nothing, runs nothing, and escapes what it shows" {
	sample
	cat >story.html <<-'EOF'
		<html><body><p>She said &ldquo;the ferry &lt;script&gt;alert(1)&lt;/script&gt; line would not be sold to any foreign owner&rdquo;, says 08 KALVIK 412.</p></body></html>
	EOF
	reftel check --html page.html story.html >/dev/null || [ $? -eq 1 ]
	grep -q "default-src 'none'" page.html
	! grep -qi '<script' page.html
	! grep -qiE '(src|href)="(https?:)?//' page.html
	grep -q '&lt;script&gt;' page.html
	tail -1 page.html | grep -q '</html>'
	run reftel check --html /no/such/folder/page.html story.html
	[ "$status" -eq 3 ]
}

@test "a story that is no text is refused, and one from a pipe is read" {
	sample
	head -c 4000 /dev/zero >story
	run reftel check story
	[ "$status" -eq 3 ]
	echo 'It said “the ferry line would not be sold to any foreign owner” in 08 KALVIK 412.' | reftel check - >out
	grep -q '1 verbatim' out
}

@test "the newspaper story: its citations and the misquotation are found" {
	need_material
	reftel init
	reftel import "$REFTEL_DATA/cables.csv"
	run reftel check "$REFTEL_DATA/stories/hindu-benazir.txt"
	[ "$status" -eq 1 ]
	[[ "$output" == *"maximum *protection*"* ]]
	[[ "$output" == *"maximum *safety*"* ]]
	reftel check --json "$REFTEL_DATA/stories/hindu-benazir.txt" >report || [ $? -eq 1 ]
	[ "$(json 'sorted((c["says"]["running_number"], c["state"], (c["cable"] or {}).get("id")) for c in d["citations"] if not c["same_as"])' <report)" = \
		"[(126768, 'held', '07ISLAMABAD4531'), (127495, 'held-in-part', '07ISLAMABAD4599'), (127580, 'not-held', None), (128579, 'not-held', None)]" ]
	[ "$(json 'd["findings"]' <report)" = "[]" ]
	[ "$(json '[(q["text"], q["passage"]["id"]) for q in d["quotations"] if q["verdict"] == "altered"]' <report)" = \
		"[('necessary for maximum protection.', '07ISLAMABAD4531')]" ]
}
