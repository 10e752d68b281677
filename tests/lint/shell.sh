#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Rule: shell scripts pass shellcheck, Python compiles.
source "$(dirname "$0")/common.bash" "${1:-}"
while read -r f; do
    case $(head -n 1 "$f" | tr -d '\0') in
        '#!'*bash | '#!/bin/sh') shellcheck -x -P SCRIPTDIR "$f" || complain "$f: shellcheck" ;;
        '#!'*python3) python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' "$f" ||
            complain "$f: python" ;;
    esac
done < <(files '.' | grep -vE '\.(c|h|S|md|txt|png|mk)$')
finish
