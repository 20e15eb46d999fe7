#!/usr/bin/env bats
# The index anew, in another language, and everything that verify must find.
load helper

@test "reindex makes the index anew and says what it read" {
	sample
	reftel search --json --limit all 'ferry OR tamm' >before
	run reftel reindex
	[ "$status" -eq 0 ]
	[[ "$output" == "35 texts, 0.02 MB in "*" s; the index has "*" MB, "*" % of the texts" ]]
	reftel search --json --limit all 'ferry OR tamm' >after
	cmp before after
	reftel reindex --threads 2 --json | json '(d["texts"], d["damaged"]) == (35, 0) and d["text_bytes"] > 0 and d["index_bytes"] > 0' | grep True
	reftel search --json --limit all 'ferry OR tamm' >after
	cmp before after
	[ "$(ls archive/index | wc -l)" -eq "$(reftel status --json | json 'd["index"]["segments"]')" ]
}

@test "the language decides which forms a word finds, and is kept" {
	sample
	[ "$(reftel search --count docker)" -eq "$(reftel search --count dockers)" ]
	run reftel reindex --language none
	[ "$status" -eq 0 ]
	[ "$(reftel search --count docker)" -lt "$(reftel search --count dockers)" ]
	run reftel status
	[[ "$output" == *"forms of words: none"* ]]
	reftel reindex
	[ "$(reftel status --json | json 'd["index"]["language"]')" = None ]
	reftel reindex --language german
	[ "$(reftel status --json | json 'd["index"]["language"]')" = german ]
	reftel reindex --language english
	[ "$(reftel search --count docker)" -eq "$(reftel search --count dockers)" ]
	run reftel status
	[[ "$output" == *"an index of "*" kB, "*" % of the texts, in "*"forms of words: english"* ]]
}

@test "what is asked wrongly is said, and the index stays as it is" {
	sample
	before=$(cat archive/index/* | cksum)
	run reftel reindex --language klingon
	[ "$status" -eq 2 ]
	[[ "$output" == *"klingon"*"english"*"none"* ]]
	for args in "--threads 0" "--threads 9" "--threads x" "file"; do
		run reftel reindex $args
		[ "$status" -eq 2 ]
	done
	run reftel verify file
	[ "$status" -eq 2 ]
	[ "$before" = "$(cat archive/index/* | cksum)" ]
}

@test "a damaged text costs itself: reindex leaves it out, verify names it" {
	sample
	# The checksum at the end of a packed text: the rest unpacks as ever.
	sqlite3 archive/archive.db "UPDATE version SET packed = CAST(substr(packed, 1, length(packed) - 4) || x'00000000' AS BLOB)
		WHERE ref IN ('08KALVIK412', '08SORNA57')"
	run reftel reindex
	[ "$status" -eq 1 ]
	[[ "$output" == *"are damaged and not in it"* ]]
	run reftel verify
	[ "$status" -eq 3 ]
	[[ "$output" == *"text: version "*", 08KALVIK412: "* ]]
	[[ "$output" == *"text: version "*", 08SORNA57: "* ]]
	run reftel search tamm
	[ "$status" -eq 0 ]
}

@test "a sound archive is said to be sound" {
	sample
	run reftel verify
	[ "$status" -eq 0 ]
	[[ "$output" == *" is sound: the database, 35 texts, the index."* ]]
	reftel verify --json | json 'd["sound"] and d["texts"] == 35 and d["damage"] == []' | grep True
	rm -r archive
	reftel init
	reftel verify
}

@test "every damage is listed, not only the first" {
	sample
	# Two segments: the sample's, and that of one more cable.
	printf '"900","1/1/2010 10:00","10KALVIK1","Embassy Kalvik","SECRET","","","S E C R E T KALVIK 000001\n\nSUBJECT: X\n\n1. (S) A ferry.\n\nVENN"\n' >a.csv
	reftel import a.csv
	[ "$(ls archive/index | wc -l)" -eq 2 ]
	for f in archive/index/*; do
		n=$(($(stat -c %s "$f") / 2))
		old=$(xxd -s $n -l 1 -p "$f")
		printf "$(printf '\\x%02x' $((0x$old ^ 0x40)))" | dd of="$f" bs=1 seek=$n conv=notrunc status=none
	done
	sqlite3 archive/archive.db "UPDATE version SET hash = zeroblob(32) WHERE ref IN ('08KALVIK412', '08SORNA57')"
	run reftel verify
	[ "$status" -eq 3 ]
	[ "$(grep -c '^index: ' <<<"$output")" -eq 2 ]
	[ "$(grep -c '^text: ' <<<"$output")" -eq 2 ]
	[[ "$output" == *"is damaged in 4 places." ]]
	reftel verify --json >v || [ $? -eq 3 ]
	json 'sorted(x["part"] for x in d["damage"])' <v | grep -Fx "['index', 'index', 'text', 'text']"
	# The remedy.
	reftel reindex || [ $? -eq 1 ]
	run reftel verify
	[ "$(grep -c '^index: .*segment\|^index: .*\.seg' <<<"$output")" -eq 0 ]
}

@test "a flipped byte anywhere in the index is found, and no search is ended by it" {
	sample
	f=$(ls archive/index/*)
	size=$(stat -c %s "$f")
	cp "$f" keep
	for ((at = 0; at < size; at += 997)); do
		cp keep "$f"
		old=$(xxd -s $at -l 1 -p "$f")
		printf "$(printf '\\x%02x' $((0x$old ^ (1 << at % 8))))" | dd of="$f" bs=1 seek=$at conv=notrunc status=none
		run reftel verify
		[ "$status" -eq 3 ]
		run reftel search --limit all --facets 'ferry OR "fish market" OR tam*'
		[ "$status" -le 3 ]
	done
}

@test "an index that is another's, cut short or gone is found, and status says so" {
	sample
	f=$(ls archive/index/*)
	cp "$f" keep
	head -c 3000 keep >"$f"
	run reftel verify
	[ "$status" -eq 3 ]
	[[ "$output" == *"index: "* ]]
	run reftel status
	[ "$status" -eq 0 ]
	[[ "$output" == *"damaged"*"reftel reindex"* ]]
	reftel status --json | json 'd["index"]["damage"] is not None' | grep True
	run reftel search ferry
	[ "$status" -eq 3 ]
	[[ "$output" == *"reftel reindex"* ]]
	rm "$f"
	run reftel verify
	[ "$status" -eq 3 ]
	run reftel reindex
	[ "$status" -eq 0 ]
	reftel verify
}

@test "a damaged page of the database is found" {
	reftel init
	for n in {1..40}; do printf '"%d","1/1/2010 10:00","10KALVIK%d","Embassy Kalvik","SECRET","","","S E C R E T KALVIK 0000%d\n\nSUBJECT: X\n\n1. (S) %s\n\nVENN"\n' $n $n $n "$(head -c 3000 /dev/urandom | base64 -w 60)"; done >a.csv
	reftel import a.csv >/dev/null
	sqlite3 archive/archive.db "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
	root_page=$(sqlite3 archive/archive.db "SELECT rootpage FROM sqlite_master WHERE name = 'alias'")
	dd if=/dev/urandom of=archive/archive.db bs=16384 seek=$((root_page - 1)) count=1 conv=notrunc status=none
	run reftel verify
	[ "$status" -eq 3 ]
	[[ "$output" == *"database: "* ]]
}
