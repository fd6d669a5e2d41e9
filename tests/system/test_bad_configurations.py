"""What is wrong is told in the same words, whichever way it comes (PRODUCT 4, 5, 7): each text that
the unit tests of the configuration refuse, by `failoverd --check`, as JSON over the API, and by
`failoverctl plan`."""

import json
import math
import os
import re
import socket
import subprocess
import tomllib

import pytest

from harness import Failoverd, carp_config, wait_for
from harness.build import program

pytestmark = pytest.mark.quick

PLACE = re.compile(r"(?:[\w./-]*\.toml|configuration|draft|file)(?::\d+:\d+)?")


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """Of the unit tests: what, the text, and all that is said about it."""
    file = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    subprocess.run([program("test_config")], check=True, stdout=subprocess.DEVNULL,
                   env=os.environ | {"FAILOVER_BAD_TEXTS": str(file)})
    lines = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    rows = {row["toml"]: row for row in map(json.loads, lines)}.values()
    assert len(rows) >= 200
    return list(rows)


@pytest.fixture
def agent(network):
    started = Failoverd(network, network.r1, carp_config(20)).start()
    wait_for(started.is_active, "r1 to be active", show=network.describe)
    return started


def as_json(row):
    """The same tree; None where JSON has no such value, or TOML no such text."""
    def plain(value):
        if isinstance(value, dict):
            return all(plain(child) for child in value.values())
        if isinstance(value, list):
            return all(plain(child) for child in value)
        if isinstance(value, float):
            return math.isfinite(value)
        if isinstance(value, int):
            return -2**63 <= value < 2**63
        return isinstance(value, str)

    try:
        tree = tomllib.loads(row["toml"])
        row["toml"].encode("utf-8")
    except (tomllib.TOMLDecodeError, UnicodeEncodeError):
        return None
    return tree if plain(tree) else None


def without_places(text):
    """Of a message that says where else something stands."""
    return re.sub(rf"(\bat|in) {PLACE.pattern}", r"\1 PLACE", text)


def of_any_order(rows):
    """Without those that a file's order decides: a tree has none but that of names."""
    return [row for row in rows if "whatever the names" not in row["what"]]


def wanted(row):
    return sorted(without_places(line.partition(": ")[2]) for line in row["errors"].splitlines())


def said_by(problem):
    return sorted(without_places(": ".join(filter(None, (error["key"], error["message"]))))
                  for error in problem["errors"])


def written(network, row):
    path = os.path.join(network.r1.directory, "t.toml")
    with open(path, "wb") as file:
        file.write(row["toml"].encode("utf-8", "surrogateescape"))
    return path


def test_failoverd_check_tells_every_error_with_its_place(network, rows):
    for row in rows:
        path = written(network, row)
        done = subprocess.run([program("failoverd"), "--check", path], capture_output=True,
                              check=False)
        said = done.stderr.decode("utf-8", "surrogateescape").replace(path, "t.toml")
        assert done.returncode == 8, row["what"]
        assert said.splitlines() == row["errors"].splitlines(), row["what"]


def test_the_api_tells_the_same_of_the_same_tree_and_changes_nothing(agent, rows):
    before = agent.request("GET", "/v1/config")
    tried = 0
    for row in of_any_order(rows):
        tree = as_json(row)
        if tree is None:
            continue
        tried += 1
        status, problem = agent.request("PUT", "/v1/config", tree, sock="control.sock")
        assert (status, problem["code"]) == (422, "configuration-invalid"), row["what"]
        assert said_by(problem) == wanted(row), row["what"]
        status, draft = agent.request("PUT", "/v1/candidate", tree, sock="control.sock")
        assert status == 200 and said_by(draft) == wanted(row), row["what"]
        assert agent.request("GET", "/v1/candidate/plan")[0] == 422
    assert tried >= 200
    assert agent.request("GET", "/v1/config") == before


def test_failoverctl_plan_tells_the_same_and_exits_with_8(network, agent, rows):
    for row in of_any_order(rows):
        done = agent.ctl("plan", written(network, row))
        assert done.returncode == 8, row["what"]
        said = sorted(without_places(re.sub(rf"^failoverctl: {PLACE.pattern}: (line .*?: )?", "",
                                             line))
                      for line in done.stderr.splitlines())
        assert said == wanted(row), row["what"]


def test_bodies_that_are_no_configuration_are_refused_with_the_bound(agent):
    before = agent.request("GET", "/v1/config")
    deep = 65
    bodies = {
        b'{"agent": {"node": "' + b"x" * 2**20 + b'"}}': (413, "body-too-large", "1048576"),
        b"[" * deep + b"]" * deep: (400, "bad-body", "64"),
        b'{"agent": {"node": "\xff\xfe"}}': (400, "bad-body", "line 1, column 21"),
        b'{"agent": {"node": "a", "node": "b"}}': (400, "bad-body", "agent.node"),
        b'{"agent": {"node": "a"': (400, "bad-body", "line 1"),
        b"": (400, "bad-body", "line 1"),
    }
    for body, (status, code, named) in bodies.items():
        for method, path in (("PUT", "/v1/config"), ("PATCH", "/v1/config"),
                             ("POST", "/v1/config"), ("PUT", "/v1/candidate")):
            reply, said = agent.exchange(method, path, body)
            problem = json.loads(said)
            assert (reply.status, problem["code"]) == (status, code), (method, path, body[:40])
            assert named in problem["detail"], problem
    assert agent.request("GET", "/v1/config") == before
    assert agent.request("GET", "/v1/pending")[1]["candidate"] is False


def test_a_body_that_is_half_sent_and_abandoned_changes_nothing(agent):
    before = agent.request("GET", "/v1/config")
    header = b"PATCH /v1/config HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(os.path.join(agent.run_directory, "control.sock"))
        client.sendall(header + b'{"agent": {"log_level": "debug"}}')
        client.shutdown(socket.SHUT_WR)
        client.settimeout(10)
        while client.recv(4096):
            pass  # whatever it says, until it has closed
    assert agent.request("GET", "/v1/config") == before


def test_a_second_apply_while_one_waits_is_a_conflict(agent):
    def send(method, path, body=None):
        return agent.request(method, path, body, sock="control.sock")

    send("PATCH", "/v1/candidate", {"agent": {"log_level": "debug"}})
    assert send("POST", "/v1/candidate/apply", {"confirm": "60s"})[0] == 200
    assert send("PATCH", "/v1/candidate", {"agent": {"log_level": "error"}})[0] == 200
    status, problem = send("POST", "/v1/candidate/apply")
    assert (status, problem["code"]) == (409, "confirm-pending")
    assert send("GET", "/v1/config/agent/log_level")[1] == "debug"
    assert send("POST", "/v1/candidate/confirm")[0] == 200
    assert send("POST", "/v1/candidate/apply")[0] == 200
    assert send("GET", "/v1/config/agent/log_level")[1] == "error"
