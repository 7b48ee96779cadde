"""A bad line: the gateway at one end of it, all others at the other."""
import namespaces
from namespaces import Namespaces, run

NEAR, FAR = "10.77.0.1", "10.77.0.2"


class Line(Namespaces):
    """What leaves its ends goes through a queueing discipline, in the words of tc(8)."""

    def __init__(self, *discipline):
        super().__init__()
        self._discipline = discipline

    def lay(self):
        self.pair("line")
        for name, address in ((self.near, NEAR), (self.far, FAR)):
            run("ip", "-n", name, "addr", "add", f"{address}/30", "dev", "line")
            run("ip", "-n", name, "link", "set", "line", "up")
            run("tc", "-n", name, "qdisc", "add", "dev", "line", "root", *self._discipline)

    def carry(self, rig, address=FAR):
        super().carry(rig, address)


class SlowLink(Line):
    """Of `rate` as tc(8) writes it ("9600bit"), both ways, with a queue of some seconds like a modem's."""

    def __init__(self, rate, queue="4s"):
        # One packet at a time: no burst hides how slow the line is.
        super().__init__("tbf", "rate", rate, "burst", 1600, "latency", queue)


def why_not():
    """What is missing for a SlowLink; nothing when it can be had."""
    return namespaces.why_not(lambda: SlowLink("9600bit"))
