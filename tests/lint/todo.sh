#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Rule: a TODO names its issue: TODO(#12).
source "$(dirname "$0")/common.bash" "${1:-}"
while read -r f; do
    ! grep -nE '\b(TODO|FIXME|XXX)\b' /dev/null "$f" | grep -vE 'TODO\(#[0-9]+\)' ||
        complain "$f: a TODO without an issue"
done < <(files '\.(c|h|S|mk)$')
finish
