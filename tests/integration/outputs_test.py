#!/usr/bin/env python3
"""Outputs under the real program: switched by alerts, safe whenever nobody is in control. They are PWM
channels on files like the kernel's, for which no hardware is needed."""
import signal
import subprocess
import unittest

from rig import SLUICE, Rig, wait_until

HEAD = """
[gateway]
id = "tested"
[[channel]]
name = "level"
unit = "m"
period = "50ms"
driver = "file"
file = "{level}"
"""
ALERT = """
[[channel.alert]]
name = "high"
above = 5.0
action = "pump"
"""
OUTPUT = """
[[actuator]]
name = "{name}"
driver = "pwm"
chip = "tested.pwm"
channel = {channel}
period = "1ms"
duty_on = 75
duty_off = 10
safe = "{safe}"
sysfs = "{sysfs}"
"""
ON, OFF = "750000", "100000"


class Outputs(unittest.TestCase):
    def setUp(self):
        self.rig = self.enterContext(Rig())
        self.sysfs = self.rig.folder / "sys"
        self.chip = self.sysfs / "class" / "pwm" / "pwmchip0"
        (self.sysfs / "tested.pwm").mkdir(parents=True)
        for channel in (0, 1):
            folder = self.chip / f"pwm{channel}"
            folder.mkdir(parents=True)
            for name in ("period", "duty_cycle", "enable"):
                (folder / name).write_text("0\n")
        (self.chip / "export").write_text("")
        (self.chip / "device").symlink_to(self.sysfs / "tested.pwm")

    def output(self, name, channel=0, safe="off"):
        return OUTPUT.format(name=name, channel=channel, safe=safe, sysfs=self.sysfs)

    def configure(self, *outputs, alert=ALERT):
        self.rig.config.write_text(HEAD.format(level=self.rig.folder / "level") + alert + "".join(outputs))

    def start(self):
        self.rig.start_broker()
        self.rig.start_gateway()
        self.rig.wait_for_gateway()

    def set_level(self, value):
        new = self.rig.folder / "level.new"
        new.write_text(f"{value}\n")
        new.rename(self.rig.folder / "level")

    def duty(self, channel=0):
        return (self.chip / f"pwm{channel}" / "duty_cycle").read_text().strip()

    def wait_for_duty(self, value, channel=0):
        wait_until(lambda: self.duty(channel) == value, f"duty is {value}, not {self.duty(channel)}")

    def make_safe(self):
        return subprocess.run([SLUICE, "outputs", "--safe", "--state-directory", self.rig.state, self.rig.config],
                              capture_output=True, text=True)

    def shown(self, name):
        return next(output for output in self.rig.status()["outputs"] if output["actuator"] == name)

    def test_are_switched_by_alerts(self):
        self.configure(self.output("pump"))
        self.set_level(1)
        self.start()
        self.wait_for_duty(OFF)
        self.assertEqual("1", (self.chip / "pwm0" / "enable").read_text().strip())
        self.set_level(9)
        self.wait_for_duty(ON)
        self.set_level(1)
        self.wait_for_duty(OFF)

    def test_are_safe_at_the_end(self):
        self.configure(self.output("pump"), self.output("vent", 1, safe="on"))
        self.set_level(9)
        self.start()
        self.wait_for_duty(ON)
        self.wait_for_duty(OFF, 1)
        self.assertEqual(0, self.rig.stop_gateway())
        self.assertEqual((OFF, ON), (self.duty(), self.duty(1)))

    def test_are_safe_after_a_crash(self):
        self.configure(self.output("pump"), self.output("vent", 1, safe="on"))
        self.set_level(9)
        self.start()
        self.wait_for_duty(ON)
        self.wait_for_duty(OFF, 1)
        self.rig.kill("gateway")
        self.assertEqual((ON, OFF), (self.duty(), self.duty(1)))
        done = self.make_safe()
        self.assertEqual((0, "pump is safe\nvent is safe\n"), (done.returncode, done.stdout), done.stderr)
        self.assertEqual((OFF, ON), (self.duty(), self.duty(1)))

    def test_are_safe_when_a_reload_removes_them(self):
        self.configure(self.output("pump"), self.output("vent", 1))
        self.set_level(9)
        self.start()
        self.wait_for_duty(ON)
        self.wait_for_duty(OFF, 1)
        self.configure(self.output("vent", 1), alert="")
        self.rig.gateway.send_signal(signal.SIGHUP)
        self.wait_for_duty(OFF)
        self.configure(alert="")

        def none_is_left():
            # One that comes before the first is finished is refused.
            self.rig.gateway.send_signal(signal.SIGHUP)
            return self.rig.status()["outputs"] == []
        wait_until(none_is_left, "no output is left")
        self.assertEqual(0, self.rig.stop_gateway())

    def test_keep_their_state_over_a_reload_that_leaves_them(self):
        self.configure(self.output("pump"))
        self.set_level(9)
        self.start()
        self.wait_for_duty(ON)
        # Whoever would open it anew would write these, too.
        (self.chip / "pwm0" / "enable").write_text("1 \n")
        self.configure(self.output("pump"), self.output("vent", 1))
        self.rig.gateway.send_signal(signal.SIGHUP)
        self.wait_for_duty(OFF, 1)
        self.assertEqual(ON, self.duty())
        self.assertEqual("1 \n", (self.chip / "pwm0" / "enable").read_text())

    def test_that_are_unplugged_are_told_and_switched_again(self):
        self.configure(self.output("pump"))
        self.set_level(1)
        self.start()
        self.wait_for_duty(OFF)
        away = self.rig.folder / "away"
        self.chip.rename(away)
        wait_until(lambda: self.shown("pump")["state"] == "down", "the output is down")
        self.assertIn("actuator pump cannot be switched", self.rig.log("gateway"))
        self.set_level(9)
        away.rename(self.chip)
        self.wait_for_duty(ON)
        wait_until(lambda: self.shown("pump")["state"] == "up", "the output is up")


if __name__ == "__main__":
    unittest.main()
