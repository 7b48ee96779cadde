#!/usr/bin/env python3
"""Runs broker, collector and gateway on this machine and shows what they do, until Ctrl-C.

Everything lives in a folder of its own and ends with the demo. The exit status is 1 if a reading
was produced that is neither at the collector, nor waiting at the gateway, nor declared missing.
"""
import argparse
import contextlib
import json
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BROKER_DOWN_SECONDS = 5


class Demo:
    """The three programs, their folder, and what can be asked of them."""

    def __init__(self, programs, folder):
        self.folder = pathlib.Path(folder)
        self.sluice = programs / "app" / "sluice"
        self.sluice_collector = programs / "collector" / "sluice-collector"
        self.port = free_port()
        self.database = self.folder / "collector.db"
        self.final_status = self.folder / "final.json"
        self.broker = self.collector = self.gateway = None

    def start(self):
        self.start_broker()
        self.collector = self.spawn(
            "collector", [self.sluice_collector, "run", "--broker", f"127.0.0.1:{self.port}", "--database", self.database])
        self.gateway = self.spawn(
            "gateway", [self.sluice, "run", "--config", ROOT / "config" / "demo.toml",
                        "--broker", f"mqtt://127.0.0.1:{self.port}", "--state-directory", self.folder / "state",
                        "--run-directory", self.folder / "run", "--final-status", self.final_status])

    def start_broker(self):
        config = self.folder / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
        # Debian keeps the broker where only root's path looks.
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self.broker = self.spawn("broker", [program, "-c", config])

    def kill_broker(self):
        self.broker.kill()
        self.broker.wait()

    def spawn(self, name, command):
        # Ctrl-C is for the demo, which ends the programs in their order.
        with open(self.folder / f"{name}.log", "ab") as log:
            return subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                    start_new_session=True)

    def died(self):
        """Name of a program that ended by itself, if any."""
        for name in ("gateway", "collector"):
            if getattr(self, name).poll() is not None:
                return name
        return None

    def status(self):
        return ask([self.sluice, "status", "--json", "--run-directory", self.folder / "run"])

    def collected(self):
        return ask([self.sluice_collector, "status", "--json", "--database", self.database])

    def alerts_collected(self):
        """How many alerts were raised and cleared, by what arrived."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            counts = dict(database.execute("SELECT change, count(*) FROM alert_event GROUP BY change"))
        return counts.get(0, 0), counts.get(3, 0)

    def stop(self):
        """Ends the gateway first, so that what it still sends finds broker and collector alive."""
        for process in (self.gateway, self.collector, self.broker):
            if process is None or process.poll() is not None:
                continue
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(command):
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=5)
        return json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None


def number(value):
    return "-" if value is None else f"{value:.6g}"


def view(status, collected, note):
    """The live view as lines."""
    readings, storage, uplink, loop = (status[key] for key in ("readings", "storage", "uplink", "realtime"))
    held = collected["readings_held"] if collected else 0
    missing = collected["readings_missing"] if collected else 0
    lines = [
        f"sluice {status['version']}  gateway {status['gateway']}  up {status['uptime_s']:.0f} s  rt={loop['rt']}"
        f"  {note}",
        "",
        f"{'channel':<20}{'value':>14} {'unit':<6}{'quality'}",
    ]
    for channel in status["channels"]:
        lines.append(f"{channel['name']:<20}{number(channel['value']):>14} {channel['unit']:<6}{channel['quality']}")
    active = [alert for alert in status["alerts"] if alert["state"] != "cleared"]
    shown = ", ".join(f"{alert['name']} {alert['state']} ({alert['severity']}, x{alert['count']})" for alert in active)
    lines += [
        "",
        f"alerts     {shown or 'none active'}",
        f"buffer     {storage['bytes'] // 1024} KiB of {storage['quota_bytes'] // 1024}, "
        f"{storage['pending_chunks']} chunks waiting, {storage['state']}",
        f"link       {'up' if uplink['up'] else 'DOWN'} for {uplink['since_s']:.0f} s, {uplink['batches_sent']} batches "
        f"({uplink['batches_resent']} again), {uplink['bytes_sent']} bytes",
        f"readings   {readings['produced']} produced, {readings['delivered']} delivered, "
        f"{readings['pending'] + readings['uncommitted']} pending, {missing + readings['lost_ring_full']} in gaps; "
        f"collector holds {held}",
    ]
    return lines


def show(lines, drawn):
    """Redraws in place on a terminal; elsewhere prints the last line only."""
    if sys.stdout.isatty():
        if drawn:
            print(f"\x1b[{drawn}A", end="")
        print("\n".join(line + "\x1b[K" for line in lines), flush=True)
        return len(lines)
    print(lines[-1], flush=True)
    return 0


def watch(demo, arguments):
    """Shows the view until the time is up, Ctrl-C, or a program dies."""
    stop = []
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.append(True))
    started = time.monotonic()
    broken_at = None
    broken = False
    drawn = 0
    while not stop:
        elapsed = time.monotonic() - started
        if arguments.seconds and elapsed >= arguments.seconds:
            return None
        if dead := demo.died():
            return dead
        note = ""
        if arguments.break_broker:
            if not broken and elapsed >= arguments.break_broker:
                demo.kill_broker()
                broken, broken_at = True, elapsed
            elif broken_at is not None and elapsed >= broken_at + BROKER_DOWN_SECONDS:
                demo.start_broker()
                broken_at = None
            note = "broker killed" if broken_at is not None else ("broker was killed and is back" if broken else "")
        if status := demo.status():
            drawn = show(view(status, demo.collected(), note), drawn)
        time.sleep(1 if sys.stdout.isatty() else 5)
    return None


def settle(demo, seconds=15):
    """Before the end: gives what is under way the time to arrive."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        status = demo.status()
        if status is None or not status["uplink"]["up"]:
            return
        if status["readings"]["pending"] < status["readings"]["produced"] * 0.1:
            return
        time.sleep(0.2)


def balance(demo):
    """The summary, and whether everything produced is accounted for."""
    status = json.loads(demo.final_status.read_text())
    collected = demo.collected()
    raised, cleared = demo.alerts_collected()
    readings = status["readings"]
    produced, pending, delivered = readings["produced"], readings["pending"], readings["delivered"]
    declared = readings["dropped"] + readings["lost_ring_full"]
    unaccounted = produced - delivered - pending - declared - readings["uncommitted"]
    # The collector may hold more than was acknowledged, never less; and nothing twice.
    held = collected["readings_held"]
    balanced = unaccounted == 0 and delivered <= held <= delivered + pending and collected["conflicts"] == 0
    print(f"""
summary
  produced              {produced}
  delivered             {delivered}   (acknowledged by the collector, which holds {held})
  pending               {pending}   (in the buffer, to be sent at the next start)
  declared missing      {declared}
  unaccounted for       {unaccounted}
  duplicates dropped    {collected['duplicates']} chunks
  alerts                {raised} raised, {cleared} cleared
  wake-up lateness      p50 {status['realtime']['lateness_us']['p50']:.0f} us, p99 {status['realtime']['lateness_us']['p99']:.0f} us
  {'balanced: every reading is accounted for' if balanced else 'NOT BALANCED'}""")
    return balanced


def main():
    parser = argparse.ArgumentParser(prog="script/run", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, help="end by itself after this time, with a summary")
    parser.add_argument("--break-broker", type=float, metavar="SECONDS",
                        help=f"kill the broker after this time and start it again {BROKER_DOWN_SECONDS} s later")
    parser.add_argument("--keep", metavar="FOLDER", help="use this new folder and leave databases and logs there")
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / "build" / "run", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.keep:
        pathlib.Path(arguments.keep).mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="sluice-demo-") as temporary:
        demo = Demo(arguments.programs, arguments.keep or temporary)
        try:
            demo.start()
            dead = watch(demo, arguments)
            if dead is None:
                settle(demo)
        finally:
            demo.stop()
        if dead:
            sys.stdout.write((demo.folder / f"{dead}.log").read_text(errors="replace")[-4000:])
            sys.exit(f"script/run: the {dead} ended by itself")
        return 0 if balance(demo) else 1


if __name__ == "__main__":
    sys.exit(main())
