#!/usr/bin/env python3
"""The collector is restored from a backup: what it lacks by that comes again from the gateway.

The gateway has had all of it acknowledged, and a part of it was sent by a run that is over. At the
end each ledger record must be at the collector exactly once and bit for bit, and nothing may be
declared missing for it.
"""
import shutil
import sys

from balance import check, deliver_the_rest, read_no_more, write_config
from rig import Rig, wait_until

ROLLBACK = 4  # the reason of a gap record: delivered, lost by the collector, and erased at the gateway
READINGS = 200  # of each of the two parts


def held(rig):
    return len(rig.query("SELECT 1 FROM chunk")) and len(rig.exported())


def wait_for_more(rig):
    before = held(rig)
    wait_until(lambda: held(rig) >= before + READINGS, "more readings arrive")


def copy(rig, source, target):
    for end in ("", "-wal", "-shm"):
        target.with_name(target.name + end).unlink(missing_ok=True)
    for end in ("", "-wal"):
        path = source.with_name(source.name + end)
        if path.exists():
            shutil.copy(path, target.with_name(target.name + end))


def run(rig):
    rig.start_broker()
    rig.start_collector()
    rig.start_gateway()
    rig.wait_for_gateway()
    wait_until(lambda: rig.database.exists() and held(rig) > READINGS, "readings arrive")
    backup = rig.folder / "backup.db"
    rig.kill("collector")
    copy(rig, rig.database, backup)
    rig.start_collector()
    wait_for_more(rig)
    # Of a run that is over, and of the next one.
    read_no_more(rig)
    rig.wait_drained()
    rig.kill("collector")
    behind = held(rig)
    copy(rig, backup, rig.database)
    assert held(rig) <= behind - READINGS, "the backup has less"
    rig.start_collector()
    wait_until(lambda: (rig.status() or {"storage": {"chunks_lost": 0}})["storage"]["chunks_lost"] > 0,
               "the gateway is told what is lost")
    deliver_the_rest(rig)
    wait_until(lambda: held(rig) >= behind, "everything is there again")
    assert not rig.query(f"SELECT 1 FROM gap WHERE reason = {ROLLBACK}"), "what could be sent was declared lost"


def main():
    with Rig() as rig:
        write_config(rig)
        try:
            run(rig)
        except AssertionError:
            for name in ("gateway", "collector"):
                print(f"--- {name}\n{rig.log(name)[-3000:]}")
            raise
        bad = check(rig)
        if bad:
            print("\n".join(f"FAILED: {count} {what}" for what, count in bad.items()))
        return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
