"""CARP and VRRP between nodes that are not on one link, with a gateway between them: unicast_v4 and
unicast_v6 of FreeBSD's carp tests (CARP.md 7).

Nobody answers for the failover IP on a link here: who uses it has a route to it by the active.
"""

import dataclasses

import pytest

from harness import Failoverd, carp_config, the_active, wait_for
from harness.meeting import OurRouter, vrrp_config

VIP4, VIP6 = "192.0.2.1/32", "2001:db8:ff::1/128"


@dataclasses.dataclass(frozen=True)
class Case:
    protocol: str
    addresses: tuple  # the last one is the one that is used

    @property
    def vip(self):
        return self.addresses[-1].split("/")[0]

    def own_address(self, node):
        return node.address6() if ":" in self.vip else node.address()

    def config(self, peer, rank):
        """The lower rank is the better one."""
        peers = [self.own_address(peer)]
        if self.protocol == "vrrp":
            return vrrp_config(150 - 20 * rank, addresses=self.addresses, peers=peers)
        return carp_config(30 + 20 * rank, addresses=self.addresses, extra=f"peers = {peers}\n")

    def agent(self, network, node, peer, rank):
        config = self.config(peer, rank)
        if self.protocol == "vrrp":
            return OurRouter(network, node, config, self.addresses)
        return Failoverd(network, node, config)


CASES = {
    "carp-ipv4": Case("carp", (VIP4,)),
    "carp-ipv6": Case("carp", (VIP6,)),
    "vrrp-ipv4": Case("vrrp", (VIP4,)),
    "vrrp-ipv6": Case("vrrp", ("fe80::100/64", VIP6)),
}
pytestmark = [
    pytest.mark.parametrize("network", [{"clients": 1, "apart": True}], indirect=True,
                            ids=["routed"]),
    pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys()),
]


class Pair:
    """An agent on each router; the first one, the better, is active and the second hears it."""

    def __init__(self, network, case):
        self.network = network
        self.case = case
        r1, r2 = network.routers
        self.wait(lambda: r1.run("ping", "-n", "-c1", "-W1", case.own_address(r2),
                                 check=False).returncode == 0, "the routers to reach each other")
        self.agents = [case.agent(network, r1, r2, 0), case.agent(network, r2, r1, 1)]
        self.agents[0].start()
        self.wait_for_active(self.agents[0], [self.agents[0]])
        self.agents[1].start()
        self.wait_until_backup_of(*self.agents)

    def wait(self, condition, what):
        wait_for(condition, what, show=self.network.describe)

    def wait_for_active(self, agent, among=None):
        self.wait(lambda: the_active(among or self.agents, self.case.vip) is agent,
                  f"{agent.name} alone to be active")

    def wait_until_backup_of(self, active, backup):
        self.wait_for_active(active)
        self.wait(lambda: backup.is_backup() and self.hears(backup, active),
                  f"{backup.name} to hear {active.name} as backup")

    def hears(self, listener, speaker):
        """The status has the speaker as the active peer, by its own address."""
        return any(peer["address"] == self.case.own_address(speaker.node)
                   and peer["state"] == "active" for peer in listener.router()["peers"])

    def ping_by_way_of(self, agent):
        """The host changes its route to the failover IP and uses it."""
        version = "-6" if ":" in self.case.vip else "-4"
        host = self.network.c1
        host.ip(version, "route", "replace", self.case.vip, "via",
                self.case.own_address(agent.node))
        host.wait_to_reach(self.case.vip)


@pytest.fixture
def two(network, case):
    return Pair(network, case)


@pytest.mark.quick
def test_one_is_active_and_a_host_follows_a_move_with_its_route(two):
    first, second = two.agents
    two.ping_by_way_of(first)
    assert first.stop() == 0
    two.wait_for_active(second)
    assert second.group()["reason"] == "peer-left", two.network.describe()
    two.ping_by_way_of(second)
    first.start()
    two.wait_until_backup_of(first, second)
    two.ping_by_way_of(first)


def test_the_other_takes_over_when_the_active_crashes(two):
    first, second = two.agents
    two.network.crash(first.node)
    two.wait_for_active(second, among=[second])  # the dead node's kernel still has the address
    two.ping_by_way_of(second)


def test_adverts_come_through_the_gateway_from_the_routable_address(two, case):
    """One hop less in what arrives, so that it did not come by the link."""
    first, second = (agent.node for agent in two.agents)
    protocol, hops = ("ip6", "ip6[7]") if ":" in case.vip else ("ip", "ip[8]")
    second.run("tcpdump", "-c", "1", "-ni", "eth0",
               f"{protocol} proto 112 and src {case.own_address(first)} "
               f"and dst {case.own_address(second)} and {hops} = 254", timeout=10.0)


def test_a_new_rank_leaves_the_peers_in_force(two, case):
    """FreeBSD forgot them once (PR 284872). Each has to hear the other for that move."""
    first, second = two.agents
    second.configure(case.config(first.node, -1))
    second.reload()
    two.wait_until_backup_of(second, first)
    assert first.group()["reason"] == "preempted", two.network.describe()
    two.ping_by_way_of(second)


def test_when_the_gateway_does_not_forward_both_are_active_and_afterwards_one(two):
    first, second = two.agents
    two.network.c1.stop_forwarding()
    two.wait(lambda: first.is_active() and second.is_active(), "both to be active")
    two.network.c1.forward()
    two.wait_until_backup_of(first, second)
    two.ping_by_way_of(first)
