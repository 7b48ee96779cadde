#!/usr/bin/env python3
"""The programs as an operator uses them: commands, exit statuses, reload, bad configurations."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import unittest

from rig import COLLECTOR, ROOT, SLUICE, Rig, wait_until

CHANNEL = """
[[channel]]
name = "level"
driver = "simulated"
shape = "{shape}"
mean = {mean}
amplitude = 0
unit = "m"
period = "50ms"
[[channel.alert]]
name = "high"
above = {limit}
clear = {clear}
"""


def channel(shape="constant", mean=1.0, limit=10.0, clear=9.0):
    return CHANNEL.format(shape=shape, mean=mean, limit=limit, clear=clear)


def gateway_config(channels):
    return f"""
[gateway]
id = "tested"
[storage]
commit_every = "100ms"
seal_after = "300ms"
[uplink]
ack_timeout = "1s"
{channels}"""


def sluice(*arguments):
    return subprocess.run([str(SLUICE), *map(str, arguments)], capture_output=True, text=True, timeout=60)


class Commands(unittest.TestCase):
    def setUp(self):
        self.rig = self.enterContext(Rig())

    def start(self, channels=None):
        self.rig.config.write_text(gateway_config(channels or channel()))
        self.rig.start_broker()
        self.rig.start_gateway()
        return self.rig.wait_for_gateway()

    def alert_state(self, name):
        status = self.rig.status()
        return next((alert["state"] for alert in status["alerts"] if alert["name"] == name), None)

    def reload(self, channels):
        self.rig.config.write_text(gateway_config(channels))
        self.rig.gateway.send_signal(signal.SIGHUP)

    # What is asked

    def test_says_its_version(self):
        done = sluice("--version")
        self.assertEqual(0, done.returncode)
        self.assertRegex(done.stdout, r"^sluice \d+\.\d+\.\d+\n$")

    def test_refuses_an_unknown_command_with_status_2(self):
        self.assertEqual(2, sluice("frobnicate").returncode)

    def test_shows_its_status_as_text(self):
        self.start()
        done = sluice("status", "--run-directory", self.rig.run_directory)
        self.assertEqual(0, done.returncode)
        self.assertIn("gateway tested", done.stdout)
        self.assertIn("level", done.stdout)

    def test_says_so_when_no_gateway_runs(self):
        done = sluice("status", "--run-directory", self.rig.run_directory)
        self.assertEqual(1, done.returncode)
        self.assertIn("no gateway answers", done.stderr)

    def test_ends_well_on_sigterm(self):
        self.start()
        self.assertEqual(0, self.rig.stop_gateway())

    def test_refuses_a_second_gateway_with_status_3(self):
        self.start()
        second = sluice("run", "--config", self.rig.config, "--state-directory", self.rig.state,
                        "--run-directory", self.rig.folder / "elsewhere")
        self.assertEqual(3, second.returncode, second.stderr)
        self.assertIsNone(self.rig.gateway.poll())

    def test_listens_on_no_tcp_port(self):
        self.start()
        self.rig.wait_for_gateway()
        sockets = {os.readlink(entry) for entry in pathlib.Path(f"/proc/{self.rig.gateway.pid}/fd").iterdir()
                   if os.path.lexists(entry) and os.readlink(entry).startswith("socket:")}
        listening = []
        for table in ("tcp", "tcp6"):
            for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                    listening.append(fields[1])
        self.assertEqual([], listening)

    def test_decodes_a_batch_as_the_broker_carries_it(self):
        self.rig.config.write_text(gateway_config(channel()))
        self.rig.start_broker()
        batch = self.rig.folder / "batch"
        with open(batch, "wb") as file:
            listener = subprocess.Popen(["mosquitto_sub", "-h", "127.0.0.1", "-p", str(self.rig.port), "-N", "-C", "1",
                                         "-t", "sluice/v1/tested/up/raw"], stdout=file, stderr=subprocess.DEVNULL)
            # A listener that was too early for the broker ends at once: start it again.
            def listens():
                nonlocal listener
                if listener.poll() is not None:
                    listener = subprocess.Popen(listener.args, stdout=file, stderr=subprocess.DEVNULL)
                return "mosq" in self.rig.log("broker").lower() and listener.poll() is None
            wait_until(listens, "the listener is connected")
            self.rig.start_gateway()
            self.assertEqual(0, listener.wait(60))
        done = sluice("decode", batch)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("batch of gateway tested", done.stdout)
        self.assertRegex(done.stdout, r"\d+ 1 good")
        self.assertEqual(done.stdout, self.decoded_by_the_other_decoder(batch))

    def decoded_by_the_other_decoder(self, batch):
        """A batch of readings as `sluice decode` shows it, by tools/sluice_decode.py."""
        out = subprocess.run([sys.executable, ROOT / "tools" / "sluice_decode.py", "--numbers", batch],
                             capture_output=True, text=True, timeout=60, check=True).stdout
        head, *chunks = map(json.loads, out.splitlines())
        lines = [f"batch of gateway {head['gateway']}, {head['chunks']} chunks, {batch.stat().st_size} bytes"]
        for chunk in chunks:
            lines.append(f"chunk {head['run']} {head['stream']} {chunk['seq']}: channel {chunk['channel']}, "
                         f"{chunk['count']} records, {chunk['size']} bytes, crc {chunk['crc']}")
            lines += [f"  {time} {value:.17g} {quality}" for time, value, quality in chunk["records"]]
        return "\n".join(lines) + "\n"

    def test_refuses_to_decode_what_is_no_batch(self):
        file = self.rig.folder / "noise"
        file.write_bytes(os.urandom(500))
        self.assertEqual(1, sluice("decode", file).returncode)
        self.assertEqual(2, sluice("decode", self.rig.folder / "missing").returncode)

    # Alerts

    def test_raises_acknowledges_and_clears_an_alert(self):
        self.start(channel(mean=11.0))
        wait_until(lambda: self.alert_state("high") == "raised", "the alert is raised")
        run_directory = ("--run-directory", self.rig.run_directory)
        self.assertEqual(0, sluice("acknowledge", "high", *run_directory).returncode)
        wait_until(lambda: self.alert_state("high") == "acknowledged", "the alert is acknowledged")
        self.assertEqual(1, sluice("acknowledge", "nonsense", *run_directory).returncode)

    # Reload

    def test_applies_a_good_configuration_without_losing_a_reading(self):
        ledger = f'ledger = "{self.rig.folder}/ledger"\n'
        self.start(channel().replace("period", ledger + "period"))
        before = self.rig.status()
        self.reload(channel(limit=0.5, clear=0.4).replace("period", ledger + "period"))
        wait_until(lambda: self.alert_state("high") == "raised", "the new limit holds")
        after = self.rig.status()
        self.assertNotEqual(before["config_hash"], after["config_hash"])
        self.assertEqual(before["run"], after["run"])
        self.rig.start_collector()
        self.rig.stop_gateway()
        self.rig.start_gateway()
        self.rig.wait_drained()
        stamps = sorted(reading["boot_ns"] for reading in self.rig.exported())
        steps = {b - a for a, b in zip(stamps[1:], stamps[2:])}
        self.assertIn(50_000_000, steps)
        # One longer step: between the two runs.
        self.assertLessEqual(len([step for step in steps if step > 50_000_000]), 2, sorted(steps))

    def test_keeps_the_old_configuration_when_the_new_one_has_a_mistake(self):
        before = self.start()
        self.reload(channel().replace("period", "perod"))
        wait_until(lambda: "not reloaded" in self.rig.log("gateway"), "the mistake is reported")
        self.assertIn('did you mean "period"', self.rig.log("gateway"))
        self.assertEqual(before["config_hash"], self.rig.status()["config_hash"])

    def test_names_what_needs_a_restart(self):
        self.start()
        self.reload(channel() + '[realtime]\npriority = 10\n')
        wait_until(lambda: "[realtime] need a restart" in self.rig.log("gateway"), "the section is named")

    # Configurations

    def test_takes_the_files_it_comes_with(self):
        for name in ("sluice.toml", "demo.toml"):
            done = sluice("check", ROOT / "config" / name)
            self.assertEqual(0, done.returncode, done.stderr)

    def test_names_each_mistake_with_its_place(self):
        mistakes = {
            "perod": (channel().replace("period", "perod"), 'perod'),
            "channel named twice": (channel() + channel().replace("high", "higher"), "level"),
            "limit as a string": (channel().replace("above = 10.0", 'above = "10"'), "above"),
            "clear on the wrong side": (channel(limit=10, clear=11), "clear"),
            "unit missing": (channel().replace('unit = "m"\n', ""), "unit"),
            "unknown driver": (channel().replace('"simulated"', '"simulatd"'), "simulated"),
            "duration without unit": (channel().replace('"50ms"', '"50"'), "period"),
            "duration out of range": (channel().replace('"50ms"', '"1ns"'), "period"),
            "alert named twice": (channel() + '[[channel.alert]]\nname = "high"\nbelow = 1.0\nclear = 2.0\n', "high"),
            "unknown action": (channel() + 'action = "siren"\n', "siren"),
            "not TOML": (channel() + "name = \n", ""),
        }
        for what, (channels, word) in mistakes.items():
            with self.subTest(what):
                self.rig.config.write_text(gateway_config(channels))
                done = sluice("check", self.rig.config)
                self.assertEqual(1, done.returncode, done.stderr)
                first = done.stderr.splitlines()[0]
                self.assertRegex(first, rf"^{self.rig.config}:\d+:\d+: ")
                self.assertIn(word, first)

    def test_a_file_that_is_not_there_is_wrong_use(self):
        self.assertEqual(2, sluice("check", self.rig.folder / "missing.toml").returncode)

    # Collector

    def test_the_collector_shows_and_exports_what_it_holds(self):
        self.start()
        self.rig.start_collector()
        wait_until(lambda: (self.rig.collected() or {}).get("readings_held"), "readings arrive")
        text = subprocess.run([str(COLLECTOR), "status", "--database", str(self.rig.database)], capture_output=True,
                              text=True)
        self.assertEqual(0, text.returncode)
        self.assertIn("tested", text.stdout)
        self.assertTrue(all(reading["value"] == 1.0 for reading in self.rig.exported()))

    def test_speaks_the_older_protocol_when_told_to(self):
        self.rig.config.write_text(gateway_config(channel()).replace("[uplink]", '[uplink]\nmqtt_version = "3.1.1"'))
        self.rig.start_broker()
        self.rig.start_collector()
        self.rig.start_gateway()
        wait_until(lambda: (self.rig.collected() or {}).get("readings_held"), "readings arrive")
        self.assertIn("(p2, ", self.rig.log("broker"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
