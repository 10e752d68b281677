# SPDX-License-Identifier: GPL-2.0-or-later
# The table of the figures in the given logs, a column each, and what the ratios to native and Xen are.
function cell(name, column) {
    return (name, column) in at ? at[name, column] : "-"
}

# "value / value" to two places, or "-" where there is nothing to divide.
function ratio(a, b) {
    return b > 0 ? sprintf("%.2f", a / b) : "-"
}

# What no hypervisor slows down says nothing: less than 2 % is no overhead of Xen's.
function overhead(name,    base, adds) {
    base = name in native_at ? native_at[name] : 0
    adds = xen_at[name] - base
    return adds > 0.02 * xen_at[name] ? ratio(at[name, columns] - base, adds) : "-"
}

# Memory that belongs neither to dom0 nor to the free heap.
function own_memory(column) {
    if (!((column, "ram") in memory) || !((column, "free") in memory))
        return "-"
    return memory[column, "ram"] - memory[column, "dom0"] - memory[column, "free"]
}

FNR == 1 {
    columns++
    n = split(FILENAME, part, "/")
    sub(/\.log$/, "", part[n])
    head[columns] = part[n]
}

match($0, /FIGURE [^:]*: [-0-9.]+ .*/) {
    name = substr($0, RSTART + 7)
    value = name
    sub(/:.*/, "", name)
    sub(/^[^:]*: /, "", value)
    split(value, v, " ")
    if (!(name in unit)) {
        order[++names] = name
        unit[name] = v[2]
    }
    at[name, columns] = v[1]
    if (head[columns] == "native")
        native_at[name] = v[1]
    if (head[columns] == "xen")
        xen_at[name] = v[1]
}

match($0, /MEMORY [a-z0-9]+ [0-9]+ KiB/) {
    split(substr($0, RSTART, RLENGTH), v, " ")
    memory[columns, v[2]] = v[3]
}

# A hypervisor that has no sysctl yet says it in its boot log.
match($0, /free memory: [0-9]+ KiB/) {
    split(substr($0, RSTART, RLENGTH), v, " ")
    if (!((columns, "free") in memory))
        memory[columns, "free"] = v[3]
}

END {
    printf "%-24s", "lower is better"
    for (i = 1; i <= columns; i++)
        printf "%12s", head[i]
    printf "%10s%10s  unit\n", "own/xen", "overhead"
    for (k = 1; k <= names; k++) {
        name = order[k]
        printf "%-24s", name
        for (i = 1; i <= columns; i++)
            printf "%12s", cell(name, i)
        compared = (name, columns) in at && name in xen_at && head[columns] != "xen"
        printf "%10s%10s  %s\n", compared ? ratio(at[name, columns], xen_at[name]) : "-",
            compared ? overhead(name) : "-", unit[name]
    }
    printf "%-24s", "hypervisor's memory"
    for (i = 1; i <= columns; i++) {
        own[i] = own_memory(i)
        printf "%12s", own[i]
        if (head[i] == "xen")
            xen_own = own[i]
    }
    printf "%10s%10s  %s\n", own[columns] != "-" ? ratio(own[columns], xen_own + 0) : "-", "-", "KiB"
}
