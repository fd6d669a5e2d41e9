"""The real keepalived, 2.2.7 in Debian 12.

It has no query command and no socket. What it has is a signal at which it writes its state, as
JSON, to $TMPDIR/keepalived.json, so each gets a directory of its own. Its process ids go to files
there too: nothing of it is under /run, and none needs to know of another.
"""

import contextlib
import dataclasses
import json
import os
import signal

from .daemon import Daemon
from .failoverd import ADDRESS
from .waiting import wait_for
from .wire import virtual_mac

_WRITE_JSON = signal.SIGRTMIN + 2  # keepalived --signum=JSON
_BACKUP, _MASTER = 1, 2


@dataclasses.dataclass(frozen=True)
class VrrpInstance:
    """One vrrp_instance of keepalived.conf. The first address says of which family it is."""

    addresses: tuple = (f"{ADDRESS}/24",)
    name: str = "test"
    vrid: int = 10
    priority: int = 100
    interval: float = 1
    version: int = 3
    nopreempt: bool = False
    password: str = None
    source: str = None
    peers: tuple = ()  # unicast to these instead of multicast
    vmac: bool = False
    interface: str = "eth0"

    def text(self):
        password = ([f"auth_type PASS\n    auth_pass {self.password}"] if self.password else [])
        lines = ["state BACKUP", f"interface {self.interface}", f"virtual_router_id {self.vrid}",
                 f"priority {self.priority}", f"advert_int {self.interval}",
                 f"version {self.version}",
                 *(["nopreempt"] if self.nopreempt else []),
                 *([f"use_vmac {self.vmac_interface()}"] if self.vmac else []),
                 *(["vmac_xmit_base"] if self.vmac and self.peers else []),
                 *([f"unicast_src_ip {self.source}"] if self.source else []),
                 *_block("unicast_peer", self.peers), *_block("authentication", password),
                 *_block("virtual_ipaddress", self.addresses)]
        return "\n  ".join([f"vrrp_instance {self.name} {{", *lines]) + "\n}\n"

    def vmac_interface(self):
        return f"vmac{self._family()}.{self.vrid}"

    def macs(self, node):
        """With which neighbours may know its addresses. With a virtual one the interface's as well:
        the kernel uses that for the ARP requests it sends on behalf of the address."""
        return {node.mac()} | ({virtual_mac(self._family(), self.vrid)} if self.vmac else set())

    def _family(self):
        return 6 if ":" in self.addresses[0] else 4


def _block(keyword, entries):
    return [f"{keyword} {{", *(f"  {entry}" for entry in entries), "}"] if entries else []


class Keepalived(Daemon):
    """keepalived on one node, with the VRRP instances that are given, or with the one that the
    keywords describe. It is active, or backup, when all of them are."""

    title = "keepalived"

    def __init__(self, network, node, *instances, realtime=False, **keywords):
        """With `realtime` under the scheduler's real-time policy, as adverts every 10 ms need."""
        super().__init__(network, node)
        self.instances = instances or (VrrpInstance(**keywords),)
        self._directory = os.path.join(node.directory, "keepalived")
        os.makedirs(self._directory, exist_ok=True)
        self.config_path = os.path.join(self._directory, "keepalived.conf")
        limits = "  vrrp_rt_priority 20\n  vrrp_rlimit_rttime 1000000\n" if realtime else ""
        with open(self.config_path, "w", encoding="ascii") as file:
            file.write(f"global_defs {{\n{limits}}}\n")
            file.writelines(instance.text() for instance in self.instances)

    def start(self):
        where = self._directory
        known = len(self.output())  # of an earlier run
        self.process = self.node.start(
            "keepalived", "--dont-fork", "--log-console", "--no-syslog", "--log-detail", "--vrrp",
            f"--use-file={self.config_path}", f"--pid={where}/keepalived.pid",
            f"--vrrp_pid={where}/vrrp.pid", log=self.log, environment={"TMPDIR": where})
        # Before that the signal for its state would end it.
        wait_for(lambda: self.output()[known:].count("BACKUP STATE") >= len(self.instances),
                 f"{self.name}: keepalived to have started", show=self.describe)
        return self

    def status(self):
        """What it says about its instances: {name: {"data": {...}, "stats": {...}}}."""
        path = os.path.join(self._directory, "keepalived.json")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        self.process.signal(_WRITE_JSON)

        def written():
            assert self.is_running(), f"{self.name}: keepalived has ended\n{self.describe()}"
            with open(path, encoding="utf-8") as file, contextlib.suppress(ValueError):
                return json.load(file)
            return None

        found = wait_for(written, f"{self.name}: keepalived to write its state")
        return {instance["data"]["iname"]: instance for instance in found}

    def is_active(self):
        return self._all_are(_MASTER)

    def is_backup(self):
        return self._all_are(_BACKUP)

    def _all_are(self, state):
        return self.is_running() and all(
            instance["data"]["state"] == state for instance in self.status().values())

    def count(self, counter):
        """A counter of its own ("advert_rcvd", "auth_failure", ...), of all instances together."""
        return sum(instance["stats"][counter] for instance in self.status().values())

    def holds(self, address):
        """Whether the node has the address because of it."""
        instance = self._instance_of(address)
        return self.node.holds(address, instance.vmac_interface() if instance.vmac else "eth0")

    def macs_of(self, address):
        return self._instance_of(address).macs(self.node)

    def _instance_of(self, address):
        return next(instance for instance in self.instances
                    if address in (prefix.split("/")[0] for prefix in instance.addresses))
