"""Fixtures: a network for each test, and what a failing test shows."""

import os
import signal

import pytest

from harness import Failoverd, Network, carp_config, machine, wait_for
from harness.build import program


def pytest_collection_modifyitems(items):
    if os.geteuid() == 0:
        return
    for item in items:
        item.add_marker(pytest.mark.skip(reason="network namespaces need root"))


def pytest_sessionstart():
    missing = [str(program(name)) for name in ("failoverd", "failoverctl", "probe")
               if not program(name).exists()]
    if missing:
        pytest.exit(f"not built: {', '.join(missing)}; tests/run builds and runs everything, "
                    "FAILOVER_BUILD names another build directory", returncode=2)


def pytest_configure(config):
    def end(*_):
        raise KeyboardInterrupt  # so that fixtures are torn down

    signal.signal(signal.SIGTERM, end)
    # Once, for all processes that run tests beside each other.
    if os.geteuid() == 0 and not hasattr(config, "workerinput"):
        config.add_cleanup(machine.watch())


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    network = getattr(item, "funcargs", {}).get("network")
    if report.when == "call" and report.failed and network:
        report.sections.append(("network", network.describe()))


@pytest.fixture
def network(request):
    """Two routers and two clients, unless the test is marked otherwise."""
    shape = {"routers": 2, "clients": 2, **getattr(request, "param", {})}
    with Network(**shape) as net:
        yield net
        complaints = [text for daemon in net.daemons if (text := daemon.complaint())]
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def pair(network):
    """r1, the better one, is active, r2 is backup; adverts every 78 and 156 ms."""
    r1 = Failoverd(network, network.r1, carp_config(20)).start()
    wait_for(r1.is_active, "r1 to become active", show=network.describe)
    r2 = Failoverd(network, network.r2, carp_config(40)).start()
    wait_for(lambda: r2.is_backup() and r2.router()["peers"], "r2 to hear r1 as backup",
             show=network.describe)
    return r1, r2
