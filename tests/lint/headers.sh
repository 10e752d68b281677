#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Rule: every header of the hypervisor compiles alone, and may be included twice.
source "$(dirname "$0")/common.bash" "${1:-}"
abi=build/abi
[[ -e $abi/xen ]] || { abi=$(mktemp -d) && ln -s /usr/include/xen "$abi/xen"; }
generated=$(mktemp -d)
trap 'rm -rf "$generated"' EXIT
mkdir -p "$generated/asm"
touch "$generated/asm/offsets.h"
builtin=$(gcc -print-file-name=include)
while read -r f; do
    if grep -q '^[[:space:]]*\.macro' "$f"; then # for assembly alone
        gcc -D__ASSEMBLY__ -fsyntax-only -nostdinc -isystem "$abi" -Ixen/include \
            -Ixen/arch/x86/include -I"$generated" -x assembler-with-cpp -c -o /dev/null "$f" 2>&1 ||
            complain "$f: does not assemble alone"
        continue
    fi
    printf '#include "%s"\n#include "%s"\n' "$PWD/$f" "$PWD/$f" >"$generated/twice.c"
    gcc -std=gnu17 -fsyntax-only -ffreestanding -Wall -Wextra -Werror -Wundef -nostdinc \
            -isystem "$builtin" -isystem "$abi" -Ixen/include -Ixen/arch/x86/include \
            -I"$generated" "$generated/twice.c" 2>&1 || complain "$f: does not compile alone"
done < <(files '^xen/.*\.h$')
finish
