# Fish completion for eco. Put this file into ~/.config/fish/completions
function __eco_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    COMP_WORDS="$before $current" COMP_CWORD=(count $before) _ECO_COMPLETE=complete_bash eco 2>/dev/null
end
complete --command eco --arguments "(__eco_complete)"
