"""Our agent and somebody else's VRRP program, which share one virtual router."""

import dataclasses
import itertools

from .echo import EchoLog
from .failoverd import ADDRESS, Failoverd
from .probe import Probe
from .waiting import wait_for

ROUTER = "eth0.vrrp.10"
VRID = 10
IPV4 = (f"{ADDRESS}/24",)
IPV6 = ("fe80::100/64", "2001:db8:1::100/64")  # a link-local one first (RFC 9568, 5.2.9)
BETTER, WORSE = 200, 100  # priorities
_SLOW = 15.0  # version 2 has no intervals under a second: nobody is missed in less than 3.2 s


def vrrp_config(priority=WORSE, *, addresses=IPV4, version=3, interval="100ms", password=None,
                peers=(), extra=""):
    """A configuration with one VRRP router. `extra` is further TOML, as for carp_config()."""
    def quoted(texts):
        return "[" + ", ".join(f'"{text}"' for text in texts) + "]"

    return (f"[interface.eth0.vrrp.{VRID}]\naddresses = {quoted(addresses)}\n"
            f'version = {version}\npriority = {priority}\ninterval = "{interval}"\n'
            + (f'password = "{password}"\n' if password else "")
            + (f"peers = {quoted(peers)}\n" if peers else "") + extra)


@dataclasses.dataclass(frozen=True)
class Setting:
    """What both are configured with. A test of a mismatch makes theirs differ."""

    addresses: tuple = IPV4
    version: int = 3
    interval: float = 0.1  # seconds
    password: str = None
    unicast: bool = False
    vmac: bool = False  # theirs only

    def families(self):
        """{4 or 6: its addresses}"""
        by_family = {family: tuple(prefix for prefix in self.addresses
                                   if (":" in prefix) == (family == 6)) for family in (4, 6)}
        return {family: prefixes for family, prefixes in by_family.items() if prefixes}

    def probed(self):
        """What a client uses: the failover IPs but for the link-local ones, without the prefix
        lengths."""
        return [prefix.split("/")[0] for prefix in self.addresses
                if not prefix.startswith("fe80:")]

    def own_address(self, node, family):
        return node.address6() if family == 6 else node.address()

    def config(self, priority, peer):
        peers = [self.own_address(peer, family) for family in self.families()]
        return vrrp_config(priority, addresses=self.addresses, version=self.version,
                           interval=f"{self.interval}s", password=self.password,
                           peers=peers if self.unicast else ())


class OurRouter(Failoverd):
    """The agent with one router, of which it is asked unless told otherwise."""

    def __init__(self, network, node, config, addresses):
        super().__init__(network, node, config)
        self._held = [prefix.split("/")[0] for prefix in addresses]

    def router(self, name=ROUTER):
        return super().router(name)

    def group(self, name=ROUTER):
        return super().group(name)

    def rejected(self, reason, name=ROUTER):
        return super().rejected(reason, name)

    def is_active(self, name=ROUTER):
        return super().is_active(name)

    def is_backup(self, name=ROUTER):
        return super().is_backup(name)

    def holds(self, address):
        return self.node.holds(address)

    def holds_all(self):
        return all(map(self.holds, self._held))

    def holds_none(self):
        return not any(map(self.holds, self._held))

    def macs_of(self, _):
        return {self.node.mac()}


class Meeting:
    """We are on r1, they on r2. `theirs(network, node, setting, priority, peer)` makes, but does
    not start, a daemon that says is_active(), is_backup(), holds(address) and macs_of(address)."""

    def __init__(self, network, setting, theirs):
        self.network = network
        self.setting = setting
        self._make_theirs = theirs
        self.ours = self.theirs = None

    def begin(self, ours, theirs):
        """Starts the one with the better of these priorities, and when it is active the other."""
        self._make(ours, theirs, self.setting)
        better, worse = (self.ours, self.theirs) if ours > theirs else (self.theirs, self.ours)
        better.start()
        self.wait(better.is_active, f"{better.title} to be active alone")
        worse.start()

    def begin_apart(self, their_setting):
        """Starts both so that neither hears the other: both become active, and our status has to
        say what is the matter."""
        self._make(BETTER, WORSE, their_setting)
        self.ours.start()
        self.theirs.start()
        self.wait(lambda: self.ours.is_active() and self.theirs.is_active(), "both to be active")
        self.wait(lambda: self.ours.router()["problems"], "our status to say so")

    def _make(self, ours, theirs, their_setting):
        r1, r2 = self.network.routers
        self.ours = OurRouter(self.network, r1, self.setting.config(ours, r2),
                              self.setting.addresses)
        self.theirs = self._make_theirs(self.network, r2, their_setting, theirs, r1)

    def assert_we_reject_all(self, reason):
        counters = self.ours.router()["counters"]
        assert counters["rejected"][reason] > 0 and counters["adverts_received"] == 0, \
            f"{counters}\n{self.network.describe()}"

    def wait(self, condition, what):
        return wait_for(condition, what, _SLOW, self.network.describe)

    def wait_for_active(self, active, beside=True):
        """Until both say that it is, the other that it is backup (or, not `beside`, it has ended),
        the client is answered by it, and our node has the addresses if and only if it is ours."""
        other = self.theirs if active is self.ours else self.ours

        def agreed():
            return active.is_active() and (other.is_backup() if beside else not other.is_running())

        def our_node_agrees():
            if active is self.ours:
                return self.ours.holds_all()
            return not self.ours.is_running() or self.ours.holds_none()

        self.wait(lambda: agreed() and our_node_agrees() and self._answers(active) and agreed(),
                  f"{active.title} to be active, as both, the client and the kernel see it")
        if self.ours.is_running():
            rejected = self.ours.router()["counters"]["rejected"]
            assert not any(rejected.values()), f"{rejected}\n{self.network.describe()}"

    def _answers(self, active):
        client = self.network.c1
        return all(active.holds(address)
                   and client.run("ping", "-n", "-c1", "-W1", address, check=False).returncode == 0
                   and client.neighbour(address) in active.macs_of(address)
                   for address in self.setting.probed())

    def assert_it_takes_over_without_loss(self, move):
        """`move` is one of ours, planned: no probe may be lost, and the client goes over to them
        once, to a MAC that is theirs. What is lost on *their* node is theirs to explain: keepalived
        announces an IPv6 address up to 3 ms before the kernel has its local route."""
        echoes = EchoLog(self.network.c1)
        running = [Probe(self.network.c1, address) for address in self.setting.probed()]
        move()
        self.wait(self.theirs.is_active, f"{self.theirs.title} to be active")
        # Half a second more: the announcements of the move are still to come.
        reports = [probe.stop(after=0.5) for probe in running]
        for address, report in zip(self.setting.probed(), reports):
            self._assert_moved_without_loss(address, report, echoes)

    def _assert_moved_without_loss(self, address, report, echoes):
        theirs = self.theirs.macs_of(address)
        lost_by_them = [mac for mac in echoes.unanswered(address) if mac in theirs]
        excused = len(lost_by_them) if ":" in address else 0
        names = {**dict.fromkeys(theirs, "they"), self.ours.node.mac(): "we"}
        answered = [who for who, _ in itertools.groupby(
            names.get(mac, mac) for mac in echoes.sent_to(address))]
        evidence = f"{address}: {report}, {lost_by_them=}, {answered=}\n{self.network.describe()}"
        assert report.received > 300 and report.lost_by_us <= excused, f"lost probes: {evidence}"
        assert answered == ["we", "they"], f"the client was sent elsewhere: {evidence}"

    def assert_our_reason(self, reason):
        told = self.ours.group()["reason"]
        assert told == reason, f"{told}, not {reason}\n{self.network.describe()}"

    def switchover(self):
        done = self.ours.ctl("switchover", ROUTER, "--wait")
        assert done.returncode == 0, done.stdout + done.stderr + self.network.describe()

    def stop_ours(self):
        assert self.ours.stop() == 0, self.network.describe()
