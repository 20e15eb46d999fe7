# bash completion for reftel
_reftel() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= word
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case $word in init|import|show|refs|check|status|help|version) command=$word; break ;; esac
	done
	COMPREPLY=()
	case $prev in
	--archive) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
	--html) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	esac
	case $command:$cur in
	:*) mapfile -t COMPREPLY < <(compgen -W "init import show refs check status help version --archive" -- "$cur") ;;
	show:-*) mapfile -t COMPREPLY < <(compgen -W "--cite=text --cite=bibtex --cite=csl --diff --versions= --version= --raw --header --json --archive --color= --help" -- "$cur") ;;
	refs:-*) mapfile -t COMPREPLY < <(compgen -W "--depth= --from --to --missing --post= --limit= --csv --json --archive --color= --help" -- "$cur") ;;
	check:-*) mapfile -t COMPREPLY < <(compgen -W "--html --all --json --archive --color= --help" -- "$cur") ;;
	*:-*) mapfile -t COMPREPLY < <(compgen -W "--json --archive --color= --help" -- "$cur") ;;
	help:*) mapfile -t COMPREPLY < <(compgen -W "init import show refs check status" -- "$cur") ;;
	import:*|check:*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}
complete -o filenames -F _reftel reftel
