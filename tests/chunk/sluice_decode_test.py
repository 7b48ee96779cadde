#!/usr/bin/env python3
"""tools/sluice_decode.py against the encoder: usage: sluice_decode_test.py WRITE_SAMPLES

WRITE_SAMPLES writes batches and what is in them (tests/chunk/write_samples.cpp).
"""
import dis
import importlib.util
import json
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import types
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DECODER = ROOT / "tools" / "sluice_decode.py"
FORMAT = ROOT / "docs" / "chunk-format.md"
SAMPLES = ("readings", "rejected", "rollups", "events")
# What the tests below run as a program, and what only an odd encoder needs.
NOT_DECODING = ("read", "print_batch", "main")
RARE = ("raise Damaged(what)", "return 0, 1", "except OverflowError:",
        "return bits_of(math.copysign(math.inf, number))")


def load_decoder():
    spec = importlib.util.spec_from_file_location("sluice_decode", DECODER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(*arguments, data=None):
    return subprocess.run([sys.executable, DECODER, *arguments], input=data, capture_output=True, timeout=60)


def lines_of(code):
    """Lines of a function that do something, with those of the functions in it."""
    lines = {line for _, line in dis.findlinestarts(code) if line and line != code.co_firstlineno}
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            lines |= lines_of(inner)
    return lines


class Decode(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="sluice-test-")))
        subprocess.run([WRITE_SAMPLES, cls.folder], check=True, timeout=60)
        cls.decoder = load_decoder()

    def batch(self, name):
        return (self.folder / f"{name}.batch").read_bytes()

    def decode(self, message):
        batch, chunks = self.decoder.decode(message)
        return [self.decoder.records(batch["stream"], header, data) for header, data in chunks]

    def test_gives_what_was_encoded_bit_for_bit(self):
        for name in SAMPLES:
            done = run(self.folder / f"{name}.batch")
            self.assertEqual((0, b""), (done.returncode, done.stderr))
            expected = (self.folder / f"{name}.json").read_text().splitlines()
            given = done.stdout.decode().splitlines()
            self.assertEqual(len(expected), len(given))
            for a, b in zip(expected, given):
                # As text, in which 0.0 and -0.0 differ.
                self.assertEqual(repr(json.loads(a)), repr(json.loads(b)))

    def test_needs_every_line_and_every_predictor_for_that(self):
        ran, kinds = set(), set()

        def note(frame, event, _):
            if frame.f_code.co_filename == str(DECODER):
                ran.add(frame.f_lineno)
                if frame.f_code.co_name == "take_predictor":
                    kinds.add(frame.f_locals["kind"])
                return note

        sys.settrace(note)
        try:
            for name in SAMPLES:
                self.decode(self.batch(name))
        finally:
            sys.settrace(None)
        self.assertEqual(set(range(1, 16)), kinds)
        wanted = set()
        for value in vars(self.decoder).values():
            if isinstance(value, types.FunctionType) and value.__name__ not in NOT_DECODING:
                wanted |= lines_of(value.__code__)
            elif isinstance(value, type) and value is not self.decoder.Damaged:
                for method in filter(lambda one: isinstance(one, types.FunctionType), vars(value).values()):
                    wanted |= lines_of(method.__code__)
        source = DECODER.read_text().splitlines()
        missed = {line: source[line - 1].strip() for line in wanted - ran}
        self.assertEqual({}, {line: text for line, text in missed.items() if text not in RARE})

    def test_refuses_what_is_damaged_and_nothing_else_happens(self):
        source = random.Random(5)
        for name in SAMPLES:
            good = self.batch(name)
            for _ in range(150):
                bad = bytearray(good)
                for _ in range(source.randint(1, 3)):
                    bad[source.randrange(len(bad))] ^= 1 << source.randrange(8)
                if source.randrange(3) == 0:
                    del bad[source.randrange(len(bad)):]
                try:
                    self.decoder.decode(bytes(bad))
                except self.decoder.Damaged:
                    pass

    def test_refuses_chunks_that_were_damaged_before_their_checksum(self):
        source = random.Random(6)
        for name in SAMPLES:
            batch, chunks = self.decoder.decode(self.batch(name))
            for header, data in chunks:
                for _ in range(20):
                    bad = bytearray(data or b"\0")
                    bad[source.randrange(len(bad))] ^= 1 << source.randrange(8)
                    try:
                        self.decoder.records(batch["stream"], header, bytes(bad))
                    except self.decoder.Damaged:
                        pass

    def test_refuses_events_outside_their_ranges(self):
        batch, [(header, good)] = self.decoder.decode(self.batch("events"))
        given = {one["event"]: one for one in self.decoder.records(batch["stream"], header, good)}
        layouts = {name: layout for name, *layout in self.decoder.EVENTS.values() if len(layout) == 2}

        def with_field(name, **changes):
            form, fields = layouts[name]
            before = [bytes.fromhex(given[name][field]) if field == "run" else given[name][field] for field in fields]
            after = [changes.get(field, value) for field, value in zip(fields, before)]
            self.assertEqual(1, good.count(struct.pack(form, *before)))
            return good.replace(struct.pack(form, *before), struct.pack(form, *after))

        def with_period(period):
            self.assertEqual(1, good.count(struct.pack("<q", 500)))
            return good.replace(struct.pack("<q", 500), struct.pack("<q", period))

        def with_text(text):
            at = good.index(b"boot-id")
            return good[:at - 4] + struct.pack("<I", len(text)) + text + good[at + len(text):]

        largest = {"change": 3, "severity": 2, "synchronised": 1, "stream": 3, "reason": 5}
        owners = {field: name for name, (_, fields) in layouts.items() for field in fields if field in largest}
        harmless = [with_field(owners[field], **{field: most}) for field, most in largest.items()]
        harmless += [with_field("ClockRecord", uncertainty_ns=0), with_period(0),
                     with_field("Gap", first_seq=0, last_seq=0), with_field("Gap", first_seq=5),
                     with_field("Gap", first_ns=2**63 - 1)]
        for data in harmless:
            self.assertEqual(header["count"], len(self.decoder.records(batch["stream"], header, data)))
        wrong = [with_field(owners[field], **{field: most + 1}) for field, most in largest.items()]
        wrong += [with_field("ClockRecord", uncertainty_ns=-1), with_period(-1),
                  with_field("Gap", first_seq=6), with_field("Gap", first_seq=0), with_field("Gap", last_seq=0),
                  with_field("Gap", last_ns=-2), with_field("RunEnded", time_ns=10), with_text(b"x" * 257)]
        for data in wrong:
            with self.assertRaises(self.decoder.Damaged):
                self.decoder.records(batch["stream"], header, data)

    def test_decodes_the_example_of_the_page_on_the_format(self):
        page = FORMAT.read_text()
        block = page[page.index("The batch of gateway `g`"):].split("```")[1]
        batch = bytes.fromhex("".join(line.split("   ")[0] for line in block.splitlines()))
        self.assertIn(f"the bytes are `{batch[-6:].hex(' ')}`", page)
        done = run("-", "--numbers", data=batch)
        self.assertEqual((0, b""), (done.returncode, done.stderr))
        head, chunk = map(json.loads, done.stdout.splitlines())
        self.assertEqual({"gateway": "g", "run": "5a" * 16, "stream": "raw", "backlog": False, "chunks": 1}, head)
        self.assertEqual((7, 3), (chunk["seq"], chunk["channel"]))
        self.assertEqual([[10**9, 21.5, "good"], [2 * 10**9, 21.6, "good"], [3 * 10**9, 21.6, "stale"]],
                         chunk["records"])

    def test_reads_standard_input(self):
        done = run("-", data=self.batch("rejected"))
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual(2, len(done.stdout.splitlines()))

    def test_shows_values_as_numbers(self):
        done = run("--numbers", "-", data=self.batch("readings"))
        self.assertEqual(0, done.returncode, done.stderr)
        second = json.loads(done.stdout.splitlines()[1])
        self.assertEqual([1_000_000_000, 21.5, "good"], second["records"][0])

    def test_says_what_it_is_for(self):
        done = run("--help")
        self.assertEqual(0, done.returncode)
        self.assertIn(b"--numbers", done.stdout)

    def test_ends_with_1_and_a_line_when_a_batch_is_damaged(self):
        for data in (b"", b"noise" * 100, self.batch("events")[:-1], b"\0" * (1024 * 1024 + 1)):
            done = run("-", data=data)
            self.assertEqual(1, done.returncode)
            self.assertRegex(done.stderr, rb"^sluice-decode: standard input: the batch is damaged: .*\n$")

    def test_ends_with_2_when_there_is_no_file(self):
        done = run(self.folder / "none")
        self.assertEqual(2, done.returncode)
        self.assertRegex(done.stderr, rb"^sluice-decode: .*none: No such file or directory\n$")

    def test_ends_quietly_when_nobody_reads_on(self):
        decoder = subprocess.Popen([sys.executable, DECODER, self.folder / "readings.batch"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        decoder.stdout.readline()
        decoder.stdout.close()
        self.assertEqual(b"", decoder.stderr.read())
        decoder.stderr.close()
        decoder.wait(60)


if __name__ == "__main__":
    WRITE_SAMPLES = sys.argv.pop(1)
    unittest.main()
