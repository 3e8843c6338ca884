#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# machine.sh FOLDER SHARED... -- COMMAND...
#
# The first process of new namespaces (mount, pid, ipc, uts, network, cgroup): makes a machine out of
# them, whose files are those of this one, but that forgets all changes, and whose systemd runs COMMAND
# as the service "check". FOLDER becomes its memory; what it writes below SHARED is written for real.

set -euo pipefail

folder=$1
shift
shared=()
while [ "$1" != -- ]; do
  shared+=("$1")
  shift
done
shift

mount --make-rprivate /
mount -t tmpfs tmpfs "$folder"
cd "$folder"
mkdir upper work root
mount -t overlay overlay -o "lowerdir=/,upperdir=$PWD/upper,workdir=$PWD/work" root
for path in "${shared[@]}"; do
  mkdir -p "root$path"
  mount --bind "$path" "root$path"
done

mount -t proc proc root/proc
mount -t sysfs sysfs root/sys
mount -t cgroup2 cgroup2 root/sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs root/run
mount -t tmpfs -o mode=755 tmpfs root/dev
for name in null zero full random urandom tty; do
  touch root/dev/$name
  mount --bind /dev/$name root/dev/$name
done
mkdir root/dev/{shm,pts,mqueue,hugepages}
mount -t devpts -o newinstance,ptmxmode=666 devpts root/dev/pts
ln -s pts/ptmx root/dev/ptmx
ln -s /proc/self/fd root/dev/fd

echo 0123456789abcdef0123456789abcdef > root/etc/machine-id
cat > root/etc/systemd/system/check.target << EOF
[Unit]
DefaultDependencies=no
Wants=systemd-journald.service dbus.socket check.service
EOF
cat > root/etc/systemd/system/check.service << EOF
[Unit]
DefaultDependencies=no
After=systemd-journald.service dbus.socket
[Service]
Type=oneshot
ExecStart=$(printf '"%s" ' "$@")
StandardOutput=file:${shared[-1]}/output
StandardError=inherit
EOF

cd root
mkdir old
pivot_root . old
cd /
umount -l /old
rmdir /old
exec env -i container=geminga PATH=/usr/bin:/usr/sbin:/bin:/sbin \
  /lib/systemd/systemd --system --unit=check.target --log-target=journal
