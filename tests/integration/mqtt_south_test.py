#!/usr/bin/env python3
"""Local devices that publish at a broker, a real one, under the real program."""
import json
import shutil
import subprocess
import sys
import unittest

from publisher import Publisher
from rig import Rig, wait_until

HEAD = """
[gateway]
id = "tested"
[storage]
commit_every = "100ms"
seal_after = "300ms"
[uplink]
enabled = false
"""


def channel(name, broker, **keys):
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
    return (f'[[channel]]\nname = "{name}"\nunit = "1"\nperiod = "100ms"\ndriver = "mqtt"\n'
            f'broker = "mqtt://localhost:{broker}"\n{lines}')


class MqttSouth(unittest.TestCase):
    def setUp(self):
        self.rig = self.enterContext(Rig())
        self.start_broker()

    def start_broker(self):
        self.rig.start_broker()

        def answers():
            try:
                Publisher(self.rig.port).__exit__()
            except OSError:
                return False
            return True
        wait_until(answers, "the broker listens")

    def start(self, *channels):
        self.rig.config.write_text(HEAD + "".join(channels))
        self.rig.start_gateway()
        self.rig.wait_for_gateway()

    def publish(self, topic, payload, *options):
        program = shutil.which("mosquitto_pub")
        subprocess.run([program, "-h", "127.0.0.1", "-p", str(self.rig.port), "-q", "1", "-t", topic, "-m", payload,
                        *options], check=True)

    def shown(self, kind, name):
        key = "name" if kind == "channels" else "channel"
        return next((entry for entry in self.rig.status()[kind] if entry[key] == name), None)

    def wait_for_value(self, name, value, publish=None):
        """`publish` is done again and again: the gateway may not have asked for its topic yet."""
        def seen():
            if publish:
                publish()
            entry = self.shown("channels", name)
            return entry and entry["quality"] == "good" and abs(entry["value"] - value) < 1e-9
        wait_until(seen, f"{name} reads {value}; the status says {self.rig.status()['channels']}")

    def wait_for_quality(self, name, quality):
        wait_until(lambda: self.shown("channels", name)["quality"] == quality,
                   f"{name} is {quality}; the status says {self.rig.status()}")

    def test_values_of_devices_reach_the_gateway(self):
        self.start(channel("power", self.rig.port, topic="tele/plug/SENSOR", path="ENERGY.Power", time_path="Time"),
                   channel("level", self.rig.port, topic="tank/level"),
                   channel("window", self.rig.port, topic="zigbee2mqtt/window", path="contact"))
        self.wait_for_value("level", 12.5, lambda: self.publish("tank/level", "12.5"))
        self.wait_for_value("power", 72, lambda: self.publish(
            "tele/plug/SENSOR", '{"Time":"2026-11-30T21:00:00","ENERGY":{"Power":72}}'))
        self.wait_for_value("window", 1, lambda: self.publish("zigbee2mqtt/window", '{"contact":true,"battery":90}'))
        self.publish("tele/plug/SENSOR", '{"Time":"2026-11-30T21:00:01","ENERGY":{"Power":"broken')
        self.wait_for_quality("power", "fault")
        self.assertIn("no JSON", self.shown("drivers", "power")["reason"])
        self.publish("tele/plug/SENSOR", '{"Time":"2026-11-30T21:00:02","ENERGY":{"Power":73}}')
        self.wait_for_value("power", 73)
        self.wait_for_value("level", 12.5)
        self.assertEqual(0, self.rig.stop_gateway())

    def test_a_broker_that_goes_and_comes_back_is_found_again(self):
        self.start(channel("level", self.rig.port, topic="tank/level"),
                   channel("kept", self.rig.port, topic="tank/kept", retained=True))
        self.publish("tank/kept", "5", "-r")
        self.wait_for_value("level", 1, lambda: self.publish("tank/level", "1"))
        self.wait_for_value("kept", 5)
        self.rig.kill("broker")
        self.wait_for_quality("level", "fault")
        self.assertIn("broker localhost", self.shown("drivers", "level")["reason"])
        self.start_broker()
        # Nobody has published since: what was known before is not known any more.
        self.wait_for_quality("level", "missing")
        self.publish("tank/kept", "6", "-r")
        self.wait_for_value("kept", 6)
        self.publish("tank/level", "2")
        self.wait_for_value("level", 2)
        self.assertEqual(0, self.rig.stop_gateway())

    def test_what_the_broker_has_kept_is_no_fresh_value_unless_asked_for(self):
        self.publish("tank/level", "7", "-r")
        self.start(channel("fresh", self.rig.port, topic="tank/level"),
                   channel("kept", self.rig.port, topic="tank/level", retained=True))
        self.wait_for_value("kept", 7)
        self.assertEqual("missing", self.shown("channels", "fresh")["quality"])
        self.publish("tank/level", "8")
        self.wait_for_value("fresh", 8)

    def test_a_device_that_is_offline_is_missing(self):
        self.publish("tank/state", "offline", "-r")
        self.start(channel("level", self.rig.port, topic="tank/level", availability="tank/state"))
        wait_until(lambda: "offline" in self.shown("drivers", "level")["reason"], "it is said to be offline")
        self.publish("tank/state", "online", "-r")
        self.wait_for_value("level", 3, lambda: self.publish("tank/level", "3"))
        self.publish("tank/state", "offline", "-r")
        self.wait_for_quality("level", "missing")

    def test_a_message_of_megabytes_costs_nothing(self):
        self.start(channel("level", self.rig.port, topic="tank/level"))
        self.wait_for_value("level", 1, lambda: self.publish("tank/level", "1"))
        with open(self.rig.folder / "large", "wb") as file:
            file.write(b"9" * 20_000_000)
        program = shutil.which("mosquitto_pub")
        subprocess.run([program, "-h", "127.0.0.1", "-p", str(self.rig.port), "-t", "tank/level", "-f",
                        str(self.rig.folder / "large")], check=True)
        self.publish("tank/level", "2")
        self.wait_for_value("level", 2)
        with open(f"/proc/{self.rig.gateway.pid}/status") as status:
            peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
        self.assertLess(peak, 100_000)  # KB


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
