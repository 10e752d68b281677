#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The rules' own test: samples/RULE-WHAT/ is a small tree that RULE must refuse; samples/good passes.
source "$(dirname "$0")/common.bash" "${1:-}"
declare -A tried
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
for sample in "$lint_dir"/samples/*-*/; do
    name=$(basename "$sample") rule=${name%%-*}
    tried[$rule]=1
    # "@@" in a sample stands for nothing: it keeps what other greps look for out of the tree.
    cp -r "$sample" "$copy/$name"
    find "$copy/$name" -type f -exec sed -i 's/@@//g' {} +
    output=$("$lint_dir/$rule.sh" "$copy/$name" 2>&1) && complain "$rule.sh accepts samples/$name"
    # Refused, and for the file that is bad rather than by an accident of the script.
    [[ $output == *bad.* || $output == *nowhere.h* ]] || complain "$rule.sh on samples/$name: $output"
done
for rule in "$lint_dir"/*.sh; do
    rule=$(basename "$rule" .sh)
    [[ $rule != self ]] || continue
    [[ -n ${tried[$rule]:-} ]] || complain "$rule.sh has no sample that it refuses"
    "$lint_dir/$rule.sh" "$lint_dir/samples/good" || complain "$rule.sh refuses samples/good"
done
finish
