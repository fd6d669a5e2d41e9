"""A real systemd as process 1 of a node: in namespaces of its own for processes, mounts, names and
control groups, with the node's network. What it writes to /run, /var and /etc is gone with it.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess

from .build import build_directory, program
from .failoverd import Failoverd, child_with
from .waiting import wait_for

_UNIT = "failoverd.service"

# The control groups of version 2, in a mount namespace of its own: with another system's, or none,
# in their place outside.
_CONTROL_GROUPS = "set -e; mount -t cgroup2 cgroup2 /sys/fs/cgroup; "
_ENTER = _CONTROL_GROUPS + """
mkdir /sys/fs/cgroup/$1
echo $$ >/sys/fs/cgroup/$1/cgroup.procs
shift
exec unshare --pid --fork --ipc --cgroup --uts --kill-child -- bash -c "$@"
"""
_REMOVE = _CONTROL_GROUPS + "find /sys/fs/cgroup/$1 -depth -type d -exec rmdir {} +"

# Its arguments: the directory with what comes into /etc, the one with the programs, and where they
# belong. What is the machine's is read-only: an empty /tmp, say, is what a systemd begins its life
# with. Nothing is started that the test does not name.
_BOOT = """
set -e
etc=$1 programs=$2 sbin=$3
units=/usr/lib/systemd/system
mount -t tmpfs -o mode=755 tmpfs /var
mkdir /var/lib /var/log /var/tmp /var/etc /var/work /var/programs /var/dev
cp -r "$etc"/. /var/etc
cp "$programs"/* /var/programs
systemd-id128 new >/var/etc/machine-id
for device in null zero full random urandom tty; do
  touch /var/dev/$device
  mount --bind /dev/$device /var/dev/$device
done
mkdir /var/dev/shm /var/dev/pts
ln -s /proc/self/fd /var/dev/fd
ln -s pts/ptmx /var/dev/ptmx
mount --rbind /var/dev /dev
umount /sys/fs/cgroup
mount -t tmpfs tmpfs /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t proc proc /proc
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
mount --bind /proc/sys/net /proc/sys/net
mount -o remount,bind,rw /proc/sys/net
mount -t overlay -o lowerdir=/etc,upperdir=/var/etc,workdir=/var/work overlay /etc
mount -t tmpfs -o mode=1777 tmpfs /tmp
for directory in /run "$sbin" /etc/systemd/system /usr/lib/systemd/system-generators \
  "$units"/*.wants; do
  mount -t tmpfs -o mode=755 tmpfs "$directory"
done
cp /var/programs/* "$sbin"
cp /var/etc/systemd/system/* /etc/systemd/system
mkdir -p /run/systemd/system
for mounted in / /sys; do mount -o remount,bind,ro "$mounted"; done
export container=failover-test
exec /lib/systemd/systemd --system --unit=test.target --log-target=journal --show-status=no
"""

_TARGET = """[Unit]
Requires=systemd-journald.service
After=systemd-journald.service
"""
_JOURNAL = "[Journal]\nStorage=volatile\nReadKMsg=no\nAudit=no\nForwardToSyslog=no\n"


class _ControlGroup:
    """For everything of a systemd, which makes it when it is started."""

    def __init__(self, name):
        self.name = name

    def close(self):
        wait_for(self._is_removed, f"the control group {self.name} to be empty")

    def _is_removed(self):
        return subprocess.run(["unshare", "--mount", "bash", "-c", _REMOVE, "remove", self.name],
                              capture_output=True, check=False).returncode == 0


class Systemd:
    """Booted on the node with our unit as it is packaged, not yet started. `units` are others, by
    their names."""

    def __init__(self, node, config, units=None):
        self.node = node
        unit = (build_directory() / "packaging" / _UNIT).read_text(encoding="utf-8")
        self._sbin = re.search(r"^ExecStart=(.*)/failoverd$", unit, re.MULTILINE)[1]
        etc = os.path.join(node.directory, "etc")
        programs = os.path.join(node.directory, "programs")
        for name, text in {f"systemd/system/{_UNIT}": unit, "systemd/system/test.target": _TARGET,
                           "systemd/journald.conf": _JOURNAL, "failover/failover.toml": config,
                           **{f"systemd/system/{name}": text
                              for name, text in (units or {}).items()}}.items():
            path = os.path.join(etc, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        os.makedirs(programs)
        shutil.copy(program("failoverd"), programs)
        group = node.closes(_ControlGroup(f"failover-test-{os.getpid()}-{node.name}"))
        outside = node.start(
            "unshare", "--mount", "bash", "-c", _ENTER, "enter", group.name,
            _BOOT, "boot", etc, programs, self._sbin,
            log=os.path.join(node.directory, "systemd.log"))
        self.pid = wait_for(lambda: child_with(outside.pid, "--unit=test.target"), "systemd to run",
                            show=outside.output)
        wait_for(lambda: self.systemctl("is-active", "test.target").stdout == "active\n",
                 "systemd to be up", 30.0, outside.output)

    def inside(self, path):
        """Where the harness finds the file of that name."""
        return f"/proc/{self.pid}/root{path}"

    def outside(self, pid):
        """The harness's number for a process; None when it has gone."""
        for each in self.node.namespace.processes():
            with contextlib.suppress(OSError), open(f"/proc/{each}/status", encoding="ascii") as it:
                if re.search(rf"^NSpid:.*\t{pid}$", it.read(), re.MULTILINE):
                    return each
        return None

    def run(self, *arguments):
        return self.node.run("nsenter", f"--target={self.pid}", "--mount", "--pid", "--ipc",
                             "--uts", "--cgroup", *arguments, check=False)

    def systemctl(self, *arguments):
        return self.run("systemctl", *arguments)

    def property(self, name, unit=_UNIT):
        return self.systemctl("show", "--value", f"--property={name}", unit).stdout.strip()

    def install(self, source):
        """Another program in failoverd's place, as a package does it."""
        fresh = self.inside(f"{self._sbin}/failoverd.new")
        shutil.copy(source, fresh)
        os.chmod(fresh, 0o755)
        os.rename(fresh, self.inside(f"{self._sbin}/failoverd"))


class _Main:
    """The unit's main process, whichever it is now."""

    def __init__(self, systemd):
        self._systemd = systemd

    @property
    def pid(self):
        """None while there is none."""
        return self._systemd.outside(self._systemd.property("MainPID"))

    def signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)


class Unit(Failoverd):
    """failoverd as the packaged unit of a systemd on the node."""

    title = "failoverd.service"

    def __init__(self, network, node, config, units=None):
        self.systemd = None
        super().__init__(network, node, config)
        with open(self.config_path, encoding="utf-8") as file:
            self.systemd = Systemd(node, file.read(), units)
        self.config_path = self.systemd.inside("/etc/failover/failover.toml")
        self.run_directory = self.systemd.inside("/run/failover")
        self.process = _Main(self.systemd)

    def launch(self, stderr=None):
        started = self.systemd.systemctl("start", _UNIT)
        assert started.returncode == 0, self.describe()

    def stop(self):
        """The exit status of its main process."""
        stopped = self.systemd.systemctl("stop", _UNIT)
        assert stopped.returncode == 0, stopped.stderr
        return int(self.systemd.property("ExecMainStatus"))

    def exit_status(self):
        if self.systemd is None or self.process.pid is not None:
            return None
        return int(self.systemd.property("ExecMainStatus") or -1)

    def is_running(self):
        return self.process is not None and self.process.pid is not None

    def status(self):
        body = super().status()
        return {**body, "pid": self.systemd.outside(body["pid"])}

    def reload(self):
        return self.systemd.systemctl("reload", _UNIT)

    def output(self):
        if self.systemd is None:
            return ""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.systemd.run("journalctl", "-u", _UNIT, "-o", "cat").stdout
        return ""
