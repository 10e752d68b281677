# SPDX-License-Identifier: GPL-2.0-or-later
# Shared by the rules: a rule checks the tree it is given (a sample) or the project.
# shellcheck shell=bash
set -euo pipefail
shopt -s extglob
lint_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "${1:-$lint_dir/../..}"

files() { # files REGEX: paths of the tree that match, without the samples
    if [[ -e .git ]]; then
        git ls-files -co --exclude-standard
    else
        find . -type f -printf '%P\n'
    fi | { grep -v '^tests/lint/samples/' || true; } | { grep -E "$1" || true; } |
        while read -r f; do [[ ! -f $f ]] || printf '%s\n' "$f"; done | sort
}

found=0
complain() {
    printf '%s\n' "$*"
    found=1
}
finish() {
    exit "$found"
}
