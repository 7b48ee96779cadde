"""Real processes for the integration tests: a private mosquitto, the collector, the gateway.

Everything lives in one temporary folder and listens on a free loopback port; whatever is still
alive at the end is ended.
"""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("SLUICE_BUILD", ROOT / "build" / "host-debug"))
SLUICE = BUILD / "app" / "sluice"
COLLECTOR = BUILD / "collector" / "sluice-collector"
# Long enough for sanitizers on a busy machine; only what hangs reaches it.
PATIENCE_SECONDS = 120


def wait_until(condition, what, seconds=PATIENCE_SECONDS):
    """The first truthy value of `condition`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"did not happen within {seconds} s: {what}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def read_ledger(path):
    """What a simulated sensor handed out: (tick ns, value, quality), see hal/ledger.hpp."""
    records = []
    for tick, value, quality in struct.iter_unpack("<qdQ", path.read_bytes()):
        if tick == 0:
            break
        records.append((tick, value, quality))
    return records


class Rig:
    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="sluice-test-")
        self.folder = pathlib.Path(self._folder.name)
        self.config = self.folder / "gateway.toml"
        self.database = self.folder / "collector.db"
        self.state = self.folder / "state"
        self.run_directory = self.folder / "run"
        self.port = free_port()
        self.broker = self.collector = self.second_collector = self.gateway = None
        # What the programs connect to, and how the collector does so.
        self.address = f"mqtt://127.0.0.1:{self.port}"
        self.gateway_address = None  # where it is another one
        self.collector_options = []
        # Where the broker listens, and what stands before the command of a process by its name.
        self.host = "127.0.0.1"
        self.within = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in (self.gateway, self.second_collector, self.collector, self.broker):
            if process and process.poll() is None:
                process.kill()
                process.wait()
        self._folder.cleanup()

    # Processes

    def spawn(self, name, command):
        with open(self.folder / f"{name}.log", "ab") as log:
            command = [*self.within.get(name, []), *map(str, command)]
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def log(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def start_broker(self, *listener_options):
        config = self.folder / "mosquitto.conf"
        # Persistence as Debian has it: what the broker acknowledged is forgotten by SIGKILL.
        config.write_text(f"listener {self.port} {self.host}\nallow_anonymous true\npersistence true\n"
                          f"persistence_location {self.folder}/\n" + "".join(f"{line}\n" for line in listener_options))
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self.broker = self.spawn("broker", [program, "-c", config])

    def start_collector(self, name="collector"):
        setattr(self, name, self.spawn(name, [COLLECTOR, "run", "--broker", self.address,
                                              "--database", self.database, *self.collector_options]))

    def start_second_collector(self):
        self.start_collector("second_collector")

    def start_gateway(self, *options):
        self.gateway = self.spawn("gateway", [SLUICE, "run", "--config", self.config,
                                              "--broker", self.gateway_address or self.address,
                                              "--state-directory", self.state,
                                              "--run-directory", self.run_directory, *options])

    def kill(self, name):
        """SIGKILL: no goodbye."""
        process = getattr(self, name)
        process.kill()
        process.wait()

    def stop_gateway(self):
        """SIGTERM; returns the exit status."""
        self.gateway.send_signal(signal.SIGTERM)
        return self.gateway.wait(PATIENCE_SECONDS)

    # Questions

    def status(self):
        """Of the gateway; None while it does not answer."""
        return ask(SLUICE, "status", "--json", "--run-directory", self.run_directory)

    def collected(self):
        return ask(COLLECTOR, "status", "--json", "--database", self.database)

    def exported(self):
        """Every reading at the collector, as objects."""
        done = subprocess.run([str(COLLECTOR), "export", "--database", str(self.database), "--format", "json"],
                              capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def query(self, sql):
        """Rows of the collector's database."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()

    def wait_for_gateway(self):
        return wait_until(self.status, "the gateway answers")

    def wait_drained(self):
        """Until nothing waits at the gateway and no reading is on its way there."""
        def drained():
            status = self.status()
            return status and status["storage"]["pending_chunks"] == 0 and status
        return wait_until(drained, f"everything is delivered; gateway says {self.status()}")


def ask(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        return None
    return json.loads(done.stdout)
