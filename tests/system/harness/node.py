"""A machine of the network: its namespace, its interfaces, its processes."""

import contextlib
import ipaddress
import json
import os
import signal
import subprocess

from .namespace import Namespace
from .process import Process
from .waiting import wait_for


class CommandFailed(AssertionError):
    pass


class Node:
    """Owned by a Network. `number` gives its addresses (address(), address6()) and its MACs; those
    on its first segment when none is named. Its interface there is eth0, on the next one eth1."""

    def __init__(self, name, number, directory, segments=()):
        self.name = name
        self.number = number
        self.directory = directory
        self.segments = tuple(segments)
        self.gateway = None  # the node by which it reaches other segments
        self.namespace = Namespace()
        self._processes = []
        self._at_end = contextlib.ExitStack()  # what the node's users opened
        os.makedirs(directory, exist_ok=True)

    def _segment(self, segment):
        return self.segments[0] if segment is None else segment

    def interface(self, segment):
        return f"eth{self.segments.index(segment)}"

    def address(self, segment=None):
        return f"10.0.{self._segment(segment)}.{self.number}"

    def address6(self, segment=None):
        return f"2001:db8:{self._segment(segment) + 1}::{self.number}"

    def mac(self, segment=None):
        return f"02:00:00:00:{self._segment(segment):02x}:{self.number:02x}"

    def link_local(self, segment=None):
        """The one that the kernel makes from the MAC."""
        number = self._segment(segment) << 8 | self.number
        return str(ipaddress.IPv6Address(f"fe80::ff:fe00:{number:x}"))

    def own_addresses(self, segment):
        """Lines for `ip -batch` that give an interface its addresses. With `nodad` those of IPv6
        can be used at once; the kernel makes no link-local one where there is the same already."""
        interface = self.interface(segment)
        lines = [f"address add {self.address(segment)}/24 dev {interface}"]
        if os.path.exists("/proc/sys/net/ipv6"):
            lines += [f"address add {address}/64 dev {interface} nodad"
                      for address in (self.link_local(segment), self.address6(segment))]
        return lines

    def own_routes(self, segment):
        """Lines for `ip -batch` that follow when the interface is up."""
        if self.gateway is None:
            return []
        lines = [f"route replace 0.0.0.0/0 via {self.gateway.address(segment)}"]
        if os.path.exists("/proc/sys/net/ipv6"):
            lines.append(f"route replace ::/0 via {self.gateway.address6(segment)}")
        return lines

    def run(self, *arguments, check=True, stdin=None, timeout=60.0, environment=None):
        """Runs a command inside, to its end."""
        arguments = [str(argument) for argument in arguments]
        with self.namespace.entered():
            done = subprocess.run(arguments, input=stdin, capture_output=True, text=True,
                                  timeout=timeout, check=False,
                                  env={**os.environ, **(environment or {})})
        if check and done.returncode != 0:
            raise CommandFailed(f"{self.name}: {' '.join(arguments)}: exit {done.returncode}\n"
                                f"{done.stdout}{done.stderr}")
        return done

    def start(self, *arguments, log=None, **options):
        """Starts a program in the background."""
        log = log or os.path.join(self.directory, os.path.basename(str(arguments[0])) + ".log")
        process = Process(self.namespace, arguments, log, **options)
        self._processes.append(self.closes(process))
        return process

    def ip(self, *arguments):
        return self.run("ip", *arguments).stdout

    def ip_json(self, *arguments):
        return json.loads(self.ip("-json", "-details", *arguments) or "[]")

    def ip_batch(self, lines):
        return self.run("ip", "-batch", "-", stdin="\n".join(lines) + "\n").stdout

    def addresses(self, interface="eth0", family=4):
        """Addresses as `ip` writes them: {"10.0.0.1/24": {...}}; empty without the interface."""
        if not self.has_interface(interface):
            return {}
        found = self.ip_json(f"-{family}", "address", "show", "dev", interface)
        return {f"{a['local']}/{a['prefixlen']}": a
                for link in found for a in link.get("addr_info", [])}

    def holds(self, address, interface="eth0"):
        held = self.addresses(interface, 6 if ":" in address else 4)
        return any(prefix.split("/")[0] == address for prefix in held)

    def has_interface(self, interface):
        return any(link["ifname"] == interface for link in self.ip_json("link", "show"))

    def neighbour(self, address, interface="eth0"):
        """The MAC that the node believes an address to have; None when it knows none."""
        for entry in self.ip_json("neighbour", "show", address, "dev", interface):
            return entry.get("lladdr")
        return None

    def sysctl(self, name, value):
        """Without the setting (a kernel without IPv6, say) does nothing."""
        path = "/proc/sys/" + name.replace(".", "/")
        with self.namespace.entered():
            if os.path.exists(path):
                with open(path, "w", encoding="ascii") as setting:
                    setting.write(str(value))

    def forward(self):
        """It passes on what is for others, as a gateway does."""
        self._set_forwarding(1)

    def stop_forwarding(self):
        self._set_forwarding(0)

    def _set_forwarding(self, value):
        for family in ("ipv4", "ipv6"):
            self.sysctl(f"net.{family}.conf.all.forwarding", value)

    def wait_to_reach(self, address):
        """Until it answers a ping: a neighbour may have to be resolved, or told, first."""
        wait_for(lambda: self.run("ping", "-n", "-c1", "-W1", address, check=False).returncode == 0,
                 f"{self.name} to reach {address}")

    def down(self, interface="eth0"):
        self.ip("link", "set", "dev", interface, "down")

    def up(self, interface="eth0"):
        self.ip("link", "set", "dev", interface, "up")

    def pause(self):
        """Stops all its processes, as a snapshot of a virtual machine does."""
        self.namespace.signal_all(signal.SIGSTOP)

    def resume(self):
        self.namespace.signal_all(signal.SIGCONT)

    def kill_all(self):
        """SIGKILL to whatever runs on it; returns when it has ended."""
        self.namespace.signal_all(signal.SIGKILL)
        for process in self._processes:
            process.wait()

    def closes(self, resource):
        """Has the resource closed when the node goes."""
        self._at_end.callback(resource.close)
        return resource

    def close(self):
        self.kill_all()
        self._at_end.close()
        self.namespace.close()
