"""The harness runs other people's VRRP programs, and tells the truth about them."""

import os

import pytest

from harness import ADDRESS, Capture, Network, Probe, wait_for
from harness.frr import Frr
from harness.keepalived import Keepalived, VrrpInstance
from harness.meeting import IPV4, IPV6
from harness.wire import virtual_mac

pytestmark = pytest.mark.quick

FAST = 0.1
ADDRESS6 = "2001:db8:1::100"
BOTH = (*IPV4, *IPV6)


def instances(priority, **keywords):
    return [VrrpInstance(addresses, name=f"ipv{family}", priority=priority, interval=FAST,
                         **keywords)
            for family, addresses in ((4, IPV4), (6, IPV6))]


def wait_until_active(network, active, backup, address):
    wait_for(lambda: active.is_active() and backup.is_backup(), f"{active.name} to be active",
             show=network.describe)
    wait_until_answered_by(network, active, address)


def wait_until_answered_by(network, active, address):
    client = network.c1
    assert active.holds(address)
    wait_for(lambda: client.run("ping", "-n", "-c1", "-W1", address, check=False).returncode == 0
             and client.neighbour(address) in active.macs_of(address),
             f"{active.name} to answer", show=network.describe)


def test_both_families_of_a_node_can_be_used_at_once(network):
    for node in (network.r2, network.c1):
        for address in (node.address(), node.address6(), f"{node.link_local()}%eth0"):
            network.r1.run("ping", "-n", "-c1", "-W1", address)
        flags = [address["local"] for address in node.addresses(family=6).values()
                 if address.get("tentative")]
        assert not flags, "duplicate address detection goes on"
    assert len(network.r1.addresses(family=6)) == 2, network.describe()


def test_a_probe_of_an_ipv6_address_loses_nothing_also_when_it_resolves_afresh(network):
    for address in (network.r1.address6(), network.r1.link_local()):
        report = Probe(network.c1, address, resolve_fresh_ms=10).stop(after=0.3)
        assert report.received > 100 and report.lost_by_us == 0, report


def test_keepalived_tells_its_role_and_hands_over_both_families(network):
    best = Keepalived(network, network.r1, *instances(200)).start()
    other = Keepalived(network, network.r2, *instances(100)).start()
    for address in (ADDRESS, ADDRESS6):
        wait_until_active(network, best, other, address)
        assert not other.holds(address)
    assert other.count("advert_rcvd") > 0 and other.count("auth_failure") == 0
    probe = Probe(network.c1, ADDRESS6)
    best.stop()
    wait_for(other.is_active, "r2 to take over", show=network.describe)
    for address in (ADDRESS, ADDRESS6):
        wait_until_answered_by(network, other, address)
    probe.wait_for_next_reply()
    assert probe.stop().lost > 0, "keepalived's stop is no hand-over"


def test_keepalived_uses_the_virtual_mac_when_told_to(network):
    # One family a node: with both, the virtual MAC of IPv6 answers ARP too (fixed in 2.3.0).
    capture = Capture(network.c1)
    for node, addresses in ((network.r1, IPV4), (network.r2, IPV6)):
        daemon = Keepalived(network, node, addresses=addresses, interval=FAST, vmac=True).start()
        wait_for(daemon.is_active, f"{node.name} to be active", show=network.describe)
        wait_until_answered_by(network, daemon, addresses[-1].split("/")[0])
    announced = {arp.sender_mac for arp in capture.announcements(ADDRESS)}
    assert announced == {virtual_mac(4, 10)}
    assert network.c1.neighbour(ADDRESS6) == virtual_mac(6, 10)


def test_keepalived_speaks_unicast_and_tells_what_it_rejects(network):
    def unicast(node, peer, **keywords):
        return Keepalived(network, node, interval=FAST, source=node.address(),
                          peers=(peer.address(),), **keywords).start()

    r1, r2 = network.routers
    best = unicast(r1, r2, priority=200)
    other = unicast(r2, r1, addresses=(*IPV4, "10.0.0.99/24"))
    wait_for(lambda: best.is_active() and other.is_active() and other.count("addr_list_err"),
             "both to be active, since their addresses differ", show=network.describe)


def test_frr_tells_its_role_and_hands_over_to_keepalived_and_back(network):
    theirs = Frr(network, network.r1, BOTH, priority=200, interval=FAST).start()
    other = Keepalived(network, network.r2, *instances(100)).start()
    for address in (ADDRESS, ADDRESS6):
        wait_until_active(network, theirs, other, address)
    assert other.count("advert_rcvd") > 0
    assert theirs.stop() == 0
    wait_for(other.is_active, "keepalived to take over", show=network.describe)
    for address in (ADDRESS, ADDRESS6):
        wait_until_answered_by(network, other, address)
        assert not theirs.holds(address)
    theirs.start()
    wait_until_active(network, theirs, other, ADDRESS6)
    network.crash(network.r1)
    wait_for(other.is_active, "keepalived to take over again", show=network.describe)
    wait_until_answered_by(network, other, ADDRESS)


def test_nothing_of_the_peers_is_left_on_the_machine():
    with Network(routers=2, clients=0) as network:
        frr = Frr(network, network.r1, interval=FAST).start()
        keepalived = Keepalived(network, network.r2, interval=FAST).start()
        pids = [str(daemon.process.pid) for daemon in (frr, keepalived)]
    left = [path for place in ("/run", "/run/frr", "/run/keepalived", "/var/tmp/frr", "/tmp")
            if os.path.isdir(place) for path in os.listdir(place)
            if any(path.endswith(f".{pid}") for pid in pids)]
    assert not left
    for path in ("/tmp/keepalived.json", "/run/keepalived.pid", "/run/frr/vrrpd.vty"):
        assert not os.path.exists(path), path
