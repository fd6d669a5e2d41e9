"""Who becomes active (PRODUCT: 4; CARP table rows of the election)."""

import pytest

from harness import (ADDRESS, Capture, Failoverd, carp_config, hold_for, the_active, wait_for,
                     wait_for_one_active)
from harness.meeting import BETTER, OurRouter, vrrp_config

FAST = 20  # advskew: an advert every 78 ms, dead time 234 ms
SLOW = 40


def start_all(network, *configs):
    agents = [Failoverd(network, node, config)
              for node, config in zip(network.routers, configs)]
    for agent in agents:
        agent.launch()
    for agent in agents:
        agent.wait_until_answering()
    return agents


@pytest.mark.quick
def test_first_election_makes_the_better_one_active_and_only_it_has_the_address(network):
    r1, r2 = start_all(network, carp_config(FAST), carp_config(SLOW))
    wait_for(lambda: the_active([r1, r2]) is r1 and r2.is_backup(), "r1 active, r2 backup",
             show=network.describe)
    status = r1.status()
    assert status["schema"] == "failover.status.v1" and status["node"] == "r1"
    group = r1.group()
    assert (group["role"], group["status"]) == ("active", "Up (active)")
    assert r2.group()["status"] == "Ready (standby)"
    wait_for(lambda: network.c1.run("ping", "-c1", "-W1", ADDRESS, check=False).returncode == 0,
             "the address to answer")
    assert network.c1.neighbour(ADDRESS) == network.r1.mac()


def test_a_node_alone_becomes_active_by_the_silence_of_the_others(network):
    r1, = start_all(network, carp_config(SLOW))
    wait_for(r1.is_active, "r1 to become active", show=network.describe)
    assert r1.group()["reason"] == "no-response"


def test_with_preempt_a_better_node_takes_over_from_a_worse_one(network):
    r2 = Failoverd(network, network.r2, carp_config(SLOW)).start()
    wait_for(r2.is_active, "r2 to become active", show=network.describe)
    r1 = Failoverd(network, network.r1, carp_config(FAST)).start()
    wait_for(lambda: the_active([r1, r2]) is r1, "r1 to preempt", show=network.describe)
    assert r1.group()["reason"] == "priority"
    assert r2.group()["reason"] == "preempted"


def test_without_preempt_a_better_node_waits_until_the_worse_one_is_silent(network):
    r2 = Failoverd(network, network.r2, carp_config(SLOW)).start()
    wait_for(r2.is_active, "r2 to become active", show=network.describe)
    r1 = Failoverd(network, network.r1, carp_config(FAST, preempt=False)).start()
    wait_for(r1.is_backup, "r1 to hear r2", show=network.describe)
    hold_for(lambda: the_active([r1, r2]) is r2, "r2 is active", 1.0, network.describe)
    network.crash(network.r2)
    wait_for(lambda: the_active([r1]) is r1, "r1 to take over", show=network.describe)


def test_equal_configurations_settle_on_exactly_one_and_stay(network):
    agents = start_all(network, carp_config(FAST), carp_config(FAST))
    chosen = wait_for_one_active(network, agents)
    hold_for(lambda: the_active(agents) is chosen, "the same one is active", 1.5, network.describe)


def test_two_equal_actives_that_meet_settle_by_address(network):
    network.partition(network.r1, network.r2)
    r1, r2 = start_all(network, carp_config(FAST), carp_config(FAST))
    wait_for(lambda: r1.is_active() and r2.is_active(), "both active", show=network.describe)
    network.heal()
    wait_for(lambda: the_active([r1, r2]) is r1, "the lower address to win",
             show=network.describe)
    assert r2.group()["reason"] == "tie"


@pytest.mark.quick
@pytest.mark.parametrize("network", [{"routers": 3}], indirect=True)
def test_three_routers_have_one_active_and_the_next_best_follows(network):
    r1, r2, r3 = start_all(network, carp_config(FAST), carp_config(30), carp_config(SLOW))
    wait_for(lambda: the_active([r1, r2, r3]) is r1, "r1 active", show=network.describe)
    network.crash(network.r1)
    wait_for(lambda: the_active([r2, r3]) is r2, "r2 to follow", show=network.describe)
    r2.stop()
    wait_for(lambda: the_active([r3]) is r3, "r3 to follow", show=network.describe)


OTHER_SUBNET = {"ipv4": (("192.0.2.1/29",), "192.0.2.4/29"),
                "ipv6": (("fe80::100/64", "2001:db8:ff::1/64"), "2001:db8:ff::4/64")}


def carp_agent(network, node, rank, addresses):
    # The link-local address is something that only VRRP wants.
    return Failoverd(network, node, carp_config(FAST + 20 * rank, addresses=addresses[-1:]))


def vrrp_agent(network, node, rank, addresses):
    config = vrrp_config(BETTER - 20 * rank, addresses=addresses)
    return OurRouter(network, node, config, addresses)


@pytest.mark.parametrize("addresses,clients", OTHER_SUBNET.values(), ids=OTHER_SUBNET.keys())
@pytest.mark.parametrize("make", [carp_agent, vrrp_agent], ids=["carp", "vrrp"])
def test_real_addresses_may_be_of_another_subnet_than_the_failover_ip(network, make, addresses,
                                                                      clients):
    """basic_v4, basic_v6, vrrp_v4 and vrrp_v6 of FreeBSD's carp tests (CARP.md 7)."""
    vip = addresses[-1].split("/")[0]
    network.c1.ip("address", "add", clients, "dev", "eth0", *(["nodad"] if ":" in vip else []))
    agents = [make(network, node, rank, addresses).start()
              for rank, node in enumerate(network.routers)]
    wait_for(lambda: the_active(agents, vip) is agents[0] and agents[1].is_backup(),
             "r1 active, r2 backup", show=network.describe)
    assert addresses[-1] in network.r1.addresses(family=6 if ":" in vip else 4)
    network.c1.wait_to_reach(vip)


def test_adverts_come_from_the_interface_address_and_mac_with_ttl_255(network):
    capture = Capture(network.c2)
    r1, = start_all(network, carp_config(FAST))
    wait_for(r1.is_active, "r1 to become active", show=network.describe)
    advert = wait_for(capture.adverts, "an advert")[0]
    assert advert.source == network.r1.address()
    assert advert.source_mac == network.r1.mac()
    assert (advert.destination, advert.ttl, advert.vhid) == ("224.0.0.18", 255, 10)
    assert (advert.advbase, advert.advskew, advert.demote) == (0, FAST, 0)
    assert len(advert.frame) == 70


def test_the_multicast_group_is_joined_on_the_interface(network):
    r1, = start_all(network, carp_config(FAST))
    wait_for(lambda: r1.is_active() or r1.is_backup(), "r1 to listen", show=network.describe)
    groups = network.r1.ip_json("maddress", "show", "dev", "eth0")[0]["maddr"]
    assert any(group.get("address") == "224.0.0.18" for group in groups)


def test_a_firewall_that_drops_adverts_does_not_make_a_node_deaf(network):
    network.r2.run("nft", "-f", "-", stdin="table ip filter {\nchain input {\n"
                   "type filter hook input priority 0; policy drop;\n}\n}\n")
    r1, r2 = start_all(network, carp_config(FAST), carp_config(SLOW))
    wait_for(lambda: the_active([r1, r2]) is r1, "r1 active", show=network.describe)
    hold_for(r2.is_backup, "r2 hears r1", 1.0, network.describe)
