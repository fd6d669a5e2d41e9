"""Processors that have more to do than they can."""

import contextlib

COMPUTING, WRITING = 8, 2
_COMPUTE = "while :; do :; done"
_WRITE = "while :; do sync; done"


class Load:
    """As `stress-ng --cpu 8 --io 2`: processes that compute, and some that write to the disks what
    is not there yet, until stop(). They run on a node, and at the latest end with it."""

    def __init__(self, node):
        lines = [_COMPUTE] * COMPUTING + [_WRITE] * WRITING
        self._processes = [node.start("sh", "-c", line) for line in lines]
        self._before = _processor_times()

    def stop(self):
        """Says which part of the processors' time was nobody's meanwhile."""
        idle, total = (after - before
                       for before, after in zip(self._before, _processor_times()))
        for process in self._processes:
            process.kill()
        return idle / total


@contextlib.contextmanager
def saturated(node):
    """Whoever is inside has no processor to itself."""
    load = Load(node)
    yield
    idle = load.stop()
    assert idle < 0.05, f"the processors were idle for {idle:.0%} of the time"


def _processor_times():
    """Since the machine has started, of all processors: (idle, in all); proc(5)."""
    with open("/proc/stat", encoding="ascii") as stat:
        times = [int(ticks) for ticks in stat.readline().split()[1:9]]
    return times[3], sum(times)
