"""Bad configuration is refused with its place; a running agent keeps what it has (PRODUCT: 4)."""

import pytest

from harness import ADDRESS, Failoverd, carp_config, hold_for, the_active, wait_for
from harness.build import program

GOOD = carp_config(20)
VRRP = """
[interface.eth0.vrrp.20]
addresses = ["10.0.0.120/24", "fe80::120/64", "fd00::120/64"]
priority = 150
interval = "250ms"
"""

# What is wrong, and what the message has to name.
BAD = {
    "a value out of range": (GOOD.replace("advskew = 20", "advskew = 300"), ["advskew", "254"]),
    "an unknown key": (GOOD.replace("advskew", "advskwe"), ["advskwe", "advskew"]),
    "a wrong type": (GOOD.replace("preempt = true", 'preempt = "yes"'), ["preempt"]),
    "a missing password": (GOOD.replace('password = "secret"\n', ""), ["password"]),
    "a long password": (GOOD.replace('"secret"', '"12345678901234567890"'), ["password", "19"]),
    "a bad address": (GOOD.replace("10.0.0.100/24", "10.0.0.300/24"), ["10.0.0.300"]),
    "an IPv6 address in VRRPv2": (VRRP.replace("priority = 150", "version = 2"),
                                  ["fe80::120", "version = 3"]),
    "a VRRP interval out of range": (VRRP.replace("250ms", "5ms"), ["interval", "40.95s"]),
    "a password for VRRPv3": (VRRP + 'password = "secret"\n', ["password", "version = 2"]),
    "a family without a peer": (VRRP + 'peers = ["10.0.0.2"]\n', ["peers", "IPv6"]),
    "an address in two routers": (GOOD + VRRP.replace("10.0.0.120", "10.0.0.100"),
                                  ["10.0.0.100", "eth0.carp.10"]),
    "broken syntax": (GOOD.replace("advbase = 0", "advbase = "), []),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_ends_the_start_with_status_8_and_names_the_place(network, case):
    config, words = BAD[case]
    agent = Failoverd(network, network.r1, config)
    agent.launch()
    assert agent.process.wait() == 8, agent.output()
    assert "failover.toml:" in agent.output()
    for word in words:
        assert word in agent.output()
    assert "secret" not in agent.output() and "12345678901234567890" not in agent.output()


@pytest.mark.quick
def test_all_errors_are_reported_not_the_first(network):
    config = GOOD.replace("advskew = 20", "advskew = 300").replace("advbase = 0", "advbase = 256")
    agent = Failoverd(network, network.r1, config)
    agent.launch()
    assert agent.process.wait() == 8
    assert "advskew" in agent.output() and "advbase" in agent.output()


@pytest.mark.parametrize("config,status", [(GOOD, 0), (GOOD + VRRP, 0),
                                           (BAD["an unknown key"][0], 8), (None, 8)],
                         ids=["valid", "both protocols", "invalid", "missing"])
def test_check_says_whether_a_file_is_valid(network, config, status):
    path = network.r1.directory + "/checked.toml"
    if config is not None:
        with open(path, "w", encoding="ascii") as file:
            file.write(config)
    done = network.r1.run(program("failoverd"), "--check", path, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    if status:
        assert "checked.toml" in done.stdout + done.stderr


@pytest.mark.quick
def test_a_reload_of_a_bad_file_keeps_what_the_agent_has(network, pair):
    r1, _ = pair
    since = r1.group()["since"]
    r1.configure(BAD["a value out of range"][0])
    r1.reload()
    wait_for(lambda: "failover.toml:" in r1.output(), "the log to name the place",
             show=network.describe)
    hold_for(lambda: the_active(pair) is r1, "r1 stays active", 0.5, network.describe)
    assert r1.group()["since"] == since


def test_a_reload_of_the_same_file_touches_nothing(network, pair):
    r1, r2 = pair
    since = [agent.group()["since"] for agent in pair]
    for agent in pair:
        agent.reload()
    hold_for(lambda: the_active(pair) is r1 and r2.is_backup(), "the roles stay", 1.0,
             network.describe)
    assert [agent.group()["since"] for agent in pair] == since


@pytest.mark.quick
def test_a_reload_changes_the_rank_in_force(network, pair):
    r1, r2 = pair
    r2.configure(carp_config(10))
    r2.reload()
    wait_for(lambda: the_active(pair) is r2, "r2, now the better one, to preempt",
             show=network.describe)


def test_an_active_that_becomes_still_better_stays_the_only_one(network, pair):
    """FreeBSD had two then (PR 259528): the rank, improved beyond the best, was a bad one."""
    r1, r2 = pair
    since = r1.group()["since"]
    r1.configure(carp_config(1))
    r1.reload()
    wait_for(lambda: r2.router()["peers"][0]["advskew"] == 1, "r2 to hear the new rank",
             show=network.describe)
    hold_for(lambda: the_active(pair) is r1 and r2.is_backup(), "r1 alone is active", 1.0,
             network.describe)
    assert r1.group()["since"] == since


def test_a_reload_can_add_and_remove_a_router(network, pair):
    r1, _ = pair
    second = carp_config(20, vhid=11, addresses=("10.0.0.111/24",))
    r1.configure(GOOD + second)
    r1.reload()
    wait_for(lambda: network.r1.holds("10.0.0.111") and r1.is_active("eth0.carp.11"),
             "the second router", show=network.describe)
    assert network.r1.holds(ADDRESS)
    r1.configure(GOOD)
    r1.reload()
    wait_for(lambda: not network.r1.holds("10.0.0.111"), "the second address to go",
             show=network.describe)
    assert the_active(pair) is r1
    assert [group["name"] for group in r1.status()["groups"]] == ["eth0.carp.10"]


def test_a_reload_can_change_the_addresses_of_both(network, pair):
    for agent, skew in zip(pair, (20, 40)):
        agent.configure(carp_config(skew, addresses=("10.0.0.101/24",)))
        agent.reload()
    wait_for(lambda: the_active(pair, "10.0.0.101") is pair[0] and not network.holders(ADDRESS),
             "the new address instead of the old", show=network.describe)
