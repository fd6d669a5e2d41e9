"""Crashes, links, carriers, pauses (PRODUCT: 8)."""

import pytest

from harness import (ADDRESS, Capture, Failoverd, Probe, carp_config, hold_for, the_active,
                     wait_for)


@pytest.mark.quick
def test_a_crash_makes_one_gap_that_ends_with_the_take_over(network, pair):
    r1, r2 = pair
    probe = Probe(network.c1, ADDRESS)
    network.crash(network.r1)
    wait_for(r2.is_active, "r2 to take over", show=network.describe)
    probe.wait_for_next_reply()
    report = probe.stop(after=0.5)
    assert len(report.gaps) == 1, report
    assert r2.group()["reason"] == "no-response"
    assert r2.router()["peers"][0]["address"] == network.r1.address()
    wait_for(lambda: r2.router()["peers"][0]["state"] == "silent", "r1 to be called silent",
             show=network.describe)
    assert not r1.is_running()


def test_a_crashed_node_that_comes_back_takes_its_place_again(network, pair):
    r1, r2 = pair
    network.crash(network.r1)
    wait_for(r2.is_active, "r2 to take over",
             show=network.describe)
    network.reboot(network.r1)
    r1.start()
    wait_for(lambda: the_active([r1, r2]) is r1, "r1 to be active again", show=network.describe)


@pytest.mark.quick
def test_an_unplugged_active_lets_go_and_the_peer_takes_over(network, pair):
    r1, r2 = pair
    network.unplug(network.r1)
    wait_for(lambda: r1.router()["waiting_for"] == "carrier", "r1 to wait for its carrier",
             show=network.describe)
    wait_for(lambda: the_active([r1, r2]) is r2, "r2 alone to be active", show=network.describe)
    assert r1.group()["reason"] == "element-down" and r1.group()["status"] == "Down"
    network.plug(network.r1)
    wait_for(lambda: the_active([r1, r2]) is r1, "r1 to be active again", show=network.describe)
    assert r1.router()["waiting_for"] is None


def test_an_unplugged_backup_does_not_claim_and_comes_back_as_backup(network, pair):
    r1, r2 = pair
    network.unplug(network.r2)
    wait_for(lambda: r2.router()["waiting_for"] == "carrier", "r2 to wait for its carrier",
             show=network.describe)
    hold_for(lambda: the_active([r1, r2]) is r1, "r1 alone is active", 1.0, network.describe)
    network.plug(network.r2)
    wait_for(r2.is_backup, "r2 to be backup again", show=network.describe)
    hold_for(lambda: the_active([r1, r2]) is r1, "r1 alone is active", 1.0, network.describe)


@pytest.mark.quick
def test_an_interface_set_down_lets_go_and_set_up_again_comes_back(network, pair):
    r1, r2 = pair
    network.r1.down()
    wait_for(lambda: r1.router()["waiting_for"] == "link", "r1 to wait for the link",
             show=network.describe)
    wait_for(lambda: the_active([r1, r2]) is r2, "r2 alone to be active", show=network.describe)
    network.r1.up()
    wait_for(lambda: the_active([r1, r2]) is r1, "r1 to be active again", show=network.describe)


def test_a_link_cut_behind_the_switch_is_settled_when_it_heals(network, pair):
    r1, r2 = pair
    network.cut_link(network.r1)
    wait_for(r2.is_active, "r2 to take over", show=network.describe)
    assert r1.is_active()  # its carrier is there; it cannot know
    network.heal()
    wait_for(lambda: the_active([r1, r2]) is r1, "r1 alone to be active", show=network.describe)


@pytest.mark.quick
def test_a_paused_active_that_goes_on_ends_with_exactly_one_active(network, pair):
    r1, r2 = pair
    network.r1.pause()
    wait_for(r2.is_active, "r2 to take over", show=lambda: r2.describe())
    network.r1.resume()
    wait_for(lambda: the_active([r1, r2]) is r1, "r1, the better one, alone to be active",
             show=network.describe)
    hold_for(lambda: the_active([r1, r2]) is r1, "r1 alone is active", 1.0, network.describe)


def test_a_paused_active_that_is_worse_than_the_new_one_says_nothing_any_more(network):
    r2 = Failoverd(network, network.r2, carp_config(40, preempt=False)).start()
    wait_for(r2.is_active, "r2 to become active", show=network.describe)
    r1 = Failoverd(network, network.r1, carp_config(20, preempt=False)).start()
    wait_for(r1.is_backup, "r1 to become backup", show=network.describe)
    network.r2.pause()
    wait_for(r1.is_active, "r1 to take over", show=lambda: r1.describe())
    capture = Capture(network.c2)
    network.r2.resume()
    wait_for(lambda: the_active([r1, r2]) is r1, "r1 alone to be active", show=network.describe)
    assert not capture.adverts(source=network.r2.address())
    assert not [arp for arp in capture.announcements(ADDRESS)
                if arp.sender_mac == network.r2.mac()]


def test_a_paused_backup_does_not_take_over_when_it_goes_on(network, pair):
    r1, r2 = pair
    network.r2.pause()
    # Longer than r2's dead time, 468 ms, so that it wakes with a deadline that is over.
    hold_for(r1.is_active, "r1 is active", 1.0)
    capture = Capture(network.c2)
    network.r2.resume()
    wait_for(r2.is_backup, "r2 to answer as backup", show=network.describe)
    hold_for(lambda: the_active([r1, r2]) is r1, "r1 alone is active", 1.0, network.describe)
    assert not capture.adverts(source=network.r2.address())


def test_send_errors_make_a_node_yield_and_it_recovers(network, pair):
    r1, r2 = pair
    # A queue without room: every send fails with ENOBUFS.
    network.r1.run("tc", "qdisc", "add", "dev", "eth0", "root", "pfifo", "limit", "0")
    wait_for(lambda: the_active([r1, r2]) is r2, "r2 to take over", show=network.describe)
    network.r1.run("tc", "qdisc", "del", "dev", "eth0", "root")
    network.crash(network.r2)
    wait_for(lambda: the_active([r1]) is r1, "r1 to take over", show=network.describe)
    capture = Capture(network.c2)
    wait_for(lambda: [advert for advert in capture.adverts() if advert.advskew == 20],
             "r1 to advertise its own rank again", show=network.describe)
