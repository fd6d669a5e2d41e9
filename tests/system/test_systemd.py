"""The packaged unit under a real systemd, which is process 1 of its node (PRODUCT: 3, 8)."""

import contextlib
import os
import signal
import threading

from confined import assert_confined, status_of
from harness import ADDRESS, Failoverd, carp_config, hold_for, wait_for
from harness.build import program
from harness.failoverd import is_running
from harness.systemd import Unit
from memberships import Memberships
from watched import KINDS, Watched

GROUP = "eth0.carp.10"
WORKER = "[Service]\nExecStart=sleep infinity\n"


def watched_unit(network):
    config = KINDS["carp"][1]
    return Watched(network, agents=(Unit(network, network.r1, config(0)),
                                    Failoverd(network, network.r2, config(1))))


def test_the_unit_takes_over_confined_and_a_stop_hands_over(network):
    watched = watched_unit(network)
    ours = watched.ours
    assert_confined(ours.agent_pid())
    parent = status_of(ours.process.pid)
    assert parent["NoNewPrivs"] == "1" and parent["CapBnd"] == status_of(ours.runner_pid())["CapBnd"]
    journal = ours.log_lines()
    assert f"router={GROUP} role=active was=backup reason=no-response" in journal
    assert ours.stop() == 0
    watched.wait(watched.peer.is_active, "r2 to be active")
    assert watched.probe.stop().lost_by_us == 0
    assert watched.peer.group()["reason"] == "peer-left"
    assert network.holders(ADDRESS) == [network.r2]
    assert ours.systemd.property("Result") == "success"
    assert ours.systemd.property("NFileDescriptorStore") == "0"


def test_a_reload_of_a_faulty_file_fails_says_why_and_changes_nothing(network):
    unit = Unit(network, network.r1, carp_config(20)).start()
    wait_for(unit.is_active, "it to be active", show=network.describe)
    since = unit.router()["since"]
    unit.configure(carp_config(255))
    assert unit.reload().returncode != 0
    assert any("advskew: 255 is out of range" in line for line in unit.log_lines()), unit.output()
    assert unit.router()["rank"]["advskew"] == 20
    unit.configure(carp_config(30))
    assert unit.reload().returncode == 0
    wait_for(lambda: unit.router()["rank"]["advskew"] == 30, "the change", show=network.describe)
    assert unit.router()["since"] == since


def test_a_start_with_a_faulty_file_fails_and_is_not_tried_again(network):
    unit = Unit(network, network.r1, carp_config(255))
    assert unit.systemd.systemctl("start", "failoverd").returncode == 0  # Type=exec
    wait_for(lambda: unit.systemd.property("ActiveState") == "failed", "it to fail",
             show=network.describe)
    assert unit.systemd.property("ExecMainStatus") == "8"
    hold_for(lambda: unit.systemd.property("NRestarts") == "0", "nobody starts it again", 1.5,
             network.describe)


class Clients:
    """One after the other, who must be answered each time."""

    def __init__(self, agent):
        self.agent = agent
        self.answered = 0
        self.refused = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def _ask(self):
        while not self._end.is_set():
            try:
                self.agent.exchange("GET", "/v1/status", sock="status.sock")
                self.answered += 1
            except (ConnectionRefusedError, FileNotFoundError) as error:
                self.refused.append(error)
            except OSError:
                pass  # whom it has accepted, it takes along

    def close(self):
        self._end.set()
        self._thread.join()


def test_when_the_parent_is_killed_systemd_starts_the_next_one_and_nobody_notices(network):
    """Sockets and memberships wait in its descriptor store."""
    watched = watched_unit(network)
    ours = watched.ours
    assert ours.systemd.property("NFileDescriptorStore") == "5"
    memberships = Memberships(network, network.r1)
    with contextlib.closing(Clients(ours)) as clients:
        agent, parent = ours.agent_pid(), ours.process.pid
        ours.process.kill()
        watched.wait(lambda: ours.process.pid not in (None, parent), "the next parent")
        watched.wait_for_successor(agent)
        assert not is_running(agent)
        watched.wait_for_adverts()
        before = clients.answered
        watched.wait(lambda: clients.answered > before, "clients to be answered")
    assert not clients.refused, clients.refused
    watched.assert_nobody_noticed()
    memberships.assert_none_left()
    assert ours.systemd.property("NRestarts") == "1"
    assert ours.systemd.property("NFileDescriptorStore") == "5"
    assert ours.stop() == 0


def test_when_all_of_it_is_killed_the_next_start_goes_on_or_takes_over_again(network):
    watched = watched_unit(network)
    ours = watched.ours
    watched.probe.stop()
    parent = ours.process.pid
    killed = ours.systemd.systemctl("kill", "--signal=KILL", "--kill-whom=all", "failoverd")
    assert killed.returncode == 0, killed.stderr
    watched.wait(lambda: ours.process.pid not in (None, parent), "the next start")
    ours.wait_until_answering()
    watched.wait(lambda: ours.is_active() and watched.peer.is_backup() and
                 network.holders(ADDRESS) == [network.r1], "the better one alone to have it")
    assert ours.router()["two_active"] is None


def test_an_upgrade_is_the_same_unit_in_the_same_role(network):
    watched = watched_unit(network)
    ours = watched.ours
    agent, parent = ours.agent_pid(), ours.process.pid
    ours.systemd.install(program("failoverd"))
    assert ours.ctl("agent", "restart").returncode == 0
    watched.wait_for_successor(agent)
    watched.wait_for_adverts()
    watched.assert_nobody_noticed()
    assert ours.process.pid == parent
    assert ours.systemd.property("NRestarts") == "0"
    assert ours.systemd.property("ActiveState") == "active"


def test_a_tracked_unit_that_stops_makes_the_group_yield(network):
    extra = ('[interface.eth0.carp.10.track.worker]\ntype = "unit"\nunit = "worker.service"\n'
             'interval = "200ms"\ntimeout = "200ms"\nfall = 1\nrise = 1\n')
    unit = Unit(network, network.r1, carp_config(20, extra=extra), {"worker.service": WORKER})
    assert unit.systemd.systemctl("start", "worker").returncode == 0
    unit.start()
    wait_for(unit.is_active, "it to be active", show=network.describe)
    peer = Failoverd(network, network.r2, carp_config(40)).start()
    wait_for(peer.is_backup, "r2 to be backup", show=network.describe)
    assert unit.systemd.systemctl("stop", "worker").returncode == 0
    wait_for(peer.is_active, "r2 to be active", show=network.describe)
    assert unit.systemd.systemctl("start", "worker").returncode == 0
    wait_for(unit.is_active, "r1 to be active again", show=network.describe)


def test_units_that_follow_are_started_and_stopped_with_the_role(network):
    unit = Unit(network, network.r1,
                carp_config(20, extra='mode = "cold"\nfollow = ["worker.service"]\n'),
                {"worker.service": WORKER}).start()

    def worker():
        return unit.systemd.property("ActiveState", "worker.service")
    wait_for(lambda: unit.is_active() and network.r1.holds(ADDRESS), "it to be active",
             show=network.describe)
    assert worker() == "active"
    peer = Failoverd(network, network.r2, carp_config(40)).start()
    wait_for(peer.is_backup, "r2 to be backup", show=network.describe)
    assert unit.ctl("switchover", GROUP, "--wait").returncode == 0
    wait_for(lambda: worker() == "inactive", "the unit to be stopped", show=network.describe)
    os.kill(peer.agent_pid(), signal.SIGTERM)
    peer.process.wait()
    wait_for(lambda: unit.is_active() and network.r1.holds(ADDRESS) and worker() == "active",
             "r1 to have it again", show=network.describe)
