"""Where the programs under test are."""

import functools
import os
import pathlib

SOURCE = pathlib.Path(__file__).resolve().parents[3]

_WHERE = {"failoverd": "agent", "failoverctl": "cli", "probe": "tests/tools",
          "test_config": "tests/unit/config"}


def build_directory():
    """FAILOVER_BUILD, else where tests/run or the quickstart build."""
    if "FAILOVER_BUILD" in os.environ:
        return pathlib.Path(os.environ["FAILOVER_BUILD"])
    for candidate in ("build/dev", "build"):
        if (SOURCE / candidate / "agent/failoverd").exists():
            return SOURCE / candidate
    return SOURCE / "build/dev"


@functools.cache
def is_sanitized():
    """Whether the programs under test run with a sanitizer."""
    content = program("failoverd").read_bytes()
    return b"__asan_init" in content or b"__tsan_init" in content


def program(name):
    override = os.environ.get(f"FAILOVER_{name.upper()}")
    return pathlib.Path(override) if override else build_directory() / _WHERE[name] / name
