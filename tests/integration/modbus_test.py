#!/usr/bin/env python3
"""The gateway reads Modbus devices that another implementation plays: pymodbus, as Debian has it."""
import pathlib
import subprocess
import sys
import unittest

from rig import Rig, free_port, wait_until

# Debian's own, for the package is not another one's.
PYTHON = "/usr/bin/python3"
SERVER = pathlib.Path(__file__).with_name("modbus_server.py")

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
# Name, keys, value.
NUMBERS = [
    ("short", 'register = 0\ntype = "int16"', -5.0),
    ("float", 'register = 1\ntype = "float32"', 21.5),
    ("count", 'register = 3\ntype = "uint32"', 3e9),
    ("double", 'register = 5\ntype = "float64"', -0.125),
    ("long", 'register = 9\ntype = "int64"', -7.0),
    ("swapped", 'register = 13\ntype = "float32"\nword_order = "little"', 100.25),
    ("bit", 'register = 0\ntype = "bit"\nbit = 2', 0.0),
    ("coil", 'table = "coil"\nregister = 3', 1.0),
    ("discrete", 'table = "discrete"\nregister = 4', 1.0),
    ("input", 'table = "input"\nregister = 2\nscale = 0.1', 22.1),
]


def channel(name, where, keys, unit=1, period="200ms"):
    return (f'[[channel]]\nname = "{name}"\nunit = "1"\nperiod = "{period}"\n{where}\nunit_id = {unit}\n'
            f'timeout = "2s"\n{keys}\n')


class Modbus(unittest.TestCase):
    def setUp(self):
        self.rig = self.enterContext(Rig())
        self.servers = []
        self.addCleanup(self.end_servers)

    def serve(self, name, *arguments):
        with open(self.rig.folder / f"{name}.log", "ab") as log:
            server = subprocess.Popen([PYTHON, str(SERVER), *map(str, arguments)], stdout=log, stderr=log)
        self.servers.append(server)
        return server

    def end_servers(self):
        for server in self.servers:
            if server.poll() is None:
                server.kill()
            server.wait()

    def told(self, name, word):
        path = self.rig.folder / f"{name}.log"
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        return [line.split()[1:] for line in lines if line.startswith(word + " ")]

    def start(self, *channels):
        self.rig.config.write_text(HEAD + "".join(channels))
        self.rig.start_broker()
        self.rig.start_collector()
        self.rig.start_gateway()
        self.rig.wait_for_gateway()

    def shown(self, name):
        return next(entry for entry in self.rig.status()["channels"] if entry["name"] == name)

    def wait_for_values(self, values):
        def seen():
            channels = {entry["name"]: entry for entry in self.rig.status()["channels"]}
            return all(channels[name]["quality"] == "good" and abs(channels[name]["value"] - value) < 1e-6
                       for name, value in values.items())
        wait_until(seen, f"{values}; the status says {self.rig.status()}")

    def reads_every_kind_of_number(self, where):
        self.start(*[channel(name, where, keys) for name, keys, _ in NUMBERS])
        self.wait_for_values({name: value for name, _, value in NUMBERS})

    def test_reads_every_kind_of_number_over_tcp(self):
        port = free_port()
        self.serve("device", "tcp", port)
        self.reads_every_kind_of_number(f'driver = "modbus_tcp"\nhost = "127.0.0.1"\nport = {port}')

    def test_reads_every_kind_of_number_over_a_line(self):
        self.serve("device", "rtu")
        path = wait_until(lambda: self.told("device", "line"), "the line is there")[0][0]
        self.reads_every_kind_of_number(f'driver = "modbus_rtu"\ndevice = "{path}"\nbaud = 115200')

    def test_forty_neighbours_cost_one_request(self):
        port = free_port()
        self.serve("device", "tcp", port)
        where = f'driver = "modbus_tcp"\nhost = "127.0.0.1"\nport = {port}'
        self.start(*[channel(f"c{unit}_{i}", where, f"register = {100 + i}", unit)
                     for unit in (1, 7) for i in range(40)])
        self.wait_for_values({f"c{unit}_{i}": 1000.0 * unit + i for unit in (1, 7) for i in range(40)})
        asked = self.told("device", "asked")
        self.assertEqual({("1", "holding", "100", "40"), ("7", "holding", "100", "40")}, set(map(tuple, asked)))

    def test_a_device_that_is_away_and_one_that_is_not_there(self):
        port = free_port()
        server = self.serve("device", "tcp", port)
        where = f'driver = "modbus_tcp"\nhost = "127.0.0.1"\nport = {port}'
        self.start(channel("here", where, 'table = "input"\nregister = 2', 7),
                   channel("no_register", where, "register = 5000", 7))
        self.wait_for_values({"here": 227.0})
        wait_until(lambda: self.shown("no_register")["quality"] == "fault", "a register that is not there is a fault")
        reasons = {driver["channel"]: driver["reason"] for driver in self.rig.status()["drivers"]}
        self.assertIn("exception 2", reasons["no_register"])
        server.kill()
        server.wait()
        wait_until(lambda: self.shown("here")["quality"] == "fault", "nobody is there")
        self.serve("device", "tcp", port)
        self.wait_for_values({"here": 227.0})

    def test_values_reach_the_collector(self):
        port = free_port()
        self.serve("device", "tcp", port)
        where = f'driver = "modbus_tcp"\nhost = "127.0.0.1"\nport = {port}'
        self.start(channel("float", where, 'register = 1\ntype = "float32"'))
        wait_until(lambda: self.rig.collected() and self.rig.collected()["readings_held"] > 3, "readings arrive")
        values = {entry["value"] for entry in self.rig.exported() if entry.get("quality") == "good"}
        self.assertEqual({21.5}, values)


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
