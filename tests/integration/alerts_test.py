#!/usr/bin/env python3
"""SIGKILL of the gateway around steps of alerts: none lost, none twice.

The test is the sensor: it writes a value into a file that the gateway reads, and notes each time
that it crosses the limit. In between the gateway is killed, before it can have seen the new value,
just when it says that it has, or a while after. At the end the collector must have one raised record
for each crossing upwards and one cleared for each downwards, for each alert, in turn.
"""
import argparse
import os
import random
import sys
import time

from rig import Rig, wait_until

HIGH, LOW = 90.0, 20.0
ALERTS = ["hot", "held", "window", "several", "top"]


def write_config(rig):
    rig.config.write_text(f"""
[gateway]
id = "alerted"
[storage]
commit_every = "200ms"
seal_after = "700ms"
[uplink]
ack_timeout = "1s"
ack_timeout_max = "2s"
live_every = "0s"

[[channel]]
name = "boiler"
driver = "file"
file = "{rig.folder}/value"
unit = "Cel"
period = "20ms"

[[channel.alert]]
name = "hot"
above = 80.0

[[channel.alert]]
name = "held"
above = 80.0
for = "100ms"
cooldown = "100ms"

[[channel.alert]]
name = "window"
above = 60.0
of = "mean"
over = "160ms"

[[channel.alert]]
name = "several"
above = 80.0
at_least = 3
of_last = 5

[[alert]]
name = "top"
all = ["hot", "held"]
""")


class Plant:
    def __init__(self, rig):
        self.rig = rig
        self.path = rig.folder / "value"
        self.is_high = False
        self.crossings = {"raised": 0, "cleared": 0}
        self.write(LOW)

    def write(self, value):
        fresh = self.path.with_suffix(".new")
        fresh.write_text(f"{value}\n")
        fresh.replace(self.path)

    def cross(self):
        self.is_high = not self.is_high
        self.crossings["raised" if self.is_high else "cleared"] += 1
        self.write(HIGH if self.is_high else LOW)

    def is_seen(self):
        status = self.rig.status()
        if not status:
            return False
        states = {alert["name"]: alert["state"] for alert in status["alerts"]}
        wanted = "raised" if self.is_high else "cleared"
        return all(states.get(name) == wanted for name in ALERTS)


def restart(rig):
    rig.kill("gateway")
    rig.start_gateway()


def run_rounds(rig, rounds, chance):
    plant = Plant(rig)
    rig.start_broker()
    rig.start_collector()
    rig.start_gateway()
    wait_until(plant.is_seen, "the gateway reads the value")
    for _ in range(rounds):
        plant.cross()
        # Before it has seen it, or somewhere on the way.
        for _ in range(chance.choice([0, 1, 1, 2])):
            time.sleep(chance.uniform(0.0, 0.4))
            restart(rig)
        wait_until(plant.is_seen, f"all alerts are {'raised' if plant.is_high else 'cleared'}")
        # Perhaps before the last step is durable.
        if chance.random() < 0.7:
            time.sleep(chance.choice([0.0, 0.01, 0.05, 0.3]))
            restart(rig)
            wait_until(plant.is_seen, "the alerts are as they were")
    if rig.stop_gateway() != 0:
        raise AssertionError("the gateway did not end well")
    rig.start_gateway()
    rig.wait_for_gateway()
    rig.wait_drained()
    return plant.crossings


def find_faults(rig, crossings):
    change_names = ["raised", "escalated", "acknowledged", "cleared"]
    faults = []
    for name in ALERTS:
        steps = [change_names[change] for change, in rig.query(
            "SELECT e.change FROM alert_event e JOIN alert a ON a.run = e.run AND a.alert = e.alert "
            f"WHERE a.name = '{name}' ORDER BY e.time_ns, e.id")]
        counts = {change: steps.count(change) for change in crossings}
        if counts != crossings:
            faults.append(f"{name}: recorded {counts}, crossed {crossings}")
        if any(a == b for a, b in zip(steps, steps[1:])):
            faults.append(f"{name}: does not take turns: {steps}")
    return faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=60 if os.environ.get("SLUICE_LONG") else 12)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}, {arguments.rounds} rounds", flush=True)
    with Rig() as rig:
        write_config(rig)
        try:
            crossings = run_rounds(rig, arguments.rounds, random.Random(arguments.seed))
        except AssertionError:
            print(rig.log("gateway")[-3000:])
            raise
        faults = find_faults(rig, crossings)
        for fault in faults:
            print(f"FAILED: {fault}")
        print(f"crossed {crossings}")
        return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
