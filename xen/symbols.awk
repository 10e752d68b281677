# SPDX-License-Identifier: GPL-2.0-or-later
# Turns `nm -n` output into the symbol table for backtraces: functions only, sorted by address.
BEGIN { n = 0 }
$2 ~ /^[tT]$/ && $3 !~ /^\./ && !seen[$1]++ { addr[n] = $1; name[n] = $3; n++ }
END {
    print ".section .rodata.symbols, \"a\""
    print ".globl symbol_count, symbol_offsets, symbol_names"
    print ".hidden symbol_count, symbol_offsets, symbol_names"
    print ".balign 4\nsymbol_count: .long " n "\nsymbol_offsets:"
    for (i = 0; i < n; i++)
        print ".long 0x" substr(addr[i], 9)
    print "symbol_names:"
    for (i = 0; i < n; i++)
        print ".asciz \"" name[i] "\""
}
