# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash

# Bash splits words at = and :, too.
_geminga ()
{
  local candidate word glue=false words=() i

  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
      [=:]*)
        words[-1]+=$word
        glue=true
        continue
        ;;
    esac
    if $glue && [ -n "$word" ]; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
    glue=false
  done

  COMPREPLY=()
  while IFS=$'\t' read -r candidate _; do
    COMPREPLY+=("$(printf '%q' "$candidate")")
  done < <("${COMP_WORDS[0]}" complete "${words[@]}" 2> /dev/null)
}

complete -o default -F _geminga geminga
