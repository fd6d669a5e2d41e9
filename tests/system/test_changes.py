"""The configuration is changed while the agent runs: over the API, by plan and apply, with a way back
(PRODUCT: 4, 7, 8.5). What curl would send is sent; what failoverctl makes of it is in test_cli."""

import os
import signal

import pytest

from harness import ADDRESS, Capture, Failoverd, Probe, carp_config, hold_for, wait_for

ROUTER = "/v1/config/interface/eth0/carp/10"
SECOND = {"addresses": ["10.0.0.111/24"], "password": "another", "advbase": 0, "advskew": 20}


def ask(agent, method, path, body=None, status=200):
    answer, said = agent.request(method, path, body, sock="control.sock")
    assert answer == status, said
    return said


def running(network, agent):
    """The second node, too; the first is active."""
    other = Failoverd(network, network.r2, carp_config(40)).start()
    wait_for(other.is_backup, "r2 to be backup", show=network.describe)
    assert agent.is_active()
    return other


@pytest.fixture
def agent(network):
    started = Failoverd(network, network.r1, carp_config(20)).start()
    wait_for(lambda: started.is_active() and started.node.holds(ADDRESS), "r1 to be active",
             show=network.describe)
    return started


@pytest.mark.quick
def test_a_value_is_read_and_changed_at_once_and_kept_as_a_revision(network, agent):
    before = ask(agent, "GET", ROUTER)
    assert before["advskew"] == 20 and before["password"] == "(set)"
    change = ask(agent, "PATCH", ROUTER + "?reason=slower", {"advskew": 30})
    assert change["changes"] == [{"path": "interface.eth0.carp.10.advskew",
                                  "before": 20, "after": 30}]
    assert [group["effect"] for group in change["groups"]] == ["updated"]
    assert agent.router()["rank"]["advskew"] == 30
    latest = ask(agent, "GET", "/v1/revisions")["revisions"][0]
    assert latest["revision"] == change["revision"] and latest["in_force"]
    assert latest["reason"] == "slower" and latest["owner"] == "root"
    status = agent.status()
    assert status["revision"] == change["revision"] and status["saved"] is False


@pytest.mark.quick
def test_a_bad_change_is_refused_with_every_place_and_changes_nothing(network, agent):
    problem = ask(agent, "PATCH", ROUTER, {"advskew": 300, "advbas": 1}, status=422)
    keys = {error["key"] for error in problem["errors"]}
    assert keys == {"interface.eth0.carp.10.advskew", "interface.eth0.carp.10.advbas"}
    assert ask(agent, "GET", ROUTER)["advskew"] == 20
    assert len(ask(agent, "GET", "/v1/revisions")["revisions"]) == 1
    ask(agent, "PATCH", ROUTER, {"advskew": 30})
    missing = ask(agent, "DELETE", "/v1/config/interface/eth0/carp/77", status=404)
    assert missing["code"] == "no-such-value"


@pytest.mark.quick
def test_status_sock_reads_the_configuration_and_changes_nothing(network, agent):
    answer, value = agent.request("GET", ROUTER)
    assert answer == 200 and value["password"] == "(set)"
    answer, _ = agent.request("PATCH", ROUTER, {"advskew": 30})
    assert answer in (403, 405)
    assert ask(agent, "GET", ROUTER)["advskew"] == 20


@pytest.mark.quick
def test_a_change_survives_the_agent_and_not_a_stop(network, agent):
    change = ask(agent, "PATCH", ROUTER, {"advskew": 30})
    pid = agent.agent_pid()
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: agent.agent_pid() != pid and agent.is_active(), "the next agent",
             show=network.describe)
    wait_for(lambda: agent.status()["revision"] == change["revision"], "the revision",
             show=network.describe)
    assert agent.router()["rank"]["advskew"] == 30
    assert agent.ctl("agent", "restart").returncode == 0
    wait_for(lambda: agent.router()["rank"]["advskew"] == 30, "the next one", show=network.describe)
    assert agent.stop() == 0
    agent.start()
    wait_for(agent.is_active, "it to be active", show=network.describe)
    assert agent.router()["rank"]["advskew"] == 20
    assert agent.status()["saved"] is True


def test_a_faulty_file_does_not_end_an_agent_that_is_replaced(network, agent):
    agent.configure("[interface.eth0.carp.10]\nadvskew = 300\n")
    probe = Probe(network.c1, ADDRESS)
    assert agent.ctl("agent", "restart").returncode == 0
    wait_for(lambda: agent.status()["restarts"] > 0 and agent.is_active(), "the next agent",
             show=network.describe)
    assert probe.stop(after=0.5).lost_by_us == 0, network.describe()


@pytest.mark.quick
def test_a_change_of_one_router_touches_no_other(network, agent):
    """The others go on with their adverts, their counters and their role."""
    other = running(network, agent)
    capture = Capture(network.c1)
    since = agent.group()["since"]
    sent = agent.router()["counters"]["adverts_sent"]
    ask(agent, "PUT", "/v1/config/interface/eth0/carp/11", SECOND)
    wait_for(lambda: agent.is_active("eth0.carp.11") and network.r1.holds("10.0.0.111"),
             "the new router", show=network.describe)
    ask(agent, "PATCH", "/v1/config/interface/eth0/carp/11",
        {"addresses": ["10.0.0.111/24", "10.0.0.112/24"]})
    wait_for(lambda: network.r1.holds("10.0.0.112"), "the new address", show=network.describe)
    ask(agent, "PATCH", "/v1/config",
        {"group": {"mail": {"track": {"own": {"type": "link", "interface": "eth0"}}}},
         "interface": {"eth0": {"carp": {"11": {"group": "mail"}}}}})

    def tracks_of_mail():
        return [track["state"] for group in agent.status()["groups"] if group["name"] == "mail"
                for track in group["tracks"]]
    wait_for(lambda: tracks_of_mail() == ["up"] and agent.is_active("eth0.carp.11"),
             "the new group", show=network.describe)
    ask(agent, "DELETE", "/v1/config/group/mail/track")
    wait_for(lambda: tracks_of_mail() == [], "the track to be gone", show=network.describe)
    ask(agent, "PATCH", "/v1/config",
        {"group": None, "interface": {"eth0": {"carp": {"11": {"group": None}}}}})
    wait_for(lambda: agent.is_active("eth0.carp.11"), "it to be a group of its own",
             show=network.describe)
    ask(agent, "DELETE", "/v1/config/interface/eth0/carp/11")
    wait_for(lambda: not network.r1.holds("10.0.0.111"), "it to be gone", show=network.describe)
    assert agent.is_active() and other.is_backup()
    assert agent.group()["since"] == since and agent.router()["counters"]["adverts_sent"] > sent
    counters = [advert.counter for advert in capture.adverts(vhid=10)]
    assert counters == sorted(set(counters)) and len(counters) > 3


@pytest.mark.quick
@pytest.mark.parametrize("way", ["the kernel refuses", "somebody else has it"])
def test_what_the_kernel_refuses_is_taken_back_without_a_change_of_role(network, agent, way):
    other = running(network, agent)
    since = agent.group()["since"]
    if way == "the kernel refuses":
        network.r1.run("sysctl", "-qw", "net.ipv6.conf.eth0.disable_ipv6=1")
        added, said = "fd00::77/64", "fd00::77"
    else:
        network.r1.run("ip", "address", "add", "10.0.0.112/24", "dev", "eth0")
        added, said = "10.0.0.112/24", "was not put there by us"
    problem = ask(agent, "PATCH", ROUTER,
                  {"addresses": [f"{ADDRESS}/24", "10.0.0.113/24", added]}, status=409)
    assert problem["code"] == "kernel-refused" and said in problem["detail"]
    assert ask(agent, "GET", ROUTER + "/addresses") == [f"{ADDRESS}/24"]
    assert network.r1.holds(ADDRESS) and not network.r1.holds("10.0.0.113")
    assert agent.is_active() and agent.group()["since"] == since and other.is_backup()
    newest = ask(agent, "GET", "/v1/revisions")["revisions"][0]
    assert newest["source"] == "rollback" and said in newest["reason"]
    assert agent.status()["saved"] is True


@pytest.mark.quick
def test_a_draft_is_compared_planned_and_applied(network, agent):
    drafted = ask(agent, "PATCH", "/v1/candidate",
                  {"interface": {"eth0": {"carp": {"10": {"mac": "virtual"}}}}})
    assert drafted["errors"] == [] and drafted["changes"][0]["after"] == "virtual"
    plan = ask(agent, "GET", "/v1/candidate/plan")
    assert plan["revision"] is None
    assert plan["groups"][0]["effect"] == "moves" and "peer" in plan["groups"][0]["outage"]
    assert ask(agent, "GET", "/v1/pending")["candidate"] is True
    assert agent.router()["mac"] == "interface"
    ask(agent, "POST", "/v1/candidate/apply", {"reason": "MAC of its own"})
    wait_for(lambda: agent.router()["mac"] == "virtual", "the change", show=network.describe)
    assert ask(agent, "GET", "/v1/pending")["candidate"] is False


@pytest.mark.quick
def test_what_is_not_confirmed_is_rolled_back(network, agent):
    first = agent.status()["revision"]
    ask(agent, "PATCH", "/v1/candidate",
        {"interface": {"eth0": {"carp": {"10": {"addresses": ["10.0.0.111/24"]}}}}})
    ask(agent, "POST", "/v1/candidate/apply", {"confirm": "5s"})
    wait_for(lambda: network.r1.holds("10.0.0.111") and not network.r1.holds(ADDRESS),
             "the change", show=network.describe)
    assert ask(agent, "GET", "/v1/pending")["confirm"]["back_to"] == first
    refused = ask(agent, "PATCH", ROUTER, {"advskew": 30}, status=409)
    assert refused["code"] == "confirm-pending"
    wait_for(lambda: network.r1.holds(ADDRESS) and not network.r1.holds("10.0.0.111"),
             "the way back", show=network.describe)
    status = agent.status()
    assert status["confirm_until"] is None and status["saved"] is True


def test_it_is_rolled_back_by_the_agent_that_has_taken_the_place(network, agent):
    ask(agent, "PATCH", "/v1/candidate",
        {"interface": {"eth0": {"carp": {"10": {"addresses": ["10.0.0.111/24"]}}}}})
    ask(agent, "POST", "/v1/candidate/apply", {"confirm": "6s"})
    wait_for(lambda: network.r1.holds("10.0.0.111"), "the change", show=network.describe)
    os.kill(agent.agent_pid(), signal.SIGKILL)
    wait_for(lambda: network.r1.holds(ADDRESS) and not network.r1.holds("10.0.0.111"),
             "the way back", show=network.describe)


@pytest.mark.quick
def test_what_is_confirmed_stays(network, agent):
    ask(agent, "PATCH", "/v1/candidate",
        {"interface": {"eth0": {"carp": {"10": {"advskew": 30}}}}})
    ask(agent, "POST", "/v1/candidate/apply", {"confirm": "5s"})
    ask(agent, "POST", "/v1/candidate/confirm")
    hold_for(lambda: agent.router()["rank"]["advskew"] == 30, "it stays", 6.0, network.describe)


def test_the_gate_rolls_back_at_once_what_makes_health_worse(network, agent):
    ask(agent, "PATCH", "/v1/candidate",
        {"interface": {"eth7": {"carp": {"12": SECOND}}}})
    ask(agent, "POST", "/v1/candidate/apply", {"confirm": "1h", "gate": "healthy"})
    wait_for(lambda: "eth7" not in ask(agent, "GET", "/v1/config/interface"), "the way back",
             show=network.describe)
    assert "health got worse: " in ask(agent, "GET", "/v1/revisions")["revisions"][0]["reason"]


def test_the_gate_is_kept_by_the_agent_that_has_taken_the_place(network, agent):
    """And what was wrong before is not held against the change."""
    ask(agent, "PUT", "/v1/config/interface/eth8/carp/12", SECOND)
    ask(agent, "PATCH", "/v1/candidate", {"interface": {"eth0": {"carp": {"10": {"advskew": 21}}}}})
    ask(agent, "POST", "/v1/candidate/apply", {"confirm": "1h", "gate": "healthy"})
    pid = agent.agent_pid()
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: agent.agent_pid() not in (None, pid) and agent.is_active(), "the next agent",
             show=network.describe)
    hold_for(lambda: ask(agent, "GET", ROUTER)["advskew"] == 21, "the change stays", 2.0,
             network.describe)
    network.unplug(network.r1)
    wait_for(lambda: ask(agent, "GET", ROUTER)["advskew"] == 20, "the way back",
             show=network.describe)


def test_the_gate_notices_a_peer_that_is_not_heard_any_more(network, agent):
    other = Failoverd(network, network.r2, carp_config(40)).start()
    wait_for(other.is_backup, "r2 to be backup", show=network.describe)
    ask(other, "PATCH", "/v1/candidate",
        {"interface": {"eth0": {"carp": {"10": {"password": "mistyped"}}}}})
    ask(other, "POST", "/v1/candidate/apply", {"confirm": "1h", "gate": "healthy"})
    wait_for(lambda: "rollback" in [line["source"] for line in
                                    ask(other, "GET", "/v1/revisions")["revisions"]],
             "the way back", show=network.describe)
    wait_for(lambda: other.is_backup() and agent.is_active(), "one active", show=network.describe)


@pytest.mark.quick
def test_every_revision_can_be_gone_back_to(network, agent):
    first = agent.status()["revision"]
    for skew in (30, 40, 50):
        ask(agent, "PATCH", ROUTER, {"advskew": skew})
    ask(agent, "POST", "/v1/candidate/rollback", {"revision": first})
    assert agent.router()["rank"]["advskew"] == 20 and agent.status()["saved"] is True
    ask(agent, "POST", "/v1/candidate/rollback")
    assert agent.router()["rank"]["advskew"] == 50
    missing = ask(agent, "POST", "/v1/candidate/rollback", {"revision": 4711}, status=404)
    assert missing["code"] == "no-such-revision"
    kept = ask(agent, "GET", f"/v1/revisions/{first + 1}")
    assert kept["changes"][0]["after"] == 30
    for revision in range(first, agent.status()["revision"] + 1):
        file = os.path.join(network.r1.directory, "state", "revisions", f"{revision}.json")
        assert os.stat(file).st_mode & 0o777 == 0o600


@pytest.mark.quick
def test_saved_it_is_what_the_next_start_reads(network, agent):
    ask(agent, "PATCH", ROUTER, {"advskew": 30})
    saved = ask(agent, "POST", "/v1/exec/agent/save")
    assert os.path.exists(saved["backup"]) and agent.status()["saved"] is True
    assert agent.stop() == 0
    agent.start()
    wait_for(agent.is_active, "it to be active", show=network.describe)
    assert agent.router()["rank"]["advskew"] == 30


@pytest.mark.quick
def test_the_same_change_by_file_by_draft_and_by_patch_is_the_same(network, agent):
    def undone(change):
        ask(agent, "POST", "/v1/candidate/rollback", {"revision": first})
        return change["changes"], change["groups"]

    first = agent.status()["revision"]
    patched = undone(ask(agent, "PATCH", ROUTER, {"advskew": 30}))
    agent.configure(carp_config(30))
    ask(agent, "PUT", "/v1/candidate?from=file")
    assert undone(ask(agent, "POST", "/v1/candidate/apply")) == patched
    agent.reload()
    wait_for(lambda: agent.router()["rank"]["advskew"] == 30, "the reload", show=network.describe)
    revision = agent.status()["revision"]
    assert ask(agent, "GET", f"/v1/revisions/{revision}")["changes"] == patched[0]


@pytest.mark.quick
def test_who_has_read_an_older_revision_is_told(network, agent):
    tag = f'"{agent.status()["revision"]}"'
    ask(agent, "PATCH", ROUTER, {"advskew": 30})
    answer, said = agent.request("PATCH", ROUTER, {"advskew": 40}, sock="control.sock",
                                 headers={"If-Match": tag})
    assert answer == 412 and said["code"] == "stale"
    assert agent.router()["rank"]["advskew"] == 30


def test_a_connection_that_the_change_cuts_comes_back_by_itself(network, agent):
    """Who administers it does so over the address that the change takes away."""
    other = running(network, agent)
    probe = Probe(network.c1, ADDRESS)
    ask(agent, "PATCH", "/v1/candidate",
        {"interface": {"eth0": {"carp": {"10": None, "11": SECOND}}}})
    ask(agent, "POST", "/v1/candidate/apply", {"confirm": "5s"})
    wait_for(lambda: other.is_active() and not network.r1.holds(ADDRESS), "r2 to take it over",
             show=network.describe)
    wait_for(lambda: network.r1.holds(ADDRESS) and agent.is_active() and other.is_backup(),
             "the way back", show=network.describe)
    probe.wait_for_next_reply()
    assert probe.stop(after=0.2).lost_by_us == 0, network.describe()


@pytest.mark.quick
def test_failoverctl_does_all_of_it(network, agent):
    def ctl(*arguments, status=0):
        done = agent.ctl(*arguments)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout if status == 0 else done.stderr

    path = "interface.eth0.carp.10.advskew"
    said = ctl("set", path, "30", "--reason", "slower")
    assert f"{path}: 20 -> 30" in said and "undo: failoverctl rollback 1" in said
    assert ctl("get", path) == "30\n"
    assert "revision 2 (confirmed, not saved)" in ctl("status")
    assert "0..254" in ctl("set", path, "300", status=8)
    assert "slower" in ctl("revisions") and "slower" in ctl("show", "revision", "2")
    shown = ctl("config", "show")
    assert 'password = "(set)"' in shown and "advskew = 30" in shown and "mode" not in shown
    assert '"password": "(set)"' in ctl("config", "show", "--json")
    complete = ctl("config", "show", "--defaults")
    assert 'mode = "warm"' in complete and set(shown.splitlines()) <= set(complete.splitlines())
    assert ctl("get", "interface.eth0.carp.10.mode", "--defaults") == "warm\n"
    file = os.path.join(network.r1.directory, "other.toml")
    ctl("config", "save", file)
    with open(file, encoding="utf-8") as saved:
        text = saved.read()
    assert "advskew = 30" in text
    with open(file, "w", encoding="utf-8") as changed:
        changed.write(text.replace("advskew = 30", "advskew = 40"))
    assert f"{path}: 30 -> 40" in ctl("plan", file)
    broken = os.path.join(network.r1.directory, "broken.toml")
    with open(broken, "w", encoding="utf-8") as changed:
        changed.write("[interface\n")
    assert "line 1, column " in ctl("plan", broken, status=8)
    assert ctl("get", path) == "30\n"
    assert "unless confirmed" in ctl("apply", file, "--confirm", "60s")
    assert "unless confirmed" in ctl("status")
    assert "waits to be confirmed" in ctl("unset", path, status=9)
    ctl("confirm")
    ctl("confirm", status=9)
    assert ctl("get", path) == "40\n"
    ctl("rollback", "1")
    assert ctl("get", path) == "20\n"
    ctl("set", path, "50", "--candidate")
    assert ctl("get", path) == "20\n" and ctl("get", path, "--candidate") == "50\n"
    ctl("apply")
    assert ctl("get", path) == "50\n"
    ctl("get", "interface.eth0.carp.10.preempt_delay", status=4)
    ctl("rollback", "4711", status=4)
