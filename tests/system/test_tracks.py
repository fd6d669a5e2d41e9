"""Tracks: each type fails and recovers against the real thing (PRODUCT: 4)."""

import contextlib
import http.server
import os
import shutil
import signal
import threading

import pytest

from harness import Failoverd, carp_config, hold_for, the_active, wait_for
from harness.scripts import Scripts

GROUP = "eth0.carp.10"


def track(name, **keys):
    lines = [f"{key} = {value}" for key, value in keys.items()]
    return f"[interface.eth0.carp.10.track.{name}]\n" + "\n".join(lines) + "\n"


QUICK = {"interval": '"100ms"', "timeout": '"80ms"', "rise": 1, "fall": 1}


class Thing:
    """Something real on a node that can fail and recover."""

    def __init__(self, node):
        self.node = node

    def fails(self):
        raise NotImplementedError

    def recovers(self):
        raise NotImplementedError


class Link(Thing):
    keys = {"type": '"link"', "interface": '"up0"', "interval": '"100ms"'}

    def __init__(self, node):
        super().__init__(node)
        node.ip("link", "add", "up0", "type", "veth", "peer", "name", "up1")
        node.ip("link", "set", "up1", "up")
        node.ip("link", "set", "up0", "up")

    def fails(self):
        self.node.ip("link", "set", "up1", "down")

    def recovers(self):
        self.node.ip("link", "set", "up1", "up")


class Address(Thing):
    keys = {"type": '"address"', "address": '"10.9.9.9"', "interval": '"100ms"'}

    def __init__(self, node):
        super().__init__(node)
        self.recovers()

    def fails(self):
        self.node.ip("address", "del", "10.9.9.9/32", "dev", "lo")

    def recovers(self):
        self.node.ip("address", "add", "10.9.9.9/32", "dev", "lo")


class Route(Thing):
    keys = {"type": '"route"', "destination": '"10.8.0.0/16"', "interval": '"100ms"'}

    def __init__(self, node):
        super().__init__(node)
        self.recovers()

    def fails(self):
        self.node.ip("route", "del", "10.8.0.0/16")

    def recovers(self):
        self.node.ip("route", "add", "10.8.0.0/16", "via", "10.0.0.201")


class ProcessRuns(Thing):
    """A program of a name that nothing else on the machine has."""

    def __init__(self, node):
        super().__init__(node)
        self._name = f"p{os.getpid() % 100000}n{node.number}"
        self._program = os.path.join(node.directory, self._name)
        shutil.copy(shutil.which("sleep"), self._program)
        self.keys = {"type": '"process"', "process": f'"{self._name}"', **QUICK}
        self.recovers()

    def fails(self):
        self._process.signal(signal.SIGKILL)
        self._process.wait()

    def recovers(self):
        self._process = self.node.start(self._program, "600")


class FileIsThere(Thing):
    def __init__(self, node):
        super().__init__(node)
        self._path = os.path.join(node.directory, "flag")
        self.keys = {"type": '"file"', "path": f'"{self._path}"', **QUICK}
        self.recovers()

    def fails(self):
        os.remove(self._path)

    def recovers(self):
        with open(self._path, "w", encoding="ascii"):
            pass


class Command(FileIsThere):
    def __init__(self, node):
        super().__init__(node)
        script = Scripts(node).write("check", f"exec test -e {self._path}\n")
        self.keys = {"type": '"command"', "command": f'["{script}"]',
                     **QUICK, "interval": '"500ms"', "timeout": '"400ms"'}


class Unit(FileIsThere):
    """The init script's side; systemd's is test_systemd.py."""

    def __init__(self, node):
        super().__init__(node)
        name = f"fo-unit-{os.getpid()}-{node.number}"
        self._script = f"/etc/init.d/{name}"
        with open(self._script, "w", encoding="ascii") as script:
            script.write(f'#!/bin/sh\n[ "$1" = status ] && exec test -e {self._path}\n')
        os.chmod(self._script, 0o755)
        node.closes(self)
        self.keys = {"type": '"unit"', "unit": f'"{name}.service"',
                     **QUICK, "interval": '"500ms"', "timeout": '"400ms"'}

    def close(self):
        with contextlib.suppress(FileNotFoundError):
            os.remove(self._script)


class _Server(Thing):
    """A listening socket in the node's namespace, served by a thread of the test."""

    def __init__(self, node):
        super().__init__(node)
        self._server = None
        node.closes(self)
        node.ip("link", "set", "lo", "up")
        self.recovers()

    def fails(self):
        self._server.shutdown()
        self._server.server_close()
        self._server = None

    def recovers(self):
        with self.node.namespace.entered():
            self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 8080), _Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02},
                         daemon=True).start()

    def close(self):
        if self._server is not None:
            self.fails()


class _Handler(http.server.BaseHTTPRequestHandler):
    status = 200

    def do_GET(self):  # the name that the base class asks for
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_):
        pass


class Tcp(_Server):
    keys = {"type": '"tcp"', "address": '"127.0.0.1:8080"', **QUICK}


class Http(_Server):
    keys = {"type": '"http"', "url": '"http://127.0.0.1:8080/healthz"', **QUICK}


class Icmp(Thing):
    keys = {"type": '"icmp"', "address": '"10.7.7.7"', **QUICK}

    def __init__(self, node):
        super().__init__(node)
        node.ip("link", "set", "lo", "up")
        self.recovers()

    def fails(self):
        self.node.ip("address", "del", "10.7.7.7/32", "dev", "lo")

    def recovers(self):
        self.node.ip("address", "add", "10.7.7.7/32", "dev", "lo")


KINDS = [Link, Address, Route, ProcessRuns, FileIsThere, Command, Unit, Tcp, Http, Icmp]


def states(agent):
    return {entry["name"]: entry["state"] for entry in agent.group()["tracks"]}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__.lower())
def test_what_fails_moves_the_group_and_what_recovers_brings_it_back(network, kind):
    thing = kind(network.r1)
    r1 = Failoverd(network, network.r1, carp_config(20, extra=track("it", **thing.keys))).start()
    wait_for(r1.is_active, "r1 to be active", show=network.describe)
    assert states(r1) == {"it": "up"}
    r2 = Failoverd(network, network.r2, carp_config(40)).start()
    wait_for(r2.is_backup, "r2 to be backup", show=network.describe)
    thing.fails()
    wait_for(lambda: the_active([r1, r2]) is r2, "r2 to be active", show=network.describe)
    assert r1.group()["status"] == "Down" and r1.group()["reason"] == "element-down"
    failed = next(entry for entry in r1.group()["tracks"] if entry["name"] == "it")
    assert failed["state"] == "down" and failed["detail"], failed
    thing.recovers()
    wait_for(lambda: the_active([r1, r2]) is r1, "r1 to come back", show=network.describe)


def test_a_demotion_moves_the_group_to_who_is_better_then_and_no_further(network):
    thing = FileIsThere(network.r1)
    r1 = Failoverd(network, network.r1, carp_config(
        20, extra=track("it", **thing.keys, demote=50))).start()
    wait_for(r1.is_active, "r1 to be active", show=network.describe)
    r2 = Failoverd(network, network.r2, carp_config(40)).start()
    wait_for(r2.is_backup, "r2 to be backup", show=network.describe)
    thing.fails()
    wait_for(lambda: the_active([r1, r2]) is r2, "r2 to be active", show=network.describe)
    assert r1.group()["status"] == "Ready (standby)" and r1.group()["demotion"] == 50
    network.crash(r2.node)
    wait_for(r1.is_active, "r1 to take over though demoted", show=network.describe)


@pytest.mark.parametrize("body", [
    pytest.param("trap '' TERM\nwhile :; do sleep 1; done\n", id="hangs"),
    pytest.param("exec yes\n", id="floods"),
])
def test_a_command_that_misbehaves_counts_as_failed_and_harms_nothing(network, body):
    script = Scripts(network.r1).write("bad", body)
    r1 = Failoverd(network, network.r1, carp_config(20, extra=track(
        "bad", type='"command"', command=f'["{script}"]', interval='"300ms"',
        timeout='"200ms"', rise=1, fall=1, demote=50))).start()
    wait_for(lambda: states(r1) == {"bad": "down"}, "the check to have failed",
             show=network.describe)
    sent = r1.router()["counters"]["adverts_sent"]
    wait_for(lambda: r1.router()["counters"]["adverts_sent"] > sent + 10, "adverts to go on",
             show=network.describe)
    hold_for(lambda: r1.is_running() and states(r1) == {"bad": "down"}, "it stays so", 0.5,
             network.describe)
    assert "no answer" in r1.group()["tracks"][0]["detail"] or \
        "timed out" in r1.group()["tracks"][0]["detail"], r1.group()["tracks"]
