#!/usr/bin/env python3
"""A link that must not carry raw readings: only those around an alert arrive, and those that somebody asks for, each
of them once; the others wait at the gateway."""
import datetime
import json
import subprocess
import sys
import time

from rig import COLLECTOR, Rig, read_ledger, wait_until

LEDGERS = ("level", "noise")
AROUND_NS = int(3e9)

CONFIG = """
[gateway]
id = "remote"
[storage]
commit_every = "100ms"
seal_after = "1s"
[uplink]
around_alert_before = "3s"
around_alert_after = "3s"
live_every = "0s"
[[uplink.profile]]
name = "narrow"
interfaces = ["*"]
lanes = ["event", "rollup", "requested"]
[[channel]]
name = "level"
driver = "simulated"
shape = "constant"
unit = "m"
period = "100ms"
ledger = "{folder}/level"
faults = [{{kind = "spike", from = "8s", length = "2s", value = 100}}]
[[channel.alert]]
name = "flood"
above = 50.0
severity = "critical"
[[channel]]
name = "noise"
driver = "simulated"
shape = "noise"
unit = "1"
period = "100ms"
ledger = "{folder}/noise"
"""


class Failures:
    def __init__(self):
        self.count = 0

    def check(self, good, what):
        if not good:
            self.count += 1
            print(f"FAILED: {what}")


def request(rig, *options):
    """Exit status, and what it printed."""
    done = subprocess.run([str(COLLECTOR), "request", "--broker", rig.address, "--gateway", "remote", "--json",
                           *map(str, options)], capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def utc(wall_s):
    return datetime.datetime.fromtimestamp(wall_s, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


def stamps(rig, channel):
    return [reading["boot_ns"] for reading in rig.exported() if reading["channel"] == channel]


def in_chunks_apart(rig, channel, first, last):
    """Readings that arrived in chunks which have none of the span. One that reaches into it is sent whole."""
    return rig.query(
        "SELECT coalesce(sum(count), 0) FROM chunk JOIN stream ON stream.id = chunk.stream JOIN channel ON "
        "channel.run = stream.run AND channel.channel = chunk.channel WHERE stream.stream = 2 AND name = "
        f"'{channel}' AND (chunk.last_ns < {first} OR first_ns > {last})")[0][0]


def produced(rig, channel):
    return [tick for tick, _, _ in read_ledger(rig.folder / channel)]


def check_once(rig, failures):
    """Whatever has arrived is there once, and as it was handed out."""
    for channel in LEDGERS:
        handed_out = {tick: value for tick, value, _ in read_ledger(rig.folder / channel)}
        arrived = stamps(rig, channel)
        failures.check(len(arrived) == len(set(arrived)), f"readings of {channel} arrived twice")
        failures.check(all(tick in handed_out for tick in arrived), f"readings of {channel} that nobody produced")


def check_alert(rig, failures):
    """What is around the alert arrives by itself; returns when the alert was raised."""
    def flood():
        return rig.database.exists() and rig.collected() and rig.query(
            "SELECT time_ns FROM alert_event WHERE change = 0")

    raised = wait_until(flood, "the alert arrives")[0][0]
    wanted = None

    def all_there():
        nonlocal wanted
        if time.clock_gettime_ns(time.CLOCK_BOOTTIME) < raised + AROUND_NS + 10**9:
            return False
        wanted = [tick for tick in produced(rig, "level") if abs(tick - raised) <= AROUND_NS]
        return set(wanted) <= set(stamps(rig, "level"))

    wait_until(all_there, "what is around the alert arrives")
    failures.check(len(wanted) >= 50, f"there should be more readings around the alert than {len(wanted)}")
    arrived = stamps(rig, "level")
    far = in_chunks_apart(rig, "level", raised - AROUND_NS, raised + AROUND_NS)
    failures.check(far == 0, f"{far} readings arrived that are not from around the alert")
    failures.check(not stamps(rig, "noise"), "readings of a channel without an alert arrived")
    print(f"{len(wanted)} readings around the alert arrived, and {len(arrived) - len(wanted)} beside them")
    return raised


def ask_by_run(rig, failures):
    """By boot time, and again under the same id: done once, answered twice."""
    ticks = produced(rig, "noise")
    first, last = ticks[10], ticks[60]
    run = rig.status()["run"]
    options = ("--channel", "noise", "--run", run, "--from", first / 1e9, "--to", last / 1e9, "--id", "once", "--wait")
    status, answer, error = request(rig, *options)
    failures.check(status == 0 and answer["state"] == "successful", f"the request failed: {error}")
    wait_until(lambda: {tick for tick in ticks if first <= tick <= last} <= set(stamps(rig, "noise")),
               "what was asked for arrives")
    far = in_chunks_apart(rig, "noise", first, last)
    failures.check(far == 0, f"{far} readings arrived that nobody asked for")
    failures.check(answer["readings"] == len(stamps(rig, "noise")), "the answer counts other readings than arrive")
    failures.check(not answer["absent"], f"nothing should be absent: {answer}")
    failures.check(request(rig, *options)[1] == answer, "the same request was answered in another way")
    # Under another id: they are not there any more.
    status, answer, _ = request(rig, *options[:-2], "twice", "--wait")
    failures.check(status == 0 and answer["readings"] == 0, f"delivered readings were promoted: {answer}")
    failures.check(len(answer["absent"]) == 1, f"it does not say that they are gone: {answer}")
    print(f"asked for {last - first} ns by run, got {len(stamps(rig, 'noise'))} readings")


def ask_by_wall_time(rig, failures):
    """The newest readings, which are in no chunk yet, or the reason why not: a clock that is not synchronised."""
    now = time.time()
    status, answer, error = request(rig, "--channel", "noise", "--from", utc(now - 2), "--to", utc(now + 60), "--wait")
    if status == 0:
        failures.check(answer["readings"] > 0, f"nothing was found by wall time: {answer}")
        failures.check(len(answer["absent"]) == 0, f"the future is absent: {answer}")
    else:
        failures.check(answer["state"] == "failed" and answer["reason"] == "unknown_clock", f"another reason: {error}")
    print(f"by wall time: {answer}")


def ask_in_vain(rig, failures):
    span = ("--from", "2020-01-01", "--to", "2020-01-02")
    status, answer, error = request(rig, "--channel", "nothing", *span, "--wait")
    failures.check(status == 1 and answer["reason"] == "unknown_channel" and "no readings of a channel" in error,
                   f"an unknown channel: {status} {error}")
    status, answer, _ = request(rig, "--channel", "noise", "--run", "f" * 32, "--from", 0, "--to", 1, "--wait")
    failures.check(status == 1 and answer["reason"] == "unknown_run", f"an unknown run: {status} {answer}")
    status, _, error = request(rig, "--channel", "noise", "--from", "yesterday", "--to", "2020-01-02")
    failures.check(status == 2 and "is no time" in error, f"a wrong time: {status} {error}")
    status, _, error = request(rig, "--channel", "noise", "--from", "2020-01-02", "--to", "2020-01-01")
    failures.check(status == 2 and "--from is after --to" in error, f"a wrong span: {status} {error}")


def ask_nobody(rig, failures):
    rig.stop_gateway()
    span = ("--from", "2020-01-01", "--to", "2020-01-02", "--timeout", "2")
    status, _, error = request(rig, "--channel", "noise", *span, "--wait")
    failures.check(status == 1 and "is not connected" in error, f"a gateway that is off: {status} {error}")
    status, answer, _ = request(rig, "--channel", "noise", *span)
    failures.check(status == 0 and answer["state"] == "sent", "without --wait it is only sent")
    rig.kill("broker")
    status, _, error = request(rig, "--channel", "noise", *span)
    failures.check(status == 1 and "no connection to the broker" in error, f"a broker that is off: {status} {error}")


def check_books(rig, failures):
    status = rig.status()
    failures.check(status["readings"]["pending"] > 0, "no raw reading waits")
    failures.check(status["promotion"]["recordings"] == 1, f"recordings: {status['promotion']}")
    failures.check(status["promotion"]["requests"] >= 5, f"requests: {status['promotion']}")
    failures.check(status["promotion"]["chunks"] > 0, f"promoted chunks: {status['promotion']}")
    failures.check(rig.collected()["conflicts"] == 0, "chunks arrived with other bytes")


def main():
    failures = Failures()
    with Rig() as rig:
        rig.config.write_text(CONFIG.format(folder=rig.folder))
        rig.start_broker()
        rig.start_collector()
        rig.start_gateway()
        try:
            check_alert(rig, failures)
            ask_by_run(rig, failures)
            ask_by_wall_time(rig, failures)
            ask_in_vain(rig, failures)
            check_books(rig, failures)
            check_once(rig, failures)
            ask_nobody(rig, failures)
        except AssertionError:
            print(rig.status())
            for process in ("gateway", "collector"):
                print(f"--- {process}\n{rig.log(process)[-3000:]}")
            raise
    return 1 if failures.count else 0


if __name__ == "__main__":
    sys.exit(main())
