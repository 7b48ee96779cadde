#!/usr/bin/env python3
"""SIGKILL of gateway, broker and collector at random moments: nothing lost undeclared, nothing twice.

What was produced is known from the sensors' own ledgers, which live in memory-mapped files and
survive the gateway's death. At the end each ledger record must be at the collector exactly once and
bit for bit, or inside a declared gap, and nothing else may be there.
"""
import argparse
import os
import random
import sys
import time

from balance import check, deliver_the_rest, write_config
from rig import Rig


def restart(rig, name):
    rig.kill(name)
    getattr(rig, f"start_{name}")()


def run_rounds(rig, rounds, chance):
    rig.start_broker()
    rig.start_collector()
    rig.start_gateway()
    rig.wait_for_gateway()
    for number in range(rounds):
        time.sleep(chance.uniform(0.3, 2.5))
        victims = chance.choices([["gateway"], ["broker"], ["collector"], ["broker", "gateway"],
                                  ["collector", "broker", "gateway"]], [4, 3, 3, 1, 1])[0]
        print(f"round {number + 1}: kill {', '.join(victims)}", flush=True)
        for victim in victims:
            restart(rig, victim)
    rig.wait_for_gateway()
    deliver_the_rest(rig)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=40 if os.environ.get("SLUICE_LONG") else 8)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}, {arguments.rounds} rounds", flush=True)
    with Rig() as rig:
        write_config(rig)
        try:
            run_rounds(rig, arguments.rounds, random.Random(arguments.seed))
        except AssertionError:
            for name in ("gateway", "collector"):
                print(f"--- {name}\n{rig.log(name)[-3000:]}")
            raise
        bad = check(rig)
        if bad:
            print("\n".join(f"FAILED: {count} {what}" for what, count in bad.items()))
            print(rig.log("gateway")[-3000:])
        return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
