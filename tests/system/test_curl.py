"""`curl --unix-socket` is enough for everything that failoverctl does (PRODUCT: 7). Only curl speaks
to the agent here; each answer is what the next request is made of."""

import json
import os

import pytest

from harness import ADDRESS, Failoverd, carp_config, wait_for

ROUTER = "/v1/config/interface/eth0/carp/10"
GROUP = "eth0.carp.10"


class Curl:
    """One request a call: what the agent answers, decoded; with the wrong status it fails."""

    def __init__(self, agent):
        self._node = agent.node
        self._socket = os.path.join(agent.run_directory, "control.sock")

    def __call__(self, method, path, body=None, *, status=200, headers=()):
        data = [] if body is None else ["--data", body if isinstance(body, str)
                                        else json.dumps(body)]
        more = [word for header in headers for word in ("--header", header)]
        done = self._node.run("curl", "--silent", "--show-error", "--unix-socket", self._socket,
                              "--request", method, "--write-out", "\n%{http_code}", *data, *more,
                              f"http://localhost{path}", timeout=60)
        said, _, code = done.stdout.rpartition("\n")
        assert int(code) == status, f"{method} {path}: {code} {said}"
        return [json.loads(line) for line in said.splitlines()] if "events" in path \
            else json.loads(said)

    def operation(self, path, body=None):
        """Begun and waited for: how it ended."""
        begun = self("POST", path, body, status=202)
        ended = self("GET", f"/v1/operation/{begun['id']}?wait=30")
        assert ended["ended"] is not None
        return ended


@pytest.fixture
def curl(pair):
    r1, _ = pair
    return Curl(r1)


def role(curl):
    return curl("GET", f"/v1/status/group/{GROUP}")["role"]


@pytest.mark.quick
def test_looking(network, pair, curl):
    status = curl("GET", "/v1/status")
    assert status["schema"] == "failover.status.v1" and status["groups"][0]["role"] == "active"
    for kind, field in (("group", "groups"), ("router", "routers"), ("ip", "ips"),
                        ("track", "tracks"), ("peer", "peers"), ("override", "overrides"),
                        ("interface", "interfaces")):
        assert field in curl("GET", f"/v1/status/{kind}")
    assert curl("GET", f"/v1/explain/{GROUP}")["why"]
    assert curl("GET", f"/v1/explain/{ADDRESS}")["group"] == GROUP  # explain IP, where IP
    assert curl("GET", f"/v1/history/{GROUP}")["transitions"][-1]["to"] == "active"
    assert {"start", "group"} <= {event["kind"] for event in curl("GET", "/v1/events")}
    assert curl("GET", "/v1/healthz")["healthy"] is True
    assert curl("GET", "/v1/operation")["operations"] == []
    assert status["version"] == curl("GET", "/v1/openapi.json")["info"]["version"]


@pytest.mark.quick
def test_changing_the_configuration(network, pair, curl):
    first = curl("GET", "/v1/status")["revision"]
    # set, get, unset
    assert curl("PUT", ROUTER + "/advskew?reason=slower", "30")["revision"] == first + 1
    assert curl("GET", ROUTER)["advskew"] == 30
    assert curl("DELETE", ROUTER + "/advskew?dry_run=true")["revision"] is None
    # plan FILE, apply --confirm, confirm
    file = carp_config(25)
    drafted = curl("PUT", "/v1/candidate", file, headers=["Content-Type: application/toml"])
    assert drafted["errors"] == []
    assert curl("GET", "/v1/candidate/plan")["groups"][0]["effect"] == "updated"
    applied = curl("POST", "/v1/candidate/apply", {"confirm": "60s", "reason": "by file"})
    assert applied["confirm_until"] is not None
    assert curl("GET", "/v1/pending")["confirm"]["back_to"] == first + 1
    curl("POST", "/v1/candidate/confirm")
    assert curl("GET", ROUTER)["advskew"] == 25
    # revisions, rollback
    revisions = curl("GET", "/v1/revisions")["revisions"]
    assert [each["reason"] for each in revisions[:2]] == ["by file", "slower"]
    curl("POST", "/v1/candidate/rollback", {"revision": first})
    assert curl("GET", ROUTER)["advskew"] == 20
    # config save
    curl("PATCH", ROUTER, {"advskew": 35})
    assert curl("GET", "/v1/status")["saved"] is False
    saved = curl("POST", "/v1/exec/agent/save")
    with open(saved["file"], encoding="utf-8") as text:
        assert "advskew = 35" in text.read()
    assert curl("GET", "/v1/status")["saved"] is True


@pytest.mark.quick
def test_acting(network, pair, curl):
    _, r2 = pair
    group = f"/v1/exec/group/{GROUP}"
    assert curl.operation(f"{group}/announce")["state"] == "done"
    # switchover, and release ends that this node yields
    assert curl.operation(f"{group}/switchover", {"reason": "kernel"})["exit"] == 0
    assert role(curl) == "backup" and r2.is_active()
    assert curl("GET", "/v1/status/override")["overrides"][0]["kind"] == "yielded"
    assert curl.operation(f"{group}/release")["state"] == "done"
    wait_for(lambda: role(curl) == "active", "r1 to be active again", show=network.describe)
    # drain, undrain
    assert curl.operation(f"{group}/drain", {"for_s": 600, "reason": "disk"})["exit"] == 0
    override = curl("GET", "/v1/status/override")["overrides"][0]
    assert (override["kind"], override["reason"], override["owner"]) == ("drain", "disk", "root")
    assert curl.operation(f"{group}/undrain")["state"] == "done"
    wait_for(lambda: role(curl) == "active", "r1 to be active again", show=network.describe)
    # hold, release
    assert curl.operation(f"{group}/hold", {"for_s": 600, "role": "backup"})["exit"] == 0
    assert role(curl) == "backup"
    assert curl.operation(f"{group}/release")["state"] == "done"
    wait_for(lambda: role(curl) == "active", "r1 to be active again", show=network.describe)
    # freeze, thaw
    assert curl.operation("/v1/exec/agent/freeze", {"for_s": 600})["state"] == "done"
    assert curl.operation("/v1/exec/agent/thaw")["state"] == "done"
    assert curl("GET", "/v1/status/override")["overrides"] == []


def test_replacing_the_agent(network, pair, curl):
    before = curl("POST", "/v1/exec/agent/restart", status=202)["pid"]
    r1, _ = pair
    wait_for(lambda: r1.agent_pid() not in (None, before) and r1.status()["pid"] != before,
             "the next agent", show=network.describe)
    wait_for(lambda: role(curl) == "active", "it to be active", show=network.describe)
