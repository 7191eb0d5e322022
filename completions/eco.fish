# Fish completion for eco. Put this file into ~/.config/fish/completions
function __eco_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l names (COMP_WORDS="$before $current" COMP_CWORD=(count $before) _ECO_COMPLETE=complete_bash eco 2>/dev/null)
    if string length --quiet -- $names
        printf '%s\n' $names
    else
        __fish_complete_path $current
    end
end
complete --command eco --no-files --arguments "(__eco_complete)"
