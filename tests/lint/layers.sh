#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Rule: lower layers do not include higher ones (layers.table), and the walls beside the layers hold.
source "$(dirname "$0")/common.bash" "${1:-}"
# What common/ may have of the machine: small primitives.
primitives=' current.h mm.h irqflags.h page.h percpu.h processor.h barrier.h atomic.h domain.h regs.h '

declare -A rank excepted
layer_name=() patterns=() ranks=()
next=0
while read -r layer globs; do
    [[ -n $layer && $layer != '#'* ]] || continue
    if [[ $layer == except ]]; then
        excepted[xen/$globs]=1
        continue
    fi
    if [[ -z ${rank[$layer]:-} ]]; then
        rank[$layer]=$((next += 1))
        layer_name[next]=$layer
    fi
    set -f
    for glob in $globs; do
        patterns+=("xen/$glob")
        ranks+=("${rank[$layer]}")
    done
    set +f
done <"$lint_dir/layers.table"

declare -A known
rank_of() { # rank_of PATH: sets `rank_found` by the longest pattern that matches; 0 when none does
    local i best=-1
    rank_found=${known[$1]:-}
    [[ -z $rank_found ]] || return 0
    rank_found=0
    for i in "${!patterns[@]}"; do
        # shellcheck disable=SC2053
        if [[ $1 == ${patterns[i]} && ${#patterns[i]} -gt $best ]]; then
            best=${#patterns[i]}
            rank_found=${ranks[i]}
        fi
    done
    known[$1]=$rank_found
}

wall() { # wall FILE FOLDER-A FOLDER-B HEADER: a file of A does not include a header of B
    [[ $1 != xen/arch/x86/$2/* || $4 != *"$3"/* ]] || complain "$1: $2 includes <$4>, which is $3's"
}

check_include() { # check_include FILE HEADER FORM
    local file=$1 header=$2 path rank_file
    case $header in
        xen/*) [[ $file == xen/include/abi/* ]] ||
            complain "$file: only include/abi/ may include <$header>" ; return ;;
        abi/* | hv/*) path=xen/include/$header ;;
        asm/*) path=xen/arch/x86/include/$header ;;
        *) path=${file%/*}/$header ;;
    esac
    if [[ $3 == '"' ]]; then
        [[ $header != *private.h || $header == private.h ]] ||
            complain "$file: \"$header\" is private to another folder"
        [[ $header != ../* ]] || complain "$file: \"$header\" reaches into another folder"
    elif [[ $header == *private.h ]]; then
        complain "$file: <$header> is private to its folder"
    elif [[ $path == "${file%/*}/$header" ]]; then
        case $header in
            std*.h | limits.h | float.h | cpuid.h | *intrin.h | zlib.h | lzma.h | zstd*.h | lz4*.h) ;;
            *) complain "$file: <$header> is not ours" ;;
        esac
        return
    fi
    if [[ $file == xen/common/* && $header == asm/* && $primitives != *" ${header#asm/} "* ]]; then
        complain "$file: common/ may not include <$header>"
    fi
    wall "$file" pv hvm "$header"
    wall "$file" hvm pv "$header"
    wall "$file" hvm/svm vmx "$header"
    wall "$file" hvm/vmx svm "$header"
    rank_of "$file"
    rank_file=$rank_found
    rank_of "$path"
    if [[ -n ${excepted["$file $header"]:-} ]]; then
        return
    elif [[ $rank_file -eq 0 || $rank_found -eq 0 ]]; then
        complain "layers.table does not know $([[ $rank_file -eq 0 ]] && echo "$file" || echo "$path")"
    elif [[ $rank_found -gt $rank_file ]]; then
        complain "$file (${layer_name[rank_file]}) includes $header (${layer_name[rank_found]})"
    fi
}

while IFS=: read -r file line; do
    form=${line#*include} form=${form##*([[:space:]])}
    form=${form:0:1}
    header=${line#*[\"<]} header=${header%%[\">]*}
    check_include "$file" "$header" "$form"
done < <(files '^xen/.*\.[chS]$' | xargs -r grep -HE '^[[:space:]]*#[[:space:]]*include[[:space:]]+["<]')
finish
