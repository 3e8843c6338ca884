#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# Our shell scripts are as shellcheck wants them.
. "$(dirname "$0")/common.sh"
need shellcheck

sources '*' | xargs grep -lE -m 1 '^#!/bin/(ba)?sh$' -- |
  xargs -r shellcheck --external-sources --source-path=SCRIPTDIR --exclude=SC1091
