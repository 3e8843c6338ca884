#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# The units that data/templates makes are ones that systemd takes, and the one for the system leaves an
# exposure of 3.0 at most. Cure: systemd-analyze security --offline=true UNIT tells what exposes most.
. "$(dirname "$0")/common.sh"
need systemd-analyze

status=0
folder=$(mktemp -d) || exit
trap 'rm -rf "$folder"' EXIT

# fill TEMPLATE FILE: what the template is for a service of the name org.example.Check
fill ()
{
  mkdir -p "$(dirname "$2")"
  sed -e 's,@ID@,org.example.Check,g' -e 's,@ESCAPED_ID@,org_2eexample_2eCheck,g' \
      -e 's,@EXEC@,/bin/true,g' -e 's,@DESCRIPTION@,Checks,g' -e 's,@USER@,check,g' \
      -e 's,@LISTEN@,127.0.0.1:8060,g' "data/templates/$1.in" > "$2"
  if grep -n '@[A-Z_]*@' "$2"; then
    echo "data/templates/$1.in has a name that nothing stands for"
    status=1
  fi
}

for kind in system user; do
  unit=$folder/$kind/org.example.Check.service
  fill "$kind.service" "$unit"
  fill socket "$folder/$kind/org.example.Check.socket"
  for name in "$unit" "$folder/$kind/org.example.Check.socket"; do
    said=$(systemd-analyze verify --man=no --recursive-errors=no "$name" 2>&1) || status=1
    [ -z "$said" ] || { echo "$said"; status=1; }
  done
done

systemd-analyze security --offline=true --threshold=30 --no-pager \
  "$folder/system/org.example.Check.service" > "$folder/exposure" || { cat "$folder/exposure"; status=1; }
tail -n 1 "$folder/exposure"

for template in description.service session-bus.service system-bus.conf system-bus.service sysusers.conf; do
  fill "$template" "$folder/$template"
done
! command -v xmllint > /dev/null || xmllint --noout --nonet "$folder/system-bus.conf" || status=1

exit $status
