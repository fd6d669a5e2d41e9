"""Hooks: what runs when a group moves, and never in the way of adverts (PRODUCT: 8.4; PEERS: P13)."""

import json
import os
import signal

import pytest

from harness import ADDRESS, Failoverd, carp_config, hold_for, the_active, wait_for
from harness.scripts import Scripts

GROUP = "eth0.carp.10"


def hook(node, name, body):
    return Scripts(node).write(name, body)


def notes(node):
    return os.path.join(node.directory, "notes")


def told(node):
    """What the hooks have written down, line by line."""
    try:
        with open(notes(node), encoding="utf-8") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


def writes(node, *kinds):
    """Hooks that write down what they are told, as TOML."""
    path = hook(node, "write", f'echo "$FAILOVER_HOOK $FAILOVER_GROUP $FAILOVER_ROLE '
                               f'$FAILOVER_REASON $FAILOVER_ADDRESSES" >>{notes(node)}\n')
    lines = [f'{kind} = [["{path}"]]' for kind in kinds]
    return "[interface.eth0.carp.10.hooks]\n" + "\n".join(lines) + "\n"


ALL = ("active", "backup", "before_release", "fault", "reconcile")


@pytest.fixture
def pair(network):
    agents = [Failoverd(network, node, carp_config(skew, extra=writes(node, *ALL)))
              for node, skew in zip(network.routers, (20, 40))]
    for agent, is_there in zip(agents, ("is_active", "is_backup")):
        agent.start()
        wait_for(getattr(agent, is_there), f"{agent.name} to be there", show=network.describe)
    wait_for(lambda: told(network.r1) and told(network.r2), "the first hooks to have run",
             show=network.describe)
    return agents


@pytest.mark.quick
def test_hooks_are_told_the_group_its_role_the_reason_and_the_addresses(network, pair):
    r1, r2 = pair
    wait_for(lambda: f"active {GROUP} active no-response {ADDRESS}/24" in told(r1.node),
             "the active hook", show=lambda: f"{told(r1.node)}\n{network.describe()}")
    assert r1.ctl("switchover", GROUP).returncode == 0
    wait_for(lambda: f"backup {GROUP} backup operator {ADDRESS}/24" in told(r1.node),
             "the backup hook", show=lambda: f"{told(r1.node)}\n{network.describe()}")
    wait_for(lambda: f"active {GROUP} active peer-left {ADDRESS}/24" in told(r2.node),
             "the other's active hook", show=lambda: f"{told(r2.node)}\n{network.describe()}")
    assert [line for line in told(r1.node) if line.startswith("before_release")]


def test_the_active_hook_finds_the_addresses_there(network):
    script = hook(network.r1, "look", f"ip address show dev eth0 >{notes(network.r1)}.new\n"
                                      f"mv {notes(network.r1)}.new {notes(network.r1)}\n")
    Failoverd(network, network.r1, carp_config(
        20, extra=f'[interface.eth0.carp.10.hooks]\nactive = [["{script}"]]\n')).start()
    wait_for(lambda: told(network.r1), "the hook to have run", show=network.describe)
    assert any(ADDRESS in line for line in told(network.r1)), told(network.r1)


def test_the_context_is_json_on_standard_input(network):
    script = hook(network.r1, "keep", f"cat >{notes(network.r1)}.new\n"
                                      f"mv {notes(network.r1)}.new {notes(network.r1)}\n")
    Failoverd(network, network.r1, carp_config(
        20, extra=f'[interface.eth0.carp.10.hooks]\nactive = [["{script}"]]\n')).start()
    wait_for(lambda: told(network.r1), "the hook to have run", show=network.describe)
    context = json.loads("\n".join(told(network.r1)))
    assert context["schema"] == "failover.hook.v1"
    assert (context["hook"], context["group"], context["role"]) == ("active", GROUP, "active")
    assert context["addresses"] == [f"{ADDRESS}/24"] and context["sequence"] > 0


def test_a_link_that_fails_runs_the_fault_hook(network, pair):
    r1, _ = pair
    network.unplug(r1.node)
    wait_for(lambda: any(line.startswith(f"fault {GROUP}") for line in told(r1.node)),
             "the fault hook", show=lambda: f"{told(r1.node)}\n{network.describe()}")


def test_a_stop_waits_for_before_release_and_for_the_backup_hook(network, pair):
    r1, r2 = pair
    assert r1.stop() == 0
    last = [line.split()[0] for line in told(r1.node)[-2:]]
    assert last == ["before_release", "backup"], told(r1.node)
    assert told(r1.node)[-1].split()[3] == "stopping"
    wait_for(lambda: the_active([r2]) is r2, "r2 to be active", show=network.describe)


def test_a_restarted_agent_does_not_run_the_hooks_again(network, pair):
    r1, r2 = pair
    before = told(r1.node), told(r2.node)
    pids = [agent.agent_pid() for agent in pair]
    for agent in pair:
        os.kill(agent.agent_pid(), signal.SIGKILL)
    for agent, pid, role in zip(pair, pids, ("is_active", "is_backup")):
        wait_for(lambda: agent.agent_pid() not in (None, pid) and getattr(agent, role)(),
                 "the next agent", show=network.describe)
    hold_for(lambda: (told(r1.node), told(r2.node)) == before, "no hook runs", 1.0,
             network.describe)


@pytest.mark.quick
def test_a_hook_that_sleeps_delays_no_advert(network):
    """P13: adverts every 78 ms go on while the hook sleeps for six seconds."""
    script = hook(network.r1, "sleep", f"echo began >{notes(network.r1)}\nexec sleep 6\n")
    r1 = Failoverd(network, network.r1, carp_config(
        20, extra=f'[interface.eth0.carp.10.hooks]\nactive = [["{script}"]]\n')).start()
    wait_for(lambda: told(network.r1), "the hook to have begun", show=network.describe)
    sent = r1.router()["counters"]["adverts_sent"]
    wait_for(lambda: r1.router()["counters"]["adverts_sent"] > sent + 20, "adverts to go on",
             timeout=4, show=network.describe)
    assert not [line for line in r1.log_lines() if "hook=active" in line]


def test_a_hook_that_hangs_is_ended_at_its_timeout_and_said_to_have_failed(network):
    script = hook(network.r1, "hang", "trap '' TERM\nwhile :; do sleep 1; done\n")
    r1 = Failoverd(network, network.r1, carp_config(
        20, extra=f'[interface.eth0.carp.10.hooks]\nactive = [["{script}"]]\n'
                  f'timeout = "200ms"\n')).start()
    wait_for(lambda: any("hook=active" in line and "timed out" in line
                         for line in r1.log_lines()), "the failure in the log",
             show=network.describe)
    assert r1.is_active()
    ended = r1.group()["hooks"]["active"]
    assert ended["result"] == "failed" and "timed out" in ended["detail"]
    assert any("hook active failed" in problem for problem in r1.group()["problems"])


def test_a_hook_that_others_may_write_is_refused(network):
    script = hook(network.r1, "open", f"echo ran >{notes(network.r1)}\n")
    os.chmod(script, 0o777)
    r1 = Failoverd(network, network.r1, carp_config(
        20, extra=f'[interface.eth0.carp.10.hooks]\nactive = [["{script}"]]\n')).start()
    wait_for(lambda: any("hook=active" in line and "not started" in line
                         for line in r1.log_lines()), "the refusal in the log",
             show=network.describe)
    assert told(network.r1) == []
