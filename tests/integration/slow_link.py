"""Two network namespaces with a bad line between them: the gateway in one, all others in the other."""
import os
import subprocess

NEAR, FAR = "10.77.0.1", "10.77.0.2"


def run(*words):
    subprocess.run([str(word) for word in words], check=True, capture_output=True)


class Line:
    """What leaves its ends goes through a queueing discipline, in the words of tc(8)."""

    def __init__(self, *discipline):
        self._discipline = discipline
        self.near, self.far = (f"sluice-{side}-{os.getpid()}" for side in ("near", "far"))

    def __enter__(self):
        try:
            for name in (self.near, self.far):
                run("ip", "netns", "add", name)
            run("ip", "link", "add", "line", "netns", self.near, "type", "veth", "peer", "name", "line",
                "netns", self.far)
            for name, address in ((self.near, NEAR), (self.far, FAR)):
                run("ip", "-n", name, "addr", "add", f"{address}/30", "dev", "line")
                for device in ("lo", "line"):
                    run("ip", "-n", name, "link", "set", device, "up")
                run("tc", "-n", name, "qdisc", "add", "dev", "line", "root", *self._discipline)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in (self.near, self.far):
            subprocess.run(["ip", "netns", "del", name], capture_output=True)

    def carry(self, rig):
        """Puts the processes of the rig at its ends."""
        rig.host = FAR
        rig.address = f"mqtt://{FAR}:{rig.port}"
        rig.within = {"gateway": ["ip", "netns", "exec", self.near],
                      "broker": ["ip", "netns", "exec", self.far],
                      "collector": ["ip", "netns", "exec", self.far]}


class SlowLink(Line):
    """Of `rate` as tc(8) writes it ("9600bit"), both ways, with a queue of some seconds like a modem's."""

    def __init__(self, rate, queue="4s"):
        # One packet at a time: no burst hides how slow the line is.
        super().__init__("tbf", "rate", rate, "burst", 1600, "latency", queue)


def why_not():
    """What is missing for a SlowLink; nothing when it can be had."""
    if os.geteuid() != 0:
        return "network namespaces take root"
    try:
        with SlowLink("9600bit"):
            return None
    except FileNotFoundError:
        return "iproute2 is not installed"
    except subprocess.CalledProcessError as failure:
        return f"no network namespaces or no token bucket here: {failure.stderr.decode().strip()}"
