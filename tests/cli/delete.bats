#!/usr/bin/env bats
# What is deleted is gone: from the cable, from searches, from the file; and nobody deletes by mistake.
load helper

# Types an answer at a terminal: typed ANSWER COMMAND...
typed() {
	python3 - "$@" <<-'EOF'
		import os, pty, sys
		answer, command = sys.argv[1], sys.argv[2:]
		pid, fd = pty.fork()
		if pid == 0:
		    os.execvp(command[0], command)
		said = b""
		while b"to do so:" not in said:
		    said += os.read(fd, 1000)
		os.write(fd, answer.encode() + b"\n")
		try:
		    while more := os.read(fd, 1000):
		        said += more
		except OSError:
		    pass
		print(said.decode())
		sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	EOF
}

@test "a cable is deleted with all its versions, and is wanted then" {
	sample
	run reftel delete --yes 08 SORNA 57
	[ "$status" -eq 0 ]
	[[ "$output" == *"Deleted: 08SORNA57"*"5 cables refer to it"* ]]
	run reftel show 08SORNA57
	[ "$status" -eq 3 ]
	[[ "$output" == *"not held"* ]]
	run reftel search 'body:"walked the piers with Consul"'
	[ "$status" -eq 1 ]
	reftel refs --missing --json | json 'd[0]["id"]' | grep 08SORNA57
	reftel verify
	reftel reindex >/dev/null
	run reftel search 'body:"walked the piers with Consul"'
	[ "$status" -eq 1 ]
}

@test "of several versions one is deleted, and those behind it are numbered anew" {
	sample
	reftel show --json --version 2 08SORNA61 >second
	run reftel delete --yes --version 1 08SORNA61
	[ "$status" -eq 0 ]
	[[ "$output" == *"version 1 of 08SORNA61"*"1 version of it is left"* ]]
	reftel show --json --version 1 08SORNA61 >first
	[ "$(json 'd["body"]' <first)" = "$(json 'd["body"]' <second)" ]
	[ "$(json 'd["version"], d["versions"]' <first)" = "(1, 1)" ]
	run reftel delete --yes --version 2 08SORNA61
	[ "$status" -eq 3 ]
	[[ "$output" == *"no version 2"* ]]
	# The file that it came from is known and not read again; a copy of it brings the text back.
	reftel import "$root/examples/cables.csv" >/dev/null || [ $? -eq 1 ]
	[ "$(reftel show --json 08SORNA61 | json 'd["versions"]')" = 1 ]
	cp "$root/examples/cables.csv" copy.csv
	reftel import copy.csv >/dev/null || [ $? -eq 1 ]
	[ "$(reftel show --json 08SORNA61 | json 'd["versions"]')" = 2 ]
	reftel verify
}

@test "its text does not linger in the file" {
	sample
	grep -q "A WALK ALONG THE PIERS" archive/archive.db
	reftel delete --json --yes 08SORNA57 | json 'd["deleted"], d["left"], d["cited_by"], d["settled"]' | grep -F "(1, 0, 5, True)"
	! cat archive/archive.db* | grep -a -q "A WALK ALONG THE PIERS"
}

@test "nothing is deleted unasked" {
	sample
	run reftel delete 08SORNA57 </dev/null
	[ "$status" -eq 2 ]
	[[ "$output" == *"--yes"* ]]
	for args in "" "--yes" "--version 0 --yes 08SORNA57" "--version x --yes 08SORNA57"; do
		run reftel delete $args
		[ "$status" -eq 2 ]
	done
	run typed 08SORNA58 "$REFTEL" delete 08SORNA57
	[ "$status" -eq 3 ]
	[[ "$output" == *"nothing was deleted"* ]]
	reftel show 08SORNA57 >/dev/null
	run typed 08sorna57 "$REFTEL" delete 08SORNA57
	[ "$status" -eq 0 ]
	[[ "$output" == *"Deletes 08SORNA57, 1 text, for good."*"Deleted: 08SORNA57"* ]]
	run reftel show 08SORNA57
	[ "$status" -eq 3 ]
}

@test "the desk's log has it" {
	sample
	mkdir -m 700 desk
	printf 'tulip field 9\n' | reftel user add anna --desk desk --role admin >/dev/null
	reftel delete --yes --version 1 --desk desk 08SORNA61 >/dev/null
	reftel log --desk desk --action cable --json >log
	json '[(x["action"], x["object"], "version 1 of 08SORNA61" in x["detail"], x["from"]) for x in d]' <log |
		grep -F "[('cable.delete', 'cable/08SORNA61', True, 'command')]"
	reftel log --desk desk --verify
	run reftel delete --yes --desk nowhere 08SORNA57
	[ "$status" -eq 3 ]
	reftel show 08SORNA57 >/dev/null
}
