# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later

function __geminga_complete
    set -l words (commandline --tokenize --current-process --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    command $words[1] complete $words[2..-1] "$current" 2>/dev/null
end

complete --command geminga --no-files --arguments '(__geminga_complete)'
