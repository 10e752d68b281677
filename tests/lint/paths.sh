#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Rule: nothing in the tree names a machine's directories or a package mirror.
source "$(dirname "$0")/common.bash" "${1:-}"
# Put together here so that this file does not match itself.
mirrors='https?://(deb|ftp|security|registry|snapshot|mirror|archive)[a-z0-9.-]*\.'
homes='(^|[^a-z.$}*-])/(work|root|home)/[a-z.]'
while read -r f; do
    ! grep -nIE "$mirrors|$homes" /dev/null "$f" || complain "$f: names a machine or a mirror"
done < <(files '.' | grep -vxF -e LICENSE -e tests/lint/paths.sh)
finish
