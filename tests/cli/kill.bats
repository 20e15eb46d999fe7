#!/usr/bin/env bats
# The command killed in the middle of its work: the archive opens, is sound, finds what it holds, and the next run goes on.
load helper

# Rows of the dump from number $1 to $2.
rows() {
	awk -v from="$1" -v to="$2" 'BEGIN {
		split("harbour ferry docker lease minister strike pier council", word)
		srand(from)
		for (i = from; i <= to; i++) {
			text = ""
			for (k = 0; k < 40; k++)
				text = text word[int(rand() * 8) + 1] (k % 9 == 8 ? "\n" : " ")
			printf "\"%d\",\"3/%d/2008 9:%02d\",\"08KALVIK%d\",\"Embassy Kalvik\",\"CONFIDENTIAL\",\"\",\"\",", \
				100000 + i, i % 28 + 1, i % 60, i
			printf "\"CONFIDENTIAL KALVIK %06d\n\nSUBJECT: NUMBER %d\n\n1. (C) %s kept%d.\n\nVENN\n\"\n", i, i, text, i
		}
	}'
}

# Starts reftel with the arguments and kills it after at most $1 thousandths of a second, if it is still at work.
kill_within() {
	local most=$1 pid
	shift
	"$REFTEL" "$@" >/dev/null 2>&1 &
	pid=$!
	sleep "$(printf '0.%03d' $((RANDOM % most)))"
	kill -KILL $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
}

# Verify finds nothing wrong, and a search can be made, also where it finds nothing.
sound() {
	reftel verify
	reftel search 'kept1 OR harbour' >/dev/null || [ $? -eq 1 ]
}

# How many cables a query finds.
count() {
	reftel search --count "$1" || [ $? -eq 1 ]
}

@test "an import killed again and again ends with everything there" {
	reftel init
	rows 1 9000 >rows.csv
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
		kill_within 450 import rows.csv
		sound
	done
	reftel import rows.csv
	sound
	[ "$(count kept)" = 0 ]
	for n in 1 2000 2001 9000; do
		[ "$(count "kept$n")" = 1 ]
	done
	[ "$(count 'date:2008')" = 9000 ]
}

@test "many small imports and reindexing, killed in between, lose nothing that was committed" {
	reftel init
	for i in 1 2 3 4 5 6 7 8; do
		rows $((i * 100)) $((i * 100 + 60)) >"rows$i.csv"
		kill_within 300 import "rows$i.csv"
		kill_within 300 reindex
		sound
	done
	reftel import rows?.csv
	sound
	[ "$(count 'date:2008')" = $((8 * 61)) ]
	reftel reindex
	sound
	[ "$(count 'date:2008')" = $((8 * 61)) ]
}
