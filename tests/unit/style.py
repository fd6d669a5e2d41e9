#!/usr/bin/python3
"""How the C++ reads, as far as a machine can tell.

No line over 100 columns, no file over 500 lines, no marks of unfinished work, no using-directive
at namespace scope, every header with #pragma once first. Usage: style.py SOURCE_DIRECTORY
"""

import pathlib
import re
import sys
from collections.abc import Iterator

LONGEST_LINE = 100
LONGEST_FILE = 500
FOLDERS = ("agent", "cli", "netlink", "packaging", "protocol", "tests")

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
UNFINDABLE_CASE = re.compile(r'TEST_CASE\("(-|[^"]*;)')
# Code inside functions is indented, namespaces are not.
USING_NAMESPACE = re.compile(r"^using\s+namespace\b")


def faults(path: pathlib.Path) -> Iterator[tuple[int, str]]:
    """Line numbers and what is wrong there."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) > LONGEST_FILE:
        yield len(lines), f"the file has more than {LONGEST_FILE} lines"
    if path.suffix == ".hpp" and (not lines or lines[0] != "#pragma once"):
        yield 1, "a header starts with #pragma once"
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            yield number, f"the line has {len(line)} columns, more than {LONGEST_LINE}"
        if line != line.rstrip():
            yield number, "the line ends in white space"
        if UNFINDABLE_CASE.search(line):
            yield number, "CTest cannot run a case whose name begins with - or has a ; in it"
        if UNFINISHED.search(line):
            yield number, "unfinished"
        # Nothing includes a test's .cpp.
        if USING_NAMESPACE.match(line) and not path.name.endswith("_test.cpp"):
            yield number, "using namespace at namespace scope"


def main() -> None:
    root = pathlib.Path(sys.argv[1])
    paths = [path for folder in FOLDERS for path in (root / folder).rglob("*.[ch]pp")]
    found = [(path, *fault) for path in sorted(paths) for fault in faults(path)]
    for path, number, text in found:
        print(f"{path.relative_to(root)}:{number}: {text}")
    if not paths:
        print(f"{root} has no sources")
    sys.exit(0 if paths and not found else 1)


if __name__ == "__main__":
    main()
