#!/usr/bin/env python3
"""The service files: systemd finds no mistake in them, the sandbox is no weaker than it was, and the
programs need nothing that it refuses."""
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest

from rig import COLLECTOR, ROOT, SLUICE, Rig, wait_until

UNITS = {"sluice": SLUICE.resolve(), "sluice-collector": COLLECTOR.resolve()}
# As `systemd-analyze security` counts, times ten: 0 is safe, 100 is not. The gateway needs devices, a
# real-time priority and the network.
EXPOSURE_MAX = {"sluice": 17, "sluice-collector": 11}
# Refused, and the programs know what to do then (hal/process/timesync_file.hpp).
TOLERATED = {"adjtimex", "clock_adjtime", "clock_adjtime64"}
# SQLite gives files to the owner of the database, but only as root, which a test may be and a service not.
ONLY_AS_ROOT = {"fchown"} if os.geteuid() == 0 else set()


def unit_text(name):
    return (ROOT / "packaging" / f"{name}.service").read_text()


def settings(name, key):
    return re.findall(rf"^{key}=(.*)$", unit_text(name), re.MULTILINE)


def analyze(*arguments):
    return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True)


def calls_in(group):
    """Names of the system calls in one of systemd's groups."""
    calls = set()
    for line in analyze("syscall-filter", group).stdout.splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            calls |= calls_in(word)
        elif word and not word.startswith("#"):
            calls.add(word)
    return calls


def allowed_calls(name):
    allowed = set()
    for line in settings(name, "SystemCallFilter"):
        denied = line.startswith("~")
        for word in line.lstrip("~").split():
            calls = calls_in(word) if word.startswith("@") else {word}
            allowed = allowed - calls if denied else allowed | calls
    return allowed


class Units(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, name, text):
        path = self.folder / f"{name}.service"
        path.write_text(text)
        return path

    def exposure_is_fine(self, name, text):
        return analyze("security", "--offline=yes", f"--threshold={EXPOSURE_MAX[name]}",
                       self.write(name, text)).returncode == 0

    def test_have_no_mistake(self):
        for name, program in UNITS.items():
            text = unit_text(name).replace(f"/usr/bin/{name} ", f"{program} ").replace(f"/usr/bin/{name}\n", f"{program}\n")
            done = analyze("verify", "--man=no", self.write(name, text))
            self.assertEqual((0, ""), (done.returncode, done.stdout + done.stderr), name)

    def test_a_mistake_would_be_noticed(self):
        done = analyze("verify", "--man=no", self.write("sluice", unit_text("sluice") + "\n[Service]\nRestrt=always\n"))
        self.assertIn("Restrt", done.stdout + done.stderr)

    def test_are_no_weaker_than_they_were(self):
        for name in UNITS:
            self.assertTrue(self.exposure_is_fine(name, unit_text(name)), analyze(
                "security", "--offline=yes", self.folder / f"{name}.service").stdout)

    def test_a_weaker_one_would_be_noticed(self):
        for name in UNITS:
            for line in ("NoNewPrivileges=yes", "SystemCallFilter=~@privileged @resources", "ProtectSystem=strict"):
                text = unit_text(name)
                self.assertIn(f"{line}\n", text)
                self.assertFalse(self.exposure_is_fine(name, text.replace(f"{line}\n", "")), f"{name} without {line}")

    def test_wait_neither_for_the_network_nor_for_the_time(self):
        for name in UNITS:
            lines = [line for line in unit_text(name).splitlines() if not line.startswith("#")]
            for target in ("network-online.target", "time-sync.target"):
                self.assertFalse([line for line in lines if target in line], name)

    def test_are_never_given_up(self):
        for name in UNITS:
            self.assertEqual(["always"], settings(name, "Restart"))
            self.assertEqual(["0"], settings(name, "StartLimitIntervalSec"))

    def test_the_gateway_is_not_given_up_before_it_can_begin_in_safe_mode(self):
        # By what it keeps there of its last starts; without this systemd would delete it each time.
        self.assertEqual(["restart"], settings("sluice", "RuntimeDirectoryPreserve"))
        self.assertEqual([], settings("sluice", "RestartPreventExitStatus"))

    def test_a_reload_checks_first(self):
        check, hup = settings("sluice", "ExecReload")
        self.assertEqual("/usr/bin/sluice check", check)
        self.assertEqual("/bin/kill -HUP $MAINPID", hup)

    def test_the_gateway_may_have_the_priority_that_it_asks_for_by_default(self):
        default = re.search(r"# priority = (\d+)", (ROOT / "config" / "sluice.toml").read_text())
        self.assertGreaterEqual(int(settings("sluice", "LimitRTPRIO")[0]), int(default[1]))


class Sandbox(unittest.TestCase):
    """Every system call of the programs at work is allowed to the services."""

    def setUp(self):
        self.rig = self.enterContext(Rig())

    def trace(self, name):
        # -D: the program stays this process's child, and is told to end as ever.
        self.rig.within[name] = ["strace", "-D", "-f", "-qq", "-o", str(self.rig.folder / f"{name}.calls")]

    def calls(self, name):
        text = (self.rig.folder / f"{name}.calls").read_text(errors="replace")
        return set(re.findall(r"^\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed)", text, re.MULTILINE))

    def test_refuses_nothing_that_the_programs_need(self):
        self.rig.config.write_text((ROOT / "config" / "sluice.toml").read_text() +
                                   '\n[[channel]]\nname = "wave"\ndriver = "simulated"\nshape = "sine"\nunit = "1"\n'
                                   'period = "20ms"\n')
        self.trace("gateway")
        self.trace("collector")
        self.rig.start_broker()
        self.rig.start_collector()
        self.rig.start_gateway()
        self.rig.wait_for_gateway()
        self.rig.gateway.send_signal(signal.SIGHUP)
        wait_until(lambda: "applied" in self.rig.log("gateway"), "the configuration is read again")
        wait_until(lambda: self.rig.collected(), "the collector has a database")
        wait_until(lambda: self.rig.collected()["readings_held"] > 0, "readings arrive")
        self.assertEqual(0, self.rig.stop_gateway())
        self.rig.collector.send_signal(signal.SIGTERM)
        self.assertEqual(0, self.rig.collector.wait(60))
        for process, name in (("gateway", "sluice"), ("collector", "sluice-collector")):
            used = self.calls(process)
            self.assertLess({"execve", "futex", "openat"}, used)
            self.assertEqual(set(), used - allowed_calls(name) - TOLERATED - ONLY_AS_ROOT, name)
        self.assertIn("sched_setscheduler", self.calls("gateway"))

    def test_would_refuse_what_is_not_allowed(self):
        allowed = allowed_calls("sluice")
        self.assertIn("sched_setscheduler", allowed)
        self.assertTrue({"mount", "ptrace", "setuid", "clock_settime", "sched_setaffinity"}.isdisjoint(allowed))


if __name__ == "__main__":
    unittest.main()
