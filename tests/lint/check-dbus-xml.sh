#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# The D-Bus interfaces are well-formed, valid descriptions.
. "$(dirname "$0")/common.sh"
need xmllint

sources 'data/*.xml' | xargs -r xmllint --noout --nonet
