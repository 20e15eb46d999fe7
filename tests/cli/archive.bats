#!/usr/bin/env bats
# Making an archive, filling it, and everything that can go wrong with it.
load helper

@test "init makes an archive once, and says so the second time" {
	run reftel init
	[ "$status" -eq 0 ]
	run reftel init
	[ "$status" -eq 3 ]
	[[ "$output" == *"there is an archive"* ]]
}

@test "the archive is where the environment or XDG_DATA_HOME says" {
	unset REFTEL_ARCHIVE
	XDG_DATA_HOME=$work/data reftel init
	[ -f "$work/data/reftel/archive/archive.db" ]
	reftel init --archive "$work/other"
	[ -f "$work/other/archive.db" ]
}

@test "without an archive every command says how to make one" {
	for command in "status" "show 08KALVIK412" "check $root/examples/story.html" "import $root/examples/cables.csv"; do
		run reftel $command
		[ "$status" -eq 3 ]
		[[ "$output" == *"reftel init"* ]]
	done
}

@test "a database of another program is left alone" {
	mkdir archive
	sqlite3 archive/archive.db 'CREATE TABLE birds (name TEXT)'
	before=$(cksum <archive/archive.db)
	run reftel import "$root/examples/cables.csv"
	[ "$status" -eq 3 ]
	[[ "$output" == *"another program"* ]]
	[ "$before" = "$(cksum <archive/archive.db)" ]
}

@test "an archive of a newer reftel is left alone" {
	reftel init
	sqlite3 archive/archive.db 'PRAGMA user_version = 99' >/dev/null
	run reftel status
	[ "$status" -eq 3 ]
	[[ "$output" == *"newer reftel"* ]]
}

@test "a damaged database is said to be damaged" {
	mkdir archive
	head -c 20000 /dev/urandom >archive/archive.db
	run reftel status
	[ "$status" -eq 3 ]
	[[ "$output" == *"damaged"* ]]
}

@test "a damaged text is found by its hash, and costs that text alone" {
	sample
	sqlite3 archive/archive.db "UPDATE version SET hash = zeroblob(32) WHERE ref = '08KALVIK412'"
	run reftel show 08KALVIK412
	[ "$status" -eq 3 ]
	[[ "$output" == *"damaged"* ]]
	run reftel show 08SORNA57
	[ "$status" -eq 0 ]
	run reftel check "$root/examples/story.html"
	[[ "$output" == *"texts of the archive are damaged"* ]]
}

@test "import reads files and folders in several formats, and sets aside what it cannot read" {
	reftel init
	run reftel import "$root/examples/cables.csv" "$root/examples/pages" "$root/examples/telegrams"
	[ "$status" -eq 1 ]
	[[ "$output" == *"34 new cables"* ]]
	[[ "$output" == *"2 set aside"* ]]
	run reftel status
	[ "$status" -eq 0 ]
	[[ "$output" == *"cables.csv, line "* ]]
	[[ "$output" == *"about.html"* ]]
	reftel status --json | json 'len(d["set_aside"]) == 2 and all(x["reason"] and x["line"] for x in d["set_aside"])' | grep True
}

@test "importing the same again changes nothing" {
	sample
	reftel status --json >before
	reftel import "$root/examples/cables.csv" "$root/examples/pages" "$root/examples/telegrams" || true
	cp "$root/examples/cables.csv" copy.csv
	reftel import copy.csv || true
	reftel status --json >after
	[ "$(json '(d["cables"], d["versions"])' <before)" = "$(json '(d["cables"], d["versions"])' <after)" ]
}

@test "another text of a cable becomes another version, with what was struck out shown" {
	sample
	run reftel show --diff 08SORNA61
	[ "$status" -eq 0 ]
	[[ "$output" == *"[-"*"Teodor Vaik"* ]]
	[[ "$output" == *"{+"*"XXXXXXXXXXXX"* ]]
	# The text with less struck out is the one that is read.
	run reftel show --raw 08SORNA61
	[[ "$output" == *"Teodor Vaik"* ]]
}

@test "the first and the second cable under one id are both kept, and remarked upon" {
	reftel init
	printf '"1","3/2/2008 10:00","08KALVIK5","Embassy Kalvik","CONFIDENTIAL","","R 021000Z MAR 08\nFM AMEMBASSY KALVIK","C O N F I D E N T I A L KALVIK 000005\n\nSUBJECT: HERRING\n\n1. (C) The herring came late this year and the boats lay in the harbour for a month while the women mended nets.\n\nVENN"\n' >a.csv
	printf '"2","3/2/2008 10:00","08KALVIK5","Embassy Kalvik","CONFIDENTIAL","","R 021000Z MAR 08\nFM AMEMBASSY KALVIK","C O N F I D E N T I A L KALVIK 000005\n\nSUBJECT: TAXES\n\n1. (C) Parliament passed the budget at dawn after eleven hours; nobody could say afterwards what had been decided about beer.\n\nVENN"\n' >b.csv
	reftel import a.csv b.csv
	reftel status --json | json 'd["cables"] == 1 and d["versions"] == 2 and any("two cables under one id" in r["remark"] for r in d["remarks"])' | grep True
}

@test "a writer waits for another, then says who holds the archive" {
	reftel init
	exec 9>>archive/lock
	flock 9
	echo "process 4711 on desk, since yesterday" >archive/lock
	run reftel import "$root/examples/cables.csv"
	exec 9>&-
	[ "$status" -eq 3 ]
	[[ "$output" == *"process 4711 on desk"* ]]
}

@test "a killed import leaves an archive that opens, and the next run ends it without doubling" {
	reftel init
	for i in $(seq 1 60); do
		sed "s/\"08KALVIK/\"${i}KALVIK/; s/\"08SORNA/\"${i}SORNA/" "$root/examples/cables.csv"
	done >big.csv 2>/dev/null
	for delay in 0.02 0.05 0.1 0.2; do
		reftel import big.csv >/dev/null 2>&1 &
		sleep $delay
		kill -9 $! 2>/dev/null || true
		wait $! 2>/dev/null || true
		[ "$(sqlite3 archive/archive.db 'PRAGMA integrity_check')" = ok ]
	done
	reftel import big.csv >/dev/null || [ $? -eq 1 ]
	reftel --archive "$work/fresh" init
	reftel --archive "$work/fresh" import big.csv >/dev/null || [ $? -eq 1 ]
	[ "$(reftel status --json | json '(d["cables"], d["versions"], len(d["set_aside"]))')" = \
		"$(reftel --archive "$work/fresh" status --json | json '(d["cables"], d["versions"], len(d["set_aside"]))')" ]
	[ "$(reftel status --json | json 'd["files_unfinished"]')" = 0 ]
}

@test "a full disk is said to be full, and what was there stays" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to mount a small disk"
	mkdir small
	mount -t tmpfs -o size=700k tmpfs small 2>/dev/null || skip "no small disk can be mounted here"
	reftel --archive small/archive init
	for i in $(seq 10 99); do
		sed "s/\"08KALVIK/\"${i}KALVIK/; s/\"08SORNA/\"${i}SORNA/" "$root/examples/cables.csv"
	done >big.csv
	run reftel --archive small/archive import big.csv
	echo "$output"
	umount_later=1
	[ "$status" -eq 3 ]
	[[ "$output" == *"disk"*"full"* ]]
	run reftel --archive small/archive status
	[ "$status" -eq 0 ]
	umount small
}

@test "an archive that may only be read is read, and not written to" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to mount a disk for reading only"
	sample
	mkdir ro
	mount --bind archive ro 2>/dev/null && mount -o remount,ro,bind ro 2>/dev/null || skip "nothing can be mounted here"
	run reftel --archive ro show --cite=text 08KALVIK412
	shown=$output
	run reftel --archive ro import "$root/examples/cables.csv"
	umount ro
	[[ "$shown" == *"08KALVIK412"* ]]
	[ "$status" -eq 3 ]
	[[ "$output" == *"only be read"* || "$output" == *"cannot be written"* ]]
}

@test "truncated files, wrong encodings, NULs and giants cost themselves alone" {
	reftel init
	head -c 3000 "$root/examples/cables.csv" >cut.csv
	iconv -f UTF-8 -t UTF-16 "$root/examples/cables.csv" >utf16.csv
	printf 'caf\351 na\357ve, no cable at all' >latin1.txt
	head -c 5000 /dev/zero >zeros
	: >empty
	printf 'PK\003\004rest of an archive' >packed.zip
	{ printf '"9","3/2/2008 10:00","08KALVIK9","Embassy Kalvik","SECRET","","","'; head -c 104857600 /dev/zero | tr '\0' 'a'; printf '"\n'; \
		tail -1 "$root/examples/cables.csv"; } >giant.csv
	run reftel import cut.csv utf16.csv latin1.txt zeros empty packed.zip giant.csv
	[ "$status" -eq 1 ]
	reftel status --json >s
	for name in cut.csv latin1.txt zeros empty packed.zip giant.csv; do
		json "any(x['file'].endswith('$name') and x['reason'] for x in d['set_aside'])" <s | grep True
	done
	# The UTF-16 copy was read whole, and the row behind the giant too.
	[ "$(json 'd["cables"]' <s)" -ge 20 ]
	run reftel show 10KALVIK12
	[ "$status" -eq 0 ]
}
