#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# po/POTFILES.in names every file with strings to translate, po/LINGUAS every language, and each
# translation fits its strings.
. "$(dirname "$0")/common.sh"
need msgfmt

status=0

# differ TITLE LEFT RIGHT: prints what only one of two lists has
differ ()
{
  local found

  found=$(diff <(echo "$2" | sed '/^$/d' | sort -u) <(echo "$3" | sed '/^$/d' | sort -u) | sed -n "s,^<,missing in $1:,p;s,^>,wrong in $1:,p")
  [ -z "$found" ] || { echo "$found"; status=1; }
}

marked='(^|[^A-Za-z0-9_])(_|N_|C_|NC_|Q_|ngettext|g_dngettext|g_dpgettext2?) ?\('
found=$(sources 'src/*.c' 'src/*.h' 'src/*.py' 'src/*.js' 'src/*.ui' |
        xargs grep -lE "$marked|translatable=\"yes\"" -- ; sources 'data/*.desktop.in'         'data/*.metainfo.xml.in' 'data/*.policy.in')
differ po/POTFILES.in "$found" "$(grep -v '^#' po/POTFILES.in)"
differ po/LINGUAS "$(find po -name '*.po' -printf '%f\n' | sed 's/\.po$//')" "$(grep -v '^#' po/LINGUAS | tr ' ' '\n')"

for translation in po/*.po; do
  msgfmt -c -o /dev/null "$translation" || status=1
done

exit $status
