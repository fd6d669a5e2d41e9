"""A network namespace that lives as long as somebody holds it open.

Namespaces of `ip netns` have names under /run/netns, which need mount propagation (troublesome in a
chroot) and stay behind when their maker is killed. These have none: a descriptor keeps each alive,
and it is gone when the harness and the processes in it are.
"""

import contextlib
import ctypes
import os
import signal

_CLONE_NEWNET = 0x40000000
_OWN = "/proc/thread-self/ns/net"
_libc = ctypes.CDLL(None, use_errno=True)


def _check(result, what):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


@contextlib.contextmanager
def _coming_back():
    home = os.open(_OWN, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield
    finally:
        _check(_libc.setns(home, _CLONE_NEWNET), "setns")
        os.close(home)


class Namespace:
    """Made empty, with its loopback interface up. Not for use after close()."""

    def __init__(self):
        with _coming_back():
            _check(_libc.unshare(_CLONE_NEWNET), "unshare")
            self._descriptor = os.open(_OWN, os.O_RDONLY | os.O_CLOEXEC)
        self._inode = os.fstat(self._descriptor).st_ino

    @property
    def path(self):
        """For `ip ... netns PATH` and `nsenter --net=PATH`."""
        return f"/proc/{os.getpid()}/fd/{self._descriptor}"

    @contextlib.contextmanager
    def entered(self):
        """The calling thread is inside: sockets, /proc/sys/net and new processes are the
        namespace's."""
        with _coming_back():
            _check(_libc.setns(self._descriptor, _CLONE_NEWNET), "setns")
            yield

    def processes(self):
        """The ids of all processes inside, whoever started them."""
        inside = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit() or int(entry) == os.getpid():
                continue
            try:
                if os.stat(f"/proc/{entry}/ns/net").st_ino == self._inode:
                    inside.append(int(entry))
            except OSError:
                pass  # it ended meanwhile, or is a zombie
        return inside

    def signal_all(self, number):
        """Sends a signal to every process inside. SIGKILL goes on until none is left, since they
        may have been forking."""
        while pids := self.processes():
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            if number != signal.SIGKILL:
                break

    def close(self):
        os.close(self._descriptor)
