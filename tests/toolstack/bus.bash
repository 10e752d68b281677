# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the tests of this folder: a private bus, a daemon on it with the fake host, and words to
# say what is expected.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if [[ -z ${DOMUS_TEST_BUS:-} ]]; then
    # the bus ends with the test, whatever happens to it
    DOMUS_TEST_BUS=1 exec dbus-run-session -- "$0" "$@"
fi
top=$PWD
dir=$(mktemp -d)
daemon=
trap 'stop_daemon; rm -rf "$dir"' EXIT

start_daemon() {
    "$top/build/bin/domusd" --session --backend=fake --config-dir "$dir/machines" \
        --state-dir "$dir/state" --run-dir "$dir/run" 2>>"$dir/log" &
    daemon=$!
    gdbus wait --session --timeout 20 org.domus1
}

stop_daemon() { # stop_daemon [SIGNAL]
    [[ -n $daemon ]] || return 0
    kill "-${1:-TERM}" "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
    daemon=
}

domus() { "$top/build/bin/domus" --session "$@"; }

die() {
    echo "FAILED: $*"
    [[ ! -s $dir/log ]] || sed 's/^/    domusd: /' "$dir/log"
    exit 1
}

# is TEXT COMMAND...: the command succeeds, and this is in what it prints
is() {
    local want=$1 got
    shift
    got=$("$@" 2>&1) || die "$*: failed: $got"
    [[ $got == *"$want"* ]] || die "$*: no '$want' in: $got"
}

# refuses TEXT COMMAND...: the command ends with 1, and this is in what it prints
refuses() {
    local want=$1 got code=0
    shift
    got=$("$@" 2>&1) || code=$?
    [[ $code -eq 1 ]] || die "$*: ended with $code: $got"
    [[ $got == *"$want"* ]] || die "$*: no '$want' in: $got"
}

# until TEXT COMMAND...: what the command prints has it within ten seconds
until_is() {
    local want=$1 got i
    shift
    for ((i = 0; i < 100; i++)); do
        got=$("$@" 2>&1) || true
        [[ $got != *"$want"* ]] || return 0
        sleep 0.1
    done
    die "$*: no '$want' within 10 s: $got"
}

# config NAME [LINE...]: writes a configuration file, $dir/NAME.cfg
config() {
    local name=$1
    shift
    printf '%s\n' "name = \"$name\"" 'memory = 256' 'kernel = "/boot/k"' "$@" >"$dir/$name.cfg"
}

# property NAME PROPERTY: of a machine, as gdbus prints it
property() {
    local path
    path=$(gdbus call --session -d org.domus1 -o /org/domus1/Manager \
        -m org.domus1.Manager.FindMachine "$1" | sed "s/.*'\(.*\)'.*/\1/")
    gdbus call --session -d org.domus1 -o "$path" \
        -m org.freedesktop.DBus.Properties.Get org.domus1.Machine "$2"
}
