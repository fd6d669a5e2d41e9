#!/usr/bin/python3
"""The houses include only what is theirs to include (ARCHITECTURE, section 1).

    cli ---------------> protocol
    agent --> netlink --> protocol
    tests --> everything

Usage: layering.py SOURCE_DIRECTORY
"""

import pathlib
import re
import sys

HOUSES = {
    "protocol": {"protocol"},
    "netlink": {"netlink", "protocol"},
    "cli": {"cli", "protocol"},
    "agent": {"agent", "netlink", "protocol"},
}

# Standard headers have neither a directory nor a suffix. protocol/ has no use for those that reach
# a clock, a thread, a stream or the system.
STANDARD = re.compile(r"[a-z_]+")
IMPURE = {
    "atomic", "condition_variable", "csignal", "cstdio", "cstdlib", "ctime", "filesystem",
    "fstream", "future", "iostream", "mutex", "ostream", "random", "shared_mutex", "sstream",
    "thread",
}  # fmt: skip

# Others, by house; agent/ and cli/ may use what the build links.
LIBRARIES = {
    "protocol": re.compile(r"tl/expected\.hpp|nettle/\w+\.h|arpa/inet\.h"),
    "netlink": re.compile(
        r"netlink/.+\.h|linux/(netfilter/)?\w+\.h|net/if\w*\.h|netinet/\w+\.h|arpa/inet\.h|"
        r"sys/\w+\.h|poll\.h|unistd\.h|fcntl\.h"
    ),
}

# They cost seconds to compile: in .cpp files only. Forward headers are no matter.
HEAVY = re.compile(
    r"boost/beast/(?!core/(error|flat_buffer)|http/fields_fwd).+|boost/beast\.hpp|"
    r"nlohmann/(?!json_fwd).+|toml\+\+/.+|netlink/.+\.h|pcap(/pcap)?\.h"
)

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


def fault(house: str, path: pathlib.Path, bracket: str, included: str) -> str | None:
    """What is wrong with this include, or nothing."""
    if bracket == '"':
        if included.split("/")[0] in HOUSES[house] and "/" in included:
            return None
        return f"{house}/ includes only from {', '.join(sorted(HOUSES[house]))}, by full path"
    if path.suffix == ".hpp" and HEAVY.fullmatch(included):
        return "a heavy library belongs into one .cpp"
    if house == "protocol" and included in IMPURE:
        return "protocol/ is pure"
    if STANDARD.fullmatch(included) or house not in LIBRARIES:
        return None
    return None if LIBRARIES[house].fullmatch(included) else f"{house}/ has no use for it"


def main() -> None:
    root = pathlib.Path(sys.argv[1])
    faults = files = 0
    for house in HOUSES:
        for path in sorted((root / house).rglob("*.[ch]pp")):
            files += 1
            for number, line in enumerate(path.read_text().splitlines(), start=1):
                match = INCLUDE.match(line)
                wrong = match and fault(house, path, *match.groups())
                if wrong:
                    faults += 1
                    print(f"{path.relative_to(root)}:{number}: {match[2]}: {wrong}")
    if not files:
        print(f"{root} has no sources")
    sys.exit(0 if files and not faults else 1)


if __name__ == "__main__":
    main()
