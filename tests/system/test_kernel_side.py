"""Addresses, marks and interfaces that change under the agent (PRODUCT: 4, 8.3, 8.9)."""

import pytest

from harness import (ADDRESS, Capture, Failoverd, Probe, carp_config, hold_for, the_active,
                     wait_for)
from harness.marks import OUR_MARK, address_marks


@pytest.fixture
def r1(network):
    """A router alone, active."""
    agent = Failoverd(network, network.r1, carp_config(20)).start()
    wait_for(lambda: the_active([agent]) is agent, "r1 to become active", show=network.describe)
    return agent


@pytest.mark.quick
def test_inside_a_prefix_of_the_host_the_address_is_32_long_and_carries_our_mark(network, r1):
    assert f"{ADDRESS}/32" in network.r1.addresses()
    marks = address_marks(network.r1)
    assert (marks[ADDRESS], marks[network.r1.address()]) == (OUR_MARK, None)


def test_outside_every_prefix_of_the_host_the_written_length_is_used(network):
    agent = Failoverd(network, network.r1, carp_config(20, addresses=("192.0.2.5/28",))).start()
    wait_for(agent.is_active, "r1 to become active", show=network.describe)
    wait_for(lambda: "192.0.2.5/28" in network.r1.addresses(), "the address",
             show=network.describe)


@pytest.mark.quick
def test_the_hosts_own_address_can_go_and_come_without_touching_the_failover_ip(network, pair):
    r1, r2 = pair
    since = r1.group()["since"]
    own = f"{network.r1.address()}/24"
    network.r1.ip("address", "del", own, "dev", "eth0")
    hold_for(lambda: network.r1.holds(ADDRESS) and r1.is_active() and r2.is_backup(),
             "the failover IP and the roles stay", 1.0, network.describe)
    network.r1.ip("address", "add", own, "dev", "eth0")
    hold_for(lambda: network.r1.holds(ADDRESS) and r1.is_active() and r2.is_backup(),
             "the failover IP and the roles stay", 1.0, network.describe)
    assert r1.group()["since"] == since


@pytest.mark.quick
def test_a_failover_ip_that_somebody_deletes_is_back_and_the_role_stays(network, r1):
    since = r1.group()["since"]
    network.r1.ip("address", "del", f"{ADDRESS}/32", "dev", "eth0")
    wait_for(lambda: network.r1.holds(ADDRESS), "the address to be back", show=network.describe)
    assert r1.is_active() and r1.group()["since"] == since
    assert address_marks(network.r1)[ADDRESS] == OUR_MARK


def test_the_status_says_who_removed_an_address_where_the_kernel_tells(network):
    addresses = (f"{ADDRESS}/24", "2001:db8:1::100/64")
    agent = Failoverd(network, network.r1, carp_config(20, addresses=addresses)).start()
    wait_for(agent.is_active, "it to be active", show=network.describe)
    # A program that stays, so that it can be asked for its name.
    script = (
        "import socket, struct, sys, time\n"
        "s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)\n"
        "s.bind((0, 0))\n"
        "address = socket.inet_aton(sys.argv[1])\n"
        "index = socket.if_nametoindex('eth0')\n"
        "body = struct.pack('=BBBBI', 2, 32, 0, 0, index) + struct.pack('=HH', 8, 2) + address\n"
        "s.send(struct.pack('=IHHII', 16 + len(body), 21, 1, 1, 0) + body)\n"
        "time.sleep(600)\n")
    remover = network.r1.start("/usr/bin/python3", "-c", script, ADDRESS,
                               log=f"{network.r1.directory}/remover.log")
    wait_for(lambda: agent.router()["restored"], "the removal to be told", show=network.describe)
    told = agent.router()["restored"]
    assert (told["address"], told["removed_by"]) == (ADDRESS, f"python3 ({remover.pid})")
    wait_for(lambda: network.r1.holds(ADDRESS), "the address to be back", show=network.describe)
    assert agent.is_active()
    network.r1.ip("-6", "address", "del", "2001:db8:1::100/128", "dev", "eth0")
    wait_for(lambda: agent.router()["restored"]["count"] == 2, "the other removal to be told",
             show=network.describe)
    assert agent.router()["restored"]["removed_by"] == "unknown"


def test_a_foreign_address_in_the_way_keeps_the_router_backup_and_is_not_touched(network):
    network.r1.ip("address", "add", f"{ADDRESS}/24", "dev", "eth0")
    agent = Failoverd(network, network.r1, carp_config(20)).start()
    wait_for(lambda: agent.group()["reason"] == "foreign-address", "the reason",
             show=network.describe)
    capture = Capture(network.c2)
    hold_for(agent.is_backup, "it stays backup", 1.0, network.describe)
    assert f"{ADDRESS}/24" in network.r1.addresses()
    assert address_marks(network.r1)[ADDRESS] is None
    assert not capture.adverts()
    network.r1.ip("address", "del", f"{ADDRESS}/24", "dev", "eth0")
    wait_for(lambda: the_active([agent]) is agent, "r1 to become active", show=network.describe)
    agent.stop()


def test_a_foreign_address_survives_the_agent(network):
    network.r1.ip("address", "add", f"{ADDRESS}/24", "dev", "eth0")
    agent = Failoverd(network, network.r1, carp_config(20)).start()
    wait_for(lambda: agent.group()["reason"] == "foreign-address", "the reason",
             show=network.describe)
    assert agent.stop() == 0
    assert f"{ADDRESS}/24" in network.r1.addresses()


@pytest.mark.quick
def test_what_a_killed_agent_left_is_taken_over_by_the_next(network, pair):
    r1, r2 = pair
    r1.kill()
    assert network.r1.holds(ADDRESS)
    wait_for(r2.is_active, "r2 to take over", show=network.describe)
    r1.start()
    wait_for(lambda: the_active([r1, r2]) is r1, "r1 alone to be active", show=network.describe)
    assert address_marks(network.r1)[ADDRESS] == OUR_MARK
    assert r1.stop() == 0
    assert list(network.r1.addresses()) == [f"{network.r1.address()}/24"]


def test_what_a_killed_agent_left_goes_when_the_configuration_does_not_want_it(network, r1):
    r1.kill()
    r1.configure(carp_config(20, addresses=("10.0.0.101/24",)))
    r1.start()
    wait_for(lambda: not network.r1.holds(ADDRESS) and network.r1.holds("10.0.0.101"),
             "the old address to go and the new one to come", show=network.describe)


def test_what_a_killed_agent_left_goes_when_another_node_is_active(network):
    r1, r2 = (Failoverd(network, node, carp_config(20, preempt=False))
              for node in network.routers)
    r1.start()
    wait_for(lambda: the_active([r1]) is r1, "r1 to become active", show=network.describe)
    r2.start()
    r1.kill()
    wait_for(r2.is_active, "r2 to take over", show=network.describe)
    r1.start()
    wait_for(lambda: the_active([r1, r2]) is r2, "r1 to let the address go",
             show=network.describe)


def add_interface(node, name="eth5"):
    """Another interface, with nobody at the other end."""
    node.ip_batch([f"link add {name} type veth peer name far", "link set far up",
                   f"link set {name} up", f"address add 10.5.0.1/24 dev {name}"])


def test_an_interface_that_is_missing_at_the_start_may_come_later(network):
    config = carp_config(20, interface="eth5", addresses=("10.5.0.100/24",))
    agent = Failoverd(network, network.r1, config).start()
    name = "eth5.carp.10"
    wait_for(lambda: agent.router(name)["waiting_for"] == "interface", "it to say so")
    add_interface(network.r1)
    wait_for(lambda: agent.is_active(name) and network.r1.holds("10.5.0.100", "eth5"),
             "the router to become active", show=network.describe)


def test_an_interface_that_is_deleted_may_come_back(network):
    add_interface(network.r1)
    config = carp_config(20, interface="eth5", addresses=("10.5.0.100/24",))
    agent = Failoverd(network, network.r1, config).start()
    name = "eth5.carp.10"
    wait_for(lambda: agent.is_active(name), "the first time", show=network.describe)
    network.r1.ip("link", "del", "eth5")
    wait_for(lambda: agent.router(name)["waiting_for"] == "interface", "the interface to be missed",
             show=network.describe)
    add_interface(network.r1)
    wait_for(lambda: agent.is_active(name) and network.r1.holds("10.5.0.100", "eth5"),
             "the second time", show=network.describe)


def test_a_router_follows_the_name_of_its_interface_and_leaves_nothing_on_the_renamed(network,
                                                                                      pair):
    r1, r2 = pair
    network.r1.ip("link", "set", "dev", "eth0", "name", "uplink")
    wait_for(lambda: r1.router()["waiting_for"] == "interface", "eth0 to be missed",
             show=network.describe)
    wait_for(r2.is_active, "r2 to take over", show=network.describe)
    wait_for(lambda: not network.r1.holds(ADDRESS, "uplink"), "the address to go",
             show=network.describe)
    network.r1.ip("link", "set", "dev", "uplink", "name", "eth0")
    wait_for(lambda: the_active([r1, r2]) is r1, "r1 to be active again", show=network.describe)


def test_a_changed_mac_is_advertised_and_announced(network, pair):
    r1, r2 = pair
    capture = Capture(network.c2)
    probe = Probe(network.c1, ADDRESS)
    network.r1.ip("link", "set", "dev", "eth0", "address", "02:00:00:00:77:01")
    wait_for(lambda: [advert for advert in capture.adverts()
                      if advert.source_mac == "02:00:00:00:77:01"], "adverts from the new MAC",
             show=network.describe)
    wait_for(lambda: [arp for arp in capture.announcements(ADDRESS)
                      if arp.sender_mac == "02:00:00:00:77:01"], "the new MAC to be announced",
             show=network.describe)
    probe.wait_for_next_reply()
    assert the_active([r1, r2]) is r1
    wait_for(lambda: network.c1.neighbour(ADDRESS) == "02:00:00:00:77:01", "the client to know")
    probe.stop()
