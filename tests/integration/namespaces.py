"""Two network namespaces, which go at the end: the gateway in one, all others in the other."""
import os
import subprocess


def run(*words):
    subprocess.run([str(word) for word in words], check=True, capture_output=True)


class Namespaces:
    def __init__(self):
        self.near, self.far = (f"sluice-{side}-{os.getpid()}" for side in ("near", "far"))

    def lay(self):
        """What connects the two."""
        raise NotImplementedError

    def __enter__(self):
        try:
            for name in (self.near, self.far):
                run("ip", "netns", "add", name)
                run("ip", "-n", name, "link", "set", "lo", "up")
            self.lay()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in (self.near, self.far):
            subprocess.run(["ip", "netns", "del", name], capture_output=True)

    def pair(self, device):
        """A device in each, the two ends of one line, not up yet."""
        run("ip", "link", "add", device, "netns", self.near, "type", "veth", "peer", "name", device, "netns", self.far)

    def carry(self, rig, address):
        """Puts the processes of the rig at the ends; the broker listens on `address`."""
        rig.host = address
        rig.address = f"mqtt://{address}:{rig.port}"
        rig.within = {"gateway": ["ip", "netns", "exec", self.near],
                      "broker": ["ip", "netns", "exec", self.far],
                      "collector": ["ip", "netns", "exec", self.far]}


def why_not(make):
    """What is missing for the Namespaces that `make` gives; nothing when they can be had."""
    if os.geteuid() != 0:
        return "network namespaces take root"
    try:
        with make():
            return None
    except FileNotFoundError:
        return "iproute2 is not installed"
    except subprocess.CalledProcessError as failure:
        return f"no such network namespaces here: {failure.stderr.decode().strip()}"
