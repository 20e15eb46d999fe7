#!/usr/bin/env bats
# Lists of queries and folders of stories: every line counts, none costs another, and a kill costs nothing but time.
bats_require_minimum_version 1.5.0
load helper

queries() {
	cat >q.csv <<-'END'
		query,name
		ferry,Ferry line
		"""fish market""",Fish
		tamm (lease OR,Broken
		zebra,None
		"tamm
		lease",Two lines
		tamm "fish market",Typed as it is
		"never closed
		-strike,Minus
		"a" b,Behind
	END
}

@test "a list of queries gives all hits, in its order, and a row for each that has none or cannot be read" {
	sample
	queries
	run reftel search --batch q.csv --output hits.csv
	[ "$status" -eq 1 ]
	[[ "$output" == *"9 queries, "*" hits in "* ]]
	[[ "$output" == *"1 found nothing"* ]]
	[[ "$output" == *"3 could not be read"* ]]
	[ ! -e hits.csv.progress ]
	for q in ferry '"fish market"' "tamm lease" 'tamm "fish market"'; do
		reftel search --json --limit all -- "$q" | json '"\n".join("%s %.3f" % (h["id"], h["score"]) for h in d["hits"])'
	done >want
	reftel search --json --limit all -- -strike | json '"\n".join("%s %.3f" % (h["id"], h["score"]) for h in d["hits"])' >>want
	python3 - <<-'END'
		import csv
		raw = open("hits.csv", newline="").read()
		rows = list(csv.DictReader(open("hits.csv", newline="")))
		assert raw.splitlines()[0] == "line,query,label,rank,id,date,origin,classification,subject,score,snippet,error"
		assert raw.count("\n") == raw.count("\r\n") == len(rows) + 1
		lines = [int(r["line"]) for r in rows]
		assert lines == sorted(lines) and set(lines) == {2, 3, 4, 5, 6, 8, 9, 10, 11}, lines
		assert ["%s %s" % (r["id"], r["score"]) for r in rows if r["id"]] == open("want").read().split("\n")[:-1]
		for line in set(lines):
		    ranks = [r["rank"] for r in rows if int(r["line"]) == line]
		    assert ranks == [str(i + 1) for i in range(len(ranks))] or ranks in (["0"], [""]), ranks
		by = {int(r["line"]): r for r in rows}
		assert by[5]["rank"] == "0" and not by[5]["error"] and by[5]["query"] == "zebra"
		assert by[4]["error"].startswith("the query, character 15: expected") and by[4]["rank"] == ""
		assert "never closed" in by[9]["query"] and "quotation mark" in by[9]["error"]
		assert "behind" in by[11]["error"]
		assert by[2]["label"] == "Ferry line" and by[6]["label"] == "Two lines"
		# A spreadsheet must not take it for a formula.
		assert by[10]["query"] == "'-strike", by[10]
	END
}

@test "json lines, by the name of the output or as asked; from a pipe to a pipe; a limit" {
	sample
	queries
	reftel search --batch q.csv --output hits.jsonl >/dev/null || [ $? -eq 1 ]
	reftel search --batch - --format jsonl <q.csv >piped.jsonl 2>err || [ $? -eq 1 ]
	cmp hits.jsonl piped.jsonl
	grep -q '^9 queries' err
	reftel search --batch q.csv --output limited.jsonl --limit 2 --snippets 0 >/dev/null || [ $? -eq 1 ]
	reftel search --batch q.csv --output hits.csv --json >summary || [ $? -eq 1 ]
	json '(d["queries"], d["empty"], d["not_read"])' <summary | grep -Fx '(9, 1, 3)'
	python3 - <<-'END'
		import csv, json
		rows = [json.loads(l) for l in open("hits.jsonl")]
		table = list(csv.DictReader(open("hits.csv", newline="")))
		assert [(r["line"], r.get("id", "")) for r in rows] == [(int(r["line"]), r["id"]) for r in table]
		assert [r["query"] for r in rows if r["line"] == 6][0] == "tamm\nlease"
		assert any(r["snippets"] for r in rows if r.get("id"))
		few = [json.loads(l) for l in open("limited.jsonl")]
		assert max(r["rank"] or 0 for r in few) == 2 and not any(r.get("snippets") for r in few)
	END
}

@test "a list in another encoding, without a heading, with windows line ends is read" {
	sample
	printf '\xff\xfe' >q.csv
	printf 'ferry\r\ncaf\xc3\xa9 OR tamm\r\n' | iconv -t UTF-16LE >>q.csv
	reftel search --batch q.csv --format jsonl --limit 1 >o 2>/dev/null
	python3 -c 'import json; assert [json.loads(l)["query"] for l in open("o")] == ["ferry", "caf\u00e9 OR tamm"]'
	head -c 3000 /dev/zero >q.csv
	run reftel search --batch q.csv
	[ "$status" -eq 3 ]
	: >q.csv
	run reftel search --batch q.csv --output empty.csv
	[ "$status" -eq 0 ]
	[ "$(wc -l <empty.csv)" -eq 1 ]
}

@test "what cannot be resumed is said, and nothing is written over" {
	sample
	queries
	echo ferry >other.csv
	reftel search --batch q.csv --output hits.csv >/dev/null || [ $? -eq 1 ]
	cp hits.csv whole.csv
	run reftel search --batch q.csv --output hits.csv --resume
	[ "$status" -eq 0 ]
	[[ "$output" == *"nothing to resume"* ]]
	cmp hits.csv whole.csv
	# As if it had been killed: the place is known, and the bytes behind it are half a row.
	sed -n 1,5p whole.csv >hits.csv
	printf '3,"half a' >>hits.csv
	bytes=$(sed -n 1,1p whole.csv | wc -c)
	n=$(wc -c <q.csv)
	reftel search --batch q.csv --output probe.csv >/dev/null &
	wait $! || [ $? -eq 1 ]
	printf 'reftel batch 1\nnot this list\nnext 0\nbytes %d\nhits 0\nfailed 0\nempty 0\n' "$bytes" >hits.csv.progress
	cp hits.csv before.csv
	run reftel search --batch other.csv --output hits.csv --resume
	[ "$status" -eq 3 ]
	[[ "$output" == *"another list of queries"* ]]
	cmp hits.csv before.csv
	echo rubbish >hits.csv.progress
	run reftel search --batch q.csv --output hits.csv --resume
	[ "$status" -eq 3 ]
	[[ "$output" == *"without --resume"* ]]
	cmp hits.csv before.csv
	run reftel search --batch q.csv --output hits.csv
	[ "$status" -eq 1 ]
	cmp hits.csv whole.csv
	[ "$(ls)" = "$(printf '%s\n' archive before.csv hits.csv other.csv probe.csv q.csv whole.csv)" ]
}

# A list that keeps the program busy for a while.
long_list() {
	python3 - "$1" >long.csv <<-'END'
		import sys
		words = "ferry tamm lease strike dockers piers harbour minister fish market tender union police city sorna".split()
		print("query,name")
		for i in range(int(sys.argv[1])):
		    a, b = words[i % len(words)], words[(i * 7 + i // 15) % len(words)]
		    print(["%s OR %s" % (a, b), "%s (%s OR" % (a, b), "-%s" % a, '"NEAR/9(%s %s)"' % (a, b)][i % 4] + ",n%d" % i)
	END
}

@test "a batch that is killed again and again goes on, and ends as if nothing had been" {
	sample
	long_list 1600
	reftel search --batch long.csv --output want.csv >/dev/null || [ $? -eq 1 ]
	killed=0 resumed=0
	for i in 1 2 3 4 5 6 7 8 9 10; do
		"$REFTEL" search --batch long.csv --output got.csv --resume >/dev/null 2>&1 &
		pid=$!
		sleep "0.$((RANDOM % 5))$((RANDOM % 10))"
		kill -9 $pid 2>/dev/null && killed=$((killed + 1))
		wait $pid 2>/dev/null || true
		if [ -e got.csv.progress ] && ! grep -qx 'next 0' got.csv.progress; then resumed=$((resumed + 1)); fi
	done
	[ "$killed" -gt 0 ]
	[ "$resumed" -gt 0 ]
	reftel search --batch long.csv --output got.csv --resume >/dev/null || [ $? -eq 1 ]
	cmp want.csv got.csv
	[ ! -e got.csv.progress ]
}

@test "a batch that is stopped says how to go on" {
	sample
	long_list 20000
	"$REFTEL" search --batch long.csv --output got.csv >out 2>err &
	pid=$!
	while [ ! -s got.csv ]; do sleep 0.05; done
	run --separate-stderr reftel search --batch long.csv --output got.csv
	[ "$status" -eq 3 ]
	[[ "$stderr" == *"another batch"* ]]
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 3 ]
	grep -q 'stopped after [0-9]* of 20000 queries: .*--resume' err
	[ -e got.csv.progress ]
	next=$(sed -n 's/^next //p' got.csv.progress)
	python3 - "$next" <<-'END'
		import csv, sys
		rows = list(csv.DictReader(open("got.csv", newline="")))
		assert len({r["line"] for r in rows}) == int(sys.argv[1]), (len({r["line"] for r in rows}), sys.argv)
	END
}

# ---- stories

stories() {
	mkdir -p stories/spring
	cp "$root/examples/story.html" stories/sorna.html
	echo 'It said “the ferry line would not be sold to any foreign owner” in 08 KALVIK 412.' >stories/spring/a.txt
	echo 'It said “the ferry line would not be sold to any domestic owner” in 08 KALVIK 412.' >stories/spring/b.md
	echo 'Nothing is quoted here.' >stories/zero.txt
	head -c 4000 /dev/zero >stories/noise.bin
	echo hidden >stories/.hidden
}

@test "a folder of stories: a line each, in order, and each counted" {
	sample
	stories
	run reftel check stories
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 6 ]
	[[ "${lines[0]}" == "not read  stories/noise.bin: "* ]]
	[[ "${lines[1]}" == "look at   stories/sorna.html: 18 quotations: 6 verbatim, 3 adapted, 3 altered, "*"; 4 other findings; 3 unchecked" ]]
	[ "${lines[2]}" = "fine      stories/spring/a.txt: 1 quotation: 1 verbatim" ]
	[[ "${lines[3]}" == "look at   stories/spring/b.md: 1 quotation: 1 altered"* ]]
	[ "${lines[4]}" = "fine      stories/zero.txt: 0 quotations" ]
	[[ "${lines[5]}" == "5 of 5 stories in "*" s: 2 fine, 2 to look at, 1 could not be read" ]]
	run reftel check stories/zero.txt stories/spring/a.txt
	[ "$status" -eq 0 ]
	run reftel check stories/zero.txt /no/such/story
	[ "$status" -eq 1 ]
	[[ "$output" == *"not read  /no/such/story"* ]]
	run reftel check stories/noise.bin /no/such/story
	[ "$status" -eq 3 ]
	mkdir none
	run reftel check none
	[ "$status" -eq 0 ]
	[[ "$output" == *"no story"* ]]
}

@test "each report of a folder is the report of its story alone" {
	sample
	stories
	for i in 1 2 3 4 5 6 7 8 9; do cp stories/sorna.html "stories/copy$i.html"; done
	reftel check --json stories >all || [ $? -eq 1 ]
	[ "$(wc -l <all)" -eq 14 ]
	for f in $(find stories -type f ! -name '.*' | LC_ALL=C sort); do
		reftel check --json "$f" >one 2>/dev/null || true
		if [ -s one ]; then python3 -c 'import json; print(json.dumps(json.load(open("one"))))'; else echo "$f"; fi
	done >singles
	python3 - <<-'END'
		import json
		for got, want in zip(open("all"), open("singles"), strict=True):
		    got = json.loads(got)
		    if "error" in got:
		        assert want.strip() == got["story"] == "stories/noise.bin", (got, want)
		        assert got["schema"] == "reftel-check/1" and got["error"]
		    else:
		        assert got == json.loads(want)
	END
}

@test "a page a story, under the folders of the stories, none over another" {
	sample
	stories
	reftel check --html pages stories stories/spring/a.txt stories/spring >/dev/null || [ $? -eq 1 ]
	[ "$(cd pages && find . -type f | LC_ALL=C sort | paste -sd' ')" = \
		"./a.txt.2.html ./a.txt.html ./b.md.html ./sorna.html.html ./spring/a.txt.html ./spring/b.md.html ./zero.txt.html" ]
	reftel check --html one.html stories/sorna.html >/dev/null || [ $? -eq 1 ]
	sed 's|stories/sorna.html|X|g' one.html >want
	sed 's|stories/sorna.html|X|g' pages/sorna.html.html >got
	cmp want got
	run reftel check --html stories/zero.txt stories
	[ "$status" -eq 3 ]
}

@test "an archive that is not there costs the whole, before anything is written" {
	stories
	echo ferry >q.csv
	run reftel search --batch q.csv --output hits.csv
	[ "$status" -eq 3 ]
	[ ! -e hits.csv ]
	run reftel check --html pages stories
	[ "$status" -eq 3 ]
	[[ "$output" == *"reftel init"* ]]
	[ ! -e pages ]
}
