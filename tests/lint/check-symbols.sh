#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# The library exports what tests/abi/symbols lists. Cure: build-aux/update-symbols
. "$(dirname "$0")/common.sh"
need nm

found=$(diff <(sort tests/abi/symbols) <(nm -D --defined-only "$1" | awk '{ print $3 }' | sort) |
        sed -n 's,^<,no longer exported:,p;s,^>,not in tests/abi/symbols:,p')
[ -n "$found" ] || exit 0
echo "$found"
echo "If that is meant: build-aux/update-symbols $1"
exit 1
