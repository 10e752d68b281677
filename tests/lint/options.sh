#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Rule: the table of docs/command-line.md names each option that the hypervisor reads, and no other.
source "$(dirname "$0")/common.bash" "${1:-}"
table=docs/command-line.md
[[ -e $table ]] || finish
read_by=$(files '\.c$' | grep '^xen/' | xargs -r grep -ho 'DEFINE_PARAM("[^"]*"' | cut -d'"' -f2 | sort -u)
# What the second table names belongs to one option, and says so by its place below a heading.
# shellcheck disable=SC2016 # Markdown's backticks
documented=$(sed -n '/^## /q; s/^| `\([^`]*\)` |.*/\1/p' "$table" | sort -u)
while read -r option; do
    [[ -z $option ]] || complain "$table has no line for $option ($(files '\.c$' | xargs grep -l "DEFINE_PARAM(\"$option\""))"
done < <(comm -13 <(echo "$documented") <(echo "$read_by"))
while read -r option; do
    [[ -z $option ]] || complain "$table tells of $option, which nobody reads"
done < <(comm -23 <(echo "$documented") <(echo "$read_by"))
finish
