"""What somebody else undoes is made good, and who undoes it again and again loses the role to a
peer, if there is one (PRODUCT: 8.3, 8.9)."""

import os
import signal

import pytest

from harness import ADDRESS, Failoverd, carp_config, hold_for, the_active, wait_for

MACVLAN = "carp10.{index}"
VIRTUAL = 'mac = "virtual"\n'
BOTH = (f"{ADDRESS}/24", "2001:db8:1::100/64")

# What is set on the interface and on the macvlan: the value of ours, and somebody else's.
SETTINGS = {
    "ipv4/conf/{macvlan}/rp_filter": ("2", "1"),
    "ipv4/conf/{macvlan}/arp_ignore": ("1", "0"),
    "ipv4/conf/{macvlan}/accept_local": ("1", "0"),
    "ipv6/conf/{macvlan}/disable_ipv6": ("0", "1"),
    "ipv6/conf/{macvlan}/accept_ra": ("0", "1"),
    "ipv6/conf/{macvlan}/autoconf": ("0", "1"),
    "ipv6/conf/{macvlan}/dad_transmits": ("0", "1"),
    "ipv6/conf/{macvlan}/mldv1_unsolicited_report_interval": ("86400000", "10000"),
    "ipv6/conf/{macvlan}/mldv2_unsolicited_report_interval": ("86400000", "10000"),
    "ipv4/conf/eth0/arp_ignore": ("1", "0"),
    "ipv4/conf/eth0/arp_announce": ("2", "0"),
}


def value_of(node, path):
    return node.run("cat", f"/proc/sys/net/{path}").stdout.strip()


def set_by_somebody(node, path, value):
    node.run("sh", "-c", f"echo {value} >/proc/sys/net/{path}")


@pytest.fixture
def with_macvlan(network):
    """An active router with a virtual MAC, and the name of its macvlan."""
    agent = Failoverd(network, network.r1, carp_config(20, addresses=BOTH, extra=VIRTUAL)).start()
    wait_for(agent.is_active, "it to be active", show=network.describe)
    index = network.r1.ip_json("link", "show", "eth0")[0]["ifindex"]
    return agent, MACVLAN.format(index=index)


def test_each_setting_of_ours_that_somebody_changes_is_put_back_and_the_role_stays(
        network, with_macvlan):
    agent, macvlan = with_macvlan
    node, since = network.r1, agent.group()["since"]
    wait_for(lambda: node.holds(ADDRESS, macvlan) and node.holds("2001:db8:1::100", macvlan),
             "the addresses", show=network.describe)
    settings = {pattern.format(macvlan=macvlan): values for pattern, values in SETTINGS.items()}
    for path, (ours, _) in settings.items():
        assert value_of(node, path) == ours, path
    for path, (_, theirs) in settings.items():
        set_by_somebody(node, path, theirs)
    for path, (ours, _) in settings.items():
        wait_for(lambda: value_of(node, path) == ours, f"{path} to be {ours}",
                 show=network.describe)
    wait_for(lambda: agent.interface()["counters"]["settings_restored"] == len(settings),
             "all to be counted", show=network.describe)
    wait_for(lambda: node.holds("2001:db8:1::100", macvlan), "the address to be back",
             show=network.describe)
    assert agent.is_active() and agent.group()["since"] == since
    told = [line for line in agent.log_lines() if "somebody has set net/" in line]
    # Once a minute for the router, and once for its interface.
    assert len(told) == 2, agent.output()


def test_rp_filter_is_back_before_the_next_look(network, with_macvlan):
    agent, macvlan = with_macvlan
    path = f"ipv4/conf/{macvlan}/rp_filter"
    for restored in range(1, 21):
        set_by_somebody(network.r1, path, 1)
        # 20 of them would take 100 s by looks every 5 s.
        wait_for(lambda: value_of(network.r1, path) == "2", "rp_filter", 4.0, network.describe)
    wait_for(lambda: agent.interface()["counters"]["settings_restored"] == restored, "the counter",
             show=network.describe)


def test_a_setting_of_an_interface_that_is_not_ours_stays_as_somebody_sets_it(network, pair):
    set_by_somebody(network.r1, "ipv4/conf/eth0/arp_ignore", 1)
    set_by_somebody(network.r1, "ipv4/conf/eth0/rp_filter", 1)
    hold_for(lambda: value_of(network.r1, "ipv4/conf/eth0/arp_ignore") == "1" and
             value_of(network.r1, "ipv4/conf/eth0/rp_filter") == "1",
             "it stays", 6.0, network.describe)


class Remover:
    """A program that removes the failover IP as often as it can."""

    def __init__(self, node):
        self._process = node.start(
            "bash", "-c",
            f"while :; do ip address del {ADDRESS}/32 dev eth0; done 2>/dev/null",
            log=os.path.join(node.directory, "remover.log"))

    def stop(self):
        self._process.signal(signal.SIGKILL)
        self._process.wait()


def contest_of(agent):
    restored = agent.router()["restored"]
    return restored["contest"] if restored else None


def test_who_removes_an_address_in_a_loop_makes_the_role_go_to_the_peer_and_stay_there(
        network, pair):
    r1, r2 = pair
    remover = Remover(network.r1)
    wait_for(lambda: contest_of(r1) == "slowed", "the contest to be seen", show=network.describe)
    assert r1.is_active() and r2.is_backup()
    wait_for(r2.is_active, "r2 to take over", 60.0, network.describe)
    wait_for(r1.is_backup, "r1 to be backup", show=network.describe)
    group = r1.group()
    assert group["reason"] == "contested"
    assert any("kept removing its addresses" in problem for problem in group["problems"])
    assert "kept removing" in r1.ctl("explain", "eth0.carp.10").stdout
    # The better rank, and preempt, notwithstanding.
    hold_for(lambda: r2.is_active() and r1.is_backup() and network.r2.holds(ADDRESS),
             "the role stays with r2", 10.0, network.describe)
    log = r1.output()
    assert log.count("its addresses are removed again and again") == 1
    assert log.count("its addresses cannot be kept") == 1
    # When nobody else is there, an address with interruptions is better than none.
    assert r2.stop() == 0
    wait_for(r1.is_active, "r1 to take over again", show=network.describe)
    remover.stop()
    wait_for(lambda: network.r1.holds(ADDRESS), "the address", show=network.describe)


def test_who_removes_an_address_in_a_loop_and_has_no_peer_is_answered_for_ever(network):
    r1 = Failoverd(network, network.r1, carp_config(20)).start()
    wait_for(r1.is_active, "r1 to be active", show=network.describe)
    remover = Remover(network.r1)
    wait_for(lambda: contest_of(r1) == "lost", "the contest to be lost", 60.0, network.describe)
    wait_for(lambda: r1.group()["reason"] == "no-successor", "the role to be taken back",
             show=network.describe)
    count = r1.router()["restored"]["count"]
    wait_for(lambda: r1.router()["restored"]["count"] >= count + 2, "it to go on", 30.0,
             network.describe)
    assert r1.is_active()
    remover.stop()
    wait_for(lambda: network.r1.holds(ADDRESS), "the address", show=network.describe)
    wait_for(lambda: contest_of(r1) == "none", "the contest to be over", 30.0, network.describe)
