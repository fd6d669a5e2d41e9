"""The demonstration of packaging/quickstart: two routers, a stop, a switchover, a crash."""

import signal
import sys

from .failoverd import ADDRESS, Failoverd, carp_config
from .network import Network
from .probe import Probe
from .waiting import wait_for


def say(text):
    print(text, flush=True)


def show_status(*agents):
    for agent in agents:
        say(f"\n$ failoverctl status     # on {agent.name}")
        done = agent.ctl("status")
        say((done.stdout + done.stderr).rstrip())
    say("")


def measured(network, what, action, new_active):
    """Does it while a client probes the address every millisecond; the client's report."""
    probe = Probe(network.c1, ADDRESS)
    action()
    wait_for(lambda: new_active.is_active() and new_active.node.holds(ADDRESS),
             f"{new_active.name} to be active", timeout=30, show=network.describe)
    probe.wait_for_next_reply()
    report = probe.stop(after=0.5)
    say(f"{what}: {report.lost} of {report.sent} probes lost, "
        f"longest outage {report.longest_gap_ms:.0f} ms")
    return what, report


def switch_over(agent):
    done = agent.ctl("switchover", "eth0.carp.10", "--wait")
    say((done.stdout + done.stderr).rstrip())
    if done.returncode != 0:
        raise AssertionError(f"switchover ended with {done.returncode}")


def demonstrate(network):
    r1, r2 = (Failoverd(network, node, carp_config(skew, advbase=1)).start()
              for node, skew in ((network.r1, 0), (network.r2, 100)))
    wait_for(lambda: r1.is_active() and r2.is_backup(), "the first election", timeout=30,
             show=network.describe)
    say(f"r1 and r2 share {ADDRESS}, with CARP at its default of one advert a second.")
    show_status(r1, r2)

    results = [
        measured(network, "planned switchover, r1 to r2", lambda: switch_over(r1), r2),
        measured(network, "planned stop of the agent on r2", r2.stop, r1),
    ]
    r2.start()
    wait_for(r2.is_backup, "r2 to be backup again", show=network.describe)
    results.append(measured(network, "crash of r1 (link cut, everything on it killed)",
                            lambda: network.crash(network.r1), r2))
    network.reboot(network.r1)
    r1.start()
    wait_for(lambda: r1.is_active() and r2.is_backup(), "r1 to take its place again", timeout=30,
             show=network.describe)
    show_status(r1, r2)
    say("Measured by a client that sends one ICMP echo a millisecond:")
    for what, report in results:
        say(f"  {what:<50} {report.lost:5} lost  {report.longest_gap_ms:8.1f} ms")
    r1.stop()
    r2.stop()
    if any(report.lost for what, report in results if what.startswith("planned")):
        raise AssertionError("a planned move lost probes")


def _terminated(*_):
    raise SystemExit("terminated")


def main():
    signal.signal(signal.SIGTERM, _terminated)
    try:
        with Network(routers=2, clients=1) as network:
            demonstrate(network)
    except (AssertionError, OSError) as error:
        say(f"quickstart failed: {error}")
        return 1
    say("Done; nothing is left running. Next: README.md.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
