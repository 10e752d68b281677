#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Rule: cppcheck finds neither errors nor warnings.
source "$(dirname "$0")/common.bash" "${1:-}"
mapfile -t sources < <(files '\.c$')
[[ ${#sources[@]} -gt 0 ]] || finish
cache=()
[[ -n ${1:-} ]] || { mkdir -p build/cppcheck && cache=(--cppcheck-build-dir=build/cppcheck); }
cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr --error-exitcode=1 -j 2 \
    --suppress=comparePointers --suppress=missingInclude --suppress=unknownMacro --template=gcc \
    "${cache[@]}" -Ixen/include -Ixen/arch/x86/include "${sources[@]}" || complain "cppcheck"
finish
