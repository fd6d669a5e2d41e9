"""VRRP routers that take no packets for their addresses: gateways (RFC 9568: 6.1, Accept_Mode)."""

import dataclasses

import pytest

from harness import ADDRESS, Failoverd, Probe, wait_for
from harness.build import program
from harness.meeting import IPV4, IPV6, VRID, vrrp_config
from harness.wire import virtual_mac

ROUTER = f"eth0.vrrp.{VRID}"
ADDRESS6 = "2001:db8:1::100"
LINK_LOCAL = "fe80::100"
FAR = {4: "198.51.100.9", 6: "2001:db8:99::9"}  # a host behind both gateways, on the second client
TABLE = ("list", "table", "inet", "failover")

both_mac_modes = pytest.mark.parametrize("virtual", [False, True], ids=["interface", "virtual"])


@dataclasses.dataclass(frozen=True)
class Gateway:
    virtual: bool = False
    version: int = 3

    @property
    def addresses(self):
        return IPV4 if self.version == 2 else (*IPV4, *IPV6)

    @property
    def probed(self):
        """As a client on eth0 names them."""
        return (ADDRESS,) if self.version == 2 else (ADDRESS, ADDRESS6, LINK_LOCAL + "%eth0")

    def config(self, rank, accept=False):
        extra = f"accept = {str(accept).lower()}\n" + 'mac = "virtual"\n' * self.virtual
        return vrrp_config(150 - 50 * rank, addresses=self.addresses, version=self.version,
                           interval="100ms" if self.version == 3 else "1s", extra=extra)

    def mac(self, agent, address):
        return virtual_mac(6 if ":" in address else 4, VRID) if self.virtual else agent.node.mac()


class Gateways:
    """Agents on both routers, the first one active, which forward between the clients."""

    def __init__(self, network, kind):
        self.network = network
        self.kind = kind
        self.agents = [Failoverd(network, node, kind.config(rank))
                       for rank, node in enumerate(network.routers)]
        for agent in self.agents:
            agent.node.sysctl("net.ipv4.ip_forward", 1)
            agent.node.sysctl("net.ipv6.conf.all.forwarding", 1)
            # Else the gateway tells the client of the shorter way, which there is here.
            agent.node.sysctl("net.ipv4.conf.all.send_redirects", 0)
            agent.node.sysctl("net.ipv4.conf.eth0.send_redirects", 0)
            agent.node.ip("route", "add", FAR[4], "via", network.c2.address())
            agent.node.ip("-6", "route", "add", FAR[6], "via", network.c2.address6())
        network.c2.ip_batch([f"address add {FAR[4]}/32 dev lo",
                             f"address add {FAR[6]}/128 dev lo nodad"])
        network.c1.ip("route", "add", FAR[4], "via", ADDRESS)
        if kind.version == 3:
            network.c1.ip("-6", "route", "add", FAR[6], "via", LINK_LOCAL, "dev", "eth0")
        self.agents[0].start()
        self.wait(lambda: self.is_active(self.agents[0]), "the first to be active")
        self.agents[1].start()
        self.wait(lambda: self.agents[1].is_backup(ROUTER), "the second to be backup")

    def wait(self, condition, what):
        wait_for(condition, what, show=self.network.describe)

    @staticmethod
    def is_active(agent):
        return agent.is_active(ROUTER) and agent.router(ROUTER)["addresses_held"]

    def assert_takes_nothing_and_forwards(self, agent):
        client = self.network.c1
        for address in self.kind.probed:
            assert not answers(client, address), f"{address}\n{self.network.describe()}"
            name = address.split("%", maxsplit=1)[0]
            assert client.neighbour(name) == self.kind.mac(agent, name), self.network.describe()
        for family in (4, 6) if self.kind.version == 3 else (4,):
            assert answers(client, FAR[family]), f"{FAR[family]}\n{self.network.describe()}"


def answers(client, address):
    """Of some pings, so that one that is lost says nothing."""
    return client.run("ping", "-n", "-c3", "-i0.2", "-W1", address, check=False).returncode == 0


def nft(agent, *arguments):
    return agent.node.run("nft", *arguments, check=False).stdout


@both_mac_modes
@pytest.mark.parametrize("version", [3, 2], ids=["v3", "v2"])
def test_nothing_is_taken_for_the_addresses_and_what_is_sent_through_them_is_forwarded(
        network, virtual, version):
    gateways = Gateways(network, Gateway(virtual, version))
    gateways.assert_takes_nothing_and_forwards(gateways.agents[0])
    assert gateways.agents[0].router(ROUTER)["accept"] is False


@both_mac_modes
def test_neighbours_find_the_addresses_anew(network, virtual):
    gateways = Gateways(network, Gateway(virtual))
    active = gateways.agents[0]
    client = network.c1
    assert "Received 2 response" in client.run(
        "arping", "-I", "eth0", "-c", "2", "-w", "5", ADDRESS, check=False).stdout
    # To the address itself, as a host asks that wants to know whether a neighbour is still there.
    for name in (ADDRESS6, LINK_LOCAL):
        answers(client, f"{name}%eth0" if name == LINK_LOCAL else name)
        client.ip("neighbour", "change", name, "dev", "eth0", "lladdr",
                  gateways.kind.mac(active, name), "nud", "probe")
        gateways.wait(lambda name=name: state_of(client, name) == ["REACHABLE"],
                      f"{name} to be reachable")


def state_of(client, address):
    return client.ip_json("neighbour", "show", address, "dev", "eth0")[0]["state"]


@both_mac_modes
def test_a_planned_move_loses_nothing_that_goes_through_and_takes_nothing(network, virtual):
    gateways = Gateways(network, Gateway(virtual))
    first, second = gateways.agents
    running = [Probe(network.c1, FAR[family]) for family in (4, 6)]
    refused = [Probe(network.c1, address, answered=False) for address in (ADDRESS, ADDRESS6)]
    assert first.ctl("switchover", ROUTER, "--wait").returncode == 0, network.describe()
    gateways.wait(lambda: gateways.is_active(second), "the second to be active")
    gateways.assert_takes_nothing_and_forwards(second)
    for report in [probe.stop(after=0.5) for probe in running]:
        assert report.received > 100 and report.lost_by_us == 0, f"{report}\n{network.describe()}"
    for report in [probe.stop() for probe in refused]:
        assert report.sent > 100 and report.received == 0, f"{report}\n{network.describe()}"


@both_mac_modes
def test_the_peer_takes_over_when_the_active_crashes(network, virtual):
    gateways = Gateways(network, Gateway(virtual))
    first, second = gateways.agents
    network.crash(first.node)
    gateways.wait(lambda: gateways.is_active(second), "the second to be active")
    gateways.assert_takes_nothing_and_forwards(second)


@both_mac_modes
def test_only_the_active_has_a_table_and_a_stop_leaves_nothing(network, virtual):
    gateways = Gateways(network, Gateway(virtual))
    first, second = gateways.agents
    table = nft(first, *TABLE)
    assert all(name in table for name in (ADDRESS, ADDRESS6, LINK_LOCAL)), table
    assert nft(second, "list", "tables") == ""
    assert first.stop() == 0
    assert nft(first, "list", "tables") == ""
    gateways.wait(lambda: gateways.is_active(second), "the second to be active")
    assert ADDRESS in nft(second, *TABLE)
    assert second.stop() == 0
    assert nft(second, "list", "tables") == ""


def test_accept_can_be_changed_while_it_is_active(network):
    kind = Gateway()
    gateways = Gateways(network, kind)
    first = gateways.agents[0]
    since = first.router(ROUTER)["since"]
    first.configure(kind.config(0, accept=True))
    first.reload()
    gateways.wait(lambda: nft(first, "list", "tables") == "", "the table to go")
    for address in kind.probed:
        network.c1.wait_to_reach(address)
    first.configure(kind.config(0))
    first.reload()
    gateways.wait(lambda: ADDRESS in nft(first, *TABLE), "the table to be there")
    gateways.assert_takes_nothing_and_forwards(first)
    assert first.router(ROUTER)["since"] == since


@pytest.mark.parametrize("how", ["start", "cleanup"])
def test_the_table_of_a_killed_agent_is_removed(network, how):
    agent = Gateways(network, Gateway()).agents[0]
    agent.kill()
    assert ADDRESS in nft(agent, *TABLE)
    if how == "cleanup":
        agent.node.run(program("failoverd"), "--cleanup")
    else:
        agent.configure(Gateway().config(0, accept=True))
        agent.start()
    wait_for(lambda: nft(agent, "list", "tables") == "", "the table to go", show=network.describe)


def test_an_address_is_held_though_the_kernel_refuses_to_drop_and_the_log_says_so(network):
    # A table that another program has to itself is in the way.
    node = network.r1
    node.start("sh", "-c", "(echo 'add table inet failover { flags owner; }'; exec sleep 600) | "
               "exec nft -i", log=f"{node.directory}/owner.log")
    wait_for(lambda: "failover" in node.run("nft", "list", "tables").stdout, "the table")
    agent = Failoverd(network, node, Gateway().config(0)).start()
    wait_for(lambda: Gateways.is_active(agent), "it to be active", show=network.describe)
    assert answers(network.c1, ADDRESS), network.describe()
    said = [line for line in agent.log_lines() if "accept = false is not in force" in line]
    assert len(said) == 1 and "Operation not permitted" in said[0], agent.output()
