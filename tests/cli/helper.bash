# What every file of these tests loads: the program under test, a folder of its own, the sample.

root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
: "${REFTEL:=$root/build/test/src/cli/reftel}"
: "${REFTEL_DATA:=$root/../shared/data}"
export NO_COLOR=1 COLUMNS=80
unset REFTEL_ARCHIVE XDG_DATA_HOME

setup() {
	work=$(mktemp -d)
	export REFTEL_ARCHIVE=$work/archive
	cd "$work" || exit 1
}

teardown() {
	cd /
	rm -rf "$work"
}

reftel() {
	"$REFTEL" "$@"
}

# An archive filled with the sample.
sample() {
	reftel init >/dev/null
	reftel import "$root/examples/cables.csv" "$root/examples/pages" "$root/examples/telegrams" >/dev/null || [ $? -eq 1 ]
}

need_material() {
	[ -r "$REFTEL_DATA/cables.csv" ] || skip "no real material at $REFTEL_DATA"
}

# The value of a Python expression over the JSON on standard input, called d.
json() {
	python3 -c 'import json,sys; d=json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}
