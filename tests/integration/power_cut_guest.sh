#!/bin/sh
# First process of a User-Mode Linux guest whose root is this machine's, read-only; power_cut_test.py
# boots it and cuts its power. The kernel's command line gives it as environment
#   SHARED   folder of the host, for everything that has to survive the cut
#   BOOT     number of this boot
#   SLUICE   the gateway's program; none: the disk is copied into SHARED, and the guest ends
#   PRELOAD  library for the gateway, or nothing
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

power_off() {
  sync
  echo o >/proc/sysrq-trigger
  sleep 60
}

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
mkdir /run/shared /run/data
mount -t hostfs shared /run/shared -o "$SHARED" || power_off
cd /run/shared || power_off
mount -t ext4 /dev/ubda /run/data || {
  echo "the file system cannot be mounted" >"failed.$BOOT"
  power_off
}

if [ -z "$SLUICE" ]; then
  cp -r /run/data copied && echo "done" >"done.$BOOT"
  power_off
fi

LD_PRELOAD=$PRELOAD "$SLUICE" run --config "config.$BOOT" --state-directory /run/data/state \
  --run-directory /run/sluice >"log.$BOOT" 2>&1 &
gateway=$!
# What the gateway says is durable counts only once the sensors' ledgers have left the guest: then
# they hold at least that much.
while kill -0 "$gateway"; do
  status=$("$SLUICE" status --json --run-directory /run/sluice) || continue
  sync --data ledger."$BOOT".*
  printf '%s\n' "$status" >>"reported.$BOOT"
done 2>/dev/null
echo "the gateway ended" >"failed.$BOOT"
power_off
