"""Adverts that somebody has recorded and sends again, also from elsewhere and with another rank
(CARP.md 6): nothing moves where that is refused, and nothing breaks where it is only watched."""

import pytest

from harness import (ADDRESS, Capture, Failoverd, Ucarp, carp_config, hold_for, the_active,
                     wait_for)
from harness.capture import send_frame
from harness.wire import resent

ADDRESS6 = "2001:db8:1::100"
BEST, FAREWELL = (0, 0), (255, 255)  # advbase, advskew
LONG = 20.0  # ucarp's own take-over takes up to 5 s
ENFORCE = 'replay_protection = "enforce"\n'


def started_pair(network, extra, addresses=(f"{ADDRESS}/24",), peers=lambda node: ""):
    """r1, the better one, is active; r2 is backup and hears it."""
    agents = [Failoverd(network, node, carp_config(20 + 20 * rank, addresses=addresses,
                                                   extra=extra + peers(other))).start()
              for rank, (node, other) in enumerate(((network.r1, network.r2),
                                                    (network.r2, network.r1)))]
    wait_for(lambda: the_active(agents) is agents[0] and agents[1].is_backup()
             and agents[1].router()["peers"], "r1 to be active, r2 to hear it",
             show=network.describe)
    return agents


def counters(agent):
    return agent.router()["counters"]


def recorded(network, capture, count=5):
    """So many adverts of r1, heard from now on."""
    before = len(capture.adverts(network.r1.address()))
    wait_for(lambda: len(capture.adverts(network.r1.address())) >= before + count,
             "adverts of r1", show=network.describe)
    return capture.adverts(network.r1.address())[before:]


def replay(network, adverts, **changes):
    for advert in adverts:
        send_frame(network.c1, resent(advert.frame, network.c1.mac(), **changes))


@pytest.mark.quick
@pytest.mark.parametrize("rank", [None, BEST, FAREWELL], ids=["as-it-was", "best", "farewell"])
@pytest.mark.parametrize("from_elsewhere", [False, True], ids=["its-source", "another-source"])
def test_enforced_replayed_adverts_are_counted_and_move_nothing(network, rank, from_elsewhere):
    r1, r2 = started_pair(network, ENFORCE)
    since = [agent.group()["since"] for agent in (r1, r2)]
    adverts = recorded(network, Capture(network.c1))
    source = network.c1.address() if from_elsewhere else None
    replay(network, adverts, source=source, rank=rank)
    # With its own source r1 takes them for what the network brings back.
    for agent, reason in ((r1, "replay" if from_elsewhere else "own"), (r2, "replay")):
        wait_for(lambda: agent.rejected(reason) == len(adverts), f"{agent.name} to count them",
                 show=network.describe)
    hold_for(lambda: the_active([r1, r2]) is r1 and r2.is_backup(), "the roles stay", 1.0,
             network.describe)
    assert [agent.group()["since"] for agent in (r1, r2)] == since
    known = {peer["address"]: peer["counter"] for peer in r2.router()["peers"]}
    assert known == {network.r1.address(): "clock"}, "a replay makes no peer"


@pytest.mark.quick
def test_enforced_the_adverts_of_a_dead_node_keep_nobody_backup_and_their_sender_is_named(network):
    r1, r2 = started_pair(network, ENFORCE)
    capture = Capture(network.c1)
    adverts = recorded(network, capture)
    network.crash(network.r1)

    def taken_over():
        replay(network, adverts, rank=BEST)
        return r2.is_active()

    wait_for(taken_over, "r2 to take over", show=network.describe)
    assert not r1.is_running() and r2.group()["reason"] == "no-response"
    replay(network, adverts)
    named = f"adverts from {network.r1.address()} ({network.c1.mac()}) are refused as replayed"
    wait_for(lambda: any(problem.startswith(named) for problem in r2.router()["problems"]),
             "the problem to be told", show=network.describe)


def test_enforced_a_node_that_has_lost_its_memory_refuses_what_is_old(network):
    r1, r2 = started_pair(network, ENFORCE + 'replay_window = "1s"\n')
    capture = Capture(network.c1)
    old = recorded(network, capture)
    r2.stop()
    wait_for(lambda: capture.adverts(network.r1.address())[-1].time > old[-1].time + 1.1,
             "them to be older than the window", show=network.describe)
    r2.start()
    wait_for(lambda: r2.is_backup() and counters(r2)["adverts_received"] > 0, "r2 to hear r1",
             show=network.describe)
    replay(network, old, source=network.c1.address(), rank=BEST)
    wait_for(lambda: r2.rejected("replay") == len(old), "r2 to count them", show=network.describe)
    assert the_active([r1, r2]) is r1
    assert any("behind our clock" in problem and network.c1.mac() in problem
               for problem in r2.router()["problems"]), network.describe()


FAMILIES = (f"{ADDRESS}/24", f"{ADDRESS6}/64")


@pytest.mark.quick
@pytest.mark.parametrize("peers", [
    lambda node: "",
    lambda node: f'peers = ["{node.address()}", "{node.link_local()}"]\n'],
    ids=["multicast", "unicast"])
def test_enforced_two_of_ours_move_as_ever(network, peers):
    r1, r2 = started_pair(network, ENFORCE, FAMILIES, peers)
    heard = counters(r2)["adverts_received"]
    wait_for(lambda: counters(r2)["adverts_received"] > heard + 20, "adverts of both families",
             show=network.describe)
    for leaving, coming in ((r1, r2), (r2, r1)):
        assert leaving.ctl("switchover", "eth0.carp.10", "--wait").returncode == 0
        wait_for(lambda: the_active([r1, r2]) is coming, f"{coming.name} to be active",
                 show=network.describe)
    for agent in (r1, r2):
        assert agent.rejected("replay") == 0, network.describe()
        assert len(agent.router()["peers"]) == 2
        assert not agent.router()["problems"]
    r2.stop()
    r2.start()
    wait_for(lambda: r2.is_backup() and counters(r2)["adverts_received"] > 0, "r2 to be back",
             show=network.describe)
    network.crash(network.r1)
    wait_for(r2.is_active, "r2 to take over", show=network.describe)
    assert r2.group()["reason"] == "no-response" and r2.rejected("replay") == 0


@pytest.mark.quick
def test_monitored_a_replay_is_accepted_and_counted_and_is_no_problem(network):
    r1, r2 = started_pair(network, "")
    adverts = recorded(network, Capture(network.c1))
    replay(network, adverts, source=network.c1.address())
    for agent in (r1, r2):
        wait_for(lambda: counters(agent)["replay_suspected"] == len(adverts),
                 f"{agent.name} to count them", show=network.describe)
        assert counters(agent)["unprotected"] == agent.rejected("replay") == 0
        assert not any("replay" in problem for problem in agent.router()["problems"])
    kinds = {peer["address"]: peer["counter"] for peer in r2.router()["peers"]}
    assert kinds == {network.r1.address(): "clock", network.c1.address(): "other"}


def test_monitored_a_replay_moves_what_enforce_keeps(network):
    """What it is about, and that the others of these tests could fail."""
    r1, r2 = started_pair(network, "")
    since = r1.group()["since"]
    replay(network, recorded(network, Capture(network.c1)), source=network.c1.address(), rank=BEST)
    wait_for(lambda: r1.group()["since"] != since, "r1 to yield", show=network.describe)
    assert counters(r2)["replay_suspected"] > 0


@pytest.mark.quick
def test_monitored_ucarp_works_in_both_roles_and_is_shown_as_unprotected(network):
    theirs = Ucarp(network, network.r1).start()
    wait_for(theirs.is_active, "ucarp to be active", LONG, network.describe)
    we = Failoverd(network, network.r2,
                   carp_config(100, advbase=1, extra='replay_window = "1s"\n')).start()
    wait_for(lambda: counters(we)["unprotected"] > 1, "its adverts", show=network.describe)
    assert we.is_backup() and we.router()["peers"][0]["counter"] == "other"
    assert we.router()["problems"] == [] and we.router()["healthy"]
    assert counters(we)["replay_suspected"] == we.rejected("replay") == 0
    theirs.kill()
    network.r1.ip("address", "del", f"{ADDRESS}/24", "dev", "eth0")
    wait_for(we.is_active, "us to take over", LONG, network.describe)
    again = Ucarp(network, network.r1, preempt=True).start()
    wait_for(again.is_active, "ucarp to preempt", LONG, network.describe)
    wait_for(we.is_backup, "us to yield", LONG, network.describe)
    # It goes on from our counter, by one with each advert, and so falls behind the clock.
    unprotected = counters(we)["unprotected"]
    wait_for(lambda: counters(we)["unprotected"] > unprotected, "its counter to be no time", LONG,
             network.describe)
    assert we.router()["peers"][0]["counter"] == "other" and we.router()["problems"] == []


def test_enforced_ucarp_is_not_heard_and_the_problem_says_the_way_out(network):
    theirs = Ucarp(network, network.r1).start()
    wait_for(theirs.is_active, "ucarp to be active", LONG, network.describe)
    we = Failoverd(network, network.r2, carp_config(100, advbase=1, extra=ENFORCE)).start()
    wait_for(lambda: we.router()["problems"], "it to be told", show=network.describe)
    problem = we.router()["problems"][0]
    assert f"{network.r1.address()} (" in problem and '"monitor"' in problem
    assert we.rejected("replay") > 0 and not we.router()["peers"]
