# Bash completion for eco. Source this file, or put it into ~/.local/share/bash-completion/completions/eco
_eco() {
    local line=${COMP_LINE:0:COMP_POINT} IFS=$' \t\n' words cword current name
    read -ra words <<<"$line"
    cword=$((${#words[@]} - 1))
    [[ $line == *[[:space:]] ]] && cword=$((cword + 1))
    current=${words[cword]-}
    [[ $current == --*=* ]] && current=${current#*=}
    # bash takes a colon for the end of a word, so what stands before it must not be offered again
    local before=${current%"${current##*:}"}
    COMPREPLY=()
    while IFS= read -r name; do
        [[ -n $name ]] && COMPREPLY+=("$(printf %q "${name#"$before"}")")
    done < <(COMP_WORDS=$line COMP_CWORD=$cword _ECO_COMPLETE=complete_bash "$1" 2>/dev/null)
}
complete -o default -F _eco eco
