#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Rule: the first two lines of a source name its licence.
source "$(dirname "$0")/common.bash" "${1:-}"
while read -r f; do
    head -n 2 "$f" | grep -q 'SPDX-License-Identifier: GPL-2.0-or-later' || complain "$f: no SPDX line"
done < <(files '\.(c|h|S|sh|bash|py|mk|lds|awk|test)$|^Makefile$|^\.ci/run$|^scripts/|^packages\.txt$')
finish
