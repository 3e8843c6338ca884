#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every file says who owns it and under which licence (https://reuse.software). Cure: the two SPDX
# lines, or .reuse/dep5 for files that cannot carry them.
. "$(dirname "$0")/common.sh"
need reuse

reuse lint
