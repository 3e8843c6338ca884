#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# No function is longer than 60 lines (class_init: 90) or has a cyclomatic complexity above 12.
. "$(dirname "$0")/common.sh"
need pmccabe

# Columns: complexity, complexity with switch as one, statements, first line, lines, file(line): name
sources 'src/*.c' 'docs/*.c' | xargs pmccabe |
  awk '{
    limit = $7 ~ /_class_init$/ ? 90 : 60
    file = $6
    sub (/\(.*/, "", file)
    if ($5 > limit)
      print file ":" $7, file ":" $4 ": " $7 " has " $5 " lines, at most " limit
    if ($1 > 12)
      print file ":" $7, file ":" $4 ": " $7 " has a complexity of " $1 ", at most 12"
  }' | report complexity
