"""Failover groups: routers outside and inside have one role (PRODUCT: 8.10)."""

import os
import signal

import pytest

from harness import Failoverd, Keepalived, Probe, Ucarp, hold_for, wait_for
from harness.keepalived import VrrpInstance

OUTSIDE, INSIDE = "10.0.0.100", "10.0.1.100"
TWO_SEGMENTS = pytest.mark.parametrize("network", [{"segments": 2}], indirect=True)


def group_config(advskew, priority, *, advbase=0, interval="200ms", group="", extra=""):
    """CARP outside, VRRP inside, one group. `group` is further TOML of the group."""
    return (f'[interface.eth0.carp.10]\naddresses = ["{OUTSIDE}/24"]\npassword = "secret"\n'
            f'advbase = {advbase}\nadvskew = {advskew}\ngroup = "web"\n'
            f'[interface.eth1.vrrp.20]\naddresses = ["{INSIDE}/24"]\npriority = {priority}\n'
            f'interval = "{interval}"\ngroup = "web"\n'
            f"[group.web]\n{group}\n{extra}")


def both(agent, state):
    return agent.is_running() and all(
        agent.state(name) == state for name in ("eth0.carp.10", "eth1.vrrp.20"))


def is_in(agent, name, state):
    """One of its routers, which it may not have yet."""
    return any(router["name"] == name and router["state"] == state
               for group in agent.status()["groups"] for router in group["routers"])


def holds_all(node):
    return node.holds(OUTSIDE, "eth0") and node.holds(INSIDE, "eth1")


def holds_none(node):
    return not node.holds(OUTSIDE, "eth0") and not node.holds(INSIDE, "eth1")


@pytest.fixture
def two(network):
    """r1 is active outside and inside, r2 backup."""
    r1 = Failoverd(network, network.r1, group_config(40, 150)).start()
    wait_for(lambda: both(r1, "active") and holds_all(r1.node), "r1 to be active",
             show=network.describe)
    r2 = Failoverd(network, network.r2, group_config(80, 100)).start()
    wait_for(lambda: both(r2, "backup"), "r2 to be backup", show=network.describe)
    return r1, r2


@TWO_SEGMENTS
@pytest.mark.parametrize("segment", [pytest.param(0, id="outside", marks=pytest.mark.quick),
                                     pytest.param(1, id="inside")])
def test_a_link_that_is_pulled_on_either_side_moves_both_addresses(network, two, segment):
    r1, r2 = two
    network.unplug(r1.node, segment)
    wait_for(lambda: both(r2, "active") and holds_all(r2.node), "r2 to have both",
             show=network.describe)
    wait_for(lambda: holds_none(r1.node), "r1 to have none", show=network.describe)
    # The surviving side said farewell: nobody had to wait for a dead time there.
    survivor = ("eth1.vrrp.20", "eth0.carp.10")[segment]
    assert r1.router(survivor)["state"] == "backup"
    assert r1.router(survivor)["reason"] == "element-down", network.describe()
    hold_for(lambda: both(r2, "active") and holds_none(r1.node), "r1 stays away", 1.0,
             network.describe)
    network.plug(r1.node, segment)
    wait_for(lambda: both(r1, "active") and holds_all(r1.node) and both(r2, "backup"),
             "r1 to preempt with both", show=network.describe)


@TWO_SEGMENTS
@pytest.mark.parametrize("segment", [0, 1], ids=["outside", "inside"])
def test_who_goes_through_the_pair_does_not_wait_for_a_dead_time(network, segment):
    """Adverts every second: whoever had to wait for their silence would wait for three."""
    agents = [Failoverd(network, node, group_config(skew, priority, advbase=1, interval="1s"))
              for node, skew, priority in zip(network.routers, (0, 100), (150, 100))]
    for agent, state in zip(agents, ("active", "backup")):
        agent.node.forward()
        agent.start()
        wait_for(lambda: both(agent, state), f"{agent.name} to be {state}",
                 show=network.describe)
    network.c1.down("eth1")
    network.c2.down("eth0")
    network.c1.ip("route", "add", "10.0.1.0/24", "via", OUTSIDE)
    network.c2.ip("route", "add", "10.0.0.0/24", "via", INSIDE)
    wait_for(lambda: holds_all(agents[0].node), "r1 to hold both", show=network.describe)
    probe = Probe(network.c1, network.c2.address(1))
    network.unplug(agents[0].node, segment)
    wait_for(lambda: both(agents[1], "active") and holds_all(agents[1].node),
             "r2 to have both", show=network.describe)
    probe.wait_for_next_reply()
    report = probe.stop(after=0.5)
    assert 0 < report.longest_gap_ms < 1500, report


@TWO_SEGMENTS
def test_a_crash_moves_both_addresses(network, two):
    r1, r2 = two
    network.crash(r1.node)
    wait_for(lambda: both(r2, "active") and holds_all(r2.node), "r2 to have both",
             show=network.describe)


@TWO_SEGMENTS
def test_a_stop_hands_both_addresses_over_without_a_lost_probe(network, two):
    r1, r2 = two
    outside = Probe(network.c1, OUTSIDE)
    inside = Probe(network.c2, INSIDE)
    assert r1.stop() == 0
    wait_for(lambda: both(r2, "active") and holds_all(r2.node), "r2 to have both",
             show=network.describe)
    for where, probe in (("outside", outside), ("inside", inside)):
        report = probe.stop(after=0.5)
        assert report.lost_by_us == 0, f"{where}: {report}"


@TWO_SEGMENTS
def test_a_better_node_takes_both_back_when_it_returns(network, two):
    r1, r2 = two
    assert r1.stop() == 0
    wait_for(lambda: both(r2, "active"), "r2 to have both", show=network.describe)
    r1.start()
    wait_for(lambda: both(r1, "active") and holds_all(r1.node), "r1 to preempt with both",
             show=network.describe)
    wait_for(lambda: both(r2, "backup") and holds_none(r2.node), "r2 to give both back",
             show=network.describe)


@TWO_SEGMENTS
def test_a_node_whose_inside_is_not_up_does_not_take_the_outside(network):
    network.unplug(network.r1, 1)
    r1 = Failoverd(network, network.r1, group_config(40, 150)).start()
    hold_for(lambda: r1.state() != "active" and holds_none(r1.node), "r1 takes nothing", 2.0,
             network.describe)
    network.plug(network.r1, 1)
    wait_for(lambda: both(r1, "active") and holds_all(r1.node), "r1 to take both",
             show=network.describe)


@TWO_SEGMENTS
def test_a_router_that_joins_a_running_group_has_its_role_at_once(network, two):
    r1, r2 = two
    joining = ('[interface.eth1.carp.30]\naddresses = ["10.0.1.101/24"]\npassword = "secret"\n'
               'advbase = 1\nadvskew = {}\ngroup = "web"\n')
    probe = Probe(network.c1, OUTSIDE)
    r2.configure(group_config(80, 100, extra=joining.format(100)))
    r2.reload()
    wait_for(lambda: is_in(r2, "eth1.carp.30", "backup"), "r2 to know it", show=network.describe)
    r1.configure(group_config(40, 150, extra=joining.format(0)))
    r1.reload()
    # With adverts every second it would have to listen for three of them by itself.
    wait_for(lambda: r1.node.holds("10.0.1.101", "eth1"), "r1 to hold it", show=network.describe)
    assert r1.router("eth1.carp.30")["reason"] == "group", network.describe()
    assert both(r1, "active") and both(r2, "backup"), network.describe()
    report = probe.stop(after=0.3)
    assert report.lost_by_us == 0, report


@TWO_SEGMENTS
def test_an_agent_that_is_killed_goes_on_with_both(network):
    r1, r2 = (Failoverd(network, node, group_config(skew, priority, advbase=1, interval="1s"))
              for node, skew, priority in zip(network.routers, (0, 100), (150, 100)))
    for agent, state in ((r1, "active"), (r2, "backup")):
        agent.start()
        wait_for(lambda: both(agent, state), f"{agent.name} to be {state}",
                 show=network.describe)
    wait_for(lambda: holds_all(r1.node), "r1 to hold both", show=network.describe)
    probe = Probe(network.c1, OUTSIDE)
    before = r1.agent_pid()
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: r1.agent_pid() not in (None, before) and both(r1, "active"),
             "the next agent to go on", show=network.describe)
    hold_for(lambda: both(r1, "active") and both(r2, "backup"), "nothing moves", 1.0,
             network.describe)
    report = probe.stop(after=0.2)
    assert report.lost_by_us == 0, report


# --- A second node that knows no groups: ucarp outside, keepalived inside ---

FOREIGN = {"advbase": 1, "interval": "1s"}


def foreign(network, node, *, better):
    """ucarp outside and keepalived inside, better or worse than ours of 100 and 100."""
    outside = Ucarp(network, node, OUTSIDE, advskew=50 if better else 200, preempt=True,
                    farewell_script=False)
    inside = Keepalived(network, node, VrrpInstance(
        (f"{INSIDE}/24",), name="inside", vrid=20, priority=150 if better else 50, interval=1,
        version=3, interface="eth1"))
    return outside, inside


@pytest.fixture
def beside_foreign(network):
    """Ours on r1, backup; the foreign node on r2 is better on both sides and active."""
    outside, inside = foreign(network, network.r2, better=True)
    outside.start()
    inside.start()
    wait_for(lambda: holds_all(network.r2), "the foreign node to be active",
             show=network.describe)
    ours = Failoverd(network, network.r1, group_config(100, 100, **FOREIGN)).start()
    wait_for(lambda: both(ours, "backup"), "ours to be backup", show=network.describe)
    return ours, outside, inside


@TWO_SEGMENTS
def test_a_foreign_node_that_crashes_loses_both_addresses_to_ours(network, beside_foreign):
    ours, _, _ = beside_foreign
    network.crash(network.r2)
    wait_for(lambda: both(ours, "active") and holds_all(ours.node), "ours to have both",
             show=network.describe)


@TWO_SEGMENTS
def test_a_foreign_outside_daemon_that_dies_alone_is_tried_for_one_dead_time(
        network, beside_foreign):
    """Ours is entitled outside, takes the inside along with the best rank, and keepalived, which
    knows no groups, gives way. After a dead time ours says its own priority, keepalived is better
    and takes the inside back, and so the whole goes back. The same way is closed for three dead
    times."""
    ours, outside, _ = beside_foreign
    outside.kill()
    network.r2.ip("address", "del", f"{OUTSIDE}/24", "dev", "eth0")
    wait_for(lambda: both(ours, "active"), "ours to have both", show=network.describe)
    assert ours.router("eth0.carp.10")["reason"] == "no-response"
    assert ours.router("eth1.vrrp.20")["reason"] == "group"
    wait_for(lambda: both(ours, "backup"), "ours to be sent back", timeout=30,
             show=network.describe)
    wait_for(lambda: network.r2.holds(INSIDE, "eth1"), "keepalived to have the inside",
             show=network.describe)
    assert ours.router("eth0.carp.10")["reason"] == "not-again", network.describe()


@TWO_SEGMENTS
def test_a_foreign_inside_link_that_is_cut_alone_is_tried_likewise(network, beside_foreign):
    """Ours is entitled inside; ucarp gives way outside for one dead time, and preempts then."""
    ours, _, _ = beside_foreign
    network.cut_link(network.r2, 1)
    wait_for(lambda: both(ours, "active"), "ours to have both", show=network.describe)
    assert ours.router("eth1.vrrp.20")["reason"] == "no-response"
    assert ours.router("eth0.carp.10")["reason"] == "group"
    wait_for(lambda: both(ours, "backup"), "ours to be sent back", timeout=30,
             show=network.describe)
    assert ours.router("eth1.vrrp.20")["reason"] == "not-again", network.describe()
