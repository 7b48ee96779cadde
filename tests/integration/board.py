"""An emulated arm64 machine: Debian 12 with systemd, its kernel and its simulated devices, as
script/board makes it, under qemu-system-aarch64. It is spoken to through its guest agent.

Of this machine it sees the folder `shared` as /host, and the loopback as 10.0.2.2.
"""
import base64
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time

from rig import ROOT, wait_until

EMULATOR = "qemu-system-aarch64"
FILES = ROOT / ".board"
GATEWAY_ADDRESS = "10.0.2.2"
# It takes 20 s on a machine with nothing else to do.
BOOT_SECONDS_MAX = 300
COMMAND_SECONDS_MAX = 240


class Board:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.shared = self.folder / "shared"
        self.shared.mkdir()
        self.shared.chmod(0o777)  # the gateway writes there, as a user of its own
        self.disk = self.folder / "root.img"
        subprocess.run(["cp", "--sparse=always", FILES / "root.img", self.disk], check=True)
        self.process = self.agent = None
        self.boots = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cut_power()

    def console(self):
        path = self.folder / f"console.{self.boots}"
        return path.read_text(errors="replace") if path.exists() else ""

    def said(self):
        """By the emulator and on the console."""
        return (self.folder / f"qemu.{self.boots}").read_text(errors="replace") + self.console()[-2000:]

    def boot(self):
        """Until its agent answers; returns the seconds that took."""
        began = time.monotonic()
        self.boots += 1
        path = self.folder / "agent"
        path.unlink(missing_ok=True)
        with open(self.folder / f"qemu.{self.boots}", "wb") as output:
            self.process = subprocess.Popen(
                [EMULATOR, "-machine", "virt", "-cpu", "cortex-a53", "-smp", "2", "-m", "512",
                 "-accel", "tcg,thread=multi", "-nodefaults", "-display", "none", "-no-reboot",
                 "-kernel", FILES / "kernel", "-initrd", FILES / "initrd", "-append",
                 "console=ttyAMA0 root=/dev/vda panic=-1 net.ifnames=0 quiet systemd.show_status=0",
                 "-serial", f"file:{self.folder}/console.{self.boots}",
                 "-drive", f"file={self.disk},format=raw,if=none,id=root,cache=writeback",
                 "-device", "virtio-blk-pci,drive=root", "-device", "virtio-rng-pci",
                 "-virtfs", f"local,path={self.shared},mount_tag=host,security_model=none",
                 "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net,romfile=",
                 "-device", "virtio-serial-pci", "-chardev", f"socket,path={path},server=on,wait=off,id=agent",
                 "-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        wait_until(lambda: self._connect(path), "the guest's agent answers", BOOT_SECONDS_MAX)
        return time.monotonic() - began

    def cut_power(self):
        """What the guest's kernel had not written to its disk is gone."""
        if self.agent:
            self.agent.close()
            self.agent = None
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def run(self, command, succeeds=True, seconds=COMMAND_SECONDS_MAX):
        """What a shell command, as root in the guest, prints."""
        status, output = self.result_of(command, seconds)
        if succeeds and status != 0:
            raise AssertionError(f"in the guest: {command}\nexit status {status}\n{output}")
        return output

    def result_of(self, command, seconds=COMMAND_SECONDS_MAX):
        """(exit status, all that is printed)."""
        begun = self._ask("guest-exec", path="/bin/bash", arg=["-c", f"exec 2>&1; {command}"],
                          env=["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
                               "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"],
                          **{"capture-output": True})
        end = time.monotonic() + seconds
        while not (done := self._ask("guest-exec-status", pid=begun["pid"]))["exited"]:
            assert time.monotonic() < end, f"in the guest, not done within {seconds} s: {command}"
            time.sleep(0.05)
        return done.get("exitcode", -1), base64.b64decode(done.get("out-data", "")).decode(errors="replace")

    def write(self, path, text):
        encoded = base64.b64encode(text.encode()).decode()
        self.run(f"mkdir -p $(dirname {path}) && base64 -d >{path} <<'END'\n{encoded}\nEND")

    # The agent's protocol: JSON, one object a line.

    def _ask(self, command, **arguments):
        message = {"execute": command, **({"arguments": arguments} if arguments else {})}
        self.agent.sendall(json.dumps(message).encode() + b"\n")
        answer = json.loads(self._line())
        if "return" not in answer:
            raise AssertionError(f"the guest's agent refuses {command}: {answer}")
        return answer["return"]

    def _line(self):
        while b"\n" not in self._heard:
            try:
                piece = self.agent.recv(65536)
            except ConnectionError:
                piece = b""
            assert piece, f"the guest is gone: {self.said()}"
            self._heard += piece
        line, _, self._heard = self._heard.partition(b"\n")
        return line

    def _connect(self, path):
        assert self.process.poll() is None, self.said()
        if self.agent is None:
            agent = socket.socket(socket.AF_UNIX)
            try:
                agent.connect(str(path))
            except OSError:
                agent.close()
                return False
            self.agent, self._heard = agent, b""
        # What is said before the agent listens is lost or answered late: the number tells the answers apart.
        number = time.monotonic_ns() % 2**31
        self.agent.settimeout(1)
        try:
            self.agent.sendall(json.dumps({"execute": "guest-sync", "arguments": {"id": number}}).encode() + b"\n")
            while json.loads(self._line()).get("return") != number:
                pass
        except TimeoutError:
            return False
        self.agent.settimeout(60)
        return True


def missing():
    """What is not there that a board needs; None when all is."""
    if shutil.which(EMULATOR) is None:
        return f"there is no {EMULATOR} (package qemu-system-arm)"
    if not (FILES / ".stamp").exists():
        return "there is no .board; script/board makes it"
    return None


def arm64_package():
    """The newest package of the gateway that script/package has made."""
    folder = pathlib.Path(os.environ.get("SLUICE_PACKAGES", ROOT / "build" / "packages"))
    found = sorted(folder.glob("sluice_*_arm64.deb"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else None
