"""Every malformed packet is counted by its reason, changes nothing, and is not logged one by one
(PRODUCT: 7, 8.8)."""

import pytest

from harness import Capture, the_active, wait_for
from harness.capture import send_frame
from harness.wire import Advert, internet_checksum, mac_bytes

PACKETS = 40

# All of them would win the election if they were accepted (advbase 0, advskew 0).
GOOD = Advert()
REJECTED = {
    "length": [Advert(length=35), Advert(trailing=b"\0"), Advert(length=8)],
    "ttl": [Advert(ttl=254), Advert(ttl=1)],
    "version": [Advert(version_and_type=0x31), Advert(version_and_type=0x22)],
    "checksum": [Advert(checksum=0x1234)],
    "digest": [Advert(password="another"), Advert(addresses=("10.0.0.99",)),
               Advert(addresses=("10.0.0.100", "10.0.0.101")), Advert(digest=b"\0" * 20)],
}


def with_bad_header(frame):
    broken = bytearray(frame)
    broken[24] ^= 0xFF  # the IP header's checksum
    return bytes(broken)


def as_first_fragment(frame):
    """The IP flag "more fragments", with a right header checksum."""
    head = bytearray(frame[14:34])
    head[6:8], head[10:12] = b"\x20\x00", b"\0\0"
    head[10:12] = internet_checksum(bytes(head)).to_bytes(2, "big")
    return frame[:14] + bytes(head) + frame[34:]


def send_all(network, frame):
    for _ in range(PACKETS):
        send_frame(network.c1, frame)


def assert_nothing_else_happened(network, pair, lines):
    assert the_active(pair) is pair[0], network.describe()
    for agent, before in zip(pair, lines):
        assert len(agent.log_lines()) - before < PACKETS / 4, agent.output()


@pytest.mark.quick
@pytest.mark.parametrize("reason,advert", [(reason, advert) for reason, adverts in REJECTED.items()
                                           for advert in adverts])
def test_a_bad_advert_is_counted_under_its_reason_and_changes_nothing(network, pair, reason,
                                                                      advert):
    before = [agent.router()["counters"]["rejected"] for agent in pair]
    lines = [len(agent.log_lines()) for agent in pair]
    send_all(network, advert.frame(network.c1.mac()))
    for agent, counters in zip(pair, before):
        wait_for(lambda: agent.rejected(reason) == counters[reason] + PACKETS,
                 f"{agent.name} to count {reason}", show=network.describe)
        after = agent.router()["counters"]["rejected"]
        assert {**after, reason: 0} == {**counters, reason: 0}, "counted under one reason only"
    assert_nothing_else_happened(network, pair, lines)


INTERFACE_COUNTED = {
    "unknown_id": lambda mac: Advert(vhid=11).frame(mac),
    "vlan_tagged": lambda mac: GOOD.frame(mac, vlan=10),
    "malformed": lambda mac: with_bad_header(GOOD.frame(mac)),
}


@pytest.mark.quick
@pytest.mark.parametrize("counter", INTERFACE_COUNTED)
def test_what_belongs_to_no_router_is_counted_at_the_interface_and_changes_nothing(network, pair,
                                                                                   counter):
    before = [agent.interface()["counters"][counter] for agent in pair]
    lines = [len(agent.log_lines()) for agent in pair]
    send_all(network, INTERFACE_COUNTED[counter](network.c1.mac()))
    for agent, count in zip(pair, before):
        wait_for(lambda: agent.interface()["counters"][counter] == count + PACKETS,
                 f"{agent.name} to count {counter}", show=network.describe)
        assert not any(agent.router()["counters"]["rejected"].values())
    assert_nothing_else_happened(network, pair, lines)


def test_a_fragment_is_malformed_and_changes_nothing(network, pair):
    send_all(network, as_first_fragment(GOOD.frame(network.c1.mac())))
    for agent in pair:
        wait_for(lambda: agent.interface()["counters"]["malformed"] == PACKETS,
                 f"{agent.name} to count it", show=network.describe)
    assert the_active(pair) is pair[0]


def test_the_vlan_is_judged_before_everything_else(network, pair):
    # What comes before a router has been added is of an unknown id, with reason.
    before = [agent.interface()["counters"]["unknown_id"] for agent in pair]
    bad_in_every_way = Advert(vhid=11, ttl=1, checksum=1, length=20)
    send_all(network, bad_in_every_way.frame(network.c1.mac(), vlan=10))
    for agent in pair:
        wait_for(lambda: agent.interface()["counters"]["vlan_tagged"] == PACKETS,
                 f"{agent.name} to count the tag", show=network.describe)
    assert [agent.interface()["counters"]["unknown_id"] for agent in pair] == before


@pytest.mark.quick
def test_our_own_looped_advert_is_counted_and_changes_nothing(network, pair):
    r1, r2 = pair
    capture = Capture(network.c1)
    lines = [len(agent.log_lines()) for agent in pair]
    for count in range(1, 6):
        heard = len(capture.adverts())
        wait_for(lambda: len(capture.adverts()) > heard, "an advert of r1")
        advert = capture.adverts(source=network.r1.address())[-1]
        send_frame(network.c1, advert.frame)
        wait_for(lambda: r1.rejected("own") == count, "r1 to know it as its own",
                 show=network.describe)
    assert_nothing_else_happened(network, pair, lines)
    assert r2.is_backup()


def test_an_advert_for_vlan_0_is_an_advert(network, pair):
    """A priority tag (VLAN id 0) is no VLAN."""
    heard = pair[1].router()["counters"]["adverts_received"]
    send_frame(network.c1, GOOD.frame(network.c1.mac(), vlan=0))
    wait_for(lambda: any(peer["address"] == "10.0.0.201"
                         for peer in pair[1].router()["peers"]), "r2 to accept it",
             show=network.describe)
    assert pair[1].router()["counters"]["adverts_received"] > heard


def test_a_better_advert_whose_source_is_the_failover_ip_is_obeyed(network, pair):
    """BSD nodes without an address of their own do so."""
    r1, _ = pair
    send_frame(network.c1, Advert(source="10.0.0.100").frame(network.c1.mac()))
    wait_for(lambda: any(peer["address"] == "10.0.0.100" for peer in r1.router()["peers"]),
             "r1 to hear it", show=network.describe)
    wait_for(lambda: the_active(pair) is r1, "r1 to be active again when it is silent",
             show=network.describe)


def test_every_truncation_of_a_good_frame_changes_nothing(network, pair):
    head = mac_bytes("01:00:5e:00:00:12") + mac_bytes(network.c1.mac()) + b"\x08\x00"
    good = GOOD.frame(network.c1.mac())[14:]
    for length in range(len(good)):
        # Every truncation, the IP header saying 56 bytes.
        send_frame(network.c1, head + good[:length])
    assert the_active(pair) is pair[0]
    wait_for(lambda: pair[0].interface()["counters"]["malformed"] > 0, "them to be counted",
             show=network.describe)
    assert the_active(pair) is pair[0]
