# SPDX-License-Identifier: GPL-2.0-or-later
# For scripts that run inside dom0: guests' consoles, and one line for each thing that was to be so.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=/var/tmp/guests
mkdir -p "$work"
bad=0
TOOL=${TOOL:-domus} # or xl: they know the same verbs

ok() { echo "ok   $*"; }
fail() {
    echo "FAIL $*"
    bad=1
}
is() { # is WHAT GOT WANTED
    if [[ $2 == "$3" ]]; then ok "$1"; else fail "$1: '$2' instead of '$3'"; fi
}

until_true() { # until_true SECONDS COMMAND...
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.5
    done
}

# talk GUEST PATTERN SECONDS LINE...: types the lines at its console and prints what came up to a line that
# matches; fails when there was none in that time.
talk() {
    local guest=$1 pattern=$2 seconds=$3 dir pid code=0
    shift 3
    dir=$(mktemp -d)
    mkfifo "$dir/in"
    "$TOOL" console "$guest" <"$dir/in" >"$dir/out" 2>&1 &
    pid=$!
    exec {in}>"$dir/in"
    [[ $# -eq 0 ]] || printf '%s\n' "$@" >&"$in"
    until_true "$seconds" grep -Eqa "$pattern" "$dir/out" || code=1
    exec {in}>&-
    kill "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    tr -d '\r' <"$dir/out"
    rm -r "$dir"
    return "$code"
}

# inside GUEST COMMAND [SECONDS]: runs it in the guest's shell; prints its output, returns its code.
inside() {
    local mark=$BASHPID$RANDOM text
    if ! text=$(talk "$1" "^END-$mark [0-9]+" "${3:-120}" \
        "echo; echo BEG''IN-$mark; { $2; } 2>&1; echo; echo EN''D-$mark \$?"); then
        echo "no end of: $2; the last that $1 said: $(tail -n 3 <<<"$text")"
        return 255
    fi
    sed -n "/^BEGIN-$mark\$/,/^END-$mark /p" <<<"$text" | sed '1d;$d' | sed '${/^$/d}'
    return "$(sed -n "s/^END-$mark \([0-9]*\).*/\1/p" <<<"$text" | head -n 1)"
}

free_memory() { # in MiB, with what dom0 has: it may have given way to guests
    "$TOOL" info 2>/dev/null | sed -n 's/^free_memory *: //p'
}

listed() { "$TOOL" list "$1" >/dev/null 2>&1; }
gone() { ! listed "$1"; }
