#!/usr/bin/env python3
"""The arm64 package on an emulated board: Debian 12 with systemd and its own kernel, where the devices
are the kernel's simulated ones. Each value is set from outside and looked for at a collector out here.

script/board makes the board, script/package the package; script/test --long does both and runs this.
The board has no devices of a real one: chips on I2C are registers that stay as they are written
(i2c-stub), there is no master for 1-Wire, whose files are made by hand, and time is an emulator's.
"""
import json
import os
import random
import shutil
import subprocess
import sys
import time
import unittest

import board
from board import Board, arm64_package
from modbus_test import PYTHON, SERVER
from rig import Rig, free_port, read_ledger, wait_until

SKIPPED = 77
LONG = os.environ.get("SLUICE_LONG") == "1"
QUALITIES = ["good", "stale", "out_of_range", "fault", "missing", "suspect_clock"]
# Readings come a few at a time: an emulated processor has other things to do.
LEDGERED, LEDGERED_PERIOD_MS = 4, 100
CUTS = 5 if LONG else 1

HEAD = """
[gateway]
id = "board"
{storage}
[uplink]
broker = "mqtt://{address}:{port}"
enabled = {enabled}
"""
SOON = """
[storage]
commit_every = "200ms"
seal_after = "700ms"
"""
IDLE = """
[[channel]]
name = "idle"
driver = "simulated"
unit = "1"
period = "1h"
"""
DROP_IN = """
[Service]
# The sensors' ledgers lie there.
ReadWritePaths=/host
# As docs/drivers.md says for CAN.
RestrictAddressFamilies=AF_CAN
# Pseudo terminals, for lines that no chip is needed for.
DeviceAllow=char-pts rw
"""

# As tests/integration/watchdog_test.py does it: ptrace is system call 117 on arm64, then PTRACE_SEIZE and
# PTRACE_INTERRUPT. It waits (__WALL) until the thread is no more.
STOP_A_THREAD = """
my $thread = shift() + 0;
syscall(117, 0x4206, $thread, 0, 0) == 0 or die "seize: $!";
syscall(117, 0x4207, $thread, 0, 0) == 0 or die "interrupt: $!";
1 while waitpid($thread, 0x40000000) > 0;
"""

# Chips on the simulated adapter, and what they are for.
LM75, INA219, ADS1115, BME280 = 0x48, 0x40, 0x49, 0x76
ADAPTER = "SMBus stub driver"
W1 = "/run/board-w1"
GPIO = "board-gpio"
ALERT = """
[[channel.alert]]
name = "door_open"
above = 0.5
action = "relay"
"""
RELAY = f"""
[[actuator]]
name = "relay"
driver = "gpio"
chip = "{GPIO}"
line = "5"
safe = "off"
"""
CAN_FRAME, SERIAL_LINE = "/run/can-frame", "/run/serial-line"
MODBUS_DEVICE, SERIAL_DEVICE = "/run/modbus-device", "/run/serial-device"


def swapped(word):
    """A chip's high byte first, as SMBus has its words."""
    return (word & 0xFF) << 8 | word >> 8


def bme280_registers():
    """Of the example in Bosch's BMP280 datasheet (BST-BMP280-DS001, section 3.12): 25.08 Cel, 100653 Pa."""
    words = [27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000]
    registers = {0xD0: 0x60, 0xA1: 75}
    for place, word in enumerate(words):
        registers[0x88 + 2 * place] = word & 0xFF
        registers[0x89 + 2 * place] = word >> 8 & 0xFF
    registers.update(zip(range(0xE1, 0xE8), [357 & 0xFF, 357 >> 8, 0, 322 >> 4, 322 & 0xF, 0, 30]))
    registers.update(zip(range(0xF7, 0xFD), [*twenty_bits(415148), *twenty_bits(519888)]))
    registers.update({0xFD: 0x70, 0xFE: 0x00})
    return registers


def twenty_bits(count):
    return [count >> 12, count >> 4 & 0xFF, (count & 0xF) << 4]


def bme280_celsius(count):
    """The datasheet's formula in whole numbers, for the calibration above."""
    first = (((count >> 3) - (27504 << 1)) * 26435) >> 11
    second = (((((count >> 4) - 27504) * ((count >> 4) - 27504)) >> 12) * -1000) >> 14
    return (((first + second) * 5 + 128) >> 8) / 100


class Site:
    """The board, with a broker and a collector out here."""

    def __init__(self):
        self.rig = Rig()
        self.board = Board(self.rig.folder)
        self.modbus = {}  # by protocol: port
        self.servers = []

    def start(self):
        self.rig.start_broker()
        self.rig.start_collector()
        for protocol in ("tcp", "rtu_over_tcp"):
            self.modbus[protocol] = free_port()
            self.servers.append(subprocess.Popen([PYTHON, SERVER, protocol, str(self.modbus[protocol])],
                                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        print(f"booted in {self.board.boot():.0f} s", flush=True)
        began = time.monotonic()
        shutil.copy(arm64_package(), self.board.shared / "sluice.deb")
        self.board.run("dpkg --install /host/sluice.deb")
        self.board.write("/etc/systemd/system/sluice.service.d/test.conf", DROP_IN)
        self.board.run("systemctl daemon-reload")
        print(f"installed in {time.monotonic() - began:.0f} s", flush=True)

    def stop(self):
        for server in self.servers:
            server.kill()
            server.wait()
        self.board.__exit__()
        self.rig.__exit__()

    def configure(self, channels, enabled=True, name="sluice.toml", storage=SOON):
        text = HEAD.format(address=board.GATEWAY_ADDRESS, port=self.rig.port, enabled=str(enabled).lower(),
                           storage=storage) + channels
        self.board.write(f"/etc/sluice/{name}", text)
        self.board.run(f"sluice check /etc/sluice/{name}")

    def restart(self, fresh=False):
        self.board.run("systemctl stop sluice" + ("; rm -rf /var/lib/sluice/*" if fresh else "") +
                       "; systemctl reset-failed sluice; systemctl start sluice")
        return self.status()

    def status(self):
        def answered():
            status, text = self.board.result_of("sluice status --json")
            return status == 0 and json.loads(text)
        return wait_until(answered, "the gateway on the board answers", 180)

    def show(self, unit_property):
        return self.board.run(f"systemctl show --property={unit_property} --value sluice").strip()

    def readings(self, channel):
        return [reading for reading in self.rig.exported() if reading["channel"] == channel]

    def wait_for_value(self, channel, value, tolerance=1e-9):
        """At the collector, after all that has arrived there until now."""
        before = len(self.readings(channel))

        def arrived():
            return any(reading["quality"] == "good" and abs(reading["value"] - value) <= tolerance
                       for reading in self.readings(channel)[before:])
        try:
            wait_until(arrived, f"{channel} is {value} at the collector", 90)
        except AssertionError as failure:
            raise AssertionError(f"{failure}; its last are {self.readings(channel)[-3:]}; the gateway says "
                                 f"{self.board.result_of('sluice status; journalctl -u sluice -n 20 --no-pager')[1]}") from None

    def deliver_the_rest(self):
        self.configure(IDLE)
        self.restart()
        wait_until(lambda: self.status()["storage"]["pending_chunks"] == 0, "everything is delivered", 180)


def channel(name, unit, driver, **keys):
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
    return f'[[channel]]\nname = "{name}"\nunit = "{unit}"\nperiod = "1s"\ndriver = "{driver}"\n{lines}'


def ledgered(phase):
    return "".join(f"""
[[channel]]
name = "channel{i}.{phase}"
driver = "simulated"
shape = "random_walk"
amplitude = 0.7
seed = {i + 1}
unit = "1"
period = "{LEDGERED_PERIOD_MS}ms"
ledger = "/host/ledger.{phase}.{i}"
ledger_records = 20000
""" for i in range(LEDGERED))


SITE = None


def setUpModule():
    global SITE
    SITE = Site()
    unittest.addModuleCleanup(SITE.stop)
    SITE.start()


class Devices(unittest.TestCase):
    """What is set in a simulated device arrives, in its unit, at the collector."""

    @classmethod
    def setUpClass(cls):
        run = SITE.board.run
        run(f"modprobe i2c-dev && modprobe i2c-stub chip_addr={LM75},{INA219},{ADS1115},{BME280} && modprobe lm75 && "
            "modprobe iio_dummy && mkdir /sys/kernel/config/iio/devices/dummy/adc0")
        run("modprobe gpio-sim && cd /sys/kernel/config/gpio-sim && mkdir -p board/bank && cd board && "
            f"echo 8 >bank/num_lines && echo {GPIO} >bank/label && echo 1 >live")
        cls.gpio = run("cd /sys/kernel/config/gpio-sim/board; echo /sys/devices/platform/$(cat dev_name)/$(cat bank/chip_name)").strip()
        run("modprobe iio-trig-hrtimer && mkdir /sys/kernel/config/iio/triggers/hrtimer/board-timer "
            "/sys/kernel/config/iio/devices/dummy/adc1")
        run("modprobe vcan && ip link add board-can type vcan && ip link set board-can up && modprobe can-raw")
        cls.put(CAN_FRAME, "123#0000")
        cls.put(SERIAL_LINE, "level=0")
        # What says the same again and again, as such devices do.
        run(f"systemd-run --quiet --unit=board-can sh -c 'while sleep 0.5; do cansend board-can $(cat {CAN_FRAME}); done'")
        run(f"systemd-run --quiet --unit=board-serial socat pty,link={SERIAL_DEVICE},rawer,mode=666 "
            f"SYSTEM:'while sleep 0.5; do cat {SERIAL_LINE}; done'")
        run(f"systemd-run --quiet --unit=board-modbus socat pty,link={MODBUS_DEVICE},rawer,mode=666 "
            f"tcp:{board.GATEWAY_ADDRESS}:{SITE.modbus['rtu_over_tcp']}")
        cls.bus = int(run("i2cdetect -l | sed -n 's/^i2c-\\([0-9]*\\).*SMBus stub.*/\\1/p'"))
        cls.set_word(LM75, 0, swapped(0x1900))
        run(f"echo lm75 {LM75:#x} >/sys/bus/i2c/devices/i2c-{cls.bus}/new_device")
        run("".join(f"i2cset -y {cls.bus} {BME280} {place} {byte} b\n" for place, byte in bme280_registers().items()))
        cls.set_word(INA219, 0, swapped(0x399F))  # as after power-up
        cls.set_thermometer(23437)
        cls.pull(2, "down")
        cls.pull(3, "down")
        SITE.configure(
            channel("gpio.door", "1", "gpio", chip=GPIO, line="2") + ALERT +
            channel("gpio.pulses", "1", "gpio", chip=GPIO, line="3", mode="count") +
            channel("lm75", "Cel", "hwmon", chip="lm75", sensor="temp1") +
            channel("bme280.temperature", "Cel", "bme280", adapter=ADAPTER, quantity="temperature") +
            channel("bme280.pressure", "Pa", "bme280", adapter=ADAPTER, quantity="pressure") +
            channel("ads1115", "V", "ads1115", adapter=ADAPTER, address=ADS1115, input="0", full_scale="4.096V") +
            channel("ina219.voltage", "V", "ina219", adapter=ADAPTER, quantity="voltage") +
            channel("ina219.current", "A", "ina219", adapter=ADAPTER, quantity="current") +
            channel("iio.voltage", "V", "iio", device="adc0", channel="in_voltage0") +
            channel("iio.steps", "1", "iio", device="adc0", channel="in_steps") +
            channel("iio.buffered", "V", "iio_buffer", device="adc1", channel="in_voltage0", trigger="board-timer") +
            channel("can", "1/min", "can", interface="board-can", id=0x123, start_bit=0, length=16, scale=0.5) +
            channel("serial", "m", "serial", device=SERIAL_DEVICE, format="key_value", key="level") +
            channel("modbus.line", "1", "modbus_rtu", device=MODBUS_DEVICE, baud=115200, parity="none", unit_id=7,
                    table="input", register=2, timeout="5s") +
            channel("modbus.tcp", "1", "modbus_tcp", host=board.GATEWAY_ADDRESS, port=SITE.modbus["tcp"], unit_id=1,
                    register=13, type="float32", word_order="little", timeout="5s") +
            channel("mqtt", "W", "mqtt", broker=f"mqtt://{board.GATEWAY_ADDRESS}:{SITE.rig.port}", topic="tele/plug",
                    path="ENERGY.Power", expire_after="1h") +
            channel("w1", "Cel", "w1", rom="28-0316a2799bff", sysfs=W1) + RELAY)
        SITE.restart()

    @staticmethod
    def put(path, text):
        """All at once, for it is read again and again."""
        SITE.board.write(f"{path}.new", f"{text}\n")
        SITE.board.run(f"mv {path}.new {path}")

    @classmethod
    def set_word(cls, chip, place, word):
        SITE.board.run(f"i2cset -f -y {cls.bus} {chip} {place} {word} w")

    @classmethod
    def pull(cls, line, way):
        SITE.board.run(f"echo pull-{way} >{cls.gpio}/sim_gpio{line}/pull")

    @staticmethod
    def set_thermometer(thousandths):
        """The two lines of w1_therm, with the checksum that the kernel has found right."""
        raw = round(thousandths / 62.5) & 0xFFFF
        scratchpad = [raw & 0xFF, raw >> 8, 0x4B, 0x46, 0x7F, 0xFF, 0x0C, 0x10]
        checksum = 0
        for byte in scratchpad:
            checksum ^= byte
            for _ in range(8):
                checksum = checksum >> 1 ^ (0x8C if checksum & 1 else 0)
        text = " ".join(f"{byte:02x}" for byte in [*scratchpad, checksum])
        folder = f"{W1}/bus/w1/devices/28-0316a2799bff"
        SITE.board.write(f"{folder}/w1_slave.new", f"{text} : crc={checksum:02x} YES\n{text} t={thousandths}\n")
        SITE.board.run(f"mv {folder}/w1_slave.new {folder}/w1_slave")

    def test_probe_lists_them_and_drafts_what_check_accepts(self):
        run = SITE.board.run
        said = run("sluice probe")
        for line in (f'chip "lm75" (device {self.bus}-0048)', 'device "adc0" (iio:device0)',
                     f'adapter i2c-{self.bus} "SMBus stub driver', "  0x40 answers", "  0x49 answers", "  0x76 answers",
                     "  0x48 belongs to a driver of the kernel"):
            self.assertIn(f"#   {line}", said)
        # What answers and nobody else: the stub has just those four.
        self.assertEqual(3, said.count(" answers\n"))
        run("rm -f /tmp/first.toml; sluice init /tmp/first.toml; sluice check /tmp/first.toml")
        self.assertIn('driver = "hwmon"\nchip = "lm75"\nsensor = "temp1"\n', run("cat /tmp/first.toml"))
        status, _ = SITE.board.result_of("sluice init /tmp/first.toml")
        self.assertEqual(1, status)
        # The guesses are right as they stand, too, but for two drivers at one address.
        blocks = ["\n".join(line.removeprefix("# ") for line in block.splitlines())
                  for block in said.split("\n\n") if block.startswith("# [[channel]]")]
        guesses = [block for block in blocks for chip in ("bme280", "ads1115", "ina219.0x40") if f'name = "{chip}' in block]
        self.assertEqual(3 + 4 + 2, len(guesses))
        SITE.board.write("/tmp/guessed.toml", "\n\n".join(guesses))
        self.assertIn(" 9 channels", run("sluice check /tmp/guessed.toml"))

    def test_hwmon(self):
        for celsius, register in ((25.5, 0x1980), (-25.0, 0xE700)):
            self.set_word(LM75, 0, swapped(register))
            SITE.wait_for_value("lm75", celsius)

    def test_bme280(self):
        SITE.wait_for_value("bme280.temperature", 25.08, 0.005)
        SITE.wait_for_value("bme280.pressure", 100653.27, 0.05)
        SITE.board.run("".join(f"i2cset -y {self.bus} {BME280} {place} {byte} b\n"
                               for place, byte in zip((0xFA, 0xFB, 0xFC), twenty_bits(420000))))
        SITE.wait_for_value("bme280.temperature", bme280_celsius(420000), 0.01)

    def test_ads1115(self):
        # 4.096 V are 2^15 counts.
        for volts, counts in ((0.8, 6400), (-1.0, -8000)):
            self.set_word(ADS1115, 0, swapped(counts & 0xFFFF))
            SITE.wait_for_value("ads1115", volts)

    def test_ina219(self):
        # 4 mV a count above three bits, of which one says that it has measured; 10 uV a count at 0.1 Ohm.
        self.set_word(INA219, 2, swapped(3000 << 3 | 0x2))
        self.set_word(INA219, 1, swapped(5000))
        SITE.wait_for_value("ina219.voltage", 12.0)
        SITE.wait_for_value("ina219.current", 0.5)
        self.set_word(INA219, 1, swapped(-2500 & 0xFFFF))
        SITE.wait_for_value("ina219.current", -0.25)

    def test_gpio(self):
        SITE.wait_for_value("gpio.pulses", 0)
        for _ in range(5):
            self.pull(3, "up")
            self.pull(3, "down")
        SITE.wait_for_value("gpio.pulses", 5)
        for way, level in (("up", 1), ("down", 0), ("up", 1)):
            self.pull(2, way)
            SITE.wait_for_value("gpio.door", level)

    def test_an_alert_follows_a_gpio_line(self):
        self.pull(2, "down")
        SITE.wait_for_value("gpio.door", 0)
        before = len(self.alert_events())
        self.pull(2, "up")
        wait_until(lambda: len(self.alert_events()) == before + 1, "the alert is raised", 90)
        self.pull(2, "down")
        wait_until(lambda: len(self.alert_events()) == before + 2, "the alert is cleared", 90)
        self.assertEqual([1.0, 0.0], [value for value, in self.alert_events()[before:]])

    def relay(self):
        return SITE.board.run(f"cat {self.gpio}/sim_gpio5/value").strip()

    def test_an_alert_switches_a_relay_and_a_crash_makes_it_safe(self):
        self.pull(2, "down")
        wait_until(lambda: self.relay() == "0", "the relay is off", 90)
        self.pull(2, "up")
        wait_until(lambda: self.relay() == "1", "the alert has switched the relay", 90)
        # It is 5 s until the service is started again, and then the door is open still.
        SITE.board.run("systemctl kill --kill-whom=main --signal=KILL sluice")
        wait_until(lambda: self.relay() == "0", "the relay is safe after the crash", 90)
        wait_until(lambda: self.relay() == "1", "the service is back, and so is the alert", 180)
        self.pull(2, "down")
        wait_until(lambda: self.relay() == "0", "the relay is off again", 90)

    def test_can(self):
        for half_turns, frame in ((3000, "123#B80B"), (65534, "123#FEFF")):
            self.put(CAN_FRAME, frame)
            SITE.wait_for_value("can", half_turns / 2)

    def test_serial(self):
        for metres in (1.25, -3.5):
            self.put(SERIAL_LINE, f"level={metres}")
            SITE.wait_for_value("serial", metres)

    def test_modbus(self):
        # What tests/integration/modbus_server.py has in these registers.
        SITE.wait_for_value("modbus.line", 227)
        SITE.wait_for_value("modbus.tcp", 100.25)

    def test_mqtt(self):
        for watts in (72.5, 0):
            subprocess.run([shutil.which("mosquitto_pub"), "-h", "127.0.0.1", "-p", str(SITE.rig.port), "-q", "1",
                            "-r", "-t", "tele/plug", "-m", json.dumps({"ENERGY": {"Power": watts}})], check=True)
            SITE.wait_for_value("mqtt", watts)

    def test_iio_buffer(self):
        # (7 + 7) * 0.001333 mV: the sample and the offset of the kernel's example device, which has no others.
        SITE.wait_for_value("iio.buffered", 14 * 0.001333 / 1000)

    @staticmethod
    def alert_events():
        return SITE.rig.query("SELECT value FROM alert_event JOIN alert USING (run, alert) WHERE name = 'door_open' "
                              "ORDER BY alert_event.id")

    def test_iio(self):
        # (73 + 7) * 0.001333 mV, all three as the kernel's example device has them.
        SITE.wait_for_value("iio.voltage", 80 * 0.001333 / 1000)
        for steps in (12, 34):
            SITE.board.run(f"echo {steps} >$(dirname $(grep -l adc0 /sys/bus/iio/devices/*/name))/in_steps_input")
            SITE.wait_for_value("iio.steps", steps)

    def test_w1(self):
        for thousandths in (23437, -10125):
            self.set_thermometer(thousandths)
            SITE.wait_for_value("w1", thousandths / 1000)


class Ledgers:
    """What the simulated sensors have handed out, against what the collector holds."""

    def __init__(self):
        self.runs = {}  # by phase: names of the runs of the gateway in it
        self.reports = {}  # by phase: how many readings it said were stored

    def report(self, phase):
        """Asks what is durable. The ledgers leave the board before that counts: they hold at least as much."""
        text = SITE.board.run(f"sluice status --json && sync --data /host/ledger.{phase}.*")
        status = json.loads(text)
        self.runs.setdefault(phase, set()).add(status["run"])
        self.reports[phase] = status["readings"]["stored"]
        return status

    def wait_for_progress(self, phase, readings=100):
        first = self.report(phase)["readings"]["stored"]
        wait_until(lambda: self.report(phase)["readings"]["stored"] >= first + readings, "readings become durable", 180)

    @staticmethod
    def of(phase):
        records = {}
        for i in range(LEDGERED):
            for tick, value, quality in read_ledger(SITE.board.shared / f"ledger.{phase}.{i}"):
                records[(tick, f"channel{i}.{phase}")] = (value, QUALITIES[quality])
        return dict(sorted(records.items()))

    def check(self, phases, same_boot=False):
        """What is wrong, counted. `same_boot`: the gateway alone was ended; its disk kept what it wrote."""
        held, gaps = {}, {}
        bad = dict.fromkeys(["lost that were reported durable", "lost without a gap", "held and in a gap", "changed",
                             "twice", "of nobody"], 0)
        for reading in SITE.rig.exported():
            key = (reading["boot_ns"], reading["channel"])
            bad["twice"] += key in held
            held[key] = (reading["value"], reading["quality"])
        for run, first, last in SITE.rig.query("SELECT hex(run.run), gap.first_ns, gap.last_ns FROM gap "
                                               "JOIN run ON run.id = gap.run WHERE gap.stream = 2"):
            gaps.setdefault(run.lower(), []).append((first, last))
        before = produced = kept = 0
        for phase in phases:
            ledger = self.of(phase)
            spans = [span for run in self.runs[phase] for span in gaps.get(run, [])]
            here = {key for key in held if key[1].endswith(f".{phase}")}
            promised = self.reports[phase] - before
            for place, (key, produced_here) in enumerate(ledger.items()):
                in_gap = any(first < key[0] <= last for first, last in spans)
                if key not in held:
                    bad["lost that were reported durable"] += place < promised and not same_boot
                    bad["lost without a gap"] += not in_gap
                else:
                    bad["held and in a gap"] += in_gap
                    bad["changed"] += held[key] != produced_here
            # The last records of a board without power may not have left it.
            last_ticks = {name: tick for tick, name in ledger}
            bad["of nobody"] += sum(key not in ledger and key[0] <= last_ticks.get(key[1], 0) for key in here)
            before += len(here)
            produced += len(ledger)
            kept += len(here)
        print(f"{', '.join(phases)}: {produced} in the ledgers, {kept} kept", flush=True)
        assert kept > 0
        return {what: count for what, count in bad.items() if count}


class PowerCut(unittest.TestCase):
    def test_loses_nothing_that_was_durable(self):
        ledgers, chance = Ledgers(), random.Random()
        phases = [f"cut{cut}" for cut in range(CUTS)]
        SITE.configure(ledgered(phases[0]), enabled=False)
        SITE.restart(fresh=True)
        for phase, following in zip(phases, [*phases[1:], None]):
            ledgers.wait_for_progress(phase)
            # What the next boot begins with.
            SITE.configure(ledgered(following) if following else IDLE, enabled=following is None, name="next.toml")
            SITE.board.run("mv /etc/sluice/next.toml /etc/sluice/sluice.toml && sync")
            for _ in range(chance.randrange(1, 6)):
                ledgers.report(phase)
            SITE.board.cut_power()
            SITE.board.boot()
        wait_until(lambda: SITE.status()["storage"]["pending_chunks"] == 0, "everything is delivered", 180)
        self.assertEqual("active", SITE.show("ActiveState"))
        self.assertEqual({}, ledgers.check(phases))


class Service(unittest.TestCase):
    """Under systemd, by the unit of the package."""

    def begin(self, phase):
        SITE.configure(ledgered(phase))
        SITE.restart()
        self.assertEqual("0", SITE.show("NRestarts"))
        self.ledgers = Ledgers()
        self.ledgers.wait_for_progress(phase)

    def end(self, phase):
        self.ledgers.wait_for_progress(phase)
        SITE.deliver_the_rest()
        self.assertEqual({}, self.ledgers.check([phase], same_boot=True))

    def wait_for_restart(self):
        wait_until(lambda: SITE.show("NRestarts") == "1" and SITE.show("ActiveState") == "active",
                   "systemd has started it again", 180)

    def test_runs_as_its_user_and_is_ready(self):
        SITE.configure(IDLE)
        SITE.restart()
        self.assertEqual(["active", "running", "sluice"], [SITE.show(name) for name in ("ActiveState", "SubState", "User")])
        self.assertRegex(SITE.show("StatusText"), r"^1 channel, 0 active alerts, link ")
        self.assertEqual("sluice", SITE.board.run("ps -o user= -p $(systemctl show -P MainPID sluice)").strip())
        self.assertEqual("enabled", SITE.board.run("systemctl is-enabled sluice").strip())

    def test_a_reload_with_mistakes_is_refused(self):
        SITE.configure(IDLE)
        SITE.restart()
        SITE.board.run("echo '[gatway]' >>/etc/sluice/sluice.toml")
        status, _ = SITE.board.result_of("systemctl reload sluice")
        self.assertNotEqual(0, status)
        self.assertIn("gatway", SITE.board.run("journalctl --unit=sluice --lines=20 --no-pager"))
        self.assertEqual("active", SITE.show("ActiveState"))

    def test_survives_sigkill(self):
        self.begin("killed")
        SITE.board.run("systemctl kill --kill-whom=main --signal=KILL sluice")
        self.wait_for_restart()
        self.end("killed")

    def test_is_restarted_when_its_loop_stands_still(self):
        self.begin("stopped")
        SITE.board.write("/root/stop", STOP_A_THREAD)
        SITE.board.run("pid=$(systemctl show -P MainPID sluice); for task in /proc/$pid/task/*; do "
                       "[ $(cat $task/comm) = realtime ] && thread=${task##*/}; done; "
                       "systemd-run --quiet --unit=stop-a-thread perl /root/stop $thread")
        self.wait_for_restart()
        self.assertIn("no sign of life from the real-time loop", SITE.board.run("journalctl --unit=sluice --no-pager"))
        self.end("stopped")


def main():
    if why := board.missing() or (None if arm64_package() else "there is no arm64 package; script/package makes it"):
        print(f"skipped: {why}")
        return 1 if LONG else SKIPPED
    began = time.monotonic()
    result = unittest.main(verbosity=2, exit=False).result
    print(f"{time.monotonic() - began:.0f} s")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
