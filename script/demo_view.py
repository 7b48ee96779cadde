"""How the demo shows an outage: the link, what waits and what arrives, over one axis of time."""
import operator
import os
import shutil
import sys

from demo_arrivals import KINDS

WIDTH = shutil.get_terminal_size().columns - 1
COLUMNS = max(20, min(60, WIDTH - 50))  # of the axis of time
WINDOW_SECONDS = 120  # of the axis when the demo has no end
LABEL = 15
LANES = ("alert", "event", "rollup", "requested", "raw", "rejected")
UNICODE = (sys.stdout.encoding or "").lower().startswith("utf")
BARS = " ▁▂▃▄▅▆▇█" if UNICODE else " .:-=+*%#"
UP, DOWN = "━╌" if UNICODE else "=."
COLOURS = {"red": 31, "green": 32, "yellow": 33, "cyan": 36, "bold": 1, "dim": 2}


def paint(text, colour):
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m"


def size(count):
    for unit in ("B", "KiB", "MiB"):
        if count < 1024 or unit == "MiB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024


def span(seconds):
    if seconds is None:
        return "-"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def waiting(status):
    """Chunks, bytes and age of the oldest, over all lanes."""
    lanes = status["uplink"]["lanes"] or []
    ages = [lane["oldest_age_s"] for lane in lanes if lane["oldest_age_s"] is not None]
    return sum(lane["chunks"] for lane in lanes), sum(lane["bytes"] for lane in lanes), max(ages, default=None)


class Chart:
    """Values over an axis of time: all of the demo, or its last minutes when it has no end."""

    def __init__(self, began, seconds):
        self.history = []  # (time, whether the link was up, readings that waited)
        self._began = began
        self._length = seconds or WINDOW_SECONDS
        self._rolls = not seconds

    def note(self, status, now):
        self.history.append((now, status["uplink"]["up"], status["readings"]["pending"]))

    def axis(self, now):
        """First and last second that is shown, from the start of the demo."""
        first = max(0.0, now - self._began - self._length) if self._rolls else 0.0
        return first, first + self._length

    def cells(self, values, now, join=max):
        """What `join` makes of the values in each column; 0 where there are none."""
        first, last = self.axis(now)
        cells = [0] * COLUMNS
        for at, value in values:
            column = int((at - self._began - first) / (last - first) * COLUMNS)
            if 0 <= column < COLUMNS:
                cells[column] = join(cells[column], value)
        return cells

    def bars(self, cells):
        most = max(cells)
        return "".join(BARS[1 + round((len(BARS) - 2) * cell / most) if cell else 0] for cell in cells)

    def scale(self, now):
        first, last = self.axis(now)
        left, right = f"{first:.0f} s", f"{last:.0f} s"
        return left + " " * (COLUMNS - len(left) - len(right)) + right


def line(label, chart, words="", colour=None):
    return f"{label:<{LABEL}}{paint(chart, colour) if colour else chart}  {words}"


def link_line(chart, status, now):
    states = chart.cells([(at, 2 if up else 1) for at, up, _ in chart.history], now)
    text, state = "", 0
    for cell in states[:1 + max((column for column, cell in enumerate(states) if cell), default=-1)]:
        state = cell or state
        text += paint(UP, "green") if state == 2 else paint(DOWN, "red")
    text += " " * (COLUMNS - text.count(UP) - text.count(DOWN))
    uplink = status["uplink"]
    since = span(uplink["since_s"])
    words = paint(f"UP for {since}", "green") if uplink["up"] else paint(f"DOWN for {since}", "red")
    if uplink["next_try_s"] is not None:
        words += f", next try in {span(uplink['next_try_s'])}"
    return line("link", text, words)


def link_words(uplink):
    goodput = f"{size(uplink['bytes_per_second'])}/s" if uplink["bytes_per_second"] else "not known yet"
    drained = uplink["drained_in_s"]
    return (f"goodput        {goodput}, round trip {uplink['round_trip_ms']:.0f} ms, {uplink['in_flight']} under way"
            + (f", drained in {span(drained)}" if drained and uplink["up"] else ""))


def lane_table(status):
    lanes = {lane["lane"]: lane for lane in status["uplink"]["lanes"] or []}
    most = max([lane["bytes"] for lane in lanes.values()], default=0)
    lines = [paint(f"{'waits in lane':<{LABEL}}{'chunks':>8}{'bytes':>12}{'oldest':>9}", "dim")]
    for name in LANES:
        lane = lanes.get(name, {"chunks": 0, "bytes": 0, "oldest_age_s": None})
        bar = BARS[-1] * round(30 * lane["bytes"] / most) if most else ""
        text = f"  {name:<{LABEL - 2}}{lane['chunks']:>8,}{size(lane['bytes']):>12}{span(lane['oldest_age_s']):>9}   "
        lines.append((text if lane["chunks"] else paint(text, "dim")) + paint(bar, "yellow"))
    return lines


def balance_lines(status, collected):
    readings = status["readings"]
    declared = readings["dropped"] + readings["lost_ring_full"]
    rest = readings["produced"] - readings["delivered"] - readings["pending"] - declared
    held = collected["readings_held"] if collected else 0
    return [f"readings       {readings['produced']:,} produced = {readings['delivered']:,} delivered + "
            f"{readings['pending']:,} waiting",
            f"               + {max(rest, 0):,} in memory + {declared:,} declared missing; the collector holds {held:,}"]


def outage_view(status, collected, arrivals, outage, chart, now):
    """All of it as lines; the last one says it in one line, for where there is no terminal."""
    if not sys.stdout.isatty():
        return [outage_line(status, collected, outage, now)]
    uplink = status["uplink"]
    lines = [f"{paint('sluice ' + status['version'], 'bold')}  gateway {status['gateway']}  up {status['uptime_s']:.0f} s   "
             + outage.words(now),
             "",
             " " * LABEL + paint(chart.scale(now), "dim"),
             link_line(chart, status, now),
             line("waits", chart.bars(chart.cells([(at, waits) for at, _, waits in chart.history], now)),
                  f"{status['readings']['pending']:,} readings", "yellow"),
             paint("arrives", "dim")]
    kinds = {kind: [] for kind in KINDS}
    for arrival in arrivals.all:
        kinds[arrival.kind(outage.link_back)].append((arrival.arrived, arrival.records))
    for kind, values in kinds.items():
        total = sum(records for _, records in values)
        lines.append(line("  " + kind, chart.bars(chart.cells(values, now, operator.add)), f"{total:,}" if total else "", "cyan"))
    lines += ["", *lane_table(status), "", link_words(uplink), *balance_lines(status, collected)]
    return [cut(text) for text in lines]


def cut(text):
    """To the width of the terminal; colours have none."""
    shown, at, room = "", 0, WIDTH
    while at < len(text):
        if text[at] == "\x1b":
            end = text.index("m", at) + 1
            shown += text[at:end]
            at = end
            continue
        if room > 0:
            shown += text[at]
            room -= 1
        at += 1
    return shown


def outage_line(status, collected, outage, now):
    """The same in one line, for a log."""
    uplink = status["uplink"]
    chunks, count, oldest = waiting(status)
    states = f"{outage.phase()}, link {'up' if uplink['up'] else 'DOWN'} for {span(uplink['since_s'])}"
    lanes = ", ".join(f"{lane['lane']} {lane['chunks']}" for lane in uplink["lanes"] or [] if lane["chunks"])
    held = collected["readings_held"] if collected else 0
    return (f"{now - outage.began:4.0f} s  {states:<42} waits {size(count):>9}, oldest {span(oldest):>5}, chunks: "
            f"{lanes or 'none'}; produced {status['readings']['produced']:,}, collector holds {held:,}")


def report(arrivals, outage):
    """When each kind arrived after the outage, as lines."""
    if outage.link_back is None:
        return ["the link has not come back"]
    lines = [f"the path was gone for {outage.back_at - outage.gone_at:.0f} s, the link for "
             f"{outage.link_back - outage.gone_at:.1f} s; since it is back have arrived",
             f"  {'':<16}{'records':>10}{'first after':>14}{'last after':>13}"]
    kinds = arrivals.after(outage.gone_at, outage.link_back)
    for kind, found in kinds.items():
        if not found:
            continue
        first = min(arrival.arrived for arrival in found) - outage.link_back
        last = max(arrival.arrived for arrival in found) - outage.link_back
        ends = "goes on" if kind == "live readings" else f"{last:.1f} s"
        lines.append(f"  {kind:<16}{sum(arrival.records for arrival in found):>10,}{first:>12.1f} s{ends:>13}")
    return lines
