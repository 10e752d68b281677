#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Rule: a function has at most 60 lines and 6 parameters. A table of cases may be longer where the
# line above it says so: /* lint: long table */
source "$(dirname "$0")/common.bash" "${1:-}"
mapfile -t sources < <(files '\.c$')
[[ ${#sources[@]} -gt 0 ]] || finish
while IFS=$'\t' read -r name file first last signature; do
    length=$((last - first + 1))
    if [[ $length -gt 60 ]] && ! sed -n "$((first - 1))p" "$file" | grep -q 'lint: long table'; then
        complain "$file:$first: $name has $length lines, more than 60"
    fi
    commas=${signature//[^,]/}
    [[ ${#commas} -lt 6 ]] || [[ $signature == *'(*'* ]] ||
        complain "$file:$first: $name has $((${#commas} + 1)) parameters, more than 6"
done < <(ctags --languages=C --kinds-C=f --fields=neS -f - "${sources[@]}" | awk -F'\t' '{
        line = end = sign = ""
        for (i = 4; i <= NF; i++) {
            if ($i ~ /^line:/) line = substr($i, 6)
            if ($i ~ /^end:/) end = substr($i, 5)
            if ($i ~ /^signature:/) sign = substr($i, 11)
        }
        if (end != "") print $1 "\t" $2 "\t" line "\t" end "\t" sign
    }')
finish
