#!/usr/bin/env python3
"""Makes a manual page of what a program says of itself with --help, so that neither can be behind the
other, and of a text with what is not in there.

usage: man_page.py TEXT COMMAND...

TEXT is troff: everything of the page but the options; the line `.\\" OPTIONS` is where they go. COMMAND
runs the program, with an emulator before it where it is one for another processor.
"""
import os
import pathlib
import re
import subprocess
import sys

# A name and what follows it on its line: two spaces deep; its explanation there or in the next line.
ENTRY = re.compile(r"^  (\S.*?)(?:\s{2,}(\S.*))?$")
CONTINUED = re.compile(r"^\s{20,}(\S.*)$")
# What CLI11 writes after a name: an enumeration's values, which the explanation names as well; the type,
# with what it may be and what it is unless given; whether it has to be given, and with what.
ENUMERATION = re.compile(r"ENUM:value in \{.*?\} OR \{.*?\}")
VALUE = re.compile(r"^(?:TEXT|FLOAT|ENUM)(?::(?P<which>[^=\s]+))?(?:=(?P<default>\S+))?$")


def troff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in (".", "'") else text


def described(entry, explained):
    """Lines of one option: how it is written, and what it is for."""
    name, *words = ENUMERATION.sub("ENUM", entry).split()
    notes = []
    for word in words:
        if (value := VALUE.match(word)) and not name.endswith(" VALUE"):
            name += " VALUE" if name.startswith("-") else ""
            notes += [f"Default: {value['default']}."] if value["default"] else []
            if value["which"] and value["which"].startswith("{"):
                notes.append("One of " + value["which"].strip("{}").replace(",", ", ") + ".")
    notes += ["Has to be given."] if "REQUIRED" in words and name.startswith("-") else []
    notes += [f"Only with {words[words.index('Needs:') + 1]}."] if "Needs:" in words else []
    return [".TP", f".B {troff(name.replace(',', ', '))}", troff(" ".join([" ".join(explained) + ".", *notes]))]


def helped(command):
    done = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True,
                          env={**os.environ, "COLUMNS": "100"})
    return done.stdout


def sections(text):
    """Of a help text: the entries under each heading."""
    entries, heading = {}, None
    for line in text.splitlines():
        if line and not line[0].isspace() and line.endswith(":"):
            heading = entries.setdefault(line[:-1], [])
        elif heading is not None and not line.strip():
            heading = None
        elif heading is not None and heading and (more := CONTINUED.match(line)):
            heading[-1][1].append(more[1])
        elif heading is not None and (entry := ENTRY.match(line)):
            heading.append((entry[1], [entry[2]] if entry[2] else []))
    return entries


def options_of(entries):
    lines = []
    for heading in ("Positionals", "Options"):
        for name, explained in entries.get(heading, []):
            if not name.startswith("-h"):
                lines += described(name, explained)
    return lines


def body(command):
    entries = sections(helped(command))
    if "options" in entries:  # argparse, which knows no commands here
        return options_of({"Positionals": entries.get("positional arguments", []), "Options": entries["options"]})
    lines = options_of(entries)
    for name, explained in entries.get("Subcommands", []):
        own = sections(helped([*command, name]))
        lines += [f".SS {name}", troff(" ".join(explained)) + "."]
        lines += options_of(own)
    return lines


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    page = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    marker = '.\\" OPTIONS\n'
    if page.count(marker) != 1:
        sys.exit(f"{sys.argv[1]}: no place for the options")
    print(page.replace(marker, "\n".join(body(sys.argv[2:])) + "\n"), end="")


if __name__ == "__main__":
    main()
