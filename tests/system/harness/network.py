"""Routers r1, r2, ... and clients c1, c2, ... on one or more switches.

A switch is a Linux bridge in a namespace of its own, so that nothing of a node's own stack sees
what others say, and so that links can be cut there: unplugged (the node loses its carrier), cut
(nothing passes, the carrier stays), or partitioned between two nodes in one or both directions, for
everything or for IPv4 or IPv6 alone.
Cuts are nft rules of the bridge family and so apply to every protocol, ARP included.
"""

import os
import shutil
import tempfile

from .node import Node

FIRST_CLIENT = 200
# Of routers that are apart: unicast to such an address is taken for multicast by who reads it from
# the wrong end, as FreeBSD did.
FIRST_APART = 223
_OF_FAMILY = {None: "", 4: "ether type { ip, arp } ", 6: "ether type ip6 "}


class Switch(Node):
    """The bridge of one segment. Its ports are called as the nodes on the other end."""

    def __init__(self, segment, directory, snooping):
        super().__init__(f"switch{segment}", 0, directory)
        self.segment = segment
        self._cut = set()  # ports through which nothing passes
        self._cut_pairs = set()  # (from, to, what of it)
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

    def cut_pair(self, source, destination, family=None):
        self._cut_pairs.add((source.name, destination.name, _OF_FAMILY[family]))
        self._apply()

    def heal(self):
        self._cut.clear()
        self._cut_pairs.clear()
        self._apply()

    def _apply(self):
        rules = [f'iifname "{port}" drop; oifname "{port}" drop;' for port in sorted(self._cut)]
        rules += [f'iifname "{a}" oifname "{b}" {what}drop;'
                  for a, b, what in sorted(self._cut_pairs)]
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

    With `apart` each router is on a segment of its own only, by its eth0, and has 223+N instead of
    N in its addresses. The clients are on all of them; c1 forwards, and is everybody's gateway.
    """

    def __init__(self, routers=2, clients=1, segments=1, snooping=False, apart=False):
        # The path of a Unix socket is at most 107 bytes long, so a short one of our own.
        self.directory = tempfile.mkdtemp(prefix="fo-", dir="/tmp")
        self.nodes = []
        self.switches = []
        self.daemons = []  # whatever runs here and can say how it is doing, for failure messages
        every = range(routers if apart else segments)
        try:
            self.routers = [self._router(n, every, apart) for n in range(1, routers + 1)]
            self.clients = [self._node(f"c{n}", FIRST_CLIENT + n, every)
                            for n in range(1, clients + 1)]
            if apart:
                self._forward_by(self.c1)
            for segment in every:
                self._segment(segment, snooping)
        except BaseException:
            self.close()
            raise

    def _node(self, name, number, segments):
        node = Node(name, number, os.path.join(self.directory, name), segments)
        self.nodes.append(node)
        setattr(self, name, node)
        return node

    def _router(self, number, segments, apart):
        if apart:
            return self._node(f"r{number}", FIRST_APART + number, [segments[number - 1]])
        return self._node(f"r{number}", number, segments)

    def _forward_by(self, gateway):
        gateway.forward()
        for node in self.routers:
            node.gateway = gateway

    def _segment(self, segment, snooping):
        switch = Switch(segment, os.path.join(self.directory, f"switch{segment}"), snooping)
        self.switches.append(switch)
        for node in self.nodes:
            if segment not in node.segments:
                continue
            interface = node.interface(segment)
            switch.connect(node, interface)
            # FRR's vrrpd advertises prefixes; a node has its own addresses only.
            node.sysctl(f"net.ipv6.conf.{interface}.accept_ra", 0)
            node.ip_batch(["link set lo up", *node.own_addresses(segment),
                           f"link set {interface} up", *node.own_routes(segment)])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for node in self.nodes + self.switches:
            node.close()
        self.nodes, self.switches, self.daemons = [], [], []
        shutil.rmtree(self.directory, ignore_errors=True)

    # Links, on the node's first segment or the one that is named. Each can be undone by the
    # operation that follows it, or by heal().

    def _switch(self, node, segment):
        return self.switches[node.segments[0] if segment is None else segment]

    def unplug(self, node, segment=None):
        """Pulls the cable: the node loses its carrier."""
        self._switch(node, segment).ip("link", "set", "dev", node.name, "down")

    def plug(self, node, segment=None):
        self._switch(node, segment).ip("link", "set", "dev", node.name, "up")

    def cut_link(self, node, segment=None):
        """Nothing passes between the node and the others; its carrier stays."""
        self._switch(node, segment).cut(node)

    def partition(self, a, b, segment=None):
        """Nothing passes between a and b; both reach everybody else."""
        self._switch(a, segment).cut_pair(a, b)
        self._switch(a, segment).cut_pair(b, a)

    def partition_one_way(self, source, destination, segment=None, family=None):
        """What source sends, or only its IPv4 (4) or IPv6 (6), does not reach destination; the
        other way is open."""
        self._switch(source, segment).cut_pair(source, destination, family)

    def heal(self):
        for switch in self.switches:
            switch.heal()

    def crash(self, node):
        """The node is gone: its links are cut at the switch and its processes killed at once."""
        for segment in node.segments:
            self.switches[segment].cut(node)
        node.kill_all()

    def reboot(self, node):
        """After a crash: the links are there again, and the node has its own addresses only."""
        node.ip_batch([f"link delete {link['ifname']}"
                       for link in node.ip_json("link", "show", "type", "macvlan")])
        for segment in node.segments:
            node.ip_batch([f"address flush dev {node.interface(segment)}",
                           *node.own_addresses(segment), *node.own_routes(segment)])
            self.switches[segment].heal()

    def holders(self, address, interface="eth0"):
        """The routers that have the address on their interface."""
        return [node for node in self.routers if node.holds(address, interface)]

    def describe(self):
        """What everything in it looks like, for a failure message."""
        parts = [f"{node.name}: {' '.join([*node.addresses(), *node.addresses(family=6)])}"
                 for node in self.routers]
        parts += [daemon.describe() for daemon in self.daemons]
        return "\n".join(parts)
