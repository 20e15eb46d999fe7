#!/usr/bin/env bats
# The people of the desk and the log of what they did, from the command.
load helper

password="tulip field 9"

# add NAME [OPTION...]
add() {
	echo "$password" | reftel user add "$@"
}

# absent WHAT FILE...: a failed "! grep" would not end the test.
absent() {
	if grep -aq -- "$@"; then return 1; fi
}

# The code of a second factor's secret (base32) now and N steps later: RFC 6238 once more, by other means.
code() {
	python3 - "$1" "${2:-0}" <<-'PYTHON'
		import base64, hashlib, hmac, struct, sys, time
		mac = hmac.new(base64.b32decode(sys.argv[1]), struct.pack(">Q", int(time.time()) // 30 + int(sys.argv[2])), hashlib.sha1).digest()
		at = mac[-1] & 15
		print("%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff) % 1000000))
	PYTHON
}

@test "a user is added, listed and changed" {
	reftel init
	run add anna --full-name "Anna Berg" --role admin
	[ "$status" -eq 0 ]
	[[ "$output" == "anna  admin  last login never  sees all  (Anna Berg)" ]]
	[ "$(stat -c %a archive/desk.db)" = 600 ]
	add bert --collections harbour,embassy
	reftel user list --json >list
	json '[(u["name"], u["role"], u["all_collections"], u["collections"]) for u in d] == [("anna", "admin", True, []), ("bert", "reader", False, ["embassy", "harbour"])]' <list | grep True
	reftel user role bert editor | grep -x "bert  editor  last login never  sees embassy, harbour"
	reftel user collections bert all | grep "sees all"
	reftel user collections bert "" | grep "sees nothing"
	reftel user disable bert | grep "editor, disabled"
	reftel user enable bert --json | json 'd["disabled"]' | grep False
	run reftel user list
	[ "${#lines[@]}" -eq 2 ]
}

@test "a password comes from the standard input, never from the arguments, and is long enough" {
	reftel init
	run reftel user add anna "$password"
	[ "$status" -eq 2 ]
	[ ! -e archive/desk.db ]
	run reftel user add anna <<<"short"
	[ "$status" -eq 3 ]
	[[ "$output" == *"shorter than 10"* ]]
	run reftel user add anna </dev/null
	[ "$status" -eq 3 ]
	[[ "$output" == *"standard input ended"* ]]
	run reftel user add anna < <(head -c 5000 /dev/zero | tr '\0' a)
	[ "$status" -eq 3 ]
	[[ "$output" == *"longer than"* ]]
	[ "$(reftel user list --json)" = "[]" ]
	add anna
	run reftel user password anna <<<"another field 10"
	[ "$status" -eq 0 ]
	absent "another field 10" archive/desk.db*
}

@test "on a terminal the password is asked for twice and not shown" {
	reftel init
	python3 - "$REFTEL" >shown <<-'PYTHON'
		import os, pty, signal, sys
		signal.alarm(60) # rather a failure than a test that waits for ever
		def talk(answers):
		    pid, fd = pty.fork()
		    if pid == 0:
		        os.execv(sys.argv[1], [sys.argv[1], "user", "add", "anna"])
		    text = b""
		    for question, answer in answers:
		        while question not in text:
		            text += os.read(fd, 1000)
		        os.write(fd, answer + b"\n")
		    try:
		        while more := os.read(fd, 1000):
		            text += more
		    except OSError:
		        pass
		    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), text)
		talk([(b"Password: ", b"tulip field 9"), (b"Again: ", b"tulip field 8")])
		talk([(b"Password: ", b"tulip field 9"), (b"Again: ", b"tulip field 9")])
	PYTHON
	cat shown
	grep -q "^3 .*not the same" shown
	grep -q "^0 .*anna  reader" shown
	absent tulip shown
}

@test "wrong use of user says what is right" {
	reftel init
	add anna
	for wrong in "user" "user frob" "user add" "user role anna" "user role anna king" "user add bert --role king" \
		"user list anna" "user token anna" "user token anna --label x --days soon" "user untoken x" \
		"user list --role admin" "user totp anna --label x" "log frob" "log --head 1:00" "log --csv --json" \
		"log --limit x" "log --verify --who anna" "log --verify --head 12"; do
		run reftel $wrong </dev/null
		echo "$wrong: $output"
		[ "$status" -eq 2 ]
		[[ "$output" == *"usage: reftel "* ]]
	done
	for nobody in "user role bert admin" "user disable bert" "user totp bert" "user tokens bert" "user collections bert all" "user untoken 7"; do
		run reftel $nobody </dev/null
		[ "$status" -eq 3 ]
		[[ "$output" == *"there is no "* ]]
	done
	run add anna
	[ "$status" -eq 3 ]
	[[ "$output" == *"already"* ]]
	run add "../anna"
	[ "$status" -eq 3 ]
	[[ "$output" == *"small letters"* ]]
}

@test "a desk stays with an admin, and may lie in a folder of its own" {
	mkdir desk
	run add anna --desk desk
	[ "$status" -eq 0 ]
	[[ "$output" == *"nobody is an admin yet"* ]]
	[ -f desk/desk.db ] && [ ! -e archive ]
	reftel user role anna admin --desk desk
	run reftel user disable anna --desk desk
	[ "$status" -eq 3 ]
	[[ "$output" == *"without an admin"* ]]
	run reftel user list
	[ "$status" -eq 3 ]
	[[ "$output" == *"reftel init"* ]]
	reftel init
	run reftel log
	[ "$status" -eq 3 ]
	[[ "$output" == *"no desk"*"reftel user add"* ]]
	[ ! -e archive/desk.db ]
}

@test "a second factor is given, needs its code, and is taken away" {
	reftel init
	add anna
	mkfifo answers
	reftel user totp anna <answers >told &
	exec 8>answers
	for _ in $(seq 100); do grep -q secret told && break; sleep 0.1; done
	secret=$(sed -n 's/^secret *//p' told)
	[ "${#secret}" -eq 32 ]
	grep -q "^address  otpauth://totp/reftel:anna?secret=$secret&issuer=reftel$" told
	code "$secret" >&8
	exec 8>&-
	wait $!
	reftel user list | grep "second factor"
	run reftel user totp anna <<<"000000x"
	[ "$status" -eq 3 ]
	[[ "$output" == *"not the code"* ]]
	reftel user totp anna --remove
	run reftel user list
	[[ "$output" != *"second factor"* ]]
}

@test "a token is shown once, listed without it, and taken away" {
	reftel init
	add anna
	token=$(reftel user token anna --label "nightly export" --days 30)
	[[ "$token" =~ ^[A-Za-z0-9_-]{43}$ ]]
	absent "$token" archive/desk.db*
	reftel user token anna --label "for ever" --days 0 --json | json 'len(d["token"]) == 43 and d["expires"] is None' | grep True
	reftel user tokens anna --json >tokens
	json '[(t["id"], t["label"], t["last_used"]) for t in d] == [(2, "for ever", None), (1, "nightly export", None)] and d[1]["expires"] > d[1]["created"]' <tokens | grep True
	reftel user untoken 2
	run reftel user tokens anna
	[ "${#lines[@]}" -eq 1 ]
	[[ "$output" == "1  ends "*"nightly export" ]]
}

@test "the log says who did what, for people, programs and spreadsheets" {
	reftel init
	add anna --full-name '=cmd|x' --role admin
	add bert
	reftel user role bert editor
	run reftel log
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 5 ]
	[[ "${lines[0]}" =~ ^1\ \ 20[0-9-]+T[0-9:]+Z\ \ [^\ ]+\ \ command\ \ user.add\ \ user/anna\ \ admin$ ]]
	[[ "${lines[4]}" == *"  user.role  user/bert  editor" ]]
	reftel log --json | json '[e["number"] for e in d] == [1, 2, 3, 4, 5] and all(len(e["hash"]) == 64 and e["from"] == "command" for e in d)' | grep True
	[ "$(reftel log --action user.add --json | json '[e["object"] for e in d]')" = "['user/anna', 'user/bert']" ]
	[ "$(reftel log --action user --after 2 --limit 2 --json | json '[e["number"] for e in d]')" = "[3, 4]" ]
	[ "$(reftel log --newest --limit 2 --json | json '[e["number"] for e in d]')" = "[5, 4]" ]
	[ "$(reftel log --who nobody)" = "" ]
	[ "$(reftel log --who nobody --json | json 'd')" = "[]" ]
	reftel log --csv >log.csv
	python3 - <<-'PYTHON'
		import csv
		rows = list(csv.reader(open("log.csv", newline="")))
		assert rows[0] == "number,time,who,from,action,object,detail,hash".split(","), rows[0]
		assert [r[4] for r in rows[1:]] == ["user.add", "user.collections", "user.add", "user.collections", "user.role"], rows
	PYTHON
	# What steers a spreadsheet or a terminal does not.
	sqlite3 archive/desk.db "DROP TRIGGER log_no_update; UPDATE log SET detail = '=1+1', who = char(27) || '[2Jx' WHERE number = 5"
	reftel log --csv | grep "\"'=1+1\""
	reftel log >log.txt
	absent "$(printf '\033')" log.txt
}

@test "the log is verified, and a change of it is found" {
	reftel init
	add anna --role admin
	add bert
	run reftel log --verify
	[ "$status" -eq 0 ]
	[[ "${lines[0]}" == "The log is whole: 4 entries." ]]
	head=${lines[1]##* }
	[[ "$head" =~ ^4:[0-9a-f]{64}$ ]]
	reftel user role bert editor
	reftel log --verify --head "$head"
	reftel log --verify --json | json 'd["whole"] and d["entries"] == 5 and d["head"].startswith("5:") and d["damage"] is None' | grep True
	for change in "UPDATE log SET who = 'carl' WHERE number = 3" "DELETE FROM log WHERE number = 2"; do
		run sqlite3 archive/desk.db "$change"
		[ "$status" -ne 0 ]
	done
	reftel log --verify
	sqlite3 archive/desk.db "DROP TRIGGER log_no_delete; DELETE FROM log WHERE number > 3"
	reftel log --verify # what is left is whole by itself
	run reftel log --verify --head "$head"
	[ "$status" -eq 1 ]
	[[ "$output" == *"ends with entry 3"* ]]
	sqlite3 archive/desk.db "DROP TRIGGER log_no_update; UPDATE log SET object = 'user/carl' WHERE number = 1"
	run reftel log --verify
	[ "$status" -eq 1 ]
	[[ "$output" == *"entry 1 "* ]]
	run reftel log --verify --json
	[ "$status" -eq 1 ]
	json 'd["whole"] is False and "entry 1" in d["damage"]' <<<"$output" | grep True
}

@test "the log's layout is what docs/desk.md says: its own few lines come to the same head" {
	reftel init
	add anna --full-name "أنّا Berg" --role admin
	add bert
	sed -n '/^import hashlib/,/^print/p' "$root/docs/desk.md" >check.py
	cd archive
	[ "$(python3 ../check.py)" = "$(reftel log --verify --desk . | sed -n 's/.*elsewhere: //p')" ]
	sqlite3 desk.db "DROP TRIGGER log_no_update; UPDATE log SET time = time + 1 WHERE number = 2"
	run python3 ../check.py
	[ "$status" -ne 0 ]
}

@test "a desk of another program or a newer reftel is left alone" {
	mkdir desk
	sqlite3 desk/desk.db "CREATE TABLE birds (name TEXT)"
	before=$(cksum <desk/desk.db)
	run add anna --desk desk
	[ "$status" -eq 3 ]
	[[ "$output" == *"another program"* ]]
	[ "$before" = "$(cksum <desk/desk.db)" ]
	reftel init
	add anna
	sqlite3 archive/desk.db "PRAGMA user_version = 99"
	run reftel user list
	[ "$status" -eq 3 ]
	[[ "$output" == *"newer reftel"* ]]
}

@test "names that a newsroom has do no harm where they are shown" {
	reftel init
	add anna --full-name "أنّا <b>Berg</b> & 安娜"
	reftel user list --json | json 'd[0]["full_name"] == "أنّا <b>Berg</b> & 安娜"' | grep True
	run add bert --full-name "$(printf 'B\033[31mert')"
	[ "$status" -eq 3 ]
	[[ "$output" == *"control character"* ]]
}
