"""What a person asks of a group: each operation, its expiry, its survival of a restart, its refusal
and its undo (PRODUCT: 5, 8)."""

import json
import os
import signal

import pytest

from harness import Failoverd, carp_config, hold_for, the_active, wait_for

GROUP = "eth0.carp.10"


def overrides(agent):
    return [override["kind"] for override in agent.group()["overrides"]]


def done(command):
    assert command.returncode == 0, command.stdout + command.stderr
    return command


def undo_of(command):
    """The command behind "undo: failoverctl "."""
    line = next(line for line in command.stdout.splitlines() if line.startswith("undo: "))
    return line.removeprefix("undo: failoverctl ").split()


@pytest.mark.quick
def test_drain_hands_over_and_undrain_lets_it_come_back(network, pair):
    r1, r2 = pair
    drained = done(r1.ctl("drain", GROUP, "--for", "10m", "--reason", "kernel"))
    wait_for(lambda: the_active(pair) is r2, "r2 to be active", show=network.describe)
    assert overrides(r1) == ["drain"]
    override = r1.group()["overrides"][0]
    assert override["reason"] == "kernel" and override["owner"] == "root"
    hold_for(lambda: the_active(pair) is r2, "r1 stays away", 1.0, network.describe)
    done(r1.ctl(*undo_of(drained)))
    wait_for(lambda: the_active(pair) is r1, "r1 to preempt again", show=network.describe)
    assert overrides(r1) == []


def test_a_drained_node_is_better_than_none(network, pair):
    r1, r2 = pair
    done(r1.ctl("drain", GROUP, "--for", "10m"))
    wait_for(lambda: the_active(pair) is r2, "r2 to be active", show=network.describe)
    network.crash(r2.node)
    wait_for(r1.is_active, "r1 to take over all the same", show=network.describe)
    assert overrides(r1) == ["drain"]


@pytest.mark.parametrize("verb", [("drain", GROUP), ("hold", GROUP, "backup")],
                         ids=["drain", "hold"])
def test_what_nobody_claims_is_taken_back_and_leaves_no_override(network, verb):
    r1 = Failoverd(network, network.r1, carp_config(20)).start()
    wait_for(r1.is_active, "r1 to be active", show=network.describe)
    refused = r1.ctl(*verb, "--for", "10m")
    assert refused.returncode == 5, refused.stdout + refused.stderr
    assert r1.is_active() and overrides(r1) == []


def test_hold_backup_by_force_lets_go_though_nobody_is_there(network):
    r1 = Failoverd(network, network.r1, carp_config(20)).start()
    wait_for(r1.is_active, "r1 to be active", show=network.describe)
    held = done(r1.ctl("hold", GROUP, "backup", "--for", "10m", "--force"))
    hold_for(lambda: r1.is_backup() and r1.group()["status"] == "Held", "r1 stays backup", 1.5,
             network.describe)
    done(r1.ctl(*undo_of(held)))
    wait_for(r1.is_active, "r1 to be active again", show=network.describe)


@pytest.mark.quick
def test_hold_active_takes_the_role_of_a_better_node_until_it_is_released(network, pair):
    r1, r2 = pair
    held = done(r2.ctl("hold", GROUP, "active", "--for", "10m"))
    wait_for(lambda: the_active(pair) is r2, "r2 to be active", show=network.describe)
    assert r2.group()["status"] == "Held"
    done(r2.ctl(*undo_of(held)))
    wait_for(lambda: the_active(pair) is r1, "r1 to preempt again", show=network.describe)


def test_frozen_nothing_moves_by_itself_until_thawed(network, pair):
    r1, r2 = pair
    frozen = done(r2.ctl("freeze", "--for", "10m"))
    network.crash(r1.node)
    hold_for(lambda: r2.is_backup() and r2.group()["status"] == "Frozen", "r2 stays backup", 1.5,
             network.describe)
    done(r2.ctl(*undo_of(frozen)))
    wait_for(r2.is_active, "r2 to take over", show=network.describe)


def test_an_override_ends_by_itself(network, pair):
    r1, r2 = pair
    done(r1.ctl("drain", GROUP, "--for", "2s"))
    wait_for(lambda: the_active(pair) is r2, "r2 to be active", show=network.describe)
    wait_for(lambda: the_active(pair) is r1 and overrides(r1) == [], "r1 to come back",
             show=network.describe)


@pytest.mark.parametrize("how", ["killed", "restarted"])
def test_an_override_survives_the_agent_and_the_whole_failoverd(network, pair, how):
    r1, r2 = pair
    done(r1.ctl("hold", GROUP, "backup", "--for", "10m"))
    wait_for(lambda: the_active(pair) is r2, "r2 to be active", show=network.describe)
    if how == "killed":
        former = r1.agent_pid()
        os.kill(former, signal.SIGKILL)
        wait_for(lambda: r1.agent_pid() not in (None, former) and r1.is_backup(),
                 "the next agent", show=network.describe)
    else:
        assert r1.stop() == 0
        r1.start()
        wait_for(r1.is_backup, "r1 to be there again", show=network.describe)
    network.crash(r2.node)
    hold_for(lambda: r1.is_backup() and overrides(r1) == ["hold"], "r1 stays held", 1.5,
             network.describe)


@pytest.mark.quick
def test_explain_says_why_and_what_would_change_it(network, pair):
    r1, r2 = pair
    for agent, role in ((r1, "active"), (r2, "backup")):
        text = done(agent.ctl("explain", GROUP)).stdout
        assert role in text, text
        document = json.loads(done(agent.ctl("explain", GROUP, "--json")).stdout)
        assert document["role"] == role and document["would_change"], document
    document = json.loads(done(r2.ctl("explain", GROUP, "--json")).stdout)
    assert any(network.r1.address() in sentence for sentence in document["evidence"]), document


def test_history_and_events_tell_the_moves(network, pair):
    r1, r2 = pair
    done(r1.ctl("switchover", GROUP, "--reason", "test"))
    wait_for(lambda: the_active(pair) is r2, "r2 to be active", show=network.describe)
    history = done(r1.ctl("history", GROUP)).stdout
    assert "operator" in history, history
    _, document = r1.request("GET", f"/v1/history/{GROUP}")
    assert document["transitions"][-1]["planned"] is True, document
    assert "group=eth0.carp.10" in done(r1.ctl("events")).stdout


def test_show_lists_everything(network, pair):
    _, r2 = pair
    for kind in ("group", "router", "ip", "track", "peer", "override", "operation", "interface"):
        shown = done(r2.ctl("show", kind))
        json.loads(done(r2.ctl("show", kind, "--json")).stdout)
        assert kind in ("track", "override", "operation") or len(shown.stdout.splitlines()) > 1, \
            f"{kind}: {shown.stdout}"


@pytest.mark.parametrize("arguments,status", [
    (("drain", GROUP), 2),  # for how long?
    (("hold", GROUP, "sideways", "--for", "1m"), 2),
    (("drain", "eth0.carp.11", "--for", "1m"), 4),
    (("explain", "nothing"), 4),
    (("freeze", "--for", "31d"), 2),
], ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value))
def test_what_cannot_be_is_refused_with_its_status(network, pair, arguments, status):
    refused = pair[0].ctl(*arguments)
    assert refused.returncode == status, refused.stdout + refused.stderr
    assert refused.stderr
