"""Routers r1, r2, ... and clients c1, c2, ... on one or more switches.

A switch is a Linux bridge in a namespace of its own, so that nothing of a node's own stack sees
what others say, and so that links can be cut there: unplugged (the node loses its carrier), cut
(nothing passes, the carrier stays), or partitioned between two nodes in one or both directions.
Cuts are nft rules of the bridge family and so apply to every protocol, ARP included.
"""

import os
import shutil
import tempfile

from .node import Node

FIRST_CLIENT = 200


class Switch(Node):
    """The bridge of one segment. Its ports are called as the nodes on the other end."""

    def __init__(self, segment, directory, snooping):
        super().__init__(f"switch{segment}", 0, directory)
        self.segment = segment
        self._cut = set()  # ports through which nothing passes
        self._cut_pairs = set()  # (from, to)
        self.sysctl("net.ipv6.conf.all.disable_ipv6", 1)
        # Else the switch would look into IP packets, and drop those with a bad checksum itself.
        self.sysctl("net.bridge.bridge-nf-call-iptables", 0)
        snoop = "mcast_snooping 1 mcast_querier 1" if snooping else "mcast_snooping 0"
        self.ip_batch([f"link add br0 type bridge stp_state 0 forward_delay 0 {snoop}",
                       "link set br0 up"])

    def connect(self, node, interface):
        self.ip_batch([
            f"link add {node.name} type veth peer name {interface} "
            f"address {node.mac(self.segment)} netns {node.namespace.path}",
            f"link set {node.name} master br0 up"])

    def cut(self, node):
        self._cut.add(node.name)
        self._apply()

    def cut_pair(self, source, destination):
        self._cut_pairs.add((source.name, destination.name))
        self._apply()

    def heal(self):
        self._cut.clear()
        self._cut_pairs.clear()
        self._apply()

    def _apply(self):
        rules = [f'iifname "{port}" drop; oifname "{port}" drop;' for port in sorted(self._cut)]
        rules += [f'iifname "{a}" oifname "{b}" drop;' for a, b in sorted(self._cut_pairs)]
        # One transaction: no frame passes between the old rules and the new ones.
        self.run("nft", "-f", "-", stdin="\n".join([
            "table bridge cuts {}",
            "delete table bridge cuts",
            "table bridge cuts {", "chain forward {", "type filter hook forward priority 0;",
            *rules, "}", "}"]) + "\n")


class Network:
    """A context manager: at its end every process in it is killed and nothing is left behind.

    Nodes are attributes (net.r1, net.c1) and in net.routers and net.clients. Router N has the
    address 10.0.SEGMENT.N/24 on ethSEGMENT, client N 10.0.SEGMENT.(200+N)/24; of IPv6 they have
    2001:db8:(SEGMENT+1)::N/64, ::(200+N)/64, and the link-local one of their MAC.
    """

    def __init__(self, routers=2, clients=1, segments=1, snooping=False):
        # The path of a Unix socket is at most 107 bytes long, so a short one of our own.
        self.directory = tempfile.mkdtemp(prefix="fo-", dir="/tmp")
        self.nodes = []
        self.switches = []
        self.daemons = []  # whatever runs here and can say how it is doing, for failure messages
        try:
            self.routers = [self._node(f"r{n}", n) for n in range(1, routers + 1)]
            self.clients = [self._node(f"c{n}", FIRST_CLIENT + n) for n in range(1, clients + 1)]
            for segment in range(segments):
                self._segment(segment, snooping)
        except BaseException:
            self.close()
            raise

    def _node(self, name, number):
        node = Node(name, number, os.path.join(self.directory, name))
        self.nodes.append(node)
        setattr(self, name, node)
        return node

    def _segment(self, segment, snooping):
        switch = Switch(segment, os.path.join(self.directory, f"switch{segment}"), snooping)
        self.switches.append(switch)
        for node in self.nodes:
            switch.connect(node, f"eth{segment}")
            # FRR's vrrpd advertises prefixes; a node has its own addresses only.
            node.sysctl(f"net.ipv6.conf.eth{segment}.accept_ra", 0)
            node.ip_batch(["link set lo up", *node.own_addresses(segment),
                           f"link set eth{segment} up"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for node in self.nodes + self.switches:
            node.close()
        self.nodes, self.switches, self.daemons = [], [], []
        shutil.rmtree(self.directory, ignore_errors=True)

    # Links. Each can be undone by the operation that follows it, or by heal().

    def unplug(self, node, segment=0):
        """Pulls the cable: the node loses its carrier."""
        self.switches[segment].ip("link", "set", "dev", node.name, "down")

    def plug(self, node, segment=0):
        self.switches[segment].ip("link", "set", "dev", node.name, "up")

    def cut_link(self, node, segment=0):
        """Nothing passes between the node and the others; its carrier stays."""
        self.switches[segment].cut(node)

    def partition(self, a, b, segment=0):
        """Nothing passes between a and b; both reach everybody else."""
        self.switches[segment].cut_pair(a, b)
        self.switches[segment].cut_pair(b, a)

    def partition_one_way(self, source, destination, segment=0):
        """What source sends does not reach destination; the other way is open."""
        self.switches[segment].cut_pair(source, destination)

    def heal(self, segment=0):
        self.switches[segment].heal()

    def crash(self, node):
        """The node is gone: its links are cut at the switch and its processes killed at once."""
        for switch in self.switches:
            switch.cut(node)
        node.kill_all()

    def reboot(self, node):
        """After a crash: the links are there again, and the node has its own addresses only."""
        node.ip_batch([f"link delete {link['ifname']}"
                       for link in node.ip_json("link", "show", "type", "macvlan")])
        for segment, switch in enumerate(self.switches):
            node.ip_batch([f"address flush dev eth{segment}", *node.own_addresses(segment)])
            switch.heal()

    def holders(self, address, interface="eth0"):
        """The routers that have the address on their interface."""
        return [node for node in self.routers if node.holds(address, interface)]

    def describe(self):
        """What everything in it looks like, for a failure message."""
        parts = [f"{node.name}: {' '.join([*node.addresses(), *node.addresses(family=6)])}"
                 for node in self.routers]
        parts += [daemon.describe() for daemon in self.daemons]
        return "\n".join(parts)
