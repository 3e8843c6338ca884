#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-settings-docs.sh PROGRAM
#
# docs/settings.md is what docs/write-settings writes. Cure: build-aux/update-settings-docs.
. "$(dirname "$0")/common.sh"

if ! diff -u docs/settings.md <(LANGUAGE='' "$1" docs/settings-intro.md); then
  echo "docs/settings.md is not up to date: run build-aux/update-settings-docs"
  exit 1
fi
