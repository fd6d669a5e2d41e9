"""Two nodes and a client, and what none of them may notice."""

from harness import ADDRESS, Failoverd, Probe, carp_config, wait_for
from harness.build import is_sanitized
from harness.meeting import VRID, vrrp_config

CARP, VRRP = "eth0.carp.10", f"eth0.vrrp.{VRID}"

# One advert a second, as by default: an agent that hangs is noticed within the dead time. With a
# sanitizer an agent takes seconds to start where others run beside it: three times as long then.
INTERVAL_S = 3 if is_sanitized() else 1
PATIENCE_S = 10.0 * INTERVAL_S
KINDS = {
    "carp": (CARP, lambda rank: carp_config(100 * rank, advbase=INTERVAL_S)),
    "carp-fast": (CARP, lambda rank: carp_config(30 + 20 * rank)),
    "carp-virtual": (CARP, lambda rank: carp_config(100 * rank, advbase=INTERVAL_S,
                                                    extra='mac = "virtual"\n')),
    "vrrp": (VRRP, lambda rank: vrrp_config(150 - 50 * rank, interval=f"{INTERVAL_S}s")),
}


class Watched:
    """Two nodes, the first one active, and a client that must not notice anything."""

    def __init__(self, network, kind="carp", agents=None):
        self.network = network
        self.router, config = KINDS[kind]
        if agents:
            self.ours, self.peer = agents
        else:
            self.ours, self.peer = (Failoverd(network, node, config(rank))
                                    for rank, node in enumerate(network.routers))
        self.ours.start()
        self.wait(lambda: self.ours.is_active(self.router), "r1 to be active")
        self.peer.start()
        self.wait(lambda: self.peer.is_backup(self.router) and
                  self.peer.router(self.router)["counters"]["adverts_received"] > 0,
                  "r2 to hear it")
        self.history = self.peer.history(self.router)
        self.since = [agent.router(self.router)["since"] for agent in (self.ours, self.peer)]
        self.probe = Probe(network.c1, ADDRESS)

    def wait(self, condition, what, timeout=PATIENCE_S):
        return wait_for(condition, what, timeout, self.network.describe)

    def wait_for_successor(self, former, timeout=PATIENCE_S):
        """Another agent than `former` answers, and is active."""
        def is_back():
            agent = self.ours.agent_pid()
            if agent in (None, former):
                return False
            try:
                return self.ours.status()["pid"] == agent and self.ours.is_active(self.router)
            except (OSError, ValueError):
                return False
        self.wait(is_back, "the next agent to be active", timeout)

    def wait_for_adverts(self):
        """The peer has heard the successor."""
        heard = self.peer.router(self.router)["counters"]["adverts_received"]
        self.wait(lambda: self.peer.router(self.router)["counters"]["adverts_received"] > heard + 1,
                  "adverts to go on")

    def assert_nobody_noticed(self):
        report = self.probe.stop()
        assert report.received > 500 and report.lost_by_us == 0, f"{report}\n{self.network.describe()}"
        assert [agent.router(self.router)["addresses_held"]
                for agent in (self.ours, self.peer)] == [True, False]
        now = [agent.router(self.router)["since"] for agent in (self.ours, self.peer)]
        assert now == self.since, self.network.describe()
        assert self.peer.history(self.router) == self.history, self.network.describe()
        assert self.ours.router(self.router)["two_active"] is None
        assert self.peer.router(self.router)["two_active"] is None
