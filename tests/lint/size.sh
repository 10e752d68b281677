#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Rule: a file past its limit is split: 800 lines of C, 400 of a header, 350 of assembly.
source "$(dirname "$0")/common.bash" "${1:-}"
while read -r f; do
    case $f in
        *.c) limit=800 ;;
        *.h) limit=400 ;;
        *) limit=350 ;;
    esac
    lines=$(wc -l <"$f")
    [[ $lines -le $limit ]] || complain "$f: $lines lines, more than $limit"
done < <(files '\.[chS]$')
finish
