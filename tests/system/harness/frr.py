"""The real vrrpd of FRR, 8.4.4 in Debian 12, with the zebra that it needs.

Their sockets, process ids and configuration are in a directory of their own instead of
/var/run/frr. vrrpd manages no address: an administrator makes a macvlan with the virtual MAC for
each family and puts the failover IPs on it, and vrrpd lets its carrier come and go. The harness is
that administrator.
"""

import contextlib
import json
import os
import shutil

from .daemon import Daemon
from .failoverd import ADDRESS
from .waiting import wait_for
from .wire import virtual_mac

_PROGRAMS = "/usr/lib/frr"
_USER = "frr"  # whom both become; only members of frrvty may have the sockets that vtysh uses
_CRASH_LOGS = "/var/tmp/frr"  # the one place that cannot be moved: a directory for each process
_NO_LINK_LOCAL = 1  # addr_gen_mode


def _family(address):
    return 6 if ":" in address else 4


def _interface(family):
    return f"vmac{family}"


class _CrashLog:
    """What a process leaves behind when it is killed."""

    def __init__(self, daemon, pid):
        self._path = os.path.join(_CRASH_LOGS, f"{daemon}.{pid}")

    def close(self):
        shutil.rmtree(self._path, ignore_errors=True)


class Frr(Daemon):
    """vrrpd on one node, with one virtual router of one family or of both."""

    title = "vrrpd"

    def __init__(self, network, node, addresses=(f"{ADDRESS}/24",), *, vrid=10, priority=100,
                 interval=1, version=3, preempt=True):
        super().__init__(network, node)
        self._directory = os.path.join(node.directory, "frr")
        os.makedirs(self._directory, exist_ok=True)
        os.chmod(network.directory, 0o711)  # so that the user frr gets there
        shutil.chown(self._directory, _USER, _USER)
        self._vrid = vrid
        self._zebra = None
        self._addresses = {family: [prefix for prefix in addresses if _family(prefix) == family]
                           for family in (4, 6)}
        self._families = [family for family in (4, 6) if self._addresses[family]]
        lines = [f"vrrp {vrid} version {version}", f"vrrp {vrid} priority {priority}",
                 f"vrrp {vrid} advertisement-interval {round(interval * 1000)}",
                 *([] if preempt else [f"no vrrp {vrid} preempt"]),
                 *(f"vrrp {vrid} {'ipv6' if family == 6 else 'ip'} {prefix.split('/')[0]}"
                   for family in self._families for prefix in self._addresses[family])]
        self._write("vrrpd.conf", "\n ".join(["interface eth0", *lines]) + "\n")
        self._write("zebra.conf", "")

    def _write(self, name, text):
        path = os.path.join(self._directory, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        shutil.chown(path, _USER, _USER)

    def start(self):
        for family in self._families:
            if not self.node.has_interface(_interface(family)):
                self._make_macvlan(family)
        if self._zebra is None or self._zebra.exit_status() is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path("zserv.api"))
            self._zebra = self._launch("zebra")
            wait_for(lambda: os.path.exists(self._path("zserv.api")),
                     f"{self.name}: zebra to have started", show=self._zebra.output)
        self.process = self._launch("vrrpd")
        wait_for(lambda: self.is_backup() or self.is_active(),
                 f"{self.name}: vrrpd to have started", show=self.describe)
        return self

    def _launch(self, daemon):
        process = self.node.start(
            f"{_PROGRAMS}/{daemon}", "--user", _USER, "--group", _USER, "--vty_port", 0,
            "--config_file", self._path(f"{daemon}.conf"), "--socket", self._path("zserv.api"),
            "--vty_socket", self._directory, "--pid_file", self._path(f"{daemon}.pid"),
            "--log", "stdout", log=os.path.join(self.node.directory, f"{daemon}.log"))
        self.node.closes(_CrashLog(daemon, process.pid))
        return process

    def _path(self, name):
        return os.path.join(self._directory, name)

    def _make_macvlan(self, family):
        """As FRR's manual has it."""
        interface = _interface(family)
        self.node.ip_batch([f"link add {interface} link eth0 address "
                            f"{virtual_mac(family, self._vrid)} type macvlan mode bridge"])
        addresses = list(self._addresses[family])
        if family == 6:
            # vrrpd's adverts come from the first link-local address, which is the one that was
            # added last. It has to be the node's own, and cannot be made from the MAC all share.
            self.node.sysctl(f"net.ipv6.conf.{interface}.addr_gen_mode", _NO_LINK_LOCAL)
            addresses.append(f"fe80::f:{self.node.number}/64")
        else:
            self.node.sysctl(f"net.ipv6.conf.{interface}.disable_ipv6", 1)
            # Else eth0 and the other macvlan answer for it, also when it has no carrier.
            self.node.sysctl("net.ipv4.conf.all.arp_ignore", 1)
            self.node.sysctl(f"net.ipv4.conf.{interface}.rp_filter", 0)
            self.node.sysctl("net.ipv4.conf.all.rp_filter", 0)
        # Duplicate address detection would find the active router's addresses.
        nodad = "nodad" if family == 6 else ""
        self.node.ip_batch([f"link set {interface} up", *(
            f"address add {address} dev {interface} {nodad}" for address in addresses)])

    def status(self):
        """What `show vrrp json` says of the router; {} while there is nobody to ask."""
        done = self.node.run("vtysh", "--vty_socket", self._directory, "-d", "vrrpd",
                             "-c", "show vrrp json", check=False)
        found = json.loads(done.stdout) if done.returncode == 0 and done.stdout.strip() else []
        return next((router for router in found if router["vrid"] == self._vrid), {})

    def is_active(self):
        return self._all_are("Master")

    def is_backup(self):
        return self._all_are("Backup")

    def _all_are(self, state):
        if not self.is_running():
            return False
        status = self.status()
        return bool(status) and all(
            status[f"v{family}"]["status"] == state for family in self._families)

    def count(self, counter):
        """A counter of its own ("adverRx", "adverTx", ...), of all families together."""
        status = self.status()
        return sum(status[f"v{family}"]["stats"][counter] for family in self._families)

    def holds(self, address):
        """Whether it lets the node answer: the address itself is always there."""
        flags = self.node.ip_json("link", "show", _interface(_family(address)))[0]["flags"]
        return "LOWER_UP" in flags

    def macs_of(self, address):
        """With which neighbours may know it: the virtual one, and that of the interface, which the
        kernel uses for the ARP requests it sends on behalf of the address."""
        return {virtual_mac(_family(address), self._vrid), self.node.mac()}
