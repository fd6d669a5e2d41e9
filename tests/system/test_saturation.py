"""Processors that are busy with other things cost no packet and no role (PRODUCT: 8.4)."""

import datetime
import os
import pathlib
import signal
import sys

import pytest

from harness import ADDRESS, hold_for, machine, wait_for
from harness.failoverd import WITHOUT_REALTIME
from harness.load import saturated
from harness.meeting import ROUTER, OurRouter, vrrp_config
from watched import Watched

pytestmark = pytest.mark.alone  # others have no processor either

INTERVAL = "10ms"  # 30.1 ms without an advert are a death
WHILE_SATURATED = 30.0
EXCUSE = 0.015  # late by 20 ms is a death, and both nodes run here
BACK_AGAIN = 0.2  # until a false take-over is noticed and taken back
STALL_WATCH = pathlib.Path(__file__).parent / "stall_watch.py"
SLOW = 60.0  # who waits gets a tenth of a processor too


def restart_agent(watched):
    agent = watched.ours.agent_pid()
    done = watched.ours.ctl("agent", "restart")
    assert done.returncode == 0, done.stdout + done.stderr + watched.network.describe()
    watched.wait_for_successor(agent, SLOW)


def kill_agent(watched):
    agent = watched.ours.agent_pid()
    os.kill(agent, signal.SIGKILL)
    watched.wait_for_successor(agent, SLOW)


def kill_parent(watched):
    agent = watched.ours.agent_pid()
    watched.ours.process.kill()
    watched.ours.start()
    watched.wait_for_successor(agent, SLOW)


def kill_runner(watched):
    runner = watched.ours.runner_pid()
    os.kill(runner, signal.SIGKILL)
    wait_for(lambda: watched.ours.runner_pid() not in (None, runner), "the next runner", SLOW,
             watched.network.describe)


@pytest.mark.parametrize("times", [1, pytest.param(10, marks=pytest.mark.long)])
def test_restarts_and_kills_in_turn_on_busy_processors_are_noticed_by_nobody(network, times):
    watched = Watched(network)
    with saturated(network.c2):
        for _ in range(times):
            for end in (restart_agent, kill_agent, kill_parent, kill_runner):
                end(watched)
                # Who dies as soon as it is born is given up.
                wait_for(lambda: watched.ours.status()["uptime_s"] > 1, "it to have lived a while",
                         SLOW, network.describe)
        watched.wait_for_adverts()
    watched.assert_nobody_noticed()
    assert watched.ours.stop() == 0


class WithoutRealtime(OurRouter):
    def wrapper(self):
        return WITHOUT_REALTIME


def unexplained(changes, stalls):
    """Changes of role that do not follow at once on a time in which nobody ran who has the priority
    of the watch, or on the way back from one that does."""
    def at(change):
        return datetime.datetime.fromisoformat(change["at"].replace("Z", "+00:00")).timestamp()
    return [change for change in changes
            if not any(end - begin >= EXCUSE and begin <= at(change) <= end + BACK_AGAIN
                       for begin, end in stalls)]


@pytest.mark.long
@pytest.mark.parametrize("agent,engine,beside", [(OurRouter, "fifo", 60),
                                                 (WithoutRealtime, "short slice", 0)],
                         ids=["with-realtime-priority", "without"])
def test_adverts_every_10_ms_are_not_missed_while_both_processors_are_busy(network, agent, engine,
                                                                           beside):
    r1, r2 = (agent(network, node, vrrp_config(254 - rank, interval=INTERVAL), [ADDRESS])
              for rank, node in enumerate(network.routers))
    r1.start()
    wait_for(r1.is_active, "r1 to be active", show=network.describe)
    r2.start()
    wait_for(lambda: r2.is_backup() and r2.router()["peers"], "r2 to hear it",
             show=network.describe)
    assert all(f'engine="{engine}"' in router.output() for router in (r1, r2)), network.describe()
    before = [router.history(ROUTER) for router in (r1, r2)]
    watch = network.c1.start(sys.executable, STALL_WATCH, beside)
    with saturated(network.c2):
        hold_for(lambda: r1.is_running() and r2.is_running(), "both run", WHILE_SATURATED,
                 network.describe)
    assert watch.exit_status() is None
    stalls = machine.stalls(watch.output())
    for router, known in zip((r1, r2), before):
        changes = router.history(ROUTER)[len(known):]
        assert not unexplained(changes, stalls), f"{changes}\n{stalls}\n{network.describe()}"
