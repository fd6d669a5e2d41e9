"""With the real ucarp, in both roles. ucarp takes up to a second longer than the protocol says."""

import pytest

from harness import ADDRESS, Failoverd, Ucarp, carp_config, hold_for, wait_for

LONG = 20.0  # ucarp's own take-over takes up to 5 s, several of them happen in a test


def ours(network, node, advskew, **options):
    return Failoverd(network, node, carp_config(advskew, advbase=1, **options)).start()


def wait_for_holder(network, node):
    wait_for(lambda: network.holders(ADDRESS) == [node], f"{node.name} alone to have the address",
             LONG, network.describe)


@pytest.mark.quick
def test_we_back_ucarp_up_and_take_over_when_it_is_killed(network):
    theirs = Ucarp(network, network.r1).start()
    wait_for_holder(network, network.r1)
    we = ours(network, network.r2, 100)
    wait_for(lambda: we.router()["counters"]["adverts_received"] > 0, "its adverts",
             show=network.describe)
    assert we.is_backup() and we.router()["peers"][0]["address"] == network.r1.address()
    assert we.router()["counters"]["rejected"]["digest"] == 0
    theirs.kill()
    network.r1.ip("address", "del", f"{ADDRESS}/24", "dev", "eth0")
    wait_for_holder(network, network.r2)
    assert we.is_active()


@pytest.mark.quick
def test_ucarp_backs_us_up_and_takes_over_when_we_stop(network):
    we = ours(network, network.r1, 0)
    wait_for_holder(network, network.r1)
    theirs = Ucarp(network, network.r2, advskew=100).start()
    hold_for(lambda: not theirs.is_active(), "ucarp stays backup", 4.0, network.describe)
    assert we.stop() == 0
    wait_for_holder(network, network.r2)
    assert theirs.is_active()


def test_ucarp_backs_us_up_and_takes_over_when_we_die(network):
    we = ours(network, network.r1, 0)
    wait_for_holder(network, network.r1)
    theirs = Ucarp(network, network.r2, advskew=100).start()
    network.crash(network.r1)
    wait_for(lambda: theirs.is_active() and network.r2.holds(ADDRESS), "ucarp to take over", LONG,
             network.describe)
    assert not we.is_running()


def test_with_preempt_we_take_over_from_a_worse_ucarp(network):
    Ucarp(network, network.r1, advskew=100).start()
    wait_for_holder(network, network.r1)
    we = ours(network, network.r2, 0)
    wait_for_holder(network, network.r2)
    assert we.group()["reason"] == "priority"


def test_without_preempt_we_leave_a_worse_ucarp_alone(network):
    Ucarp(network, network.r1, advskew=100).start()
    wait_for_holder(network, network.r1)
    we = ours(network, network.r2, 0, preempt=False)
    wait_for(we.is_backup, "us to hear it", show=network.describe)
    hold_for(lambda: we.is_backup() and network.holders(ADDRESS) == [network.r1],
             "we stay backup", 4.0, network.describe)


def test_ucarp_with_preempt_takes_over_from_a_worse_one_of_ours(network):
    we = ours(network, network.r1, 100)
    wait_for_holder(network, network.r1)
    Ucarp(network, network.r2, preempt=True).start()
    wait_for_holder(network, network.r2)
    wait_for(we.is_backup, "us to yield", show=network.describe)
    assert we.group()["reason"] == "preempted"


def test_ucarp_without_preempt_leaves_a_worse_one_of_ours_alone(network):
    we = ours(network, network.r1, 100)
    wait_for_holder(network, network.r1)
    Ucarp(network, network.r2).start()
    hold_for(lambda: we.is_active() and network.holders(ADDRESS) == [network.r1],
             "we stay active", 4.0, network.describe)


@pytest.mark.quick
def test_with_a_wrong_password_both_stay_apart_and_our_status_says_so(network):
    theirs = Ucarp(network, network.r1, password="another").start()
    wait_for_holder(network, network.r1)
    we = ours(network, network.r2, 100)
    wait_for(lambda: we.is_active() and theirs.is_active(), "both active", LONG, network.describe)
    wait_for(lambda: we.router()["counters"]["rejected"]["digest"] > 0, "digests to be counted",
             show=network.describe)
    router = we.router()
    assert router["problems"], "the status has to say so"
    assert router["counters"]["adverts_received"] == 0
    wait_for(lambda: "Bad digest" in theirs.output(), "ucarp to say so too",
             show=network.describe)


@pytest.mark.parametrize("ours_is_lower", [True, False])
# ucarp compares the last byte first: for it both are lower than r2's 10.0.0.2.
@pytest.mark.parametrize("lower", ["10.0.0.1", "10.0.9.1"])
def test_at_equal_rank_with_ucarp_the_lower_address_in_its_order_stays_active(network, lower,
                                                                              ours_is_lower):
    network.r1.ip("address", "replace", f"{lower}/24", "dev", "eth0")
    sources = {network.r1: lower, network.r2: network.r2.address()}
    our_node, their_node = network.routers if ours_is_lower else network.routers[::-1]
    # Both become active, and meet as such.
    network.partition(network.r1, network.r2)
    we = ours(network, our_node, 0, extra=f'source = "{sources[our_node]}"\n')
    theirs = Ucarp(network, their_node, source=sources[their_node]).start()
    wait_for(lambda: we.is_active() and theirs.is_active(), "both active", LONG, network.describe)
    network.heal()
    wait_for_holder(network, network.r1)
    hold_for(lambda: network.holders(ADDRESS) == [network.r1], "it stays so", 3.0,
             network.describe)
