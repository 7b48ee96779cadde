#!/usr/bin/env python3
"""Decodes a batch, the payload of one message on .../up/<stream>, with Python's standard library alone.

A second decoder, written from docs/chunk-format.md: the tests hold it against the gateway's own. Prints one JSON object
per line, first of the batch, then of each chunk, with its records. Values of readings are the 64 bits of their doubles,
in hexadecimal, or numbers with --numbers. Exits with 1 and a message when the batch is damaged, with 2 when it cannot
be read.
"""
import argparse
import json
import math
import os
import struct
import sys
import zlib

BATCH_BYTES_MAX = 1024 * 1024
CHUNKS_MAX = 4096
READINGS_MAX = 32768
EVENTS_MAX = 1024
ROLLUPS_MAX = 512
SUM_WORDS = 34
TEXT_MAX = 256
STREAMS = ("event", "rollup", "raw", "rejected")
QUALITIES = ("good", "stale", "out_of_range", "fault", "missing", "suspect_clock")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
WIDE = 3
MANTISSA_MAX = 2**51
NO_CHANNEL = 65535


class Damaged(Exception):
    pass


def check(condition, what):
    if not condition:
        raise Damaged(what)


def wrap(number):
    """As signed 64 bits."""
    return (number + 2**63) % 2**64 - 2**63


def unfold(number):
    return -(number + 1) // 2 if number & 1 else number // 2


def bits_of(value):
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def double_of(bits):
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


class Bits:
    """Bits, the lowest of each byte first."""

    def __init__(self, data):
        self.data, self.at = bytes(data), 0

    def take(self, width):
        check(self.at + width <= 8 * len(self.data), "it ends too early")
        begin, end = self.at // 8, (self.at + width + 7) // 8
        word = int.from_bytes(self.data[begin:end], "little") >> self.at % 8
        self.at += width
        return word & ((1 << width) - 1)

    def zeros(self, most):
        """Zeros before the next 1, which is taken too unless there are `most`."""
        for count in range(most):
            if self.take(1):
                return count
        return most

    def number(self, order):
        length = (self.zeros(65) << order) + self.take(order)
        check(length <= 64, "a number is longer than 64 bits")
        return length if length <= 1 else 1 << length - 1 | self.take(length - 1)

    def scaled(self):
        zeros, digits = self.number(1), self.number(1)
        check(zeros <= 19, "a number has too many zeros")
        return digits * 10**zeros % 2**64

    def check_end(self):
        left = 8 * len(self.data) - self.at
        check(left < 8 and self.take(left) == 0, "bytes follow its end")


def level_of(bits):
    level = bits.take(3)
    return level if level < 7 else 7 + bits.take(5)


def residuals(bits, count):
    level = level_of(bits)
    sparse = level == 38
    if sparse:
        level = level_of(bits)
    check(level <= 28, "a level is unknown")
    mean = 192 << 2 * (level - 1) if level else 0
    run_bits, zeros, broken = 2, 0, False
    for _ in range(count):
        if zeros == 0 and not broken and (sparse or mean < 128):
            broken = not bits.take(1)
            zeros = bits.take(run_bits) if broken else 1 << run_bits
            run_bits = max(run_bits - 1, 0) if broken else min(run_bits + 1, 12)
        narrow = (mean + 128 >> 9).bit_length()
        if zeros:
            zeros, residual = zeros - 1, 0
        else:
            parameter = narrow if narrow < 54 else 60
            quotient = bits.zeros(16)
            residual = bits.number(WIDE) if quotient == 16 else quotient << parameter | bits.take(parameter)
            residual, broken = (residual + broken) % 2**64, False
        if residual or not sparse:
            mean += (min(residual, 16 << min(narrow, 51)) << 4) - (mean >> 4)
        yield residual


class Base:
    def __init__(self, base):
        self.base = base

    def predict(self):
        return self.base, False

    def add(self, integer):
        pass


class Level:
    def __init__(self, first, shift, drift):
        self.shift, self.drift, self.seen = shift, drift << 4, 1
        self.level = wrap((first << 12) + self.drift)

    def predict(self):
        guess = wrap(self.level + 2048) >> 12
        return guess, wrap(self.level - (guess << 12)) > 0

    def add(self, integer):
        self.seen += 1
        shift = min(self.shift, self.seen.bit_length() - 1)
        error = wrap((integer << 12) - self.level)
        self.level = wrap(self.level + (error >> shift) + self.drift)


class Weighted:
    """The last one, a line, a parabola and linear prediction: weights of the distances of the last few from a base."""

    def __init__(self, first, weights, base=0, precision=0):
        self.weights, self.base, self.precision = weights, base, precision
        self.half = (1 << precision) >> 1
        self.last = [wrap(first - base)] * len(weights)

    def predict(self):
        total = wrap(self.half + sum(w * x for w, x in zip(self.weights, self.last)))
        return wrap(self.base + (total >> self.precision)), False

    def add(self, integer):
        self.last = [wrap(integer - self.base)] + self.last[:-1]


def take_predictor(bits, kind, first):
    if kind == 1:
        return Level(first, 5, 0)
    if kind in (2, 7, 13):
        return Weighted(first, {2: (1,), 7: (2, -1), 13: (3, -3, 1)}[kind])
    if 3 <= kind <= 6:
        return Level(first, kind - 2, 0)
    if 8 <= kind <= 12:
        return Level(first, kind - 8, unfold(bits.number(WIDE)))
    if kind == 14:
        return Base(unfold(bits.number(WIDE)))
    check(kind == 15, "a kind of prediction is unknown")
    base = unfold(bits.number(WIDE))
    order, precision = bits.take(3) + 1, bits.take(4)
    return Weighted(first, [unfold(bits.number(WIDE)) for _ in range(order)], base, precision)


def integers(bits, first, count):
    """A column of `count` integers that begins with `first`, which is known."""
    if count < 2:
        return [first] * count
    kind, divisor, begin = bits.number(1), None, first
    if kind == 16:
        divisor, kind, begin = bits.scaled(), bits.number(1), 0
    if kind == 0:
        return [first] * count
    predictor = take_predictor(bits, kind, begin)
    column = [begin]
    for residual in residuals(bits, count - 1):
        guess, leans_up = predictor.predict()
        error = unfold(residual)
        column.append(wrap(guess - error if leans_up else guess + error))
        predictor.add(column[-1])
    return column if divisor is None else [wrap(first + divisor * integer) for integer in column]


def grid_of(first, last, count):
    """Period and unit that first and last stamp tell."""
    span = wrap(last - first)
    if span < 0:
        return 0, 1
    step, digit, unit = span // (count - 1), 1, 1
    while digit <= step // 100:
        digit *= 10
    period = (step + digit // 2) // digit * digit
    while unit < 10**9 and first % (10 * unit) == 0 and span % (10 * unit) == 0:
        unit *= 10
    return (period if period % unit == 0 else 0), unit


def times(bits, first, last, count):
    mode = bits.take(2)
    check(mode == 0 or mode < 3 and count > 1, "a way of writing times is unknown")
    if mode == 0:
        step, rest = divmod((last - first) % 2**64, max(count - 1, 1))
        check(rest == 0, "its times are wrong")
        return [wrap(first + i * step) for i in range(count)]
    missing = {}
    if mode == 1:
        period, unit = grid_of(first, last, count)
    else:
        period, unit, at = bits.scaled(), 1, 1
        for _ in range(bits.number(0)):
            at += bits.number(WIDE)
            check(at < count - 1, "a missing tick lies outside")
            missing[at] = bits.number(0) + 1
            at += 1
    stamps, tick = [], 0
    for i, off in enumerate(integers(bits, 0, count - 1)):
        tick += missing.get(i, 0)
        stamps.append(wrap(first + tick * period + off * unit))
        tick += 1
    return stamps + [last]


def exceptions(bits, count):
    """Runs of one value that has not the form of the others: (begin, end, bits of the double)."""
    runs, end, raw = [], 0, 0
    usual = (0x7FF8 << 48, 0x7FF0 << 48, 0xFFF0 << 48, 1 << 63)
    for _ in range(bits.number(0)):
        begin = end + bits.number(WIDE)
        end = begin + bits.number(0) + 1
        check(end <= count, "an exception lies outside")
        kind = bits.take(3)
        check(kind <= 5, "a kind of exception is unknown")
        if kind == 4:
            raw = bits.take(64)
        runs.append((begin, end, usual[kind] if kind < 4 else raw))
    return runs


def constant(bits):
    kind = bits.take(2)
    if kind == 3:
        return double_of(bits.take(64))
    steps = 1 << bits.take(5) if kind else 1
    digits, mantissa = bits.number(0), unfold(bits.number(2))
    check(digits <= 15 and abs(mantissa) <= MANTISSA_MAX and steps > (kind == 2), "a calibration makes no sense")
    return mantissa / float(10**digits) / float(steps - (kind == 2))


def model(bits):
    """How integers become doubles: a function to the bits of a double."""
    kind = bits.take(3)
    if kind <= 2:
        digits, scale, offset = bits.number(0), 1.0, 0.0
        check(digits <= 15, "a decimal has too many digits")
        power = float(10**digits)
        if kind == 1:
            scale = constant(bits)
            offset = constant(bits) if bits.take(1) else 0.0
        form = (lambda m: m / power, lambda m: m / power * scale + offset,
                lambda m: struct.unpack("<f", struct.pack("<f", m / power))[0])[kind]
    elif kind == 3:
        exponent = unfold(bits.number(WIDE))
        check(abs(exponent) <= 511, "an exponent is out of range")
        form = lambda m: math.ldexp(m, exponent)
    elif kind == 4:
        more = bits.number(WIDE)
        check(more < 64, "a dictionary is too large")
        words = [bits.take(64) for _ in range(more + 1)]

        def look_up(place):
            check(0 <= place < len(words), "a value is not in the dictionary")
            return words[place]

        return look_up
    else:
        check(kind == 5, "a form of values is unknown")
        return lambda m: m & 2**64 - 1 if m >= 0 else (m & 2**64 - 1) ^ 2**63 - 1

    def convert(mantissa):
        check(abs(mantissa) <= MANTISSA_MAX, "a mantissa is too large")
        return bits_of(form(float(mantissa)))

    return convert


def values(bits, count, runs):
    convert = model(bits)
    plain = count - sum(end - begin for begin, end, _ in runs)
    column = integers(bits, unfold(bits.number(WIDE)), plain) if plain else []
    result = [convert(integer) for integer in column]
    for begin, end, word in runs:
        result[begin:begin] = [word] * (end - begin)
    return result


def qualities(bits, count, runs):
    column = []
    if not bits.take(1):
        column = [0] * count
        for begin, end, _ in runs:
            column[begin:end] = [bits.take(3)] * (end - begin)
    while len(column) < count:
        quality = bits.take(3)
        column += [quality] * (bits.number(0 if quality else WIDE) + 1)
    check(len(column) == count and max(column) < len(QUALITIES), "its qualities are wrong")
    return column


def readings(bits, header):
    count = header["count"]
    check(count <= READINGS_MAX, "its count is out of range")
    special = bits.take(1)
    stamps = times(bits, header["first_ns"], header["last_ns"], count)
    check(stamps == sorted(stamps) and stamps[-1] == header["last_ns"], "its times are wrong")
    runs = exceptions(bits, count) if special else []
    words = values(bits, count, runs)
    marks = qualities(bits, count, runs) if special else [0] * count
    return list(zip(stamps, words, marks))


def column(bits, count):
    return integers(bits, unfold(bits.number(WIDE)), count) if count else []


def sums(bits, count):
    """Exact numbers, in units of 2^-1074."""
    begin, words = bits.take(6), bits.take(6)
    check(begin + words <= SUM_WORDS, "a sum is out of range")
    result = [0] * count
    for place in range(words):
        last = place == words - 1
        for i, word in enumerate(column(bits, count)):
            result[i] += (word if last else word % 2**64) << 64 * (begin + place)
    check(all(-2**2143 <= one < 2**2143 for one in result), "a sum is out of range")
    return result


def double_of_sum(number):
    """The nearest double, as its bits."""
    try:
        return bits_of(number / 2**1074)
    except OverflowError:
        return bits_of(math.copysign(math.inf, number))


def rollups(bits, header):
    count = header["count"]
    check(count <= ROLLUPS_MAX, "its count is out of range")
    lengths, gaps, revisions = (column(bits, count) for _ in range(3))
    counts = list(zip(*(column(bits, count) for _ in QUALITIES)))
    windows, end = [], header["first_ns"]
    for length, gap, revision, numbers in zip(lengths, gaps, revisions, counts):
        begin = wrap(end + gap)
        end = begin + length
        check(length > 0 and end < 2**63 and 0 <= revision < 2**32, "a window makes no sense")
        check(all(0 <= number < 2**31 for number in numbers) and any(numbers), "a count is out of range")
        windows.append({"begin_ns": begin, "length_ns": length, "revision": revision, "counts": list(numbers)})
    ends = [one["begin_ns"] + one["length_ns"] for one in windows]
    check((min(one["begin_ns"] for one in windows), max(ends) - 1) == (header["first_ns"], header["last_ns"]),
          "its times are wrong")
    valued = [one for one in windows if one["counts"][0] + one["counts"][5]]
    if not valued:
        return windows
    count = len(valued)
    doubles = [values(bits, count, exceptions(bits, count)) for _ in range(9)]
    check(all(math.isfinite(double_of(word)) for words in doubles for word in words), "a value is no number")
    firsts, lasts = column(bits, count), column(bits, count)
    totals, squares = sums(bits, count), sums(bits, count)
    for i, one in enumerate(valued):
        words = [words[i] for words in doubles]
        least, most, first, last = (double_of(word) for word in words[:4])
        check(least <= first <= most and least <= last <= most, "a summary makes no sense")
        begin, end = one["begin_ns"], one["begin_ns"] + one["length_ns"]
        check(begin <= begin + firsts[i] <= end - lasts[i] < end, "a value lies outside its window")
        one.update(zip(("min", "max", "first", "last"), words))
        one.update(quantiles=words[4:], first_ns=begin + firsts[i], last_ns=end - lasts[i],
                   sum=double_of_sum(totals[i]), squares=double_of_sum(squares[i]))
    return windows


class Table:
    """A FlatBuffers table, read by hand: flatc 2 writes no Python for a vector of unions."""

    def __init__(self, data, at):
        self.data, self.at = data, at
        self.fields = at - self.number("i", at)

    def number(self, form, at):
        check(0 <= at <= len(self.data) - struct.calcsize("<" + form), "its structure is wrong")
        return struct.unpack_from("<" + form, self.data, at)[0]

    def place(self, field):
        """Where a field lies; 0 when it is left out."""
        entry = 4 + 2 * field
        offset = self.number("H", self.fields + entry) if entry < self.number("H", self.fields) else 0
        return self.at + offset if offset else 0

    def scalar(self, field, form):
        at = self.place(field)
        return self.number(form, at) if at else 0

    def follow(self, at):
        check(at > 0, "a field is missing")
        return at + self.number("I", at)

    def bytes(self, field):
        at = self.follow(self.place(field))
        end = at + 4 + self.number("I", at)
        check(end <= len(self.data), "its structure is wrong")
        return bytes(self.data[at + 4:end])


def root(data):
    return Table(data, Table(data, 0).number("I", 0) if len(data) >= 8 else check(False, "it is too short"))


# Fields of each kind of event: structs as one layout, tables as (name, form), texts as form "s".
EVENTS = {
    1: ("RunStarted", (("time_ns", "q"), ("boot", "s"), ("version", "s"), ("config_hash", "s"))),
    2: ("RunEnded", "<qQ", ("time_ns", "readings")),
    3: ("ChannelDeclared", (("time_ns", "q"), ("channel", "H"), ("name", "s"), ("unit", "s"), ("period_ns", "q"),
                            ("calibration", "dd"))),
    4: ("AlertDeclared", (("time_ns", "q"), ("alert", "H"), ("channel", "H"), ("name", "s"), ("rule", "s"))),
    5: ("ConfigApplied", (("time_ns", "q"), ("config_hash", "s"))),
    6: ("AlertStep", "<qdIHHBB", ("time_ns", "value", "count", "alert", "channel", "change", "severity")),
    7: ("ClockRecord", "<qqqB", ("time_ns", "wall_ns", "uncertainty_ns", "synchronised")),
    8: ("Gap", "<qQQQqq16sHBB", ("time_ns", "first_seq", "last_seq", "readings", "first_ns", "last_ns", "run",
                                 "channel", "stream", "reason")),
    9: ("SafeModeEntered", (("time_ns", "q"), ("why", "s"))),
    10: ("DriverChanged", (("time_ns", "q"), ("channel", "H"), ("state", "B"), ("reason", "s"))),
}


# How many values those fields have that are enumerations or flags.
VALUES = {"change": 4, "severity": 3, "synchronised": 2, "stream": len(STREAMS), "reason": 6, "state": 3}


def check_event(event):
    # A gap's reason is one of these, a driver's is a text.
    sensible = all(event.get(field, 0) < values for field, values in VALUES.items()
                   if not isinstance(event.get(field, 0), str))
    sensible = sensible and event.get("period_ns", 0) >= 0 and event.get("uncertainty_ns", 0) >= 0
    if event["event"] == "Gap":
        first, last = event["first_seq"], event["last_seq"]
        sensible = sensible and (1 <= first <= last or first == last == 0) and event["first_ns"] <= event["last_ns"]
    check(sensible, "an event makes no sense")


def event(table, kind, at):
    check(kind in EVENTS, "a kind of event is unknown")
    name, *layout = EVENTS[kind]
    result = {"event": name}
    if len(layout) == 2:
        check(at + struct.calcsize(layout[0]) <= len(table.data), "its structure is wrong")
        for field, value in zip(layout[1], struct.unpack_from(layout[0], table.data, at)):
            result[field] = value.hex() if isinstance(value, bytes) else value
        return result
    inner = Table(table.data, at)
    for index, (field, form) in enumerate(layout[0]):
        if form == "s":
            text = inner.bytes(index)
            check(len(text) <= TEXT_MAX, "a text is too long")
            result[field] = text.decode("utf-8", "replace")
        elif form == "dd":
            place = inner.place(index)
            if place:
                result[field] = [inner.number("d", place), inner.number("d", place + 8)]
        else:
            result[field] = inner.scalar(index, form)
    return result


def events(data, header):
    check(header["count"] <= EVENTS_MAX and data[:1] == b"\x01", "a chunk of events is damaged")
    table = root(data[1:])
    kinds = table.bytes(0)
    at = table.follow(table.place(1))
    check(len(kinds) == table.number("I", at) == header["count"], "its count is wrong")
    result = [event(table, kind, table.follow(at + 4 + 4 * i)) for i, kind in enumerate(kinds)]
    for one in result:
        check_event(one)
    stamps = [one["time_ns"] for one in result]
    check((min(stamps), max(stamps)) == (header["first_ns"], header["last_ns"]), "its times are wrong")
    return result


def headers(bits):
    count = bits.number(WIDE) + 1
    check(count <= CHUNKS_MAX, "its number of chunks is out of range")
    digits, period = bits.take(4), bits.scaled()
    check(digits <= 9, "its unit of time is unknown")

    def column(first=None):
        return integers(bits, wrap(bits.number(WIDE)) if first is None else first, count)

    seqs = [(x + i) % 2**64 for i, x in enumerate(column())]
    channels = [wrap(x + i) for i, x in enumerate(column())]
    counts = column()
    begin = unfold(bits.number(WIDE))
    firsts = [begin + x * period for x in column(0)]
    firsts = [wrap((a + b) * 10**digits) for a, b in zip(firsts, column(0))]
    spans = [(x + (n - 1) * period) * 10**digits for n, x in zip(counts, column())]
    lasts = [wrap(first + span) for first, span in zip(firsts, spans)]
    names = ("seq", "channel", "count", "first_ns", "last_ns", "shared", "own")
    rows = [dict(zip(names, row)) for row in zip(seqs, channels, counts, firsts, lasts, column(0), column())]
    for row in rows:
        check(row["seq"] >= 1 and 1 <= row["count"] < 2**32 and 0 <= row["channel"] < 2**16
              and row["first_ns"] <= row["last_ns"] and row["shared"] >= 0 <= row["own"], "a header makes no sense")
    return rows


def decode(message):
    """The batch and its chunks, each with header and bytes."""
    check(len(message) <= BATCH_BYTES_MAX, "it is too large")
    table = root(message)
    run = message[table.place(0):table.place(0) + 16]
    payload = table.bytes(1)
    check(table.place(0) and len(run) == 16, "a field is missing")
    bits = Bits(payload)
    check(bits.take(4) == 2, "its version is unknown")
    stream = bits.take(3)
    check(stream < len(STREAMS), "its stream is unknown")
    backlog = bits.take(1) == 1
    expected = bits.take(32)
    gateway = "".join(LETTERS[bits.take(6)] for _ in range(bits.take(6) + 1))
    chunks, before, left = [], b"", BATCH_BYTES_MAX
    crc = zlib.crc32(gateway.encode())
    at = None
    for header in headers(bits):
        at = (bits.at + 7) // 8 if at is None else at
        shared, own = header.pop("shared"), header.pop("own")
        left -= shared + own
        check(shared <= len(before) and at + own <= len(payload) and left >= 0, "a chunk lies outside the payload")
        before = before[:shared] + payload[at:at + own]
        at += own
        fields = struct.pack("<16sBQHIqq", run, stream, header["seq"], header["channel"], header["count"],
                             header["first_ns"], header["last_ns"])
        header["crc"] = zlib.crc32(before, zlib.crc32(fields))
        crc = zlib.crc32(struct.pack("<I", header["crc"]), crc)
        chunks.append((header, before))
    check(at == len(payload), "bytes follow its last chunk")
    crc = zlib.crc32(b"\1", crc) if backlog else crc
    check(crc == expected, "its checksum is wrong")
    return {"gateway": gateway, "run": run.hex(), "stream": STREAMS[stream], "backlog": backlog,
            "chunks": len(chunks)}, chunks


def records(stream, header, data):
    if stream == "event":
        check(header["channel"] == NO_CHANNEL, "it is of another stream")
        return events(data, header)
    bits = Bits(data)
    if stream == "rollup":
        rows = rollups(bits, header)
        bits.check_end()
        return rows
    rows = readings(bits, header)
    if stream == "rejected":
        reasons = integers(bits, bits.number(0), header["count"])
        check(all(0 <= reason < 256 for reason in reasons), "a reason makes no sense")
        rows = [row + (reason,) for row, reason in zip(rows, reasons)]
    bits.check_end()
    return rows


def read(file):
    if file == "-":
        return sys.stdin.buffer.read(BATCH_BYTES_MAX + 1)
    with open(file, "rb") as opened:
        return opened.read(BATCH_BYTES_MAX + 1)


def print_batch(message, numbers):
    batch, chunks = decode(message)
    print(json.dumps(batch))
    show = double_of if numbers else "{:016x}".format
    for header, data in chunks:
        line = dict(header, size=len(data), crc=f"{header['crc']:08x}")
        line["records"] = rows = records(batch["stream"], header, data)
        if batch["stream"] == "rollup":
            for row in rows:
                shown = {name: show(row[name]) for name in ("min", "max", "first", "last", "sum", "squares") if name in row}
                row.update(shown, **({"quantiles": [show(word) for word in row["quantiles"]]} if shown else {}))
        elif batch["stream"] != "event":
            line["records"] = [[time, show(word), QUALITIES[quality], *rest] for time, word, quality, *rest in rows]
        print(json.dumps(line))


def main():
    parser = argparse.ArgumentParser(prog="sluice-decode", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="the payload of one batch; - is standard input")
    parser.add_argument("--numbers", action="store_true", help="values as numbers, without the payloads of NaN")
    arguments = parser.parse_args()
    name = "standard input" if arguments.file == "-" else arguments.file
    try:
        print_batch(read(arguments.file), arguments.numbers)
        sys.stdout.flush()
    except Damaged as damage:
        sys.stdout.flush()
        sys.exit(f"sluice-decode: {name}: the batch is damaged: {damage}")
    except BrokenPipeError:
        # Who reads the output has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        print(f"sluice-decode: {name}: {error.strerror}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
