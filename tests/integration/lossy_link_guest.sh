#!/bin/sh
# First process of a User-Mode Linux guest whose root is this machine's, read-only; lossy_link_test.py
# boots it. The kernel's command line gives it as environment
#   SHARED        folder of the host, for what is to be seen afterwards
#   PYTHON, TEST  what to run
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs run /run
mkdir /run/shared /run/tmp
mount -t hostfs shared /run/shared -o "$SHARED"
export TMPDIR=/run/tmp
for module in drivers/net/veth net/sched/sch_netem; do
  insmod "/usr/lib/uml/modules/$(uname -r)/kernel/$module.ko"
done
"$PYTHON" -u "$TEST" --inside >/run/shared/log 2>&1
echo $? >/run/shared/result
sync
echo o >/proc/sysrq-trigger
sleep 60
