#!/usr/bin/env python3
"""What a service manager hears of the gateway: readiness, reloads, the end, and above all that the
watchdog is no longer fed as soon as any one of the threads stands still, whatever the others do. The
workers of the buses are no such threads: what hangs there costs the channels of that bus alone.

A thread is stopped by ptrace: it alone, wherever it happens to be, as if the kernel never came back
to it. One gateway for each thread, all at the same time, for some threads are given a minute.
"""
import contextlib
import ctypes
import errno
import os
import select
import signal
import socket
import sys
import time
import unittest

from rig import Rig, wait_until

CONFIG = """
[gateway]
id = "watched"
[realtime]
priority = 0
lock_memory = false
[[channel]]
name = "level"
driver = "simulated"
shape = "sine"
unit = "m"
period = "50ms"
"""
# Fed every second then, and the service would be restarted after three without.
WATCHDOG_SECONDS = 3
# By the thread's name: what the gateway calls it when it is missed.
THREADS = {"realtime": "the real-time loop", "storage": "storage", "uplink": "the uplink"}

PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207
WALL = 0x40000000  # __WALL: threads too
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def ptrace(request, thread):
    if libc.ptrace(request, thread, None, None) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


class Watched:
    """A gateway, and the socket to which it reports."""

    def __init__(self, stack):
        self.rig = stack.enter_context(Rig())
        self.rig.config.write_text(CONFIG)
        self.socket = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        path = self.rig.folder / "notify"
        self.socket.bind(str(path))
        self.heard = []  # messages, in order
        self.waited_for = 0  # of them, so many
        self.fed_at = None
        self.rig.within["gateway"] = ["env", f"NOTIFY_SOCKET={path}", f"WATCHDOG_USEC={WATCHDOG_SECONDS * 1000000}"]
        self.rig.start_gateway()
        self.pid = self.rig.gateway.pid

    def hear(self):
        """Takes in what has come."""
        while select.select([self.socket], [], [], 0)[0]:
            self.heard.append(self.socket.recv(4096).decode())
            if self.heard[-1] == "WATCHDOG=1":
                self.fed_at = time.monotonic()

    def wait_for(self, text):
        """The first message with `text` in it after the one that was waited for last."""
        def found():
            self.hear()
            while self.waited_for < len(self.heard):
                self.waited_for += 1
                if text in self.heard[self.waited_for - 1]:
                    return self.heard[self.waited_for - 1]
            return None
        return wait_until(found, text)

    def thread(self, name):
        for task in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{task}/comm", encoding="ascii") as comm:
                if comm.read().strip() == name:
                    return int(task)
        raise AssertionError(f"no thread {name}")

    def freeze(self, thread):
        ptrace(PTRACE_SEIZE, thread)
        ptrace(PTRACE_INTERRUPT, thread)
        os.waitpid(thread, WALL)
        self.hear()
        self.waited_for = len(self.heard)

    @staticmethod
    def thaw(thread):
        ptrace(PTRACE_DETACH, thread)

    def would_be_restarted(self):
        """The service manager's own rule."""
        self.hear()
        return time.monotonic() - self.fed_at > WATCHDOG_SECONDS


class Watchdog(unittest.TestCase):
    def setUp(self):
        self.stack = self.enterContext(contextlib.ExitStack())

    def test_is_not_fed_when_any_one_thread_stands_still(self):
        gateways = {name: Watched(self.stack) for name in THREADS}
        for gateway in gateways.values():
            gateway.wait_for("READY=1")
            gateway.wait_for("WATCHDOG=1")
        threads = {name: gateway.thread(name) for name, gateway in gateways.items()}
        for name, gateway in gateways.items():
            gateway.freeze(threads[name])
        # All look at once: the first is missed at once, the others after a minute.
        for name, gateway in gateways.items():
            gateway.wait_for(f"STATUS=no sign of life from {THREADS[name]}")
            # Of the others none is missed.
            self.assertEqual(f"STATUS=no sign of life from {THREADS[name]}", gateway.heard[-1])
        for name, gateway in gateways.items():
            with self.subTest(name):
                wait_until(gateway.would_be_restarted, "the service manager would restart it")
                missed_at = gateway.heard.index(f"STATUS=no sign of life from {THREADS[name]}")
                self.assertNotIn("WATCHDOG=1", gateway.heard[missed_at:])
                self.assertIn(f"no sign of life from {THREADS[name]};", gateway.rig.log("gateway"))
                gateway.thaw(threads[name])
                gateway.wait_for("WATCHDOG=1")
                gateway.rig.gateway.send_signal(signal.SIGTERM)
                self.assertEqual(0, gateway.rig.gateway.wait(60))

    def test_is_not_fed_when_the_main_thread_stands_still(self):
        gateway = Watched(self.stack)
        gateway.wait_for("WATCHDOG=1")
        gateway.freeze(gateway.pid)
        wait_until(gateway.would_be_restarted, "the service manager would restart it")
        gateway.thaw(gateway.pid)
        gateway.wait_for("WATCHDOG=1")


class Reports(unittest.TestCase):
    def setUp(self):
        self.gateway = Watched(self.enterContext(contextlib.ExitStack()))
        self.gateway.wait_for("READY=1")

    def test_a_reload_and_the_end(self):
        rig = self.gateway.rig
        rig.gateway.send_signal(signal.SIGHUP)
        self.gateway.wait_for("RELOADING=1")
        self.gateway.wait_for("READY=1")
        rig.gateway.send_signal(signal.SIGTERM)
        self.gateway.wait_for("STOPPING=1")
        self.assertEqual(0, rig.gateway.wait(60))

    def test_a_reload_that_is_refused(self):
        self.gateway.rig.config.write_text(CONFIG.replace("period", "perod"))
        self.gateway.rig.gateway.send_signal(signal.SIGHUP)
        self.gateway.wait_for("RELOADING=1")
        self.assertIn("a changed configuration was refused", self.gateway.wait_for("READY=1"))


def may_trace():
    child = os.fork()
    if child == 0:
        signal.pause()
    try:
        ptrace(PTRACE_SEIZE, child)
        return True
    except OSError as error:
        if error.errno != errno.EPERM:
            raise
        return False
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, WALL)


if __name__ == "__main__":
    if not may_trace():
        print("skipped: this machine does not let a process trace its children")
        sys.exit(77)
    unittest.main()
