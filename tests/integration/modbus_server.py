#!/usr/bin/env python3
"""Modbus devices by pymodbus, for modbus_test.py: units 1 and 7 on TCP or on a pseudo terminal.

    modbus_server.py tcp PORT
    modbus_server.py rtu_over_tcp PORT   what is on a serial line, for one that is elsewhere
    modbus_server.py rtu          prints the path of the line's other end

Prints "asked UNIT TABLE FIRST COUNT" for each request; registers hold what SHOWN says.
"""
import asyncio
import os
import sys
import threading
import tty

from pymodbus.constants import Endian
from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext, ModbusSparseDataBlock
from pymodbus.payload import BinaryPayloadBuilder
from pymodbus.server import StartAsyncSerialServer, StartAsyncTcpServer
from pymodbus.transaction import ModbusRtuFramer


class Telling(ModbusSparseDataBlock):
    """Its registers, and who asks for them; zero_mode leaves addresses as on the wire."""

    def __init__(self, unit, table, values):
        super().__init__(values)
        self.told = f"{unit} {table}"

    def getValues(self, address, count=1):
        print("asked", self.told, address, count, flush=True)
        return super().getValues(address, count)


def registers():
    """Numbers as pymodbus puts them into registers."""
    big = BinaryPayloadBuilder(byteorder=Endian.Big, wordorder=Endian.Big)
    big.add_16bit_int(-5)             # 0
    big.add_32bit_float(21.5)         # 1
    big.add_32bit_uint(3_000_000_000)  # 3
    big.add_64bit_float(-0.125)       # 5
    big.add_64bit_int(-7)             # 9
    little = BinaryPayloadBuilder(byteorder=Endian.Big, wordorder=Endian.Little)
    little.add_32bit_float(100.25)    # 13
    return dict(enumerate(big.to_registers() + little.to_registers()))


def unit(number):
    # 40 registers for the block test, of which the device has no others between.
    holding = registers() | {100 + i: 1000 * number + i for i in range(40)}
    return ModbusSlaveContext(co=Telling(number, "coil", {3: True}), di=Telling(number, "discrete", {4: True}),
                              hr=Telling(number, "holding", holding), ir=Telling(number, "input", {2: 220 + number}),
                              zero_mode=True)


def relay(one, other):
    while data := os.read(one, 4096):
        os.write(other, data)


def pty_pair():
    """Paths of two serial lines that are each other's other end."""
    ends, paths = [], []
    for _ in range(2):
        end, line = os.openpty()
        tty.setraw(line)
        ends.append(end)
        paths.append(os.ttyname(line))
    for one, other in (ends, reversed(ends)):
        threading.Thread(target=relay, args=(one, other), daemon=True).start()
    return paths


async def main():
    context = ModbusServerContext(slaves={1: unit(1), 7: unit(7)}, single=False)
    if sys.argv[1] == "tcp":
        await StartAsyncTcpServer(context=context, address=("127.0.0.1", int(sys.argv[2])), allow_reuse_address=True)
    elif sys.argv[1] == "rtu_over_tcp":
        await StartAsyncTcpServer(context=context, address=("127.0.0.1", int(sys.argv[2])), allow_reuse_address=True,
                                  framer=ModbusRtuFramer, ignore_missing_slaves=True)
    else:
        path, own = pty_pair()
        print("line", path, flush=True)
        await StartAsyncSerialServer(context=context, framer=ModbusRtuFramer, port=own, baudrate=115200,
                                     ignore_missing_slaves=True)


asyncio.run(main())
