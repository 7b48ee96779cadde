#!/usr/bin/env python3
"""Devices that talk on a serial line, as pseudo terminals, under the real program."""
import os
import sys
import tty
import unittest

from rig import Rig, wait_until

HEAD = """
[gateway]
id = "tested"
"""


def sentence(body):
    total = 0
    for byte in body.encode():
        total ^= byte
    return f"${body}*{total:02X}\r\n".encode()


class Line:
    """A device and its line. While it is open here, so that writing to it never fails."""

    def __init__(self):
        self.end, self.other = os.openpty()
        tty.setraw(self.other)
        self.path = os.ttyname(self.other)
        # What nobody reads must not make the test wait.
        os.set_blocking(self.end, False)

    def say(self, text):
        try:
            os.write(self.end, text)
        except BlockingIOError:
            pass

    def unplug(self):
        for file in (self.end, self.other):
            os.close(file)


class Serial(unittest.TestCase):
    def setUp(self):
        self.rig = self.enterContext(Rig())
        self.link = self.rig.folder / "usb-scale"
        self.line = None

    def plug(self):
        self.line = Line()
        self.link.symlink_to(self.line.path)

    def unplug(self):
        self.link.unlink()
        self.line.unplug()

    def start(self, **channels):
        text = HEAD
        for name, keys in channels.items():
            text += (f'[[channel]]\nname = "{name}"\nunit = "1"\nperiod = "100ms"\ndriver = "serial"\n'
                     f'device = "{self.link}"\nmax_age = "1m"\n{keys}\n')
        self.rig.config.write_text(text)
        self.rig.start_broker()
        self.rig.start_gateway()
        self.rig.wait_for_gateway()

    def shown(self, kind, name):
        key = "name" if kind == "channels" else "channel"
        return next(entry for entry in self.rig.status()[kind] if entry[key] == name)

    def says_until(self, text, condition, what):
        """The device repeats itself until then: the first line after opening does not count."""
        def seen():
            self.line.say(text)
            return condition()
        wait_until(seen, f"{what}; the status says {self.rig.status()}")

    def reads(self, name, value):
        entry = self.shown("channels", name)
        return entry["quality"] == "good" and abs(entry["value"] - value) < 1e-9

    def state(self, name):
        return self.shown("drivers", name)["state"]

    def test_a_receiver_and_what_disturbs_it(self):
        self.plug()
        self.start(height='format = "nmea"\nsentence = "GGA"\nfield = 9',
                   speed='format = "nmea"\nsentence = "VTG"\nfield = 7')
        both = sentence("GPGGA,1,2,N,3,E,1,08,0.9,545.4,M,46.9,M,,") + sentence("GNVTG,1,T,,M,2,N,3.6,K")
        self.says_until(both, lambda: self.reads("height", 545.4) and self.reads("speed", 3.6), "both are read")
        self.says_until(both, lambda: self.state("height") == "up", "the driver is up")
        damaged = both.replace(b"545.4", b"945.4") + b"$GPGGA,1,2,N" + b"\xff\x00\x03" * 2000 + b"\r\n"
        self.says_until(damaged + both, lambda: self.state("height") == "degraded", "damaged lines are told of")
        self.assertTrue(self.reads("height", 545.4))
        self.assertIn("damaged lines", self.shown("drivers", "height")["reason"])
        self.says_until(both, lambda: self.state("height") == "up", "it recovers")

    def test_an_adapter_that_is_pulled_out_and_plugged_in_again(self):
        self.plug()
        self.start(weight="")
        self.says_until(b"12.5 kg\n", lambda: self.reads("weight", 12.5), "the scale is read")
        self.unplug()
        wait_until(lambda: self.state("weight") == "down", "the scale is gone")
        wait_until(lambda: self.shown("channels", "weight")["quality"] == "missing", "its value is missing")
        self.plug()
        self.says_until(b"13.5 kg\n", lambda: self.reads("weight", 13.5), "the scale is read again")


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
