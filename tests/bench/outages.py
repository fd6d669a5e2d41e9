"""P1 to P6: how long a client does not reach the address, ours and the peers' side by side.

Each round does the same to every system, one after the other, in a fresh network on this machine, so
that what the machine does meanwhile hits all alike. Figures are medians; what counts is the ratio.

    P1  the active node crashes, one advert a second
    P2  the active node crashes, at the fastest setting each has; and with VRRP every 10 ms
    P3  the active node is told to stop, one advert a second
    P4  the program is restarted on the active node, one advert a second
    P5  its process is killed there (keepalived's child, which keepalived starts again)
    P6  somebody deletes the address there
"""

import argparse
import dataclasses
import os
import signal
import statistics
import sys
from typing import Callable

from harness import (ADDRESS, Failoverd, Keepalived, Network, Probe, Ucarp, carp_config, wait_for)
from harness.meeting import OurRouter, vrrp_config

PEERS = ("keepalived", "ucarp")


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    what: str
    start: dict  # system -> (network, node, rank) -> daemon; rank 0 is the better one
    act: Callable  # (network, active daemon)
    note: str
    # Seconds that are watched, where nobody need take over.
    watched: float | None = None


def ours(advbase, advskews):
    def start(network, node, rank):
        return Failoverd(network, node, carp_config(advskews[rank], advbase=advbase)).start()
    return start


def ours_in_vrrp(interval):
    def start(network, node, rank):
        return OurRouter(network, node, vrrp_config(254 - rank, interval=interval),
                         [ADDRESS]).start()
    return start


def keepalived(interval, priorities=(150, 100)):
    def start(network, node, rank):
        return Keepalived(network, node, priority=priorities[rank], interval=interval).start()
    return start


def ucarp(advbase, advskews):
    def start(network, node, rank):
        return Ucarp(network, node, advbase=advbase, advskew=advskews[rank]).start()
    return start


def crash(network, active):
    network.crash(active.node)


def stop(_, active):
    active.stop()


def restart(_, active):
    if isinstance(active, Failoverd):
        done = active.ctl("agent", "restart")
        assert done.returncode == 0, done.stderr
    else:
        active.stop()
        active.start()


def child_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
        return next((int(child) for child in children.read().split()), pid)


def kill_process(_, active):
    ours_too = isinstance(active, Failoverd)
    os.kill(active.agent_pid() if ours_too else child_of(active.process.pid), signal.SIGKILL)


def delete_address(_, active):
    held = next(prefix for prefix in active.node.addresses() if prefix.startswith(ADDRESS + "/"))
    active.node.ip("address", "del", held, "dev", "eth0")


DEFAULTS = {"failover": ours(1, (0, 0)), "keepalived": keepalived(1), "ucarp": ucarp(1, (0, 0))}
SCENARIOS = [
    Scenario("P1", "active node crashes, 1 s adverts", DEFAULTS, crash,
             "CARP asks for up to 3 s, VRRP at priority 100 for up to 3.61 s"),
    Scenario("P2", "active node crashes, fastest setting",
             {"failover": ours(0, (1, 1)), "keepalived": keepalived(0.01),
              "ucarp": ucarp(0, (50, 100))}, crash,
             "adverts every 3.9 ms, 10 ms, 195 ms (ucarp flaps when it is asked for less)"),
    Scenario("P2-VRRP", "active node crashes, VRRP every 10 ms",
             {"failover": ours_in_vrrp("10ms"), "keepalived": keepalived(0.01, (254, 253))}, crash,
             "VRRP asks for up to 30.1 ms at priority 253"),
    Scenario("P3", "active node is stopped, 1 s adverts", DEFAULTS, stop,
             "a planned stop"),
    Scenario("P4", "restart on the active node, 1 s adverts", DEFAULTS, restart,
             "ours: failoverctl agent restart; the others: stop and start", watched=8.0),
    Scenario("P5", "process killed on the active node", DEFAULTS, kill_process,
             "ucarp's address stays without anybody who advertises it", watched=8.0),
    Scenario("P6", "address deleted on the active node", DEFAULTS, delete_address,
             "ucarp never notices: it is watched for 8 s", watched=8.0),
]


def outage(scenario, system):
    """Milliseconds between the last reply before and the first reply after."""
    start = scenario.start[system]
    with Network(routers=2, clients=1) as network:
        first = start(network, network.r1, 0)
        wait_for(first.is_active, f"{system}: the first to be active", 30, network.describe)
        second = start(network, network.r2, 1)
        wait_for(lambda: first.is_active() and first.node.holds(ADDRESS),
                 f"{system}: the election", 30, network.describe)
        probe = Probe(network.c1, ADDRESS)
        probe.wait_for_next_reply()
        scenario.act(network, first)
        if scenario.watched:
            report = probe.stop(after=scenario.watched)
            return report.longest_gap_ms if report.lost else 0.0
        wait_for(second.is_active, f"{system}: the second to take over", 30, network.describe)
        probe.wait_for_next_reply()
        report = probe.stop(after=0.3)
        second.stop()
        return report.longest_gap_ms if report.lost else 0.0


def measure(scenario, systems, rounds):
    results = {system: [] for system in systems}
    for _ in range(rounds):
        for system in (system for system in systems if system in scenario.start):
            try:
                results[system].append(outage(scenario, system))
            except AssertionError as error:
                print(f"{scenario.name} {system}: no figure: {str(error).splitlines()[0]}",
                      file=sys.stderr)
    return {system: values for system, values in results.items() if values}


def ratio(ours_ms, peer_ms):
    return f"{ours_ms / peer_ms:.3f}" if peer_ms else "-"


def report(scenario, results):
    print(f"\n{scenario.name}  {scenario.what}\n    {scenario.note}")
    print(f"    {'system':<12}{'min ms':>10}{'median ms':>11}{'max ms':>10}{'ours/theirs':>13}")
    own = statistics.median(results["failover"]) if "failover" in results else None
    for system, values in results.items():
        middle = statistics.median(values)
        against = ratio(own, middle) if own is not None and system in PEERS else ""
        print(f"    {system:<12}{min(values):>10.1f}{middle:>11.1f}{max(values):>10.1f}{against:>13}",
              flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each (default 5)")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO",
                        help="P1, P2, P2-VRRP, P3, P4, P5 or P6 (default: all)")
    options = parser.parse_args()
    chosen = [s for s in SCENARIOS if not options.scenarios or s.name in options.scenarios]
    for scenario in chosen:
        report(scenario, measure(scenario, ("failover",) + PEERS, options.rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
