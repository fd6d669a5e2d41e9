"""Machines on the segment that have something of ours: an address, or the id of a router."""

import pathlib

import pytest

from harness import ADDRESS, Failoverd, carp_config, wait_for
from harness.meeting import VRID, vrrp_config

ADDRESS6 = "2001:db8:1::100"
BOTH = f'"{ADDRESS}/24", "{ADDRESS6}/64"'


def both_families(extra=""):
    return (f"[interface.eth0.carp.10]\naddresses = [{BOTH}]\npassword = \"secret\"\n"
            f"advbase = 0\nadvskew = 20\n{extra}")


def logged(agent, event):
    return [line for line in pathlib.Path(agent.log).read_text().splitlines() if f"event={event} " in line]


@pytest.mark.parametrize("prefix", [f"{ADDRESS}/24", f"{ADDRESS6}/64"], ids=["ipv4", "ipv6"])
@pytest.mark.parametrize("extra", ["", 'mac = "virtual"\n'], ids=["interface", "virtual"])
def test_a_machine_that_has_the_address_too_is_reported_with_its_mac(network, prefix, extra):
    address = prefix.partition("/")[0]
    network.c2.ip("addr", "add", prefix, "dev", "eth0", "nodad")
    agent = Failoverd(network, network.r1, both_families(extra)).start()
    wait_for(agent.is_active, "it to be active", show=network.describe)
    wait_for(lambda: agent.router()["collision"], "the collision to be found",
             show=network.describe)
    found = agent.router()["collision"]
    assert (found["address"], found["mac"]) == (address, network.c2.mac())
    assert any(f"{network.c2.mac()} has {address} as well" in problem
               for problem in agent.router()["problems"])
    assert agent.router()["state"] == "active" and agent.router()["addresses_held"]
    assert len(logged(agent, "collision")) == 1
    assert not agent.router()["healthy"]


def test_a_pair_that_moves_to_and_fro_sees_no_collision(network):
    agents = [Failoverd(network, node, both_families("preempt = false\n")).start()
              for node in network.routers]
    for _ in range(3):
        wait_for(lambda: any(agent.is_active() for agent in agents), "one to be active",
                 show=network.describe)
        active = next(agent for agent in agents if agent.is_active())
        other = next(agent for agent in agents if agent is not active)
        assert active.ctl("switchover", "eth0.carp.10", "--wait").returncode == 0
        wait_for(other.is_active, "the other to be active", show=network.describe)
        # When it has asked, nobody has answered.
        sent = other.router()["counters"]["adverts_sent"]
        wait_for(lambda: other.router()["counters"]["adverts_sent"] > sent + 20,
                 "the hand-over bound to pass", show=network.describe)
    for agent in agents:
        assert agent.router()["collision"] is None, network.describe()
        assert not logged(agent, "collision")


def test_another_cluster_with_our_id_is_logged_once_and_counted(network):
    ours = Failoverd(network, network.r1, carp_config(0, advbase=0)).start()
    wait_for(ours.is_active, "ours to be active", show=network.describe)
    theirs = carp_config(1, advbase=0).replace('password = "secret"', 'password = "another"')
    Failoverd(network, network.r2, theirs).start()
    wait_for(lambda: ours.rejected("digest") > 10, "its adverts to be counted",
             show=network.describe)
    lines = logged(ours, "wrong-authentication")
    assert len(lines) == 1, lines
    assert f"peer={network.r2.address()} mac={network.r2.mac()}" in lines[0]


def test_the_other_protocol_with_our_id_is_logged_once(network):
    ours = Failoverd(network, network.r1, carp_config(0, advbase=0)).start()
    wait_for(ours.is_active, "ours to be active", show=network.describe)
    theirs = vrrp_config(150, addresses=("10.0.0.77/24",)).replace(f"vrrp.{VRID}", "vrrp.10")
    Failoverd(network, network.r2, theirs).start()
    wait_for(lambda: ours.interface()["counters"]["id_conflicts"] > 3, "the conflict to be counted",
             show=network.describe)
    lines = logged(ours, "id-conflict")
    assert len(lines) == 1, lines
    assert f"mac={network.r2.mac()}" in lines[0]
