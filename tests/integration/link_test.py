#!/usr/bin/env python3
"""The way to the broker breaks, falls silent, or the broker forgets what it acknowledged: nothing is
missing at the end and nothing is there twice, and the gateway comes back by itself."""
import argparse
import contextlib
import os
import random
import sys
import time

from balance import check, deliver_the_rest, write_config
from path import Path
from rig import Rig, wait_until

CUTS_OF_A_LIFE = 3  # after more of them the gateway waits longer and longer


def is_up(rig):
    status = rig.status()
    return bool(status) and status["uplink"]["up"]


def held(rig):
    return (rig.collected() or {}).get("readings_held", 0)


def wait_until_more_is_held(rig):
    before = held(rig)
    wait_until(lambda: held(rig) > before, "readings arrive again")


def cut(rig, path, chance, rounds):
    """Wherever the session is then: in its greeting, in a batch, in an acknowledgement."""
    for number in range(rounds):
        if number > 0 and number % CUTS_OF_A_LIFE == 0:
            if rig.stop_gateway() != 0:
                raise AssertionError("the gateway did not end well")
            rig.start_gateway()
            rig.wait_for_gateway()
        path.cut_after(chance.randrange(1, 4_000))
        wait_until(lambda: path.cuts == number + 1, "the path is cut")
    wait_until_more_is_held(rig)


def fall_silent(rig, path, chance, rounds):
    for _ in range(rounds):
        wait_until_more_is_held(rig)
        time.sleep(chance.uniform(0, 1))
        path.silence()
        wait_until(lambda: not is_up(rig), "the silence is noticed")
        path.heal()
        wait_until(lambda: is_up(rig), "the link is back")
    wait_until_more_is_held(rig)


def end_in_silence(rig, path, chance, rounds):
    """The gateway is told to end while nobody answers: its goodbye has a bound."""
    for _ in range(rounds):
        wait_until_more_is_held(rig)
        path.silence()
        time.sleep(chance.uniform(1, 2))  # something is under way then
        status = rig.stop_gateway()
        path.heal()
        if status != 0:
            raise AssertionError(f"a gateway that gets no answer ends with {status}")
        rig.start_gateway()
    wait_until_more_is_held(rig)


def forget(rig, path, chance, rounds):
    """SIGKILL of a broker that has written nothing down since it was started."""
    for _ in range(rounds):
        time.sleep(chance.uniform(0.5, 2.5))
        rig.kill("broker")
        rig.start_broker()
    wait_until(lambda: is_up(rig), "the link is back")
    wait_until_more_is_held(rig)


HARMS = {"cut": (cut, 12), "silence": (fall_silent, 1), "end": (end_in_silence, 2), "forget": (forget, 5)}


def survives(name, seed):
    harm, rounds = HARMS[name]
    rounds *= 4 if os.environ.get("SLUICE_LONG") else 1
    print(f"{name}, {rounds} times, seed {seed}", flush=True)
    with contextlib.ExitStack() as stack:
        rig = stack.enter_context(Rig())
        write_config(rig)
        rig.config.write_text(rig.config.read_text().replace("[uplink]\n", '[uplink]\nkeep_alive = "5s"\n'))
        path = stack.enter_context(Path(rig.port))
        rig.gateway_address = f"mqtt://127.0.0.1:{path.port}"
        rig.start_broker()
        rig.start_collector()
        rig.start_gateway()
        try:
            wait_until_more_is_held(rig)
            harm(rig, path, random.Random(seed), rounds)
            deliver_the_rest(rig)
            bad = check(rig)
            missing = rig.collected()["readings_missing"]
            if missing:
                bad["readings missing, though nobody was killed who had them"] = missing
        except AssertionError:
            for process in ("gateway", "collector"):
                print(f"--- {process}\n{rig.log(process)[-3000:]}")
            raise
    for what, count in bad.items():
        print(f"FAILED: {count} {what}")
    return not bad


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("harms", nargs="*", choices=[[], *HARMS], metavar="HARM", help=", ".join(HARMS))
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    arguments = parser.parse_args()
    results = [survives(name, arguments.seed) for name in arguments.harms or HARMS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
