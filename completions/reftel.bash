# bash completion for reftel
_reftel() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= word
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case $word in init|import|search|related|show|refs|delete|check|status|reindex|verify|serve|user|log|help|version) command=$word; break ;; esac
	done
	COMPREPLY=()
	case $prev in
	--archive|--desk|--import-dir|--collection) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
	--batch|--output|--html|--tls-cert|--tls-key) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	esac
	case $command:$cur in
	:*) mapfile -t COMPREPLY < <(compgen -W "init import search related show refs delete check status reindex verify serve user log help version --archive" -- "$cur") ;;
	search:-*) mapfile -t COMPREPLY < <(compgen -W "--sort=relevance --sort=date --sort=date-asc --limit --offset --after --facets --histogram --count --fold --snippets= --batch --output --format=csv --format=jsonl --resume --json --archive --color= --help" -- "$cur") ;;
	related:-*) mapfile -t COMPREPLY < <(compgen -W "--limit --snippets= --json --archive --color= --help" -- "$cur") ;;
	reindex:-*) mapfile -t COMPREPLY < <(compgen -W "--language --threads --json --archive --color= --help" -- "$cur") ;;
	show:-*) mapfile -t COMPREPLY < <(compgen -W "--cite=text --cite=bibtex --cite=csl --diff --versions= --version= --raw --header --json --archive --color= --help" -- "$cur") ;;
	delete:-*) mapfile -t COMPREPLY < <(compgen -W "--version= --yes --desk= --json --archive --color= --help" -- "$cur") ;;
	refs:-*) mapfile -t COMPREPLY < <(compgen -W "--depth= --from --to --missing --post= --limit= --csv --json --archive --color= --help" -- "$cur") ;;
	check:-*) mapfile -t COMPREPLY < <(compgen -W "--html --all --json --archive --color= --help" -- "$cur") ;;
	serve:-*) mapfile -t COMPREPLY < <(compgen -W "--collection --port --listen --host --import-dir --desk --tls-cert --tls-key --behind-proxy --json --archive --color= --help" -- "$cur") ;;
	user:-*) mapfile -t COMPREPLY < <(compgen -W "--full-name --role= --collections --remove --label --days --desk --json --archive --color= --help" -- "$cur") ;;
	log:-*) mapfile -t COMPREPLY < <(compgen -W "--who --action --after --limit --newest --csv --verify --head --desk --json --archive --color= --help" -- "$cur") ;;
	user:*) mapfile -t COMPREPLY < <(compgen -W "add list password role disable enable collections totp token tokens untoken reader editor admin all" -- "$cur") ;;
	*:-*) mapfile -t COMPREPLY < <(compgen -W "--json --archive --color= --help" -- "$cur") ;;
	help:*) mapfile -t COMPREPLY < <(compgen -W "init import search related show refs delete check status reindex verify serve user log" -- "$cur") ;;
	import:*|check:*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}
complete -o filenames -F _reftel reftel
