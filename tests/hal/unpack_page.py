#!/usr/bin/env python3
"""Takes the sample driver out of docs/writing-a-driver.md and does what the page says with it.

unpack_page.py PAGE TABLE FOLDER: writes the page's sources into FOLDER, and TABLE, the table of
drivers, with the sample's row in it.
"""
import pathlib
import re
import sys

PLACES = {"gauge_driver.hpp": "hal/drivers", "gauge_driver.cpp": "hal/drivers",
          "gauge_driver_test.cpp": "tests/hal/drivers"}
ROW = "&kGaugeDriver,"
HEADER = '#include "hal/drivers/gauge_driver.hpp"\n'


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def main(page, table, folder):
    text = page.read_text()
    blocks = dict(re.findall(r"^```cpp sample/(\S+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    if set(blocks) != set(PLACES):
        sys.exit(f"{page} has the sources {sorted(blocks)}; expected {sorted(PLACES)}")
    for name, block in blocks.items():
        place = f"{PLACES[name]}/{name}"
        if f"`{place}`" not in text:
            sys.exit(f"{page} does not say that {name} is {place}")
        write(folder / place, block)

    if f"`{ROW}`" not in text:
        sys.exit(f"{page} does not tell the row {ROW}")
    code = table.read_text()
    start = "kDrivers{\n"
    header = '#include "hal/drivers/hwmon_driver.hpp"\n'
    if code.count(start) != 1 or code.count(header) != 1:
        sys.exit(f"{table} is not what {page} is about")
    code = code.replace(start, f"{start}      {ROW}\n").replace(header, HEADER + header)
    write(folder / "hal/device_drivers.cpp", code)


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:4]))
