# Fish completion for eco. Put this file into ~/.config/fish/completions
function __eco_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l names (COMP_WORDS="$before $current" COMP_CWORD=(count $before) _ECO_COMPLETE=complete_bash eco 2>/dev/null)
    # after --option= the answer is the value alone, and fish takes whole words
    set -l option (string match --regex -- '^--[^=]+=' $current; or echo '')
    if string length --quiet -- $names
        printf '%s\n' $option$names
    else
        __fish_complete_path $current
    end
end
complete --command eco --no-files --arguments "(__eco_complete)"
