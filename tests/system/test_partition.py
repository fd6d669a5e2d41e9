"""Two active nodes are reported on both, and repaired (PRODUCT: 8.6)."""

import pytest

from harness import ADDRESS, Capture, Failoverd, carp_config, hold_for, the_active, wait_for


def both_report_two_active(agents):
    return all(agent.router()["two_active"] is not None for agent in agents)


def partitioned(network, r1, r2):
    """Both active, for longer than it takes one to hear the other and yield."""
    network.partition(network.r1, network.r2)
    wait_for(lambda: r1.is_active() and r2.is_active(), "both active", show=network.describe)
    wait_for(lambda: r2.router()["counters"]["adverts_sent"] >= 5, "r2 to have spoken",
             show=network.describe)


def resolved(network):
    """The client knows the address, so that it can be misled; announcements correct what is known."""
    network.c1.wait_to_reach(ADDRESS)


def assert_settled_on(network, agents, best):
    wait_for(lambda: the_active(agents) is best, f"{best.name} alone to be active",
             show=network.describe)
    wait_for(lambda: network.c1.neighbour(ADDRESS) == best.node.mac(),
             "the client's neighbour entry to be right", show=network.describe)
    hold_for(lambda: the_active(agents) is best, "it stays so", 1.0, network.describe)


@pytest.mark.quick
def test_after_a_partition_both_report_it_and_the_better_one_alone_is_active(network, pair):
    r1, r2 = pair
    resolved(network)
    partitioned(network, r1, r2)
    wait_for(lambda: network.c1.neighbour(ADDRESS) == network.r2.mac(),
             "the client to be misled by r2", show=network.describe)
    capture = Capture(network.c2)
    network.heal()
    assert_settled_on(network, pair, r1)
    wait_for(lambda: both_report_two_active(pair), "both to report it", show=network.describe)
    assert [arp for arp in capture.announcements(ADDRESS) if arp.sender_mac == network.r1.mac()]


def test_when_the_backup_alone_is_deaf_the_active_reports_two_and_healing_settles_it(network,
                                                                                     pair):
    r1, r2 = pair
    resolved(network)
    network.partition_one_way(network.r1, network.r2)
    wait_for(r2.is_active, "r2 to believe that r1 is gone", show=network.describe)
    wait_for(lambda: r1.router()["two_active"] is not None, "r1 to report it",
             show=network.describe)
    assert r1.is_active()  # it hears a worse one, and stays
    network.heal()
    assert_settled_on(network, pair, r1)


def test_when_the_active_alone_is_deaf_nothing_happens(network, pair):
    r1, r2 = pair
    network.partition_one_way(network.r2, network.r1)
    hold_for(lambda: the_active(pair) is r1, "r1 alone is active", 1.0, network.describe)
    assert r1.router()["two_active"] is None and r2.router()["two_active"] is None


@pytest.mark.parametrize("network", [{"routers": 3}], indirect=True)
def test_a_partition_that_a_third_router_sees_through_is_settled_too(network, pair):
    r1, r2 = pair
    r3 = Failoverd(network, network.r3, carp_config(60)).start()
    resolved(network)
    partitioned(network, r1, r2)
    hold_for(r3.is_backup, "r3 hears both", 0.5, network.describe)
    network.heal()
    assert_settled_on(network, [r1, r2, r3], r1)
