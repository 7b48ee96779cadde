#!/usr/bin/env python3
"""Sensors that hang, fail, go and come back, under the real program."""
import os
import signal
import sys
import time
import unittest

from rig import Rig, wait_until

HEAD = """
[gateway]
id = "tested"
[storage]
commit_every = "100ms"
seal_after = "300ms"
[uplink]
ack_timeout = "1s"
live_every = "0s"
"""


def channel(name, driver, period="100ms", **keys):
    lines = "".join(f"{key} = {value if isinstance(value, (int, list)) else chr(34) + str(value) + chr(34)}\n"
                    for key, value in keys.items())
    return f'[[channel]]\nname = "{name}"\nunit = "1"\nperiod = "{period}"\ndriver = "{driver}"\n{lines}'


class Drivers(unittest.TestCase):
    def setUp(self):
        self.rig = self.enterContext(Rig())
        self.sysfs = self.rig.folder / "sys"

    def put(self, path, text):
        """Whole or not at all, as the kernel shows it."""
        path = self.sysfs / path
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(path.name + ".new")
        new.write_text(text)
        new.rename(path)

    def plug_chip(self, number, value):
        self.put(f"class/hwmon/hwmon{number}/temp1_input", f"{value}\n")
        self.put(f"class/hwmon/hwmon{number}/name", "nvme\n")

    def start(self, *channels):
        self.rig.config.write_text(HEAD + "".join(channels))
        self.rig.start_broker()
        self.rig.start_gateway()
        self.rig.wait_for_gateway()

    def reload(self, *channels):
        self.rig.config.write_text(HEAD + "".join(channels))
        self.rig.gateway.send_signal(signal.SIGHUP)

    def shown(self, kind, name):
        key = "name" if kind == "channels" else "channel"
        return next((entry for entry in self.rig.status()[kind] if entry[key] == name), None)

    def wait_for_driver(self, name, state):
        def seen():
            driver = self.shown("drivers", name)
            return driver and driver["state"] == state and driver
        return wait_until(seen, f"driver of {name} is {state}; the status says {self.rig.status()['drivers']}")

    def wait_for_value(self, name, value):
        def seen():
            entry = self.shown("channels", name)
            return entry and entry["quality"] == "good" and abs(entry["value"] - value) < 1e-9
        wait_until(seen, f"{name} reads {value}; the status says {self.rig.status()['channels']}")

    def hanging_channel(self, name="hung"):
        """Opening the pipe blocks until somebody writes to it: a device that never answers."""
        pipe = self.rig.folder / "proc" / "loadavg"
        if not pipe.exists():
            pipe.parent.mkdir()
            os.mkfifo(pipe)
        return channel(name, "host", quantity="load1", procfs=pipe.parent)

    def threads(self):
        folder = f"/proc/{self.rig.gateway.pid}/task"
        names = []
        for task in os.listdir(folder):
            try:
                with open(f"{folder}/{task}/comm") as file:
                    names.append(file.read().strip())
            except OSError:
                pass  # it ended meanwhile
        return names

    def test_a_device_that_never_answers_holds_up_nobody_else(self):
        self.put("level", "7\n")
        self.start(self.hanging_channel(), channel("level", "file", file=self.sysfs / "level"))
        self.wait_for_value("level", 7.0)
        hung = self.wait_for_driver("hung", "down")
        self.assertIn("has not come back", hung["reason"])
        self.put("level", "8\n")
        self.wait_for_value("level", 8.0)
        self.assertEqual("missing", self.shown("channels", "hung")["quality"])
        began = time.monotonic()
        self.assertEqual(0, self.rig.stop_gateway())
        # The bound is that of the service manager, with room for a busy machine.
        self.assertLess(time.monotonic() - began, 60)
        self.assertIn("bus host does not end", self.rig.log("gateway"))

    def test_a_reload_goes_on_around_a_device_that_never_answers(self):
        self.put("level", "7\n")
        level = channel("level", "file", file=self.sysfs / "level")
        self.start(self.hanging_channel())
        self.wait_for_driver("hung", "down")
        self.reload(self.hanging_channel(), level)
        self.wait_for_value("level", 7.0)
        self.reload(level)
        wait_until(lambda: self.shown("channels", "hung") is None, "the channel that hangs is gone")
        self.assertIn("bus host", self.threads())
        # It answers after all: its worker has nothing to do any more, and ends.
        with open(self.rig.folder / "proc" / "loadavg", "w") as pipe:
            pipe.write("1.0 1.0 1.0 1/1 1\n")
        wait_until(lambda: "bus host" not in self.threads(), "the worker of the bus that is gone ends")
        self.assertEqual(0, self.rig.stop_gateway())

    def test_a_chip_is_found_again_under_another_number(self):
        self.plug_chip(2, 30000)
        self.start(channel("disk", "hwmon", chip="nvme", sensor="temp1", sysfs=self.sysfs))
        self.wait_for_value("disk", 30.0)
        (self.sysfs / "class/hwmon/hwmon2").rename(self.sysfs / "gone")
        self.assertIn('no chip "nvme"', self.wait_for_driver("disk", "down")["reason"])
        wait_until(lambda: self.shown("channels", "disk")["quality"] == "missing", "the value is missing")
        self.plug_chip(7, 31000)
        self.wait_for_value("disk", 31.0)
        self.wait_for_driver("disk", "up")

    def test_changes_of_a_driver_reach_the_collector(self):
        self.put("level", "7\n")
        self.rig.start_collector()
        self.start(channel("level", "file", file=self.sysfs / "level"))
        self.wait_for_value("level", 7.0)
        (self.sysfs / "level").unlink()
        self.wait_for_driver("level", "down")

        def told():
            runs = (self.rig.collected() or {"gateways": []})["gateways"]
            return runs and runs[0]["runs"] and runs[0]["runs"][0]["drivers_not_up"]
        # The chunk that says what the channel's number means may come behind this one.
        wait_until(lambda: [(driver["channel"], driver["state"]) for driver in told() or []] == [("level", "down")],
                   "the collector knows that the driver is down")
        self.put("level", "8\n")
        self.wait_for_driver("level", "up")
        wait_until(lambda: not told(), "the collector knows that the driver is up")
        states = [row[0] for row in self.rig.query("SELECT state FROM driver_event ORDER BY id")]
        self.assertEqual([2, 0], states)

    def test_two_hundred_that_fail_together_do_not_flood_the_log(self):
        self.start(*[channel(f"c{i}", "file", file=self.sysfs / f"{i}") for i in range(200)])
        wait_until(lambda: all(driver["state"] == "down" for driver in self.rig.status()["drivers"]),
                   "all are down")
        lines = [line for line in self.rig.log("gateway").splitlines() if "its driver is" in line]
        # The first looks may fall into two windows of ten lines each.
        self.assertLessEqual(len(lines), 20)
        self.assertGreaterEqual(len(lines), 10)
        self.assertEqual(0, self.rig.stop_gateway())

    def test_a_program_is_run_for_its_number(self):
        self.start(channel("echo", "exec", command=["/bin/echo", "level 42"], period="1s"),
                   channel("slow", "exec", command=["/bin/sleep", "1000"], timeout="50ms", period="1s"))
        self.wait_for_value("echo", 42.0)
        self.assertIn("killed", self.wait_for_driver("slow", "down")["reason"])


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
