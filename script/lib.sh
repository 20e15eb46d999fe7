# Shared by the scripts: where the project is, how packages are asked for and installed.
root=$(cd "$(dirname "$0")/.." && pwd)

say() {
	printf '%s\n' "$*"
}

# Prints those of the packages that are not installed.
missing_packages() {
	for package in "$@"; do
		dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
	done
}

# Installs what is missing of the packages, quietly; asks for root rights only when there is something to do.
need_packages() {
	missing=$(missing_packages "$@")
	[ -n "$missing" ] || return 0
	as_root=
	if [ "$(id -u)" -ne 0 ]; then
		as_root=sudo
		say "installing with sudo: $missing"
	else
		say "installing: $missing"
	fi
	log=$(mktemp)
	# shellcheck disable=SC2086 # the list is meant to be split
	if ! { $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq \
		--no-install-recommends $missing; } >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		say "these packages could not be installed: $missing" >&2
		exit 1
	fi
	rm -f "$log"
}
