#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# C is formatted as .clang-format says. Cure: clang-format-14 -i FILE
. "$(dirname "$0")/common.sh"
need clang-format-14

sources '*.c' '*.h' | xargs -P 2 -n 40 clang-format-14 --dry-run --Werror
