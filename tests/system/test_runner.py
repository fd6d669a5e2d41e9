"""The process that executes for the agent: it is there, and its end costs nothing."""

import os
import signal

import pytest

from harness import ADDRESS, Failoverd, Probe, carp_config, wait_for
from harness.failoverd import child_with, is_running


def process_name(pid):
    with open(f"/proc/{pid}/comm", encoding="ascii") as name:
        return name.read().strip()


def started(network, arguments=()):
    agent = Failoverd(network, network.r1, carp_config(0, advbase=1), arguments).start()
    wait_for(agent.is_active, "it to be active", show=network.describe)
    return agent


def runner_of(agent, former=None):
    """The pid of one that has come up, and is not `former`."""
    def is_up():
        pid = agent.runner_pid()
        return pid if pid not in (None, former) and process_name(pid) == "failover-runner" else None
    return wait_for(is_up, "the runner", show=agent.describe)


def connections(agent):
    """Those of runner.sock that are established, as the kernel tells of one end."""
    path = os.path.join(agent.run_directory, "runner.sock")
    with open("/proc/net/unix", encoding="ascii") as sockets:
        return [line for line in sockets if line.rstrip().endswith(path) and line.split()[5] == "03"]


def wait_for_connection(agent):
    def is_connected():
        with agent.node.namespace.entered():
            return connections(agent)
    wait_for(is_connected, "the agent to have its runner", show=agent.describe)


@pytest.mark.quick
def test_the_runner_is_there_for_root_alone_and_ends_with_failoverd(network):
    ours = started(network)
    runner = runner_of(ours)
    wait_for_connection(ours)
    socket = os.path.join(ours.run_directory, "runner.sock")
    assert os.stat(socket).st_mode & 0o777 == 0o600
    assert ours.stop() == 0
    assert not is_running(runner) and not os.path.exists(socket)


@pytest.mark.quick
def test_a_runner_that_is_killed_is_started_again_and_nobody_notices(network):
    ours = started(network)
    since, agent = ours.router()["since"], ours.agent_pid()
    probe = Probe(network.c1, ADDRESS)
    runner = runner_of(ours)
    for _ in range(3):
        os.kill(runner, signal.SIGKILL)
        runner = runner_of(ours, former=runner)
        wait_for_connection(ours)
    report = probe.stop()
    assert report.received > 500 and report.lost_by_us == 0, f"{report}\n{network.describe()}"
    assert ours.router()["since"] == since and ours.agent_pid() == agent
    assert sum("event=runner-died signal=9" in line for line in ours.log_lines()) == 3
    assert ours.stop() == 0
    assert not is_running(runner)


def test_a_runner_that_cannot_stay_is_not_started_all_the_time(network):
    ours = started(network)
    runner = runner_of(ours)
    os.kill(runner, signal.SIGKILL)
    runner = runner_of(ours, former=runner)
    os.kill(runner, signal.SIGKILL)
    wait_for(lambda: not is_running(runner), "its end")
    assert ours.runner_pid() is None
    runner_of(ours, former=runner)


def test_agent_restart_replaces_the_runner_and_sigkill_to_the_agent_does_not(network):
    ours = started(network)
    runner, agent = runner_of(ours), ours.agent_pid()
    os.kill(agent, signal.SIGKILL)
    wait_for(lambda: ours.agent_pid() not in (None, agent), "the next agent")
    ours.wait_until_answering()
    wait_for_connection(ours)
    assert runner_of(ours) == runner
    for _ in range(2):
        assert ours.ctl("agent", "restart").returncode == 0
        next_runner = runner_of(ours, former=runner)
        wait_for(lambda old=runner: not is_running(old), "the end of the one before")
        wait_for_connection(ours)
        runner = next_runner
    # The parent has been replaced too, and knows its runner.
    os.kill(runner, signal.SIGKILL)
    runner = runner_of(ours, former=runner)
    assert ours.stop() == 0
    assert not is_running(runner)


def test_a_runner_whose_parent_is_killed_stays_with_its_agent_and_no_longer(network):
    ours = started(network)
    runner, agent = runner_of(ours), ours.agent_pid()
    wait_for_connection(ours)
    ours.process.kill()
    assert ours.status()["pid"] == agent
    assert is_running(runner)
    ours.start()
    next_runner = runner_of(ours)
    wait_for(lambda: not is_running(runner), "the end of the one before", show=network.describe)
    wait_for_connection(ours)
    wait_for(ours.is_active, "it to go on as active", show=network.describe)
    assert ours.stop() == 0
    assert not is_running(next_runner)


def test_nothing_is_left_when_parent_and_agent_are_killed(network):
    ours = started(network)
    runner = runner_of(ours)
    ours.kill()
    wait_for(lambda: not is_running(runner), "the runner to go too")


def test_an_agent_without_a_parent_has_a_runner_of_its_own(network):
    ours = started(network, arguments=("--alone",))
    runner = runner_of(ours)
    wait_for_connection(ours)
    assert child_with(ours.process.pid, "--runner") == runner
    assert ours.stop() == 0
    assert not is_running(runner)
