"""What simulated sensors handed out, by their own ledgers, against what the collector holds."""
from rig import read_ledger

CHANNELS = 6
PERIOD_MS = 50
QUALITIES = ["good", "stale", "out_of_range", "fault", "missing", "suspect_clock"]
OPEN_END_NS = 2**63 - 1
IDLE_CHANNEL = """
[[channel]]
name = "idle"
driver = "simulated"
shape = "constant"
unit = "1"
period = "1h"
"""


def write_config(rig):
    text = """
[gateway]
id = "killed"
[storage]
commit_every = "200ms"
seal_after = "700ms"
[uplink]
ack_timeout = "1s"
ack_timeout_max = "2s"
"""
    for i in range(CHANNELS):
        text += f"""
[[channel]]
name = "channel{i}"
driver = "simulated"
shape = "random_walk"
amplitude = 0.7
seed = {i + 1}
unit = "1"
period = "{PERIOD_MS}ms"
ledger = "{rig.folder}/ledger{i}"
ledger_records = 100000
faults = [{{kind = "timeout", from = "3s", length = "300ms", every = "5s"}}]
"""
    rig.config.write_text(text)


def read_no_more(rig):
    """Ends the gateway in order, and starts one with next to nothing to read, which sends what is left."""
    # What is produced until here is all sealed once the gateway has said goodbye.
    if rig.stop_gateway() != 0:
        raise AssertionError("the gateway did not end well:\n" + rig.log("gateway")[-2000:])
    rig.config.write_text(rig.config.read_text().split("[[channel]]")[0] + IDLE_CHANNEL)
    rig.start_gateway()
    rig.wait_for_gateway()


def deliver_the_rest(rig):
    read_no_more(rig)
    rig.wait_drained()


CLOSED = 5  # of a run that is over: its span says nothing, and nothing of it is missing


def gap_spans(rig):
    """Declared spans without readings: (first ns, last ns), of the one boot that all runs share."""
    return [(first, last) for first, last in rig.query(
        f"SELECT first_ns, last_ns FROM gap WHERE stream = 2 AND reason <> {CLOSED}")]


def check(rig):
    held, twice = {}, 0
    for reading in rig.exported():
        if reading["channel"] == "idle":
            continue
        key = (reading["channel"], reading["boot_ns"])
        twice += key in held
        held[key] = (reading["value"], reading["quality"])
    gaps = gap_spans(rig)

    def in_gap(tick):
        return any(first < tick <= last for first, last in gaps)

    produced = lost = wrong = undeclared = both = 0
    for i in range(CHANNELS):
        for tick, value, quality in read_ledger(rig.folder / f"ledger{i}"):
            produced += 1
            arrived = held.pop((f"channel{i}", tick), None)
            if arrived is None:
                lost += 1
                undeclared += not in_gap(tick)
                continue
            both += in_gap(tick)
            wrong += arrived[1] != QUALITIES[quality] or (quality == 0 and arrived[0] != value)
    runs = len(rig.query("SELECT 1 FROM run"))
    open_ends = sum(last == OPEN_END_NS for _, last in gaps)
    collected = rig.collected()
    print(f"{runs} runs, {produced} produced, {produced - lost} delivered, {lost} declared missing in {len(gaps)} gaps, "
          f"{collected['duplicates']} duplicate chunks dropped")
    failures = {
        "readings lost without a gap": undeclared,
        "readings twice": twice,
        "readings both delivered and in a gap": both,
        "readings with another value": wrong,
        "readings that nobody produced": len(held),
        "conflicting chunks": collected["conflicts"],
        "gaps without an end within one boot": open_ends,
    }
    bad = {what: count for what, count in failures.items() if count}
    if produced == 0 or lost == produced:
        bad["nothing was delivered"] = 1
    return bad
