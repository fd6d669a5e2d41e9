"""Planned moves lose nothing (PRODUCT: 8.1; PEERS: P3)."""

import pytest

from harness import (ADDRESS, Capture, Failoverd, Keepalived, Probe, Ucarp, carp_config, hold_for,
                     the_active, wait_for)
from harness.meeting import BETTER, ROUTER, WORSE, OurRouter, vrrp_config

MOVES = 10
FRESH_MS = 20  # how often the second client forgets the address and resolves it again


@pytest.fixture
def peers(network):
    """Two agents that do not preempt, so that each move is one that was asked for."""
    agents = [Failoverd(network, node, carp_config(skew, preempt=False))
              for node, skew in zip(network.routers, (20, 40))]
    for agent in agents:
        agent.start()
    wait_for(lambda: the_active(agents) and any(agent.is_backup() for agent in agents),
             "one to be active, the other backup", show=network.describe)
    return agents


def probes(network):
    return [Probe(network.c1, ADDRESS), Probe(network.c2, ADDRESS, resolve_fresh_ms=FRESH_MS)]


def assert_nothing_lost(running):
    # Half a second more: the announcements of the last move are still to come.
    for who, report in zip(("a client that knows the address", "one that resolves it afresh"),
                           [probe.stop(after=0.5) for probe in running]):
        assert report.received > 200 and report.lost_by_us == 0, f"{who}: {report}"


def in_order(agents):
    """The active one, then the other."""
    active = the_active(agents)
    return active, next(agent for agent in agents if agent is not active)


@pytest.mark.quick
def test_ten_planned_stops_in_a_row_lose_no_probe(network, peers):
    running = probes(network)
    for _ in range(MOVES):
        active, backup = in_order(peers)
        assert active.stop() == 0
        wait_for(lambda: the_active([backup]) is backup and not active.node.holds(ADDRESS),
                 f"{backup.name} to be active", show=network.describe)
        assert backup.group()["reason"] == "peer-left"
        active.start()
        wait_for(active.is_backup, f"{active.name} to be backup", show=network.describe)
    assert_nothing_lost(running)


@pytest.mark.quick
def test_ten_switchovers_there_and_back_lose_no_probe(network, pair):
    r1, r2 = pair
    running = probes(network)
    for move in range(MOVES):
        active, backup = (r1, r2) if move % 2 == 0 else (r2, r1)
        done = active.ctl("switchover", "eth0.carp.10", "--wait")
        assert done.returncode == 0, done.stdout + done.stderr + network.describe()
        wait_for(lambda: the_active(pair) is backup, f"{backup.name} to be active",
                 show=network.describe)
    assert_nothing_lost(running)


def test_after_a_switchover_the_better_node_does_not_preempt_until_it_is_released(network, pair):
    r1, r2 = pair
    assert r1.ctl("switchover", "eth0.carp.10", "--wait").returncode == 0
    hold_for(lambda: the_active(pair) is r2, "r2 stays active", 1.0, network.describe)
    assert "yielded" in str(r1.group()["overrides"])
    status, _ = r1.request("POST", "/v1/exec/group/eth0.carp.10/release", {}, "control.sock")
    assert status in (200, 202)
    wait_for(lambda: the_active(pair) is r1, "r1 to preempt", show=network.describe)
    assert r1.group()["overrides"] == []


def test_a_node_that_yielded_takes_over_again_when_the_peer_dies(network, pair):
    r1, _ = pair
    assert r1.ctl("switchover", "eth0.carp.10", "--wait").returncode == 0
    network.crash(network.r2)
    wait_for(lambda: the_active([r1]) is r1, "r1 to take over", show=network.describe)
    assert r1.group()["overrides"] == []


@pytest.mark.quick
def test_a_switchover_without_a_peer_is_taken_back_with_exit_5(network):
    r1 = Failoverd(network, network.r1, carp_config(20)).start()
    wait_for(lambda: the_active([r1]) is r1, "r1 to become active", show=network.describe)
    running = probes(network)
    done = r1.ctl("switchover", "eth0.carp.10", "--wait")
    assert done.returncode == 5, done.stdout + done.stderr
    assert the_active([r1]) is r1
    assert r1.group()["overrides"] == []
    assert_nothing_lost(running)


def test_a_stop_without_a_peer_removes_the_address_after_the_bound(network):
    r1 = Failoverd(network, network.r1, carp_config(20)).start()
    wait_for(lambda: the_active([r1]) is r1, "r1 to become active", show=network.describe)
    assert r1.stop() == 0
    assert list(network.r1.addresses()) == [f"{network.r1.address()}/24"]


def test_a_stopping_node_says_farewell_and_answers_until_the_peer_has_announced(network, pair):
    r1, r2 = pair
    capture = Capture(network.c2)
    r1.stop()
    farewells = [advert for advert in capture.adverts() if advert.is_farewell]
    assert farewells and all(advert.source == network.r1.address() for advert in farewells)
    after = [advert for advert in capture.adverts(source=network.r1.address())
             if advert.time > farewells[-1].time]
    assert not after, "adverts after the farewell"
    assert r2.is_active()


def test_the_new_active_advertises_then_announces_and_announces_again(network, pair):
    r1, r2 = pair
    capture = Capture(network.c2)

    def announced_by(node):
        return [arp for arp in capture.announcements(ADDRESS) if arp.sender_mac == node.mac()]

    r1.stop()
    announced = wait_for(
        lambda: len(announced_by(network.r2)) >= 4 and announced_by(network.r2),
        "the announcement and its repeats", show=lambda: str(capture.seen()))
    first_advert = capture.adverts(source=network.r2.address())[0]
    assert first_advert.time < announced[0].time
    # What r1 repeated of its own take-over, just before, does not count.
    assert all(arp.time < first_advert.time for arp in announced_by(network.r1))
    assert r2.is_active()


def start_beside_ucarp(network):
    ours = Failoverd(network, network.r1, carp_config(0, advbase=1)).start()
    wait_for(ours.is_active, "ours to become active", show=network.describe)
    Ucarp(network, network.r2, advskew=100).start()
    return ours


def start_beside_keepalived(network):
    ours = OurRouter(network, network.r1, vrrp_config(BETTER), [ADDRESS]).start()
    wait_for(ours.is_active, "ours to become active", show=network.describe)
    theirs = Keepalived(network, network.r2, priority=WORSE, interval=0.1).start()
    wait_for(theirs.is_backup, "keepalived to be backup", show=network.describe)
    return ours


def assert_they_take_over_without_loss(network, ours, move, take_back):
    """Each move is watched by itself: what happens when we preempt them is another matter."""
    for _ in range(MOVES):
        wait_for(lambda: all(client.neighbour(ADDRESS) in (None, network.r1.mac())
                             for client in network.clients), "the clients to know that r1 has it",
                 show=network.describe)
        running = probes(network)
        move(ours)
        wait_for(lambda: network.holders(ADDRESS) == [network.r2], "them to have the address",
                 show=network.describe)
        assert_nothing_lost(running)
        take_back(ours)
        wait_for(lambda: network.holders(ADDRESS) == [network.r1], "ours to preempt",
                 timeout=20, show=network.describe)


BESIDE = pytest.mark.parametrize("start,router", [
    pytest.param(start_beside_ucarp, "eth0.carp.10", id="ucarp"),
    pytest.param(start_beside_keepalived, ROUTER, id="keepalived"),
])


@BESIDE
def test_ten_planned_stops_with_another_program_as_the_new_node_lose_no_probe(network, start,
                                                                              router):
    ours = start(network)
    assert ours.router(router)["state"] == "active"
    assert_they_take_over_without_loss(network, ours, Failoverd.stop, Failoverd.start)


@BESIDE
def test_ten_switchovers_with_another_program_as_the_new_node_lose_no_probe(network, start,
                                                                            router):
    def switchover(ours):
        done = ours.ctl("switchover", router, "--wait")
        assert done.returncode == 0, done.stdout + done.stderr + network.describe()

    def release(ours):
        status, body = ours.request("POST", f"/v1/exec/group/{router}/release", {},
                                    "control.sock")
        assert status in (200, 202), body

    assert_they_take_over_without_loss(network, start(network), switchover, release)
