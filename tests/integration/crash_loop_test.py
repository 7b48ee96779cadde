#!/usr/bin/env python3
"""A gateway that crashes again and again goes on in safe mode, and loses nothing by it."""
import signal
import unittest

from rig import Rig, wait_until

CONFIG = """
[gateway]
id = "looping"
[storage]
commit_every = "100ms"
seal_after = "300ms"
[uplink]
ack_timeout = "1s"
{more}
[[channel]]
name = "level"
driver = "simulated"
shape = "sine"
unit = "m"
period = "20ms"
"""


class CrashLoop(unittest.TestCase):
    def setUp(self):
        self.rig = self.enterContext(Rig())
        self.rig.config.write_text(CONFIG.format(more=""))
        self.rig.start_broker()

    def crash(self):
        """Starts it, and ends it as a fault of its own would once it has stored something."""
        self.rig.start_gateway()
        def has_stored():
            readings = (self.rig.status() or {}).get("readings", {"produced": 0, "uncommitted": 0})
            return readings["produced"] > readings["uncommitted"]
        wait_until(has_stored, "readings of this run are stored")
        self.rig.gateway.send_signal(signal.SIGSEGV)
        self.assertEqual(-signal.SIGSEGV, self.rig.gateway.wait(60))

    def start(self):
        self.rig.start_gateway()
        return self.rig.wait_for_gateway()

    def set_aside(self):
        return sorted(path.name for path in self.rig.state.glob("*.damaged-*"))

    def test_the_fourth_start_has_a_fresh_buffer_and_the_next_one_takes_the_old_one_over(self):
        for _ in range(3):
            self.assertEqual([], self.set_aside())
            self.crash()
        status = self.start()
        self.assertIn("3 bad starts in 5 min, it crashed with SIGSEGV", status["safe_mode"])
        self.assertTrue(self.set_aside())
        wait_until(lambda: self.rig.status()["readings"]["stored"] > 0, "sampling goes on")

        # Whoever is far away hears of it.
        self.rig.start_collector()
        wait_until(lambda: (held := self.rig.collected()) and any(
            run["safe_mode"] for gateway in held["gateways"] for run in gateway["runs"]), "the collector knows")

        # Ended by hand, it starts as always, and what was set aside is delivered.
        self.assertEqual(0, self.rig.stop_gateway())
        self.assertIsNone(self.start()["safe_mode"])
        wait_until(lambda: not self.set_aside(), "the old buffer is taken over")
        self.assertEqual(0, self.rig.stop_gateway())
        self.start()
        self.rig.wait_drained()
        runs = self.rig.collected()["gateways"][0]["runs"]
        self.assertEqual(6, len(runs))
        # What was stored is there, and the end of each crashed run is declared.
        self.assertGreaterEqual(sum(run["readings_held"] > 0 for run in runs), 4)
        self.assertEqual(0, sum(run["readings_missing"] for run in runs))
        self.assertEqual([(3,)], self.rig.query("SELECT count(*) FROM gap WHERE reason = 0"))

    def test_what_a_kill_ends_is_no_crash(self):
        for _ in range(4):
            self.start()
            self.rig.kill("gateway")
        self.assertIsNone(self.start()["safe_mode"])

    def test_a_crash_in_safe_mode_sets_nothing_aside_again_and_the_sixth_leaves_the_channels_out(self):
        for _ in range(3):
            self.crash()
        self.crash()
        first = self.set_aside()
        self.crash()
        self.assertEqual(first, self.set_aside())
        self.crash()
        status = self.start()
        self.assertIn("own channels only", status["safe_mode"])
        self.assertNotIn("level", [channel["name"] for channel in status["channels"]])

    def test_a_broken_configuration_gives_way_to_the_last_good_one_until_it_is_mended(self):
        self.rig.state.mkdir()
        (self.rig.state / "last_good.toml").write_text(CONFIG.format(more=""))
        self.rig.config.write_text(CONFIG.format(more='acktimeout = "2s"'))
        for _ in range(3):
            self.rig.start_gateway()
            self.assertEqual(1, self.rig.gateway.wait(60))
        status = self.start()
        self.assertIn("acktimeout", status["safe_mode"])
        self.assertIn("last good configuration", status["safe_mode"])
        self.assertEqual(["level"], [channel["name"] for channel in status["channels"]])
        self.assertEqual([], self.set_aside())
        self.rig.config.write_text(CONFIG.format(more="").replace('"level"', '"mended"'))
        self.rig.gateway.send_signal(signal.SIGHUP)
        wait_until(lambda: self.rig.status()["channels"][0]["name"] == "mended", "the mended file is applied")


if __name__ == "__main__":
    unittest.main(verbosity=2)
