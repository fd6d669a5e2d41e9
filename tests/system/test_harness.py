"""The harness and the probe tell the truth: shown with other people's programs."""

import os

import pytest

from harness import ADDRESS, Capture, Keepalived, Network, Probe, ProbeReport, Ucarp, wait_for
from harness.probe import Gap

pytestmark = pytest.mark.quick


def test_a_probe_reports_the_gap_that_a_cut_makes_and_nothing_else(network):
    probe = Probe(network.c1, network.r1.address())
    network.cut_link(network.r1)
    wait_for(lambda: network.c1.run("ping", "-c1", "-W1", network.r1.address(),
                                    check=False).returncode, "the cut to be felt")
    network.heal()
    probe.wait_for_next_reply()
    report = probe.stop()
    assert len(report.gaps) == 1
    assert report.lost == report.gaps[0].lost > 100
    assert report.sent == report.received + report.lost


def test_a_probe_of_an_undisturbed_address_loses_nothing_also_when_it_resolves_afresh(network):
    probe = Probe(network.c1, network.r1.address(), resolve_fresh_ms=10)
    report = probe.stop(after=0.5)
    assert report.received > 100 and report.lost_by_us == 0


@pytest.mark.parametrize("begin,end,duration_ms,explains", [
    (-0.005, -0.001, 9.0, True),
    (-0.005, -0.001, 54.0, True),
    (-0.005, -0.001, 54.1, False),  # longer than that and until the addresses are announced again
    (-0.001, 0.0, 9.0, False),      # too short itself
    (0.001, 0.004, 9.0, True),
    (0.003, 0.010, 9.0, False),     # it began later
    (-0.1, -0.02, 9.0, True),
    (-0.1, -0.021, 9.0, False),     # it was over long before
])
def test_what_is_lost_when_a_processor_stands_still_is_not_ours(monkeypatch, tmp_path, begin, end,
                                                                duration_ms, explains):
    (tmp_path / "stalls").write_text(f"997.0 998.0\n{1001 + begin:.6f} {1001 + end:.6f}\n")
    monkeypatch.setenv("FAILOVER_STALLS", str(tmp_path / "stalls"))
    monkeypatch.setattr("harness.probe.is_sanitized", lambda: False)
    report = ProbeReport(began=1000.0, sent=100, received=90, lost=10, longest_gap_ms=duration_ms,
                         longest_silence_ms=0.0, longest_round_trip_ms=0.0,
                         gaps=(Gap(1000.0, duration_ms, 9), Gap(500.0, 1.0, 1)))
    assert report.lost_by_us == (1 if explains else 10)


@pytest.mark.parametrize("duration_ms,counts", [(19.9, False), (20.0, True)])
def test_a_sanitizer_explains_short_gaps_alone(monkeypatch, duration_ms, counts):
    monkeypatch.delenv("FAILOVER_STALLS", raising=False)
    monkeypatch.setattr("harness.probe.is_sanitized", lambda: True)
    report = ProbeReport(began=1000.0, sent=100, received=91, lost=9, longest_gap_ms=duration_ms,
                         longest_silence_ms=0.0, longest_round_trip_ms=0.0,
                         gaps=(Gap(0.0, duration_ms, 9),))
    assert report.lost_by_us == (9 if counts else 0)


def test_unplugging_takes_the_carrier_and_plugging_gives_it_back(network):
    def carrier():
        flags = network.r1.ip_json("link", "show", "eth0")[0]["flags"]
        return "LOWER_UP" in flags

    network.unplug(network.r1)
    wait_for(lambda: not carrier(), "the carrier to go")
    network.plug(network.r1)
    wait_for(carrier, "the carrier to come back")


def test_a_partition_can_be_one_way_and_concerns_arp_too(network):
    def hears(node, other):
        node.ip("neighbour", "flush", "dev", "eth0")
        return node.run("ping", "-c1", "-W1", other.address(), check=False).returncode == 0

    with_arp = Capture(network.r2)
    network.partition_one_way(network.r1, network.r2)
    assert not hears(network.r1, network.r2)
    assert not with_arp.arps(network.r1.address())
    assert hears(network.r1, network.c1) and hears(network.c1, network.r2)
    network.heal()
    assert hears(network.r1, network.r2)


def reaches(node, address):
    return node.run("ping", "-n", "-c1", "-W1", address, check=False).returncode == 0


@pytest.mark.parametrize("family", [4, 6])
def test_a_partition_of_one_family_leaves_the_other_alone(network, family):
    network.partition_one_way(network.r1, network.r2, family=family)
    r2 = {4: network.r2.address(), 6: network.r2.address6()}
    assert not reaches(network.r1, r2[family])
    assert reaches(network.r1, r2[10 - family])
    network.heal()
    wait_for(lambda: reaches(network.r1, r2[family]), "the neighbour to be found again")


@pytest.mark.parametrize("network", [{"clients": 1, "apart": True}], indirect=True)
def test_routers_that_are_apart_reach_each_other_through_the_gateway_alone(network):
    both = [network.r2.address(), network.r2.address6()]
    wait_for(lambda: all(reaches(network.r1, address) for address in both), "the links to be there")
    network.c1.stop_forwarding()
    assert not any(reaches(network.r1, address) for address in both)
    assert all(reaches(network.c1, address) for address in both)
    network.c1.forward()
    network.crash(network.r2)
    network.reboot(network.r2)
    wait_for(lambda: all(reaches(network.r1, address) for address in both), "its routes again")


@pytest.mark.parametrize("shape", [{"clients": 0}, {"clients": 1, "apart": True}],
                         ids=["one-link", "apart"])
def test_nothing_is_left_behind_after_a_failure(shape):
    with pytest.raises(ZeroDivisionError):
        with Network(routers=2, **shape) as network:
            process = network.r1.start("sleep", "1000")
            directory = network.directory
            raise ZeroDivisionError
    assert process.exit_status() is not None
    assert not os.path.exists(directory)


def test_a_crash_ends_every_process_of_the_node_and_the_peer_takes_over(network):
    better = Ucarp(network, network.r1).start()
    wait_for(lambda: network.r1.holds(ADDRESS), "ucarp on r1 to hold the address")
    Ucarp(network, network.r2, advskew=100).start()
    network.crash(network.r1)
    assert not network.r1.namespace.processes() and not better.is_running()
    wait_for(lambda: network.r2.holds(ADDRESS), "ucarp on r2 to take over",
             show=network.describe)


def test_keepalived_elects_one_that_has_the_address(network):
    best = Keepalived(network, network.r1, priority=150).start()
    other = Keepalived(network, network.r2).start()
    wait_for(lambda: best.is_active() and network.holders(ADDRESS) == [network.r1],
             "the election", show=network.describe)
    assert not other.is_active()
