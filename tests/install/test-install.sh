#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-install.sh SOURCE BUILD
#
# Installs a build into a folder and uses what is there as a program of somebody else would: from C, with
# pkg-config and with meson, from Vala and from Python. Makes a release, and configures that.

set -euo pipefail
export PATH=/usr/bin:/bin:/usr/sbin:/sbin:$PATH LC_ALL=C.UTF-8
source=$1
build=$2
folder=$(mktemp -d)
service=
trap '[ -z "$service" ] || kill -9 "$service" 2> /dev/null || true; rm -rf "$folder"' EXIT

option ()
{
  meson introspect --buildoptions "$build" |
    python3 -c 'import json, sys; print(next(o["value"] for o in json.load(sys.stdin) if o["name"] == sys.argv[1]))' "$1"
}

# serves NAME PROGRAM...: the program answers on a socket and ends when it is asked to
serves ()
{
  local name=$1 path=$2 expected=$3 socket answer
  shift 3

  socket=$folder/$name.socket
  "$@" --bus none --bind "unix:$socket" 2> "$folder/$name.log" &
  service=$!
  answer=$(curl -s --unix-socket "$socket" --retry 100 --retry-delay 0 --retry-max-time 30 \
                --retry-all-errors "http://localhost$path")
  [ "$answer" = "$expected" ] || { echo "not ok: $name answers \"$answer\""; cat "$folder/$name.log"; exit 1; }
  kill -TERM "$service"
  wait "$service"
  service=
  echo "ok: $name"
}

# check_filled FILE: no name of a template is left in it
check_filled ()
{
  if grep -H '@[A-Z_]*@' "$1"; then
    echo "not ok: $1 is not filled in"
    exit 1
  fi
}

# Install, as a package does.
meson install -C "$build" --destdir "$folder/root" > "$folder/install.log" ||
  { cat "$folder/install.log"; exit 1; }
prefix=$folder/root$(option prefix)
libdir=$prefix/$(option libdir)
[ -f "$prefix/include/geminga-1/geminga.h" ]
[ -f "$libdir/libgeminga-1.so.0" ]
echo "ok: install"

# The files are somewhere else than where they say they are, so pkg-config is told.
mkdir "$folder/pkgconfig"
sed "s,^prefix=.*,prefix=$prefix," "$libdir/pkgconfig/geminga-1.pc" > "$folder/pkgconfig/geminga-1.pc"
export PKG_CONFIG_PATH=$folder/pkgconfig LD_LIBRARY_PATH=$libdir
cd "$folder"

# C, by hand.
cp "$source/docs/examples/greeter.c" .
# shellcheck disable=SC2046 # one word a flag
cc -Wall -Werror greeter.c -o greeter $(pkg-config --cflags --libs geminga-1)
serves c /hello/Ada 'Ahoy, Ada!' ./greeter --greeting Ahoy --workers 2

# C++ takes the headers.
# shellcheck disable=SC2046 # one word a flag
echo '#include <geminga.h>' | c++ -fsyntax-only -x c++ $(pkg-config --cflags geminga-1) -

# C, with meson and all the files a service is installed with.
cp -r "$source/tests/install/project" .
cp greeter.c project
{ meson setup project/build project --prefix=/usr && ninja -C project/build &&
    meson install -C project/build --destdir "$folder/service"; } > project.log 2>&1 || { cat project.log; exit 1; }
serves meson /sum/1/2 '{"sum":3}' "$folder/service/usr/bin/greeter"
for file in share/geminga-1/services/org.example.Greeter.service lib/sysusers.d/org.example.Greeter.conf \
            share/dbus-1/system-services/org.example.Greeter.service \
            share/dbus-1/system.d/org.example.Greeter.conf \
            lib/systemd/system/org.example.Greeter.service lib/systemd/system/org.example.Greeter.socket; do
  [ -f "service/usr/$file" ] || { echo "not ok: $file is not installed"; exit 1; }
  check_filled "service/usr/$file"
done
grep -q '^ExecStart=/usr/bin/greeter ' service/usr/lib/systemd/system/org.example.Greeter.service

# The templates, by hand.
sed -e 's,@ID@,org.example.Greeter,g' \
    -e 's,@ESCAPED_ID@,org_2eexample_2eGreeter,g' \
    -e 's,@EXEC@,/usr/local/bin/greeter,g' \
    -e 's,@DESCRIPTION@,Greets people,g' \
    -e 's,@USER@,greeter,g' \
    "$(pkg-config --variable=templatesdir geminga-1)/system.service.in" \
    > org.example.Greeter.service
check_filled org.example.Greeter.service
echo "ok: templates"

if [ "$(option introspection)" = True ]; then
  export GI_TYPELIB_PATH=$libdir/girepository-1.0

  if command -v valac > /dev/null; then
    valac -q --vapidir "$prefix/share/vala/vapi" --pkg geminga-1 -o hello-vala "$source/tests/install/hello.vala"
    serves vala / 'Hello World!' ./hello-vala
  fi

  PYTHONPATH=$(dirname "$(dirname "$(find "$prefix" -path '*/gi/overrides' -type d)")")
  export PYTHONPATH
  serves python / 'Hello World!' python3 "$source/docs/examples/hello.py"
fi

# A release.
if [ -e "$source/.git" ] && command -v git > /dev/null; then
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
  meson dist -C "$build" --no-tests --allow-dirty --formats gztar > dist.log 2>&1 || { cat dist.log; exit 1; }
  tar xzf "$build"/meson-dist/geminga-*.tar.gz
  meson setup release geminga-*/ -Dexamples=true -Dtests=false -Ddocs=false -Dintrospection=false \
    > release.log || { cat release.log; exit 1; }
  meson introspect --installed release > installed.json
  for file in libexec/geminga-1/hello share/dbus-1/services/org.example.Hello.service \
              lib/systemd/system/org.example.Hello.service lib/systemd/user/org.example.Hello.socket; do
    grep -q "/$file\"" installed.json || { echo "not ok: $file is not among the examples"; exit 1; }
  done
  echo "ok: release"
fi
