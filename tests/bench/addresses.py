"""P10: one router with 10,000 addresses becomes active; how long until the last of them answers.

A person makes a backup active (`hold GROUP active`), with the addresses on the interface, on a
macvlan, and on a macvlan where they are in place beforehand (mode = "hot"); beside it what
`ip -batch` takes to add them. The client knows the MAC, and asks every millisecond. What the command
itself takes, as with a single address, is shown first.
"""

import argparse
import statistics
import sys
import time

from harness import Failoverd, Network, Probe, carp_config, wait_for
from harness.wire import virtual_mac

GROUP = "eth0.carp.10"
LIMIT = 60


def addresses(count):
    return [f"10.0.{1 + i // 250}.{1 + i % 250}/32" for i in range(count)]


def answered(network, address, mac, act):
    """Milliseconds from the request to the first reply."""
    network.c1.ip("route", "replace", address, "dev", "eth0")
    network.c1.ip("neighbour", "replace", address, "lladdr", mac, "dev", "eth0", "nud", "permanent")
    probe = Probe(network.c1, address, answered=False)
    begin = time.monotonic()
    act()
    probe.wait_for_reply()
    took = time.monotonic() - begin
    probe.stop()
    return 1000 * took


def ours(count, extra):
    def run(network):
        agent = Failoverd(network, network.r1,
                          carp_config(0, addresses=addresses(count),
                                      extra='start_delay = "5m"\n' + extra)).start()
        wait_for(agent.is_backup, "it to be backup", LIMIT, network.describe)
        links = network.r1.ip_json("link", "show", "type", "macvlan")
        if "hot" in extra:
            wait_for(lambda: len(network.r1.addresses(links[0]["ifname"])) == count,
                     "the addresses to be in place", LIMIT, network.describe)
        mac = virtual_mac(4, 10) if "virtual" in extra else network.r1.mac()

        def act():
            done = agent.ctl("hold", GROUP, "active", "--for", "1h", "--no-block")
            assert done.returncode == 0, done.stderr
        return answered(network, addresses(count)[-1].split("/")[0], mac, act)
    return run


def batch(count):
    def run(network):
        node = network.r1
        lines = [f"address add {prefix} dev eth0" for prefix in addresses(count)]
        return answered(network, addresses(count)[-1].split("/")[0], node.mac(),
                        lambda: node.ip_batch(lines))
    return run


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each (default 5)")
    parser.add_argument("--count", type=int, default=10_000, help="addresses (default 10000)")
    options = parser.parse_args()
    systems = {
        "one address": ours(1, ""),
        "hot": ours(options.count, 'mac = "virtual"\nmode = "hot"\n'),
        "virtual MAC": ours(options.count, 'mac = "virtual"\n'),
        "interface": ours(options.count, ""),
        "ip -batch": batch(options.count),
    }
    results = {system: [] for system in systems}
    for _ in range(options.rounds):
        for system, run in systems.items():
            with Network(routers=1, clients=1) as network:
                results[system].append(run(network))
    whole = statistics.median(results["ip -batch"])
    print(f"P10  {options.count} addresses: until the last one answers")
    print(f"    {'system':<14}{'min ms':>10}{'median ms':>11}{'max ms':>10}{'of ip -batch':>14}")
    for system, values in results.items():
        middle = statistics.median(values)
        print(f"    {system:<14}{min(values):>10.1f}{middle:>11.1f}{max(values):>10.1f}"
              f"{middle / whole:>14.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
