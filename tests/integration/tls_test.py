#!/usr/bin/env python3
"""TLS between the real programs and a real broker, with certificates made here."""
import getpass
import subprocess
import unittest

from rig import SLUICE, Rig, wait_until

CONFIG = """
[gateway]
id = "encrypted"
[storage]
commit_every = "100ms"
seal_after = "300ms"
[uplink]
ack_timeout = "1s"
[uplink.tls]
ca_file = "authority.crt"
certificate_file = "gateway.crt"
key_file = "gateway.key"
[[channel]]
name = "level"
driver = "simulated"
shape = "random_walk"
unit = "m"
period = "50ms"
"""


class Authority:
    """Issues certificates, which lie in `folder` as NAME.crt and NAME.key."""

    def __init__(self, folder, name="authority"):
        self.folder, self.name = folder, name
        self._openssl("req", "-x509", "-days", 30, "-subj", f"/CN={name}", "-out", f"{name}.crt",
                      *self._new_key(name))

    def issue(self, name, days=30):
        """For this host; one of less than no days has expired."""
        self._openssl("req", "-subj", f"/CN={name}", "-out", f"{name}.csr", *self._new_key(name))
        (self.folder / "names").write_text("subjectAltName = DNS:localhost\n")
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{self.name}.crt", "-CAkey", f"{self.name}.key",
                      "-days", days, "-extfile", "names", "-out", f"{name}.crt")

    def _new_key(self, name):
        return "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key"

    def _openssl(self, *words):
        subprocess.run(["openssl", *map(str, words)], cwd=self.folder, check=True, capture_output=True)


class Tls(unittest.TestCase):
    def setUp(self):
        self.rig = self.enterContext(Rig())
        folder = self.rig.folder
        self.authority = Authority(folder)
        for name in ("broker", "gateway", "collector"):
            self.authority.issue(name)
        self.rig.config.write_text(CONFIG)
        self.rig.address = f"mqtts://localhost:{self.rig.port}"
        self.rig.collector_options = ["--ca", folder / "authority.crt", "--certificate", folder / "collector.crt",
                                      "--key", folder / "collector.key"]

    def start_broker(self, certificate="broker"):
        folder = self.rig.folder
        self.rig.start_broker(f"cafile {folder}/authority.crt", f"certfile {folder}/{certificate}.crt",
                              f"keyfile {folder}/{certificate}.key", "require_certificate true",
                              # Started by root it would change to a user who cannot read the key.
                              f"user {getpass.getuser()}")

    def replace_broker(self, certificate):
        self.rig.kill("broker")
        self.start_broker(certificate)

    def fault(self):
        status = self.rig.status()
        return status and status["uplink"]["fault"]

    def readings(self):
        return (self.rig.collected() or {}).get("readings_held", 0)

    def test_delivers(self):
        self.start_broker()
        self.rig.start_collector()
        self.rig.start_gateway()
        wait_until(lambda: self.readings() > 20, "readings arrive")
        self.assertEqual(0, self.rig.stop_gateway())

    def test_waits_until_the_broker_has_a_good_certificate_again(self):
        self.authority.issue("late", days=-1)
        Authority(self.rig.folder, "stranger").issue("foreign")
        self.start_broker()
        self.rig.start_collector()
        self.rig.start_gateway()
        wait_until(self.readings, "readings arrive")
        self.replace_broker("late")
        wait_until(lambda: self.fault() == "tls_expired", "the certificate is found to have expired")
        shown = subprocess.run([str(SLUICE), "status", "--run-directory", str(self.rig.run_directory)],
                               capture_output=True, text=True, check=True)
        self.assertIn("down (tls_expired)", shown.stdout)
        self.replace_broker("foreign")
        wait_until(lambda: self.fault() == "tls_unknown_ca", "the certificate is found to be foreign")
        held = self.readings()
        self.replace_broker("broker")
        wait_until(lambda: self.readings() > held, "readings arrive again")
        self.assertIsNone(self.fault())

    def test_shows_no_certificate_of_its_own_without_one(self):
        lines = [line for line in CONFIG.splitlines() if not line.startswith(("certificate_file", "key_file"))]
        self.rig.config.write_text("\n".join(lines))
        self.start_broker()
        self.rig.start_gateway()
        wait_until(lambda: self.fault() == "tls_client_certificate", "the broker wants a certificate")

    def test_does_not_start_without_anybody_to_trust(self):
        lines = [line for line in CONFIG.splitlines() if not line.startswith("ca_file")]
        self.rig.config.write_text("\n".join(lines))
        self.rig.start_gateway()
        self.assertEqual(2, self.rig.gateway.wait(60))
        self.assertIn("ca_file", self.rig.log("gateway"))


if __name__ == "__main__":
    unittest.main()
