"""What has arrived at the collector of the demo, and when: from its database, while it is written."""
import contextlib
import sqlite3
import time

KINDS = ("live readings", "alerts", "events", "rollups", "backlog")
EVENT, ROLLUP, RAW, REJECTED = range(4)


def boot_now():
    """Now, in seconds of the clock that stamps readings."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Arrival:
    """A chunk: when it arrived, how many records it has, and from when to when they are."""

    def __init__(self, arrived, stream, is_alert, records, first, last):
        self.arrived, self.records, self.first, self.last = arrived, records, first, last
        self._stream, self._is_alert = stream, is_alert

    def kind(self, link_back):
        """One of KINDS. Backlog are readings that had been packed before the link came back."""
        if self._stream == RAW:
            waited = link_back is not None and self.last < link_back <= self.arrived
            return "backlog" if waited else "live readings"
        if self._stream == ROLLUP:
            return "rollups"
        return "alerts" if self._is_alert else "events"


class Arrivals:
    def __init__(self, database):
        self._database = database
        self._seen = 0
        self.all = []

    def look(self):
        """Takes in what is new. The collector has to have made its tables."""
        with contextlib.closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as database:
            self._take(database)

    def _take(self, database):
        wall_of_boot = time.time() - boot_now()
        for number, stream, is_alert, records, first, last, arrived in database.execute(
                "SELECT chunk.rowid, stream.stream, stream.stream = 0 AND EXISTS (SELECT 1 FROM alert_event AS step"
                "  WHERE step.run = stream.run AND step.time_ns BETWEEN chunk.first_ns AND chunk.last_ns),"
                " count, chunk.first_ns, chunk.last_ns, arrived_wall_ns"
                " FROM chunk JOIN stream ON stream.id = chunk.stream WHERE chunk.rowid > ? ORDER BY chunk.rowid",
                (self._seen,)):
            self.all.append(Arrival(arrived / 1e9 - wall_of_boot, stream, is_alert, records, first / 1e9, last / 1e9))
            self._seen = number

    def after(self, began, link_back):
        """Of each kind, what arrived since the link came back: of readings all, of the rest what had happened
        while there was no link."""
        kinds = {kind: [] for kind in KINDS}
        for arrival in self.all:
            kind = arrival.kind(link_back)
            happened_then = began <= arrival.last and arrival.first < link_back
            if arrival.arrived >= link_back and (happened_then or kind == "live readings"):
                kinds[kind].append(arrival)
        return kinds
