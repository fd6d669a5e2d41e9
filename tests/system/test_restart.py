"""The agent's own end costs nothing: killed, hanging, replaced, or with its parent gone."""

import contextlib
import ctypes
import os
import re
import shutil
import signal
import subprocess

import pytest

from harness import ADDRESS, Failoverd, wait_for
from harness.build import program
from harness.failoverd import is_running
from memberships import Memberships
from watched import CARP, KINDS, Watched

TIMES = 10


@pytest.mark.parametrize("kind", KINDS)
def test_an_agent_that_is_killed_is_started_again_and_nobody_notices(network, kind):
    watched = Watched(network, kind)
    for time in range(1, TIMES + 1):
        agent = watched.ours.agent_pid()
        sent = watched.ours.router(watched.router)["counters"]["adverts_sent"]
        os.kill(agent, signal.SIGKILL)
        watched.wait_for_successor(agent)
        assert watched.ours.status()["restarts"] == time
        # Who dies as soon as it is born is given up.
        watched.wait(lambda: watched.ours.status()["uptime_s"] > 1, "it to have lived for a while")
        assert watched.ours.router(watched.router)["counters"]["adverts_sent"] > sent
    watched.wait_for_adverts()
    watched.wait(lambda: sum(bucket["adverts"] for bucket in watched.ours.status()["lateness"]) > 0,
                 "an advert that was due")
    watched.assert_nobody_noticed()
    assert watched.ours.stop() == 0


@pytest.mark.parametrize("kind", ["carp", "vrrp", "carp-virtual"])
def test_an_agent_that_is_replaced_goes_on_where_it_was(network, kind):
    watched = Watched(network, kind)
    for _ in range(TIMES):
        agent = watched.ours.agent_pid()
        done = watched.ours.ctl("agent", "restart")
        assert done.returncode == 0, done.stdout + done.stderr + network.describe()
        watched.wait_for_successor(agent)
    watched.wait_for_adverts()
    watched.assert_nobody_noticed()


def test_a_yielded_role_stays_yielded(network):
    watched = Watched(network)
    assert watched.ours.ctl("switchover", CARP, "--wait").returncode == 0
    agent = watched.ours.agent_pid()
    os.kill(agent, signal.SIGKILL)
    watched.wait(lambda: watched.ours.agent_pid() not in (None, agent), "the next agent")
    watched.ours.wait_until_answering()
    watched.wait(watched.ours.is_backup, "it to be backup")
    heard = watched.ours.router()["counters"]["adverts_received"]
    watched.wait(lambda: watched.ours.router()["counters"]["adverts_received"] > heard + 1,
                 "the worse one to be heard")
    assert watched.ours.is_backup() and watched.peer.is_active()
    assert watched.ours.group()["overrides"][0]["kind"] == "yielded"


@pytest.mark.quick
def test_an_agent_that_hangs_is_replaced(network):
    watched = Watched(network)
    agent = watched.ours.agent_pid()
    os.kill(agent, signal.SIGSTOP)
    watched.wait_for_successor(agent)
    watched.wait_for_adverts()
    watched.assert_nobody_noticed()


def test_an_agent_whose_parent_is_killed_goes_on_and_the_next_failoverd_takes_over(network):
    watched = Watched(network)
    agent = watched.ours.agent_pid()
    watched.ours.process.kill()
    watched.wait_for_adverts()
    assert is_running(agent) and watched.ours.status()["pid"] == agent
    watched.ours.start()
    watched.wait_for_successor(agent)
    assert not is_running(agent)
    watched.wait_for_adverts()
    watched.assert_nobody_noticed()
    assert watched.ours.stop() == 0


_PR_SET_CHILD_SUBREAPER = 36


@contextlib.contextmanager
def adopting_orphans():
    """As a process 1 that waits for nobody, which some containers have: who ends stays a zombie."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    yield
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 0)


def test_an_agent_that_nobody_reaps_after_its_end_keeps_the_next_failoverd_from_nothing(network):
    watched = Watched(network)
    agent = watched.ours.agent_pid()
    with adopting_orphans():
        watched.ours.process.kill()
        watched.wait_for_adverts()
        watched.ours.start()
        watched.wait_for_successor(agent)
        watched.wait_for_adverts()
        watched.assert_nobody_noticed()
        assert not is_running(agent)
        os.waitpid(agent, 0)
    assert watched.ours.stop() == 0


def test_a_second_failoverd_is_refused_while_the_first_one_has_its_parent(network):
    r1 = Failoverd(network, network.r1, KINDS["carp-fast"][1](0)).start()
    wait_for(r1.is_active, "it to be active", show=network.describe)
    agent = r1.agent_pid()
    second = r1.node.run(program("failoverd"), "--config", r1.config_path, "--run-dir",
                         r1.run_directory, "--state-dir", r1.state_directory, check=False)
    assert second.returncode == 1 and "another failoverd runs" in second.stderr, second.stderr
    assert r1.agent_pid() == agent and r1.is_active()


@pytest.mark.quick
def test_the_network_is_told_that_the_node_listens_no_more_when_it_stops_and_not_before(network):
    watched = Watched(network)
    memberships = Memberships(network, network.r1)
    ours = watched.ours
    for end in (lambda: ours.ctl("agent", "restart"),
                lambda: os.kill(ours.agent_pid(), signal.SIGKILL)):
        agent = ours.agent_pid()
        end()
        watched.wait_for_successor(agent)
        watched.wait_for_adverts()
        watched.wait(lambda: ours.status()["uptime_s"] > 1, "it to have lived a while")
    # Joining again may be said; for a switch nothing has happened.
    memberships.assert_none_left()
    assert ours.stop() == 0
    wait_for(lambda: any("224.0.0.18 to_in" in line for line in memberships.told()) and
             any("ff02::12 to_in" in line for line in memberships.told()), "both groups to be left",
             show=lambda: memberships.seen.output())


class Installed(Failoverd):
    """From a file of its own, that an upgrade puts another in the place of."""

    def __init__(self, network, node, config):
        super().__init__(network, node, config)
        self.file = os.path.join(node.directory, "failoverd")
        self.install(program("failoverd"))

    def install(self, source):
        fresh = self.file + ".new"
        shutil.copy(source, fresh)
        os.chmod(fresh, 0o755)
        os.rename(fresh, self.file)

    def program(self):
        return self.file


def installed_pair(network):
    config = KINDS["carp"][1]
    return (Installed(network, network.r1, config(0)), Failoverd(network, network.r2, config(1)))


@pytest.mark.quick
def test_an_upgrade_replaces_agent_and_parent_by_the_program_on_disk(network):
    watched = Watched(network, agents=installed_pair(network))
    ours = watched.ours
    agent, parent = ours.agent_pid(), ours.process.pid
    ours.install(program("failoverd"))
    on_disk = os.stat(ours.file).st_ino
    assert os.stat(f"/proc/{parent}/exe").st_ino != on_disk
    ours.process.signal(signal.SIGUSR2)
    watched.wait_for_successor(agent)
    watched.wait(lambda: os.stat(f"/proc/{parent}/exe").st_ino == on_disk,
                 "the parent to be replaced")
    assert os.stat(f"/proc/{ours.agent_pid()}/exe").st_ino == on_disk
    watched.wait_for_adverts()
    watched.assert_nobody_noticed()
    # The new parent does a parent's work.
    agent = ours.agent_pid()
    os.kill(agent, signal.SIGKILL)
    watched.wait_for_successor(agent)
    assert ours.stop() == 0


def build_id(path):
    """What the linker has made of everything that is in the program."""
    notes = subprocess.run(["readelf", "--notes", path], capture_output=True, text=True, check=True)
    return bytes.fromhex(re.search(r"Build ID: ([0-9a-f]+)", notes.stdout)[1])


def another_build(directory):
    """The program as another build, which is known by its id: the same code under another one."""
    own = build_id(program("failoverd"))
    content = program("failoverd").read_bytes()
    assert content.count(own) == 1
    path = os.path.join(directory, "another-build")
    with open(path, "wb") as file:
        file.write(content.replace(own, bytes(byte ^ 0xFF for byte in own)))
    return path


@pytest.mark.quick
def test_agent_restart_goes_on_with_another_build_and_back_to_the_first_and_nobody_notices(network):
    watched = Watched(network, agents=installed_pair(network))
    ours = watched.ours
    for installed in (another_build(network.r1.directory), program("failoverd")):
        former = build_id(f"/proc/{ours.agent_pid()}/exe")
        ours.install(installed)
        agent = ours.agent_pid()
        done = ours.ctl("agent", "restart")
        assert done.returncode == 0, done.stdout + done.stderr + network.describe()
        watched.wait_for_successor(agent)
        assert former != build_id(installed)
        for process in (lambda: ours.process.pid, ours.agent_pid, ours.runner_pid):
            watched.wait(lambda pid=process: build_id(f"/proc/{pid()}/exe") == build_id(installed),
                         "all of it to be the other build")
    watched.wait_for_adverts()
    watched.assert_nobody_noticed()
    assert ours.stop() == 0


class ReplacedWhileItStarts(Installed):
    """Run from a file that has another in its place before the program looks where it is from."""

    def wrapper(self):
        fresh = self.file + ".fresh"
        shutil.copy(self.file, fresh)
        return ("bash", "-c", f'exec 9<"$0"; mv {fresh} "$0"; exec /proc/self/fd/9 "$@"')


@pytest.mark.quick
def test_a_program_whose_file_was_replaced_while_it_started_goes_on_with_the_next(network):
    config = KINDS["carp"][1]
    watched = Watched(network, agents=(ReplacedWhileItStarts(network, network.r1, config(0)),
                                       Failoverd(network, network.r2, config(1))))
    ours = watched.ours
    assert os.readlink(f"/proc/{ours.process.pid}/exe") == f"{ours.file} (deleted)"
    assert os.readlink(f"/proc/{ours.agent_pid()}/exe") == ours.file
    agent = ours.agent_pid()
    os.kill(agent, signal.SIGKILL)
    watched.wait_for_successor(agent)
    watched.wait_for_adverts()
    watched.assert_nobody_noticed()
    assert ours.stop() == 0


@pytest.mark.quick
def test_a_program_whose_file_is_not_there_for_a_moment_goes_on_as_what_runs(network):
    watched = Watched(network, agents=installed_pair(network))
    ours = watched.ours
    agent = ours.agent_pid()
    os.remove(ours.file)
    os.kill(agent, signal.SIGKILL)
    watched.wait_for_successor(agent)
    watched.wait(lambda: any(f"event=replace: {ours.file}: No such file" in line
                             for line in ours.log_lines()), "why to be said")
    watched.wait_for_adverts()
    watched.assert_nobody_noticed()
    assert ours.stop() == 0


@pytest.mark.quick
@pytest.mark.parametrize("end", ["SIGKILL of the agent", "agent restart"])
def test_a_program_that_cannot_start_hands_over_and_leaves_nothing(network, end):
    watched = Watched(network, agents=installed_pair(network))
    watched.probe.stop()
    watched.ours.install("/bin/false")
    if end == "agent restart":
        watched.ours.ctl("agent", "restart")
    else:
        os.kill(watched.ours.agent_pid(), signal.SIGKILL)
    assert watched.ours.process.wait() == 1
    watched.wait(watched.peer.is_active, "r2 to be active")
    assert watched.peer.group()["reason"] == "peer-left"
    assert network.holders(ADDRESS) == [network.r2]


@pytest.mark.long
def test_a_program_that_hangs_at_its_start_hands_over_and_leaves_nothing(network):
    watched = Watched(network, agents=installed_pair(network))
    watched.probe.stop()
    hanging = os.path.join(network.r1.directory, "hanging")
    with open(hanging, "w", encoding="ascii") as file:
        file.write("#!/bin/sh\nexec sleep infinity\n")
    watched.ours.install(hanging)
    os.kill(watched.ours.agent_pid(), signal.SIGKILL)
    assert watched.ours.process.wait(timeout=120.0) == 1
    watched.wait(watched.peer.is_active, "r2 to be active")
    assert network.holders(ADDRESS) == [network.r2]


def test_who_finds_no_configuration_at_all_leaves_no_address_without_an_agent(network):
    """Neither what was in force before, nor a file that is right."""
    watched = Watched(network)
    watched.probe.stop()
    watched.ours.configure("[interface.eth0.crap.10]\n")
    os.remove(os.path.join(watched.ours.run_directory, "configuration.json"))
    os.kill(watched.ours.agent_pid(), signal.SIGKILL)
    assert watched.ours.process.wait() == 8
    assert not network.r1.holds(ADDRESS)
    watched.wait(watched.peer.is_active, "r2 to be active")


def test_who_is_started_long_after_it_was_killed_listens_first(network):
    watched = Watched(network)
    watched.probe.stop()
    watched.ours.kill()
    assert network.r1.holds(ADDRESS)
    watched.wait(watched.peer.is_active, "r2 to take over")
    watched.ours.start()
    watched.wait(lambda: watched.ours.is_active() and watched.peer.is_backup() and
                 network.holders(ADDRESS) == [network.r1],
                 "the better one alone to have it again")
    assert watched.ours.router()["two_active"] is None
