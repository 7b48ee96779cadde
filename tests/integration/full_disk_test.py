#!/usr/bin/env python3
"""A gateway on a small disk of its own that is filled by others, has no inodes left, or turns read-only: sampling goes
on, and in the end everything is held or declared."""
import contextlib
import errno
import itertools
import os
import pathlib
import shutil
import subprocess
import sys

import balance
from rig import Rig, wait_until

SKIPPED = 77
DISK_BYTES = 24 << 20
# Room for the gateway's own files and some more.
INODES = 48


class Disk:
    """An ext4 of its own, mounted on a folder that only this process and its children see."""

    def __init__(self, folder):
        self.image, self.mounted = folder / "image", folder / "mounted"
        self.mounted.mkdir()
        with open(self.image, "wb") as image:
            image.truncate(DISK_BYTES)
        run("mkfs.ext4", "-q", "-m", "0", "-N", INODES, self.image)
        self.mount()

    def mount(self):
        run("mount", "-o", "loop,errors=remount-ro", self.image, self.mounted)

    def unmount(self):
        run("umount", self.mounted)

    def repair(self):
        self.unmount()
        # 1: errors were corrected.
        assert subprocess.run([program("e2fsck"), "-p", str(self.image)], stdout=subprocess.DEVNULL).returncode <= 1
        self.mount()

    @contextlib.contextmanager
    def filled(self):
        """Not a byte is left to anybody, but what the gateway itself gives up from now on."""
        path = self.mounted / "filler"
        with open(path, "wb", buffering=0) as filler:
            for size in (1 << 20, 4096, 512):
                with contextlib.suppress(OSError):
                    while True:
                        filler.write(bytes(size))
            with contextlib.suppress(OSError):
                os.fsync(filler.fileno())
        yield
        path.unlink()

    @contextlib.contextmanager
    def without_inodes(self):
        names = []
        with contextlib.suppress(OSError):
            for number in itertools.count():
                name = self.mounted / f"file{number}"
                name.touch(exist_ok=False)
                names.append(name)
        assert os.statvfs(self.mounted).f_ffree == 0
        yield
        for name in names:
            name.unlink()

    def fail(self):
        """What ext4 does when it finds that its own books are wrong: it lets nobody write any more."""
        device = subprocess.run(["findmnt", "-no", "SOURCE", self.mounted], capture_output=True, text=True, check=True)
        pathlib.Path("/sys/fs/ext4", os.path.basename(device.stdout.strip()), "trigger_fs_error").write_text("test")
        wait_until(self.is_read_only, "the disk is read-only")

    def is_read_only(self):
        try:
            (self.mounted / "probe").touch()
        except OSError as error:
            return error.errno == errno.EROFS
        return False


def program(name):
    return shutil.which(name) or f"/usr/sbin/{name}"


def run(name, *words):
    subprocess.run([program(name), *map(str, words)], check=True)


def write_config(rig):
    balance.write_config(rig)
    text = rig.config.read_text()
    rig.config.write_text(text.replace("[storage]\n", '[storage]\nquota = "4MiB"\nfree_floor = "0B"\n'))


def wait_for_readings(rig, count):
    before = wait_until(rig.status, "the gateway answers")["readings"]["produced"]
    return wait_until(lambda: (now := rig.status()) and now["readings"]["produced"] >= before + count and now,
                      "readings are taken")


def wait_until_stored(rig):
    wait_until(lambda: (now := rig.status()) and now["storage"]["state"] == "ok" and
               now["readings"]["uncommitted"] < 200, f"all is stored again; gateway says {rig.status()}")


def deliver(rig):
    rig.start_broker()
    rig.start_collector()
    balance.deliver_the_rest(rig)
    return balance.check(rig)


def full_while_it_runs(rig, disk):
    rig.start_gateway()
    wait_for_readings(rig, 100)
    with disk.filled():
        wait_until(lambda: rig.status()["storage"]["commit_failures"] > 0, "a commit is refused")
        seen = wait_for_readings(rig, 500)
        assert seen["realtime"]["ticks"] > 0 and seen["readings"]["lost_ring_full"] == 0, seen
    wait_until_stored(rig)


def full_when_it_starts(rig, disk):
    rig.start_gateway()
    wait_for_readings(rig, 200)
    rig.kill("gateway")
    with disk.filled():
        rig.start_gateway()
        wait_for_readings(rig, 300)
    wait_until_stored(rig)


def no_inodes(rig, disk):
    rig.start_gateway()
    wait_for_readings(rig, 100)
    with disk.without_inodes():
        wait_for_readings(rig, 300)
        rig.kill("gateway")
        rig.start_gateway()
        wait_for_readings(rig, 300)
    wait_until_stored(rig)


def read_only(rig, disk):
    rig.start_gateway()
    wait_for_readings(rig, 100)
    disk.fail()
    wait_until(lambda: rig.status()["storage"]["state"] == "failing", "the status says that the disk fails")
    seen = wait_for_readings(rig, 300)
    assert seen["readings"]["lost_ring_full"] == 0, seen
    rig.kill("gateway")
    rig.start_gateway()
    seen = wait_for_readings(rig, 300)
    assert seen["storage"]["state"] == "failing" and seen["readings"]["lost_ring_full"] == 0, seen
    assert rig.stop_gateway() != 0, "what could not be stored is no good end"
    disk.repair()
    rig.start_gateway()
    wait_for_readings(rig, 100)


def main():
    if os.geteuid() != 0:
        print("skipped: only root may mount a disk")
        return SKIPPED
    if "--mounting" not in sys.argv:
        return subprocess.run(["unshare", "--mount", "--propagation", "private", sys.executable, __file__,
                               "--mounting"]).returncode
    bad = {}
    for case in (full_while_it_runs, full_when_it_starts, no_inodes, read_only):
        with Rig() as rig:
            try:
                disk = Disk(rig.folder)
            except subprocess.CalledProcessError as error:
                print(f"skipped: {error}")
                return SKIPPED
            try:
                rig.state = disk.mounted / "state"
                write_config(rig)
                print(case.__name__, flush=True)
                case(rig, disk)
                bad.update({f"{case.__name__}: {what}": count for what, count in deliver(rig).items()})
            except BaseException:
                print(rig.log("gateway")[-3000:])
                raise
            finally:
                for process in (rig.gateway, rig.collector, rig.broker):
                    if process and process.poll() is None:
                        process.kill()
                        process.wait()
                disk.unmount()
    for what, count in bad.items():
        print(f"FAILED: {count} {what}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
