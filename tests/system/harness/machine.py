"""Whether the machine itself stood still: a test that counts single milliseconds has to know.

tests/system/stall_watch.py watches for all tests of a session, beside them. Virtual machines stand
still for milliseconds, one processor at a time: what was under way on that one then comes late, also
what is the kernel's alone, and no program can help it.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

_WATCH = pathlib.Path(__file__).resolve().parents[1] / "stall_watch.py"
_FILE = "FAILOVER_STALLS"  # where it is written, for the processes that run tests beside each other


def watch():
    """Starts to; returns a function that ends it."""
    handle, path = tempfile.mkstemp(prefix="fo-stalls-")
    process = subprocess.Popen([sys.executable, _WATCH], stdout=handle, process_group=0)
    os.close(handle)
    os.environ[_FILE] = path

    def end():
        os.killpg(process.pid, 9)
        process.wait()
        os.remove(path)
    return end


def stalls(output=None):
    """[(begin, end)], in seconds of real time: of this session, or those that a watch has said."""
    if output is None:
        if _FILE not in os.environ:
            return []
        with open(os.environ[_FILE], encoding="ascii") as file:
            output = file.read()
    lines = output.splitlines()
    return [tuple(map(float, line.split())) for line in lines if len(line.split()) == 2]
