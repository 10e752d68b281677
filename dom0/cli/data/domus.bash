# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for domus(1): verbs, then machines, files or pools.
# shellcheck shell=bash
_domus() {
    local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]:-}
    local verbs machines
    COMPREPLY=()
    if [[ $COMP_CWORD -eq 1 ]]; then
        verbs=$(domus help 2>/dev/null | sed -n 's/^ \([a-z0-9-]*\) .*/\1/p')
        mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$word")
        return
    fi
    case $verb in
        help) machines=$(domus help 2>/dev/null | sed -n 's/^ \([a-z0-9-]*\) .*/\1/p') ;;
        create | define) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
        cpupool-*) machines=$(domus cpupool-list 2>/dev/null | sed -n '2,$s/ .*//p') ;;
        info | dmesg | top) ;;
        *) machines=$(domus list -a 2>/dev/null | sed -n '2,$s/  .*//p') ;;
    esac
    if [[ -n ${machines:-} ]]; then
        local IFS=$'\n'
        mapfile -t COMPREPLY < <(compgen -W "$machines" -- "$word")
    fi
    case $verb in
        save | restore | config-update | cd-insert)
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word") ;;
    esac
}
complete -F _domus domus
