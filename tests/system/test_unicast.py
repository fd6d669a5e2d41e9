"""CARP and VRRP to configured peers instead of the group: the scenarios of FreeBSD's carp tests
that unicast needs (CARP.md 7), on one segment; test_unicast_routed.py has a gateway between."""

import pytest

from harness import ADDRESS, Failoverd, wait_for

ADDRESS6 = "2001:db8:1::100"


def carp(addresses, peers, rank):
    quoted = [", ".join(f'"{entry}"' for entry in entries) for entries in (addresses, peers)]
    return (f"[interface.eth0.carp.10]\naddresses = [{quoted[0]}]\npeers = [{quoted[1]}]\n"
            f'password = "secret"\nadvbase = 0\nadvskew = {20 + 20 * rank}\n')


CASES = {
    "ipv4": (("10.0.0.100/24",), lambda node: [node.address()], [ADDRESS]),
    "ipv6": (("2001:db8:1::100/64",), lambda node: [node.address6()], [ADDRESS6]),
    "link-local": (("2001:db8:1::100/64",), lambda node: [node.link_local()], [ADDRESS6]),
    "both": (("10.0.0.100/24", "2001:db8:1::100/64"),
             lambda node: [node.address(), node.link_local()], [ADDRESS, ADDRESS6]),
}


@pytest.mark.parametrize("addresses,endpoints,probed", CASES.values(), ids=CASES.keys())
def test_two_elect_one_by_unicast_and_the_other_takes_over(network, addresses, endpoints, probed):
    r1, r2 = network.routers
    agents = [Failoverd(network, node, carp(addresses, endpoints(other), rank))
              for rank, (node, other) in enumerate(((r1, r2), (r2, r1)))]
    for agent in agents:
        agent.start()
    wait_for(lambda: agents[0].is_active() and agents[1].is_backup(),
             "the better one to be active, the other backup", show=network.describe)
    wait_for(lambda: agents[1].router()["counters"]["adverts_received"] > 3, "adverts to arrive",
             show=network.describe)
    for address in probed:
        network.c1.wait_to_reach(address)
    network.crash(r1)
    wait_for(agents[1].is_active, "the other to take over", show=network.describe)
    for address in probed:
        network.c1.wait_to_reach(address)


def test_multicast_and_strangers_are_counted_and_change_nothing(network):
    r1, r2 = network.routers
    unicast = Failoverd(network, r1, carp(("10.0.0.100/24",), ["10.0.0.77"], 0)).start()
    wait_for(unicast.is_active, "it to be active", show=network.describe)
    stranger = Failoverd(network, r2, carp(("10.0.0.100/24",), [r1.address()], 1)).start()
    wait_for(lambda: unicast.rejected("peer") > 0, "the stranger's adverts to be counted",
             show=network.describe)
    assert unicast.is_active() and unicast.router()["counters"]["adverts_received"] == 0
    assert stranger.is_active()
