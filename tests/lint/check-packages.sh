#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each section of build-aux/packages is sorted and names nothing twice.
. "$(dirname "$0")/common.sh"

awk '/^#/ { next }
     /^$/ { next }
     /:$/ { last = ""; next }
     $0 <= last { print "build-aux/packages:" FNR ": " $0 " after " last; bad = 1 }
     { last = $0 }
     END { exit bad }' build-aux/packages
