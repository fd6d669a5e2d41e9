"""A report from the field is a test: what was recorded runs again, to the same effects."""

import os
import subprocess

import pytest

from harness import ADDRESS, Failoverd, carp_config, wait_for
from harness.build import program


def replay(path):
    return subprocess.run([program("failoverd"), "--replay", path], capture_output=True, text=True,
                          check=False)


@pytest.mark.quick
def test_a_recorded_election_switchover_and_partition_replays_identically(network):
    paths = {node.name: os.path.join(node.directory, "recording") for node in network.routers[:2]}
    r1, r2 = (Failoverd(network, node, carp_config(skew), arguments=["--record", paths[node.name]])
              .start() for node, skew in ((network.r1, 20), (network.r2, 40)))
    wait_for(lambda: r1.is_active() and r2.is_backup(), "the election", show=network.describe)
    assert r1.ctl("switchover", "eth0.carp.10").returncode == 0
    wait_for(lambda: r2.is_active() and r2.node.holds(ADDRESS), "r2 to be active",
             show=network.describe)
    network.partition(network.r1, network.r2)
    wait_for(r1.is_active, "r1 to miss r2", show=network.describe)
    network.heal()
    wait_for(r2.is_backup, "r2 to yield", show=network.describe)
    r2.stop()
    r1.stop()
    for path in paths.values():
        done = replay(path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "no difference" in done.stdout


def test_a_recording_that_was_changed_is_told_where_it_differs(network):
    path = os.path.join(network.r1.directory, "recording")
    r1 = Failoverd(network, network.r1, carp_config(20), arguments=["--record", path]).start()
    wait_for(r1.is_active, "r1 to be active", show=network.describe)
    r1.stop()
    with open(path, encoding="ascii") as file:
        lines = file.read().splitlines()
    number, line = next((n, text) for n, text in enumerate(lines, 1) if "ClaimAddresses" in text)
    lines[number - 1] = line.replace("ClaimAddresses", "Announce")
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
    done = replay(path)
    assert done.returncode == 1
    assert f"line {number}:" in done.stdout and "ClaimAddresses" in done.stdout


def test_a_file_that_is_no_recording_is_refused_with_the_line(network):
    path = os.path.join(network.r1.directory, "recording")
    with open(path, "w", encoding="ascii") as file:
        file.write("failover-record 1\nevent 7 0 Nonsense => -\n")
    done = replay(path)
    assert done.returncode == 1 and "line 2" in done.stderr
