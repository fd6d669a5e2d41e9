"""The agent under test, and its command line."""

import contextlib
import http.client
import json
import os
import signal
import socket

from .build import program
from .daemon import Daemon
from .waiting import wait_for

ADDRESS = "10.0.0.100"  # the failover IP, unless a test wants another
SANITIZER_REPORTS = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer",
                     "WARNING: ThreadSanitizer", "runtime error:")


def carp_config(advskew=0, *, advbase=0, addresses=(f"{ADDRESS}/24",), vhid=10, interface="eth0",
                password="secret", preempt=True, node=None, extra=""):
    """A configuration with one CARP router. `extra` is further TOML: keys of the router first,
    then tables of its own."""
    listed = ", ".join(f'"{address}"' for address in addresses)
    agent = f'[agent]\nnode = "{node}"\n' if node else ""
    return (f"{agent}[interface.{interface}.carp.{vhid}]\naddresses = [{listed}]\n"
            f'password = "{password}"\nadvbase = {advbase}\nadvskew = {advskew}\n'
            f"preempt = {'true' if preempt else 'false'}\n{extra}")


def is_running(pid):
    """A zombie is not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def child_with(parent, option):
    """The process that `parent` has started with that option; None while there is none."""
    try:
        with open(f"/proc/{parent}/task/{parent}/children", encoding="ascii") as children:
            for child in children.read().split():
                with open(f"/proc/{child}/cmdline", "rb") as words:
                    if option.encode() in words.read().split(b"\0"):
                        return int(child)
    except OSError:
        pass
    return None


# What has no right to real-time priority, as in most containers.
WITHOUT_REALTIME = ("prlimit", "--rtprio=0", "--nice=0",
                    "setpriv", "--bounding-set=-sys_nice", "--inh-caps=-sys_nice")

# packaging/systemd/failoverd.service.in, as far as it can be had without a systemd, in a mount
# namespace of its own: for the whole suite. harness/systemd.py has the unit itself.
_BOUNDING = "-all,+net_admin,+net_raw,+chown,+setpcap,+sys_nice,+setuid,+setgid,+kill"
HARDENED = ("unshare", "--mount", "bash", "-c", f"""
set -e
for path in /usr /etc /proc/sys; do
  mount --bind $path $path
  mount -o remount,bind,ro $path
done
mount --bind /proc/sys/net /proc/sys/net
mount -o remount,bind,rw /proc/sys/net
umask 0077
exec setpriv --bounding-set={_BOUNDING} --inh-caps=-all --no-new-privs "$@"
""", "failoverd")


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Failoverd(Daemon):
    """One agent on one node. start() returns when its sockets answer."""

    title = "failoverd"

    def __init__(self, network, node, config, arguments=()):
        super().__init__(network, node)
        self.config_path = os.path.join(node.directory, "failover.toml")
        self.run_directory = os.path.join(node.directory, "run")
        self.state_directory = os.path.join(node.directory, "state")
        self._arguments = arguments
        self.configure(config)

    # Life.

    def configure(self, config):
        """Writes the file; reload() or start() makes it known."""
        if "[agent]" not in config:
            config = f'[agent]\nnode = "{self.name}"\n' + config
        with open(self.config_path, "w", encoding="utf-8") as file:
            file.write(config)

    def program(self):
        return program("failoverd")

    def wrapper(self):
        """The words of a command that becomes the program, which follows them."""
        return HARDENED if "FAILOVER_HARDENED" in os.environ else ()

    def start(self, stderr=None):
        self.launch(stderr)
        return self.wait_until_answering()

    def wait_until_answering(self):
        wait_for(lambda: self.exit_status() is not None or self.request("GET", "/v1/status"),
                 f"{self.name}: the status socket to answer", show=self.describe)
        assert self.exit_status() is None, f"{self.name}: ended at once\n{self.describe()}"
        return self

    def launch(self, stderr=None):
        """Starts it without waiting for anything."""
        self.process = self.node.start(
            *self.wrapper(), self.program(), "--config", self.config_path,
            "--run-dir", self.run_directory, "--state-dir", self.state_directory,
            *self._arguments, log=self.log, stderr=stderr)

    def kill(self):
        """SIGKILL to the parent and, before it is missed, to the agent: everything that it runs."""
        agent = self.agent_pid()
        self.process.signal(signal.SIGKILL)
        if agent:
            with contextlib.suppress(ProcessLookupError):
                os.kill(agent, signal.SIGKILL)
            wait_for(lambda: not is_running(agent), f"the end of {agent}")
        return self.process.wait()

    def agent_pid(self):
        """The agent's, whose parent self.process is; None while there is none."""
        return child_with(self.process.pid, "--alone")

    def runner_pid(self):
        """The runner's, likewise."""
        return child_with(self.process.pid, "--runner")

    def reload(self):
        self.process.signal(signal.SIGHUP)

    # What it says.

    def request(self, method, path, body=None, sock="status.sock", timeout=10.0, headers=None):
        """(status, decoded JSON), over the Unix socket."""
        text = None if body is None else json.dumps(body)
        reply, said = self.exchange(method, path, text, sock, timeout, headers)
        return reply.status, json.loads(said or b"null")

    def exchange(self, method, path, text=None, sock="control.sock", timeout=10.0, headers=None):
        """(http.client's response, the bytes of its body): nothing is made of either."""
        connection = _UnixConnection(os.path.join(self.run_directory, sock), timeout)
        try:
            connection.request(method, path, body=text, headers=headers or {})
            reply = connection.getresponse()
            return reply, reply.read()
        finally:
            connection.close()

    def status(self):
        status, body = self.request("GET", "/v1/status")
        assert status == 200, body
        return body

    def group(self, name="eth0.carp.10"):
        return next(group for group in self.status()["groups"] if group["name"] == name)

    def router(self, name="eth0.carp.10"):
        return next(router for group in self.status()["groups"] for router in group["routers"]
                    if router["name"] == name)

    def interface(self, name="eth0"):
        return next(i for i in self.status()["interfaces"] if i["name"] == name)

    def history(self, name="eth0.carp.10"):
        """The transitions of a group since its agent has started, the last one at the end."""
        status, body = self.request("GET", f"/v1/history/{name}")
        assert status == 200, body
        return body["transitions"]

    def rejected(self, reason, name="eth0.carp.10"):
        return self.router(name)["counters"]["rejected"][reason]

    def state(self, name="eth0.carp.10"):
        return self.router(name)["state"]

    def is_active(self, name="eth0.carp.10"):
        return self.is_running() and self.state(name) == "active"

    def is_backup(self, name="eth0.carp.10"):
        return self.is_running() and self.state(name) == "backup"

    def ctl(self, *arguments, timeout=60.0, environment=None):
        """failoverctl, on the node: a CompletedProcess."""
        return self.node.run(
            program("failoverctl"), "--socket", os.path.join(self.run_directory, "control.sock"),
            *arguments, check=False, timeout=timeout, environment=environment)

    def log_lines(self):
        return self.output().splitlines()

    def describe(self):
        try:
            state = json.dumps(self.status())
        except (OSError, ValueError, http.client.HTTPException) as error:
            state = f"no status: {error}"
        return f"{super().describe()}\n{state}"

    def complaint(self):
        """A death that nobody asked for, or a sanitizer's report."""
        output = self.output()
        for report in SANITIZER_REPORTS:
            if report in output:
                return f"{self.name}: {report}\n{output[-8000:]}"
        status = self.exit_status()
        if status is not None and status < 0 and -status not in (signal.SIGKILL, signal.SIGTERM):
            return f"{self.name}: died of signal {-status}\n{output[-8000:]}"
        return None
