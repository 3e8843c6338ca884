#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# Nothing is misspelt, in text and, word by word, inside identifiers.
. "$(dirname "$0")/common.sh"
need codespell

# Words that only look like mistakes.
words=gir,inout,als,servce,statics,te

text=$(sources '*' | grep -vE '^(LICENSES|tests/corpus)/|\.po$|\.ico$|\.png$')
code=$(sources 'src/*.c' 'src/*.h' 'src/*.py' 'src/*.js')
status=0
echo "$text" | xargs -r codespell -q 3 -L "$words" || status=1
echo "$code" | xargs -r codespell -r '[A-Za-z]+' -q 3 -L "$words" || status=1
exit $status
