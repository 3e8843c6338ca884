# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# What the checks share. They run in the folder of the sources; what a check finds goes to stdout and
# its status is 1, or 77 (skipped) where its tool is not installed.

set -uo pipefail
export PATH=/usr/bin:/bin:/usr/sbin:/sbin:$PATH LC_ALL=C.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

# need PROGRAM...: skips the check if one is not there
need ()
{
  local program

  for program; do
    command -v "$program" > /dev/null && continue
    echo "$program is not installed"
    exit 77
  done
}

# sources PATTERN...: the files of the project whose name matches, from git or a release's folder
sources ()
{
  local pattern names=()

  if [ -e .git ] && command -v git > /dev/null; then
    git -c safe.directory='*' ls-files --cached --others --exclude-standard --deduplicate -- "$@" |
      while read -r path; do [ -f "$path" ] && echo "$path"; done
  else
    for pattern; do
      names+=(-o -path "./$pattern")
    done
    find . \( -path ./build -o -path './_*' \) -prune -o -type f \( "${names[@]:1}" \) -print |
      sed 's,^\./,,' | sort
  fi
}

# report CHECK: reads "KEY MESSAGE" lines; those whose KEY tests/lint/allowed names for CHECK are
# printed as debt, any other one fails the check
report ()
{
  awk -v check="$1" '
    FNR == NR { if ($1 == check) allowed[$2] = 1; next }
    { key = $1; sub (/^[^ ]+ /, "") }
    key in allowed { print "allowed for now: " $0; used[key] = 1; next }
    { print; bad = 1 }
    END {
      for (key in allowed)
        if (!(key in used))
          print "no longer needed in tests/lint/allowed: " check " " key
      exit bad
    }' tests/lint/allowed -
}
