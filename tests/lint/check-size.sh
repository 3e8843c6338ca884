#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# No source file is longer than 800 lines: a longer one is two ideas.
. "$(dirname "$0")/common.sh"

sources '*.c' '*.h' '*.py' '*.js' '*.sh' '*.vala' | xargs wc -l |
  awk '$2 != "total" && $1 > 800 { print $2, $2 ": " $1 " lines, at most 800" }' | report size
