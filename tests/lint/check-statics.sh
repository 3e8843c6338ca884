#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# The library keeps no mutable state in file scope: $1 is the folder of its objects. What the GObject
# macros make is fine, as are constant tables and the tables of properties and signals.
. "$(dirname "$0")/common.sh"
need objdump

plumbing='_parent_class$|_private_offset$|^static_g_define_type_id|^(props|properties|signals)(\.|$)'
plumbing+='|_key(\.|$)|_type_id(\.|$)|__volatile(\.|$)|^quark(\.|$)|^q(\.|$)|^_g_boxed|once(\.|$)|_quark_volatile'
find "$1" -name '*.o' ! -name 'meson-generated_*' | sort | while read -r object; do
  objdump -t "$object" |
    awk -v plumbing="$plumbing" -v object="$(basename "$object" .c.o)" '
      $3 == "O" { section = $4; name = $6 } $2 == "O" { section = $3; name = $5 }
      ($2 == "O" || $3 == "O") && section ~ /^\.(bss|data|tbss|tdata)(\.[^r]|$)/ && name !~ plumbing {
        print object ":" name, object ": " name " is mutable and static"
      }'
done | report statics
