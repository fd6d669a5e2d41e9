"""Two of ours over IPv6, in both families, with the virtual MAC, and hot (PRODUCT: 6, 8.1, 8.9)."""

import dataclasses
import os

import pytest

from harness import (ADDRESS, Capture, Failoverd, Probe, carp_config, hold_for, the_active,
                     wait_for)
from harness.build import program
from harness.meeting import IPV4, IPV6, VRID, vrrp_config
from harness.wire import virtual_mac

MOVES = 10
ADDRESS6 = "2001:db8:1::100"
VIRTUAL = 'mac = "virtual"\n'
HOT = 'mode = "hot"\n'


@dataclasses.dataclass(frozen=True)
class Kind:
    """What both nodes have but for their ranks."""

    protocol: str
    addresses: tuple
    virtual: bool = False
    hot: bool = False

    @property
    def router(self):
        return f"eth0.{self.protocol}.{VRID}"

    def config(self, rank):
        extra = "preempt = false\n" + (VIRTUAL if self.virtual else "") + (HOT if self.hot else "")
        if self.protocol == "vrrp":
            return vrrp_config(150 - 50 * rank, addresses=self.addresses, extra=extra)
        quoted = ", ".join(f'"{prefix}"' for prefix in self.addresses)
        return (f"[interface.eth0.carp.{VRID}]\naddresses = [{quoted}]\npassword = \"secret\"\n"
                f"advbase = 0\nadvskew = {20 + 20 * rank}\n{extra}")

    def probed(self):
        return [address for address in (ADDRESS, ADDRESS6)
                if any(prefix.startswith(address + "/") for prefix in self.addresses)]

    def link_of(self, node, address):
        """Where the address is when this node is active."""
        if not self.virtual:
            return "eth0"
        index = node.ip_json("link", "show", "eth0")[0]["ifindex"]
        six = "-6" if ":" in address and self.protocol == "vrrp" else ""
        return f"{self.protocol}{VRID}{six}.{index}"

    def mac_of(self, address):
        family = 6 if ":" in address and self.protocol == "vrrp" else 4
        return virtual_mac(family, VRID)


CARP_BOTH = Kind("carp", (*IPV4, "2001:db8:1::100/64"))
KINDS = {
    "vrrp-ipv4": Kind("vrrp", IPV4),
    "vrrp-ipv6": Kind("vrrp", IPV6),
    "vrrp-both": Kind("vrrp", (*IPV4, *IPV6)),
    "carp-both": CARP_BOTH,
    "vrrp-ipv4-virtual": Kind("vrrp", IPV4, virtual=True),
    "vrrp-ipv6-virtual": Kind("vrrp", IPV6, virtual=True),
    "vrrp-both-virtual": Kind("vrrp", (*IPV4, *IPV6), virtual=True),
    "carp-both-virtual": dataclasses.replace(CARP_BOTH, virtual=True),
    "vrrp-both-hot": Kind("vrrp", (*IPV4, *IPV6), virtual=True, hot=True),
    "carp-both-hot": dataclasses.replace(CARP_BOTH, virtual=True, hot=True),
}
VIRTUAL_KINDS = [name for name, kind in KINDS.items() if kind.virtual]
HOT_KINDS = [name for name, kind in KINDS.items() if kind.hot]
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
every_virtual = pytest.mark.parametrize("kind", [KINDS[name] for name in VIRTUAL_KINDS],
                                        ids=VIRTUAL_KINDS)
every_hot = pytest.mark.parametrize("kind", [KINDS[name] for name in HOT_KINDS], ids=HOT_KINDS)
every_other = pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if not kind.hot],
                                      ids=[name for name, kind in KINDS.items() if not kind.hot])


class Pair:
    """An agent on each of two routers; the first is active."""

    def __init__(self, network, kind):
        self.network = network
        self.kind = kind
        self.agents = [Failoverd(network, node, kind.config(rank))
                       for rank, node in enumerate(network.routers)]
        self.agents[0].start()
        self.wait(lambda: self.is_active(self.agents[0]), "the first to be active")
        self.agents[1].start()
        self.wait(lambda: self.agents[1].is_backup(kind.router), "the second to be backup")

    def wait(self, condition, what):
        wait_for(condition, what, show=self.network.describe)

    def is_active(self, agent):
        return agent.is_active(self.kind.router) and all(
            agent.node.holds(address, self.kind.link_of(agent.node, address))
            for address in self.kind.probed())

    def other(self, agent):
        return self.agents[1 - self.agents.index(agent)]

    def active(self):
        return next(agent for agent in self.agents if agent.is_active(self.kind.router))

    def switch_over(self):
        active = self.active()
        done = active.ctl("switchover", self.kind.router, "--wait")
        assert done.returncode == 0, done.stdout + done.stderr + self.network.describe()
        self.wait(lambda: self.is_active(self.other(active)), "the other to be active")

    def stop_and_start(self):
        active = self.active()
        assert active.stop() == 0, self.network.describe()
        self.wait(lambda: self.is_active(self.other(active)), "the other to be active")
        active.start()
        self.wait(lambda: active.is_backup(self.kind.router), "it to be back")


@pytest.fixture
def two(network, kind):
    return Pair(network, kind)


@every_kind
@pytest.mark.parametrize("move", [Pair.switch_over, Pair.stop_and_start],
                         ids=["switchover", "stop"])
def test_ten_planned_moves_in_a_row_lose_no_probe(network, kind, two, move):
    running = [Probe(network.c1, address) for address in kind.probed()]
    for _ in range(MOVES):
        move(two)
    for address, report in zip(kind.probed(), [probe.stop(after=0.5) for probe in running]):
        assert report.received > 500 and report.lost_by_us == 0, \
            f"{address}: {report}\n{network.describe()}"


@every_kind
def test_the_peer_takes_over_when_the_active_crashes(network, kind, two):
    first = two.active()
    network.crash(first.node)
    two.wait(lambda: two.is_active(two.other(first)), "the other to be active")
    for address in kind.probed():
        network.c1.wait_to_reach(address)


@every_virtual
def test_neighbours_know_the_virtual_mac_and_keep_it_through_every_move(network, kind, two):
    def known():
        for address in kind.probed():
            network.c1.wait_to_reach(address)
        return {address: network.c1.neighbour(address) for address in kind.probed()}

    expected = {address: kind.mac_of(address) for address in kind.probed()}
    assert known() == expected, network.describe()
    two.switch_over()
    assert known() == expected, network.describe()
    network.crash(two.active().node)
    two.wait(lambda: two.is_active(two.agents[0]), "the first to be active again")
    assert known() == expected, network.describe()


@every_virtual
def test_nothing_of_it_is_left_by_a_stop(network, kind, two):
    first, second = two.agents
    for agent in (second, first):
        assert agent.stop() == 0
        assert not any("macvlan" in str(link) for link in agent.node.ip_json("-d", "link", "show"))
        assert agent.node.run("sysctl", "-n", "net.ipv4.conf.eth0.arp_ignore").stdout == "0\n"


@every_other
def test_only_the_active_can_speak_from_the_failover_ip(network, kind, two):
    """As nd6_ns_source_mac of FreeBSD's carp tests: the backup's ping from there fails, the
    active's has an answer, and who answers knows the MAC that is meant to be known."""
    first, second = two.agents
    for address in kind.probed():
        asked = network.c1.address6() if ":" in address else network.c1.address()
        ping = ("ping", "-n", "-c1", "-W2", "-I", address, asked)
        assert second.node.run(*ping, check=False).returncode != 0, second.describe()
        assert network.c1.neighbour(address) is None, "learnt from the backup"
        first.node.run(*ping)
        expected = kind.mac_of(address) if kind.virtual else first.node.mac()
        assert network.c1.neighbour(address) == expected, network.describe()


@every_virtual
def test_what_the_active_asks_from_the_failover_ip_teaches_nobody_its_own_mac(network, kind, two):
    """The host that is asked, and one that knows the address already and hears the question."""
    first, _ = two.agents
    capture = Capture(network.c1)
    for address in kind.probed():
        network.c1.wait_to_reach(address)
        asked = network.c2.address6() if ":" in address else network.c2.address()
        first.node.ip("neighbour", "flush", "dev", "eth0")
        first.node.run("ping", "-n", "-c1", "-W2", "-I", address, asked)
        for client in network.clients:
            assert client.neighbour(address) == kind.mac_of(address), network.describe()
    assert {arp.sender_mac for arp in capture.arps(ADDRESS)} <= {kind.mac_of(ADDRESS)}


every_both = pytest.mark.parametrize("kind", [KINDS["vrrp-both"], KINDS["carp-both"]],
                                     ids=["vrrp-both", "carp-both"])


@every_both
@pytest.mark.parametrize("deaf", [4, 6])
def test_who_is_deaf_in_one_family_stays_backup_says_so_and_takes_over_when_needed(network, kind,
                                                                                   two, deaf):
    first, second = two.agents
    network.partition_one_way(first.node, second.node, family=deaf)
    two.wait(lambda: second.group(kind.router)["reason"] == "half-deaf", "the second to say so")
    hold_for(lambda: two.is_active(first) and second.is_backup(kind.router), "the roles stay", 1.0,
             network.describe)
    network.crash(first.node)
    two.wait(lambda: two.is_active(second), "the second to take over")


@every_both
@pytest.mark.parametrize("deaf", [4, 6])
def test_who_hears_in_both_families_again_says_so_and_stays_backup(network, kind, two, deaf):
    first, second = two.agents
    network.partition_one_way(first.node, second.node, family=deaf)
    two.wait(lambda: second.group(kind.router)["reason"] == "half-deaf", "the second to say so")
    network.heal()
    two.wait(lambda: second.group(kind.router)["reason"] == "listening", "the second to say so")
    assert two.is_active(first) and second.is_backup(kind.router), network.describe()


def test_a_backup_is_silent_and_only_the_macvlan_of_the_active_answers(network):
    kind = KINDS["vrrp-ipv4-virtual"]
    two = Pair(network, kind)
    answers = network.c1.run("arping", "-I", "eth0", "-c", "2", "-w", "2", ADDRESS,
                             check=False).stdout
    assert kind.mac_of(ADDRESS) in answers.lower(), answers
    for agent in two.agents:
        assert agent.node.mac() not in answers.lower(), answers


def test_a_macvlan_that_somebody_deletes_is_back_at_once_and_the_role_stays(network):
    kind = KINDS["carp-both-virtual"]
    two = Pair(network, kind)
    first = two.active()
    first.node.ip("link", "del", kind.link_of(first.node, ADDRESS))
    two.wait(lambda: two.is_active(first), "the addresses to be back")
    assert two.other(first).is_backup(kind.router)
    assert first.group(kind.router)["reason"] == "no-response"


def test_what_a_killed_agent_leaves_is_removed_by_cleanup_or_by_the_next_start(network):
    kind = KINDS["vrrp-both-virtual"]
    agent = Failoverd(network, network.r1, kind.config(0))
    agent.start()
    wait_for(lambda: agent.is_active(kind.router), "it to be active", show=network.describe)
    agent.kill()
    left = str(agent.node.ip_json("-d", "link", "show"))
    assert "macvlan" in left
    said = agent.node.run(program("failoverd"), "--cleanup").stdout
    assert kind.link_of(agent.node, ADDRESS) in said, said
    assert "macvlan" not in str(agent.node.ip_json("-d", "link", "show"))


def test_both_mac_modes_live_beside_each_other_on_one_interface(network):
    config = carp_config(advskew=20) + KINDS["vrrp-ipv6-virtual"].config(0)
    agent = Failoverd(network, network.r1, config)
    agent.start()
    wait_for(lambda: agent.is_active() and agent.is_active(KINDS["vrrp-ipv6-virtual"].router),
             "both to be active", show=network.describe)
    for address in (ADDRESS, ADDRESS6):
        network.c1.wait_to_reach(address)
    assert network.c1.neighbour(ADDRESS) == agent.node.mac()
    assert network.c1.neighbour(ADDRESS6) == KINDS["vrrp-ipv6-virtual"].mac_of(ADDRESS6)
    assert the_active([agent]) is agent


@every_virtual
def test_adverts_leave_from_the_virtual_mac_once_the_addresses_are_held(network, kind, two):
    assert two.is_active(two.agents[0])
    for address in kind.probed():
        protocol = "ip6 proto 112" if ":" in address else "ip proto 112"
        network.c1.run("tcpdump", "-c", "3", "-eni", "eth0",
                       f"ether src {kind.mac_of(address)} and {protocol}", timeout=10.0)


def in_place(kind, node):
    return all(node.holds(address, kind.link_of(node, address)) for address in kind.probed())


@every_hot
def test_a_hot_backup_has_the_addresses_in_place_and_is_not_heard(network, kind, two):
    second = two.agents[1]
    two.wait(lambda: in_place(kind, second.node), "its addresses to be there")
    capture = Capture(network.c1)
    answers = network.c1.run("arping", "-I", "eth0", "-c", "5", ADDRESS, check=False).stdout
    assert "Received 5 response" in answers, answers
    for address in kind.probed():
        network.c1.wait_to_reach(address)
        assert network.c1.neighbour(address) == kind.mac_of(address), network.describe()
    assert {arp.sender_mac for arp in capture.arps(ADDRESS)} <= \
        {kind.mac_of(ADDRESS), network.c1.mac()}
    assert second.is_backup(kind.router)


@every_hot
def test_a_hot_backup_stays_silent_when_its_own_link_comes_back(network, kind, two):
    second = two.agents[1]
    two.wait(lambda: in_place(kind, second.node), "its addresses to be there")
    capture = Capture(network.c1)
    for _ in range(3):
        network.unplug(second.node)
        two.wait(lambda: second.router(kind.router)["waiting_for"] == "carrier", "it to notice")
        network.plug(second.node)
        answers = network.c1.run("arping", "-I", "eth0", "-c", "1", ADDRESS, check=False).stdout
        assert "Received 1 response" in answers, answers
        two.wait(lambda: second.is_backup(kind.router) and in_place(kind, second.node),
                 "it to be ready again")
    assert {arp.sender_mac for arp in capture.arps(ADDRESS)} <= \
        {kind.mac_of(ADDRESS), network.c1.mac()}
    two.switch_over()
    for address in kind.probed():
        network.c1.wait_to_reach(address)


@every_hot
def test_the_mode_is_changed_at_run_time_and_takes_effect_at_once(network, kind, two):
    first, second = two.agents
    two.wait(lambda: in_place(kind, second.node), "its addresses to be there")
    running = [Probe(network.c1, address) for address in kind.probed()]
    warm = dataclasses.replace(kind, hot=False)
    for rank, agent in enumerate(two.agents):
        agent.configure(warm.config(rank))
        agent.reload()
    two.wait(lambda: not second.node.holds(ADDRESS, kind.link_of(second.node, ADDRESS)),
             "the backup to have none")
    for rank, agent in enumerate(two.agents):
        agent.configure(kind.config(rank))
        agent.reload()
    two.wait(lambda: in_place(kind, second.node), "its addresses to be back")
    for address, report in zip(kind.probed(), [probe.stop(after=0.5) for probe in running]):
        assert report.lost_by_us == 0, f"{address}: {report}\n{network.describe()}"
    assert two.is_active(first) and second.is_backup(kind.router)


@every_hot
def test_a_hot_backup_s_agent_is_restarted_and_its_addresses_stay(network, kind, two):
    second = two.agents[1]
    two.wait(lambda: in_place(kind, second.node), "its addresses to be there")
    monitored = os.path.join(second.node.directory, "addresses")
    second.node.start("ip", "-o", "monitor", "address", log=monitored)

    def seen():
        with open(monitored, encoding="ascii") as log:
            return log.read()

    def is_monitored():
        second.node.ip("address", "replace", "192.0.2.77/32", "dev", "lo")  # told each time
        return "192.0.2.77" in seen()

    two.wait(is_monitored, "the monitor to be there")
    assert second.ctl("agent", "restart").returncode == 0
    two.wait(lambda: second.is_backup(kind.router), "it to be backup again")
    two.switch_over()
    second.node.ip("address", "del", "192.0.2.77/32", "dev", "lo")
    two.wait(lambda: "Deleted" in seen(), "the monitor to have seen all")
    assert not [line for line in seen().splitlines() if "192.0.2.77" not in line], seen()


@pytest.mark.parametrize("mode", ["", HOT], ids=["warm", "hot"])
@pytest.mark.parametrize("protocol", ["carp", "vrrp"])
def test_a_family_comes_and_goes_while_the_router_holds_the_other(network, protocol, mode):
    both = dataclasses.replace(KINDS[f"{protocol}-both-virtual"], hot=bool(mode))
    ipv4 = dataclasses.replace(both, addresses=IPV4)
    two = Pair(network, ipv4)
    first, second = two.agents
    probe = Probe(network.c1, ADDRESS)
    for kind in (both, ipv4, both):
        # The digest of CARP covers the addresses: the backup first, and the active one at once.
        for rank, agent in reversed(list(enumerate(two.agents))):
            agent.configure(kind.config(rank))
            agent.reload()
        two.kind = kind
        two.wait(lambda: two.is_active(first) and second.is_backup(kind.router), "the change")
        here = kind.link_of(first.node, ADDRESS6) if kind is both else None
        if here:
            network.c1.wait_to_reach(ADDRESS6)
            assert network.c1.neighbour(ADDRESS6) == kind.mac_of(ADDRESS6), network.describe()
        else:
            two.wait(lambda: ADDRESS6 not in first.node.ip("address"), "it to be gone")
    assert probe.stop(after=0.3).lost_by_us == 0, network.describe()
    two.switch_over()
    network.c1.wait_to_reach(ADDRESS6)
