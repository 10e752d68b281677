#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Rule: C is formatted as .clang-format says; every text ends its lines cleanly.
source "$(dirname "$0")/common.bash" "${1:-}"
style=$lint_dir/../../.clang-format
mapfile -t sources < <(files '\.[ch]$')
if [[ ${#sources[@]} -gt 0 ]]; then
    # The first place of each file is enough; make format mends them all.
    clang-format-14 --style="file:$style" --dry-run -Werror "${sources[@]}" 2>&1 |
        awk -F: '/error: code should/ && !seen[$1]++ {print $1 ":" $2 ": not formatted"}' >&2 ||
        complain "run: make format"
fi
while read -r f; do
    ! grep -nE '[[:blank:]]+$' /dev/null "$f" || complain "$f: white space at the end of a line"
    [[ ! -s $f || -z $(tail -c 1 "$f") ]] || complain "$f: no newline at the end"
done < <(files '\.(c|h|S|sh|py|mk|md)$|^Makefile$|^(tests|scripts)/[a-z]+$')
finish
