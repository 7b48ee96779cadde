#!/usr/bin/env python3
"""Two collectors share one subscription and one database; each is killed in turn and comes back.

While one is away the other gets everything; what was at the dead one is sent again by the gateway.
At the end each reading is held once, or inside a declared gap, as in kill_test.py, each of the two
has stored a part, and the acknowledgement that the broker retains is as new as the database.
"""
import argparse
import json
import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import time

from balance import check, deliver_the_rest, write_config
from publisher import CONNECT, packet, text
from rig import COLLECTOR, PATIENCE_SECONDS, Rig, wait_until

SUBSCRIBE = 0x82
ACK_TOPIC = b"sluice/v1/killed/ack/raw"
RAW = 2  # as in the database
NAMES = ["collector", "second_collector"]


def run_rounds(rig, rounds, chance):
    rig.start_broker()
    for name in NAMES:
        getattr(rig, f"start_{name}")()
    rig.start_gateway()
    rig.wait_for_gateway()
    for number in range(rounds):
        time.sleep(chance.uniform(0.8, 2.5))
        victim = NAMES[number % 2]
        away = chance.uniform(0, 1.5)
        print(f"round {number + 1}: kill {victim} for {away:.1f} s", flush=True)
        rig.kill(victim)
        time.sleep(away)
        getattr(rig, f"start_{victim}")()
    deliver_the_rest(rig)


def retained(rig):
    """The acknowledgement of the raw stream that a gateway would find at the broker; None without one."""
    with socket.create_connection((rig.host, rig.port), timeout=5) as broker:
        broker.sendall(packet(CONNECT, text(b"MQTT") + b"\x04\x02" + struct.pack(">H", 60) + text(b"looker")))
        broker.sendall(packet(SUBSCRIBE, b"\x00\x01" + text(ACK_TOPIC) + b"\x00"))
        received = b""
        while not (found := re.search(re.escape(ACK_TOPIC) + rb"(\{.*\})", received)):
            data = broker.recv(65536)
            if not data:
                return None
            received += data
        return json.loads(found[1])


def is_newest(rig, ack):
    """Whether `ack` says of its run what the database says now."""
    if ack is None:
        return False
    held = rig.query(f"SELECT first, last FROM settled JOIN stream ON stream.id = settled.stream JOIN run ON run.id = stream.run "
                     f"WHERE hex(run.run) = '{ack['run'].upper()}' AND stream.stream = {RAW} AND resolved = 0 ORDER BY first")
    return [tuple(interval[:2]) for interval in ack["held"]] == held


def stored_by(rig, name):
    """How many chunks the process that is `name` now has stored; it ends."""
    process = getattr(rig, name)
    process.send_signal(signal.SIGTERM)
    if process.wait(PATIENCE_SECONDS) != 0:
        raise AssertionError(f"{name} did not end well:\n" + rig.log(name)[-2000:])
    return int(re.findall(r"ended; (\d+) chunks stored", rig.log(name))[-1])


def refuses_a_wrong_group(rig):
    done = subprocess.run([COLLECTOR, "run", "--database", rig.folder / "none.db", "--share", "a/b"], capture_output=True, text=True)
    return done.returncode == 2 and "not 'a/b'" in done.stderr and not (rig.folder / "none.db").exists()


def check_sharing(rig):
    bad = {}
    try:
        wait_until(lambda: is_newest(rig, retained(rig)), "the retained acknowledgement is the newest", 20)
    except (AssertionError, TimeoutError) as failure:
        bad[str(failure)] = 1
    stored = {name: stored_by(rig, name) for name in NAMES}
    print(f"chunks stored since their last start: {stored}")
    for name in NAMES:
        if stored[name] == 0:
            bad[f"{name} has stored nothing"] = 1
        # The broker was there all the time, so only another client of the same id ends a connection.
        if rig.log(name).count("connected to the broker") > rig.log(name).count("keeping in"):
            bad[f"{name} was thrown off the broker"] = 1
    if rig.query("PRAGMA integrity_check") != [("ok",)]:
        bad["the database is damaged"] = 1
    if not refuses_a_wrong_group(rig):
        bad["a wrong name of a group was taken"] = 1
    return bad


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=40 if os.environ.get("SLUICE_LONG") else 8)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}, {arguments.rounds} rounds", flush=True)
    with Rig() as rig:
        rig.collector_options = ["--share", "halls", "--client-id", "collector"]
        write_config(rig)
        key = rig.folder / "ack_key"
        key.write_text("a secret of the gateway and its collectors\n")
        key.chmod(0o600)
        rig.collector_options += ["--ack-key", key]
        rig.config.write_text(rig.config.read_text().replace("[uplink]", f'[uplink]\nack_key_file = "{key}"'))
        try:
            run_rounds(rig, arguments.rounds, random.Random(arguments.seed))
        except AssertionError:
            for name in ["gateway", *NAMES]:
                print(f"--- {name}\n{rig.log(name)[-3000:]}")
            raise
        bad = check(rig) | check_sharing(rig)
        if bad:
            print("\n".join(f"FAILED: {count} {what}" for what, count in bad.items()))
            for name in ["gateway", *NAMES]:
                print(f"--- {name}\n{rig.log(name)[-3000:]}")
        return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
