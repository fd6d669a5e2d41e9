"""P12: how often a backup takes over from an active node that is well, on processors that have no
time; ours and keepalived's side by side.

Two nodes with VRRP every 10 ms, at priorities 254 and 253, so that 30.1 ms without an advert are a
death; beside them eight processes that compute and two that call sync, on every processor there is.
Any take-over is a false one. Without the right to real-time priority, as in most containers, and
with it.
"""

import argparse
import statistics
import sys
import time

from harness import ADDRESS, Keepalived, Network, wait_for
from harness.failoverd import WITHOUT_REALTIME
from harness.load import saturated
from harness.meeting import ROUTER, OurRouter, vrrp_config

LIMIT = 60


class Ours(OurRouter):
    def __init__(self, network, node, priority):
        super().__init__(network, node, vrrp_config(priority, interval="10ms"), [ADDRESS])

    def times_active(self):
        """How often it has become active since it has started."""
        return sum(change["from"] != "active" and change["to"] == "active"
                   for change in self.history(ROUTER))


class OursWithoutRealtime(Ours):
    def wrapper(self):
        return WITHOUT_REALTIME


class Theirs(Keepalived):
    def __init__(self, network, node, priority, realtime=True):
        super().__init__(network, node, priority=priority, interval=0.01, realtime=realtime)

    def times_active(self):
        return self.count("become_master")


def theirs_without_realtime(network, node, priority):
    return Theirs(network, node, priority, realtime=False)


SYSTEMS = {
    "failover": OursWithoutRealtime,
    "keepalived": theirs_without_realtime,
    "failover, real-time": Ours,
    "keepalived, real-time": Theirs,
}


def take_overs(make, seconds):
    with Network(routers=2, clients=1) as network:
        first = make(network, network.r1, 254).start()
        wait_for(first.is_active, "the first to be active", LIMIT, network.describe)
        second = make(network, network.r2, 253).start()
        wait_for(second.is_backup, "the second to be backup", LIMIT, network.describe)
        before = second.times_active()
        with saturated(network.c1):
            time.sleep(seconds)
        return second.times_active() - before


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each (default 5)")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each (default 30)")
    options = parser.parse_args()
    results = {system: [] for system in SYSTEMS}
    for _ in range(options.rounds):
        for system, make in SYSTEMS.items():
            results[system].append(take_overs(make, options.seconds))
    print(f"P12  adverts every 10 ms, processors saturated for {options.seconds:g} s: take-overs")
    print(f"    {'system':<24}{'min':>6}{'median':>8}{'max':>6}")
    for system, values in results.items():
        print(f"    {system:<24}{min(values):>6}{statistics.median(values):>8g}{max(values):>6}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
