# fish completion for reftel
set -l commands init import show check status help version
complete -c reftel -f
complete -c reftel -n "not __fish_seen_subcommand_from $commands" -a init -d "make an empty archive"
complete -c reftel -n "not __fish_seen_subcommand_from $commands" -a import -d "read cables into the archive"
complete -c reftel -n "not __fish_seen_subcommand_from $commands" -a show -d "show a cable, cite it, compare its versions"
complete -c reftel -n "not __fish_seen_subcommand_from $commands" -a check -d "hold a story against the cables"
complete -c reftel -n "not __fish_seen_subcommand_from $commands" -a status -d "what the archive holds"
complete -c reftel -n "not __fish_seen_subcommand_from $commands" -a help -d "show the manual"
complete -c reftel -l archive -r -a "(__fish_complete_directories)" -d "the archive's folder"
complete -c reftel -l json -d "print JSON"
complete -c reftel -l color -x -a "auto always never" -d "when to use colour"
complete -c reftel -l help -d "show the manual"
complete -c reftel -n "__fish_seen_subcommand_from import check" -F
complete -c reftel -n "__fish_seen_subcommand_from check" -l html -r -F -d "also write a page"
complete -c reftel -n "__fish_seen_subcommand_from check" -l all -d "show everything in full"
complete -c reftel -n "__fish_seen_subcommand_from show" -l cite -x -a "text bibtex csl" -d "only the citation"
complete -c reftel -n "__fish_seen_subcommand_from show" -l diff -d "compare two versions"
complete -c reftel -n "__fish_seen_subcommand_from show" -l versions -x -d "compare these two"
complete -c reftel -n "__fish_seen_subcommand_from show" -l version -x -d "show this version"
complete -c reftel -n "__fish_seen_subcommand_from show" -l raw -d "only the text"
complete -c reftel -n "__fish_seen_subcommand_from show" -l header -d "only the header"
complete -c reftel -n "__fish_seen_subcommand_from help" -a "init import show check status"
