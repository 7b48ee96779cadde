#!/usr/bin/env python3
"""Power cuts: the gateway on ext4 in a User-Mode Linux guest, whose kernel is killed at random moments.

What the guest's kernel had not written to the disk image is gone then. The sensors' ledgers and what
the gateway reported as durable are kept outside. At the end the buffer is delivered to a collector:
every reading that was reported durable has to be there bit for bit, every other one there or in a
declared gap, and nothing else. With a library that lies about fsync the same check has to fail.
"""
import argparse
import contextlib
import fcntl
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

from balance import IDLE_CHANNEL
from guest import KERNEL, guest
from rig import BUILD, SLUICE, Rig, read_ledger, wait_until

GUEST = pathlib.Path(__file__).resolve().parent / "power_cut_guest.sh"
LYING_SYNC = BUILD / "tests" / "integration" / "lying_sync.so"
SKIPPED = 77
# A guest that hangs is ended by this much of wall time, whatever happens to this script.
GUEST_SECONDS_MAX = 300
CHANNELS = 6
PERIOD_MS = 50
QUALITIES = ["good", "stale", "out_of_range", "fault", "missing", "suspect_clock"]
HEAD = """
[gateway]
id = "cut"
[realtime]
priority = 0
[storage]
commit_every = "100ms"
seal_after = "700ms"
[uplink]
enabled = {uplink}
"""
CHANNEL = """
[[channel]]
name = "channel{i}.boot{boot}"
driver = "simulated"
shape = "random_walk"
amplitude = 0.7
seed = {seed}
unit = "1"
period = "{period}ms"
ledger = "/run/shared/ledger.{boot}.{i}"
ledger_records = 10000
faults = [{{kind = "timeout", from = "1s", length = "200ms", every = "2s"}}]
"""


class Plant:
    """The disk image, and the folder that survives the cuts."""

    def __init__(self, folder, chance, preload):
        self.folder = folder / "shared"
        self.folder.mkdir()
        self.image = folder / "disk.img"
        self.chance = chance
        self.preload = preload
        with open(self.image, "wb") as file:
            file.truncate(64 << 20)
        mkfs = shutil.which("mkfs.ext4") or "/usr/sbin/mkfs.ext4"
        subprocess.run([mkfs, "-q", self.image], check=True)

    @contextlib.contextmanager
    def boot(self, boot, **environment):
        """A running guest, which has no power any more at the end."""
        environment = {"SHARED": self.folder, "BOOT": boot, **environment}
        try:
            with guest(GUEST, environment, self.folder / f"console.{boot}", GUEST_SECONDS_MAX,
                       ["mem=128M", f"ubd0={self.image}"]) as process:
                yield process
        finally:
            wait_until(self.is_released, "the dead guest lets go of its disk")

    def is_released(self):
        with open(self.image, "r+b") as image:
            try:
                fcntl.lockf(image, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    def read(self, name):
        path = self.folder / name
        return path.read_text(errors="replace") if path.exists() else ""

    def wait_for(self, name, boot, guest):
        """Until the guest has written the file."""
        def written():
            ended = guest.poll() is not None or self.read(f"failed.{boot}")
            text = self.read(name)
            assert text or not ended, \
                f"boot {boot}: {self.read(f'failed.{boot}')}{self.read(f'log.{boot}')}{self.read(f'console.{boot}')}"
            return text
        wait_until(written, f"{name}; console: {self.read(f'console.{boot}')}")

    def run_and_cut(self, boot):
        config = HEAD.format(uplink="false")
        for i in range(CHANNELS):
            config += CHANNEL.format(i=i, boot=boot, seed=boot * CHANNELS + i + 1, period=PERIOD_MS)
        (self.folder / f"config.{boot}").write_text(config)
        with self.boot(boot, SLUICE=SLUICE, PRELOAD=self.preload) as guest:
            self.wait_for(f"reported.{boot}", boot, guest)
            time.sleep(self.chance.uniform(0.0, 2.5))

    def copy_buffer(self, boot):
        """The state directory as the last cut left it, outside the image."""
        with self.boot(boot) as guest:
            self.wait_for(f"done.{boot}", boot, guest)
        return self.folder / "copied" / "state"

    def reports(self, boot):
        """What the gateway said of itself, as far as it was written whole."""
        lines = self.read(f"reported.{boot}").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def ledger(self, boot):
        """What the sensors handed out in this boot, in order: (tick, channel) -> (value, quality)."""
        records = {}
        for i in range(CHANNELS):
            for tick, value, quality in read_ledger(self.folder / f"ledger.{boot}.{i}"):
                records[(tick, i)] = (value, QUALITIES[quality])
        return dict(sorted(records.items()))


def deliver(rig, state):
    """Sends the buffer to a collector: its readings by boot, and its gaps by run."""
    rig.state = state
    rig.config.write_text(HEAD.format(uplink="true") + IDLE_CHANNEL)
    rig.start_broker()
    rig.start_collector()
    rig.start_gateway()
    rig.wait_for_gateway()
    rig.wait_drained()
    held = {}
    for reading in rig.exported():
        channel, _, boot = reading["channel"].partition(".boot")
        if boot:
            key = (reading["boot_ns"], int(channel.removeprefix("channel")))
            of_boot = held.setdefault(int(boot), {})
            assert key not in of_boot, f"twice: {reading}"
            of_boot[key] = (reading["value"], reading["quality"])
    gaps = {}
    for run, first, last in rig.query("SELECT hex(run.run), gap.first_ns, gap.last_ns FROM gap "
                                      "JOIN run ON run.id = gap.run WHERE gap.stream = 2"):
        gaps.setdefault(run.lower(), []).append((first, last))
    return held, gaps


def check(plant, boots, held, gaps):
    """Counts what is wrong, and prints what was seen."""
    bad = dict.fromkeys(["readings lost that were reported durable", "readings lost without a gap",
                         "readings both held and in a gap", "readings with another value",
                         "readings that nobody produced"], 0)
    before = produced = durable = kept = 0
    for boot in boots:
        here, ledger, reports = held.get(boot, {}), plant.ledger(boot), plant.reports(boot)
        spans = gaps.get(reports[-1]["run"], [])
        # The gateway counts over all its runs; those before this one are all held, or it is caught.
        promised = max(report["readings"]["stored"] for report in reports) - before
        for place, ((tick, channel), (value, quality)) in enumerate(ledger.items()):
            found = here.get((tick, channel))
            in_gap = any(first < tick <= last for first, last in spans)
            if found is None:
                bad["readings lost that were reported durable"] += place < promised
                bad["readings lost without a gap"] += not in_gap
            else:
                bad["readings both held and in a gap"] += in_gap
                bad["readings with another value"] += found[1] != quality or (
                    quality == "good" and found[0] != value)
        # A ledger's last records may not have left the guest any more.
        last_ticks = {channel: tick for tick, channel in ledger}
        bad["readings that nobody produced"] += sum(
            tick <= last_ticks.get(channel, 0) and (tick, channel) not in ledger for tick, channel in here)
        before += len(here)
        produced += len(ledger)
        durable += promised
        kept += len(here)
    print(f"{len(boots)} cuts, {produced} readings in the ledgers, {durable} reported durable, {kept} kept")
    return {what: count for what, count in bad.items() if count}


def cut_and_check(cuts, seed, preload=""):
    """What is wrong after so many cuts."""
    with Rig() as rig:
        plant = Plant(rig.folder, random.Random(seed), preload)
        boots = range(1, cuts + 1)
        for boot in boots:
            plant.run_and_cut(boot)
        bad = check(plant, boots, *deliver(rig, plant.copy_buffer(cuts + 1)))
        if bad:
            print("\n".join(f"{count} {what}" for what, count in bad.items()))
        return bad


def lies_are_caught(cuts, seed):
    try:
        return bool(cut_and_check(cuts, seed, LYING_SYNC))
    except AssertionError as failure:
        print(f"{str(failure)[:500]}")
        return True


def main():
    long = bool(os.environ.get("SLUICE_LONG"))
    parser = argparse.ArgumentParser()
    parser.add_argument("--cuts", type=int, default=20 if long else 2)
    parser.add_argument("--lying-cuts", type=int, default=4 if long else 1)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    arguments = parser.parse_args()
    if shutil.which(KERNEL) is None:
        print(f"skipped: there is no {KERNEL} (package user-mode-linux)")
        return SKIPPED
    print(f"seed {arguments.seed}", flush=True)
    if cut_and_check(arguments.cuts, arguments.seed):
        print("FAILED: a power cut loses what was durable, or loses it unseen")
        return 1
    print("the same with a disk that forgets:", flush=True)
    if not lies_are_caught(arguments.lying_cuts, arguments.seed):
        print("FAILED: a gateway that never syncs is not caught; the check is blind")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
