"""Programs in a namespace, started and ended by their id."""

import contextlib
import ctypes
import os
import signal
import subprocess

from .waiting import wait_for

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _die_with_the_harness():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A program that runs in the background until it is told to end, at the latest with the
    harness. Its output goes to a file, or to a descriptor that the caller brings."""

    def __init__(self, namespace, arguments, log, environment=None, stdout=None, stderr=None):
        self.arguments = [str(argument) for argument in arguments]
        self.log = log
        with open(log, "ab") as output, namespace.entered():
            self._popen = subprocess.Popen(
                self.arguments,
                stdin=subprocess.DEVNULL,
                stdout=output if stdout is None else stdout,
                stderr=output if stderr is None else stderr,
                env={**os.environ, **(environment or {})},
                preexec_fn=_die_with_the_harness,
                start_new_session=True,  # an interrupt at the terminal is the harness's to handle
            )

    @property
    def pid(self):
        return self._popen.pid

    @property
    def stdout(self):
        return self._popen.stdout

    @property
    def stderr(self):
        return self._popen.stderr

    def exit_status(self):
        """None while it runs."""
        return self._popen.poll()

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            self._popen.send_signal(number)

    def wait(self, timeout=20.0):
        wait_for(lambda: self.exit_status() is not None,
                 f"the end of {self.arguments[0]} ({self.pid})", timeout, self.output)
        return self._popen.returncode

    def stop(self, timeout=20.0):
        """SIGTERM, and the exit status."""
        self.signal(signal.SIGTERM)
        return self.wait(timeout)

    def kill(self):
        self.signal(signal.SIGKILL)
        return self.wait()

    def close(self):
        """Ends it, if it has not ended, and closes what was opened for it."""
        self.kill()
        for pipe in (self.stdout, self.stderr):
            if pipe:
                pipe.close()

    def output(self):
        with open(self.log, encoding="utf-8", errors="replace") as text:
            return text.read()
