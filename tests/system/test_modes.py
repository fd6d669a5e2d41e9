"""Group modes, units that follow the role, routes that come and go with it (PRODUCT: 4, 6). The
service manager is the init scripts' side; systemd's is test_systemd.py."""

import contextlib
import os

import pytest

from harness import ADDRESS, Failoverd, carp_config, hold_for, the_active, wait_for

GROUP = "eth0.carp.10"


class InitScript:
    """/etc/init.d/NAME, which writes down what it was asked for; `start` waits for a file."""

    def __init__(self, node, fails=False):
        self.name = f"fo-follow-{os.getpid()}-{node.number}"
        self.go = os.path.join(node.directory, "go")
        self._notes = os.path.join(node.directory, "asked")
        self._path = f"/etc/init.d/{self.name}"
        with open(self._path, "w", encoding="ascii") as script:
            script.write(f'#!/bin/sh\necho "$1" >>{self._notes}\n'
                         f'[ "$1" != start ] || while [ ! -e {self.go} ]; do sleep 0.01; done\n'
                         f'exit {1 if fails else 0}\n')
        os.chmod(self._path, 0o755)
        node.closes(self)

    def let_start(self):
        with open(self.go, "w", encoding="ascii"):
            pass

    def asked(self):
        try:
            with open(self._notes, encoding="ascii") as notes:
                return notes.read().split()
        except FileNotFoundError:
            return []

    def close(self):
        with contextlib.suppress(FileNotFoundError):
            os.remove(self._path)


def test_cold_the_addresses_are_claimed_when_the_unit_runs(network):
    unit = InitScript(network.r1)
    r1 = Failoverd(network, network.r1, carp_config(
        20, extra=f'mode = "cold"\nfollow = ["{unit.name}"]\n')).start()
    wait_for(lambda: r1.is_active() and unit.asked() == ["start"], "the unit to be started",
             show=network.describe)
    sent = r1.router()["counters"]["adverts_sent"]
    wait_for(lambda: r1.router()["counters"]["adverts_sent"] > sent + 5, "adverts to go out",
             show=network.describe)
    assert not r1.node.holds(ADDRESS)
    unit.let_start()
    wait_for(lambda: r1.node.holds(ADDRESS), "the address to be claimed", show=network.describe)
    assert r1.stop() == 0
    assert unit.asked() == ["start", "stop"]


def test_cold_a_unit_that_does_not_start_gives_the_role_up(network):
    unit = InitScript(network.r1, fails=True)
    unit.let_start()
    r1 = Failoverd(network, network.r1, carp_config(
        20, extra=f'mode = "cold"\nfollow = ["{unit.name}"]\n')).start()
    wait_for(lambda: r1.group()["reason"] == "services", "r1 to give up", show=network.describe)
    r2 = Failoverd(network, network.r2, carp_config(40)).start()
    wait_for(r2.is_active, "r2 to be active", show=network.describe)


def test_warm_units_start_and_stop_with_the_role(network):
    unit = InitScript(network.r1)
    unit.let_start()
    r1 = Failoverd(network, network.r1,
                   carp_config(20, extra=f'follow = ["{unit.name}"]\n')).start()
    wait_for(lambda: r1.is_active() and unit.asked() == ["start"], "the unit to be started",
             show=network.describe)
    r2 = Failoverd(network, network.r2, carp_config(40)).start()
    wait_for(r2.is_backup, "r2 to be backup", show=network.describe)
    assert r1.ctl("switchover", GROUP).returncode == 0
    wait_for(lambda: unit.asked() == ["start", "stop"], "the unit to be stopped",
             show=network.describe)


@pytest.mark.quick
def test_none_only_a_person_makes_it_active(network):
    r1 = Failoverd(network, network.r1, carp_config(20, extra='mode = "none"\n')).start()
    wait_for(r1.is_backup, "r1 to be there", show=network.describe)
    hold_for(lambda: r1.is_backup() and r1.group()["reason"] == "mode-none", "it stays backup",
             1.0, network.describe)
    assert r1.ctl("hold", GROUP, "active", "--for", "1m").returncode == 0
    wait_for(r1.is_active, "r1 to be active", show=network.describe)


def routes(node):
    return node.ip("route", "show", "proto", "0x46").split("\n")[:-1]


def rules(node):
    return [line for line in node.ip("rule", "show").splitlines() if "lookup 100" in line]


@pytest.mark.quick
def test_routes_and_rules_come_and_go_with_the_role_and_are_put_back(network):
    extra = ('routes = ["198.51.100.0/24 via 10.0.0.201 dev eth0"]\n'
             'rules = ["from 198.51.100.0/24 lookup 100 priority 500"]\n')
    agents = [Failoverd(network, node, carp_config(skew, extra=extra))
              for node, skew in zip(network.routers, (20, 40))]
    r1, r2 = agents
    r1.start()
    wait_for(lambda: r1.is_active() and routes(r1.node) and rules(r1.node), "r1 to have them",
             show=network.describe)
    r2.start()
    wait_for(r2.is_backup, "r2 to be backup", show=network.describe)
    assert not routes(r2.node) and not rules(r2.node)
    r1.node.ip("route", "del", "198.51.100.0/24")
    wait_for(lambda: routes(r1.node), "the route to be back", show=network.describe)
    assert r1.ctl("switchover", GROUP).returncode == 0
    wait_for(lambda: the_active(agents) is r2 and routes(r2.node) and rules(r2.node),
             "r2 to have them", show=network.describe)
    wait_for(lambda: not routes(r1.node) and not rules(r1.node), "r1 to have none",
             show=network.describe)
