"""The client's view: tests/tools/probe.cpp, run in a node."""

import dataclasses
import json
import os
import select
import signal
import subprocess
import time

from .build import is_sanitized, program
from .machine import stalls
from .waiting import TimedOut

# A processor that stood still this long explains a gap that began then, or so soon afterwards, and
# was not longer than that and the time until the addresses are announced again: what it had under
# way may have misled somebody.
_STALL = 0.002
_AFTERWARDS = 0.02
_ANNOUNCED_AGAIN_MS = 50
# With a sanitizer programs are three times slower, and what takes 50 microseconds is seen: gaps
# that are shorter say nothing then.
_SEEN_IN_SLOW_PROGRAMS_MS = 20


@dataclasses.dataclass(frozen=True)
class Gap:
    start_offset_ms: float
    duration_ms: float
    lost: int


@dataclasses.dataclass(frozen=True)
class ProbeReport:
    began: float  # seconds of real time
    sent: int
    received: int
    lost: int
    longest_gap_ms: float
    longest_silence_ms: float
    longest_round_trip_ms: float
    gaps: tuple

    @property
    def lost_by_us(self):
        """Those that nothing but the program explains."""
        return self.lost - sum(gap.lost for gap in self.gaps if self._is_not_ours(gap))

    def _is_not_ours(self, gap):
        if is_sanitized() and gap.duration_ms < _SEEN_IN_SLOW_PROGRAMS_MS:
            return True
        when = self.began + gap.start_offset_ms / 1000
        return any(end - begin >= _STALL and begin - _STALL <= when <= end + _AFTERWARDS and
                   gap.duration_ms <= (end - begin) * 1000 + _ANNOUNCED_AGAIN_MS
                   for begin, end in stalls())


class Probe:
    """Probes an address from a node until stop() returns what became of it."""

    def __init__(self, node, address, interval_us=1000, resolve_fresh_ms=None, answered=True):
        """With `answered` returns when the first reply has come: what is broken next is seen."""
        arguments = [program("probe"), address, "--interval-us", interval_us]
        if resolve_fresh_ms is not None:
            arguments += ["--resolve-fresh", resolve_fresh_ms]
        self._process = node.start(*arguments, log=os.path.join(node.directory, "probe.log"),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if answered:
            self.wait_for_reply()

    def wait_for_reply(self):
        readable, _, _ = select.select([self._process.stderr], [], [], 10.0)
        line = self._process.stderr.readline().decode() if readable else ""
        if "reply" not in line:
            raise TimedOut(f"the probe had no reply within 10 s: {line}")

    def wait_for_next_reply(self):
        """Returns when the address answers, seen from now on."""
        self._process.signal(signal.SIGUSR1)
        self.wait_for_reply()

    def stop(self, after=0.0):
        """Goes on for `after` seconds, to see what a move has still to come, and reports."""
        time.sleep(after)
        self._process.signal(signal.SIGTERM)
        output = json.loads(self._process.stdout.read())
        self._process.wait()
        gaps = tuple(Gap(**gap) for gap in output.pop("gaps"))
        return ProbeReport(gaps=gaps, **output)
