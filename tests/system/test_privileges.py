"""What the agent may do, and what the machine lets it (PRODUCT: 3)."""

import os
import signal

import pytest

from confined import CAP_SETUID, assert_confined, status_of
from harness import ADDRESS, Failoverd, carp_config, wait_for
from harness.failoverd import HARDENED
from harness.scripts import Scripts


def assert_unconfined(pid, like):
    own = status_of(like)
    status = status_of(pid)
    for key in ("CapPrm", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp"):
        assert status[key] == own[key], key


def scheduling_of(pid):
    """(policy, real-time priority, nice) of each thread."""
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/stat", encoding="ascii") as line:
            fields = line.read().rsplit(")", 1)[1].split()
        found.append((int(fields[38]), int(fields[37]), int(fields[16])))
    return found


def successor_of(agent, former):
    """The pid of the next agent, once it answers and is active."""
    def is_back():
        pid = agent.agent_pid()
        if pid in (None, former):
            return None
        try:
            return pid if agent.status()["pid"] == pid and agent.is_active() else None
        except (OSError, ValueError):
            return None
    return wait_for(is_back, "the next agent", show=agent.describe)


@pytest.fixture
def active(network):
    agent = Failoverd(network, network.r1, carp_config(20)).start()
    wait_for(agent.is_active, "it to be active", show=network.describe)
    return agent


def test_every_thread_of_the_agent_has_two_capabilities_and_the_runner_keeps_all(active):
    assert_confined(active.agent_pid())
    if "FAILOVER_HARDENED" not in os.environ:
        assert_unconfined(active.process.pid, os.getpid())
    runner = wait_for(active.runner_pid, "the runner", show=active.describe)
    assert_unconfined(runner, active.process.pid)


@pytest.mark.parametrize("end", ["agent restart", "SIGKILL of the agent", "SIGUSR2"])
def test_the_next_agent_is_confined_like_the_first(active, end):
    former = active.agent_pid()
    if end == "agent restart":
        assert active.ctl("agent", "restart").returncode == 0
    elif end == "SIGUSR2":
        active.process.signal(signal.SIGUSR2)
    else:
        os.kill(former, signal.SIGKILL)
    assert_confined(successor_of(active, former))
    assert active.node.holds(ADDRESS)
    assert active.stop() == 0
    assert not active.node.holds(ADDRESS)


def test_an_agent_without_a_parent_is_confined_as_well(network):
    agent = Failoverd(network, network.r1, carp_config(20), ("--alone",)).start()
    wait_for(agent.is_active, "it to be active", show=network.describe)
    assert_confined(agent.process.pid)
    assert agent.stop() == 0
    assert not network.r1.holds(ADDRESS)


class Hardened(Failoverd):
    """Under the options of the unit file, in a mount namespace of its own."""

    def wrapper(self):
        return HARDENED


def test_under_the_unit_files_options_it_takes_over_runs_hooks_and_releases(network):
    hook = Scripts(network.r1).write("hook", 'id -un >>"${0%/*}/notes"\n', mode=0o755)
    directory = os.path.dirname(hook)
    notes = os.path.join(directory, "notes")
    os.chmod(directory, 0o755)
    with open(notes, "w", encoding="utf-8"):
        os.chmod(notes, 0o666)  # the hook is not root's
    extra = ('mac = "virtual"\n[interface.eth0.carp.10.hooks]\n'
             f'user = "nobody"\nactive = [["{hook}"]]\n')
    agent = Hardened(network, network.r1, carp_config(20, extra=extra)).start()
    wait_for(agent.is_active, "it to be active", show=network.describe)

    def told():
        with open(notes, encoding="utf-8") as file:
            return file.read().split()
    wait_for(lambda: told() == ["nobody"], "the hook", show=network.describe)
    assert_confined(agent.agent_pid())
    assert int(status_of(agent.runner_pid())["CapBnd"], 16) >> CAP_SETUID & 1
    assert agent.stop() == 0
    assert not any(link["ifname"].startswith("carp10.") for link in network.r1.ip_json("link"))


@pytest.mark.quick
def test_adverts_have_real_time_priority_and_addresses_come_before_ordinary_work(active):
    found = scheduling_of(active.agent_pid())
    assert found.count((os.SCHED_FIFO, 40, 0)) == 1, found
    assert found.count((os.SCHED_OTHER, 0, -20)) == 1, found
