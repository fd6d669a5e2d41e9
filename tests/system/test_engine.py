"""Nothing that may block delays an advert (PRODUCT: 8.4)."""

import contextlib
import os
import pathlib
import sys

import pytest

from harness import Capture, Failoverd, carp_config, machine, wait_for

SKEW = 25
INTERVAL = SKEW / 256  # 97.66 ms
LATEST = 0.005
FOREIGN = 10_000
HERE = pathlib.Path(__file__).parent


def fill(pipe):
    """Until not one byte more goes in. Through an opening of its own, so that the agent's end of
    the pipe goes on blocking."""
    writer = os.open(f"/proc/self/fd/{pipe}", os.O_WRONLY | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, b"x")
    os.close(writer)


def pipe_without_reader(node):
    """The writing end of a pipe that nobody reads. It stays open as long as the node."""
    reader, writer = os.pipe()
    node.closes(open(reader, "rb"))
    node.closes(open(writer, "wb"))
    return writer


def lateness(adverts, stalls):
    """How late each advert came after the one before, less the time in which the machine let
    nobody run while it was due."""
    late = []
    for earlier, later in zip(adverts, adverts[1:]):
        due = earlier.time + INTERVAL
        excuse = max((min(end, later.time) - max(begin, due) for begin, end in stalls), default=0.0)
        late.append(later.time - due - max(excuse, 0.0))
    return late


@pytest.mark.alone
def test_a_full_log_pipe_hammering_clients_and_10000_foreign_addresses_delay_no_advert(network):
    writer = pipe_without_reader(network.r1)
    agent = Failoverd(network, network.r1, carp_config(SKEW))
    agent.start(stderr=writer)
    wait_for(agent.is_active, "r1 to become active", show=network.describe)
    fill(writer)
    hammer = network.c1.start(sys.executable, HERE / "hammer.py",
                              os.path.join(agent.run_directory, "status.sock"),
                              log=os.path.join(network.directory, "hammer.log"))
    wait_for(lambda: "hammering" in hammer.output(), "the clients")
    stalls = network.c2.start(sys.executable, HERE / "stall_watch.py",
                              log=os.path.join(network.directory, "stalls.log"))
    # At the other end of r1's cable, where a frame is seen in the moment when it is sent.
    capture = Capture(network.switches[0], "r1")
    batch = os.path.join(network.directory, "foreign")
    with open(batch, "w", encoding="ascii") as file:
        file.writelines(f"address add 10.9.{n >> 8}.{n & 255}/32 dev eth0\n"
                        for n in range(FOREIGN))
    adding = network.r1.start("ip", "-batch", batch)
    assert adding.wait(timeout=60.0) == 0, adding.output()
    wait_for(lambda: len(capture.adverts()) > 100, "adverts", timeout=30.0)
    assert hammer.exit_status() is None and stalls.exit_status() is None
    late = lateness(capture.adverts(), machine.stalls(stalls.output()))
    assert max(late) <= LATEST, f"{[round(seconds * 1000, 1) for seconds in late]} ms late"


def test_a_log_reader_that_goes_away_does_not_end_the_agent(network):
    reader, writer = os.pipe()
    agent = Failoverd(network, network.r1, carp_config(SKEW))
    agent.start(stderr=writer)
    os.close(writer)
    wait_for(agent.is_active, "r1 to become active", show=network.describe)
    os.close(reader)
    agent.reload()  # something to log
    capture = Capture(network.c2)
    wait_for(lambda: len(capture.adverts()) > 5, "adverts", show=network.describe)
    assert agent.is_active()
