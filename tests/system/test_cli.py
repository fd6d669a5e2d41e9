"""failoverctl: what it says and how it ends (PRODUCT: 5)."""

import json
import os
import shutil

import pytest

from harness import ADDRESS, Capture, wait_for
from harness.build import program

GROUP = "eth0.carp.10"


@pytest.mark.quick
def test_status_shows_node_groups_ranks_and_addresses_on_one_screen(pair):
    r1, r2 = pair
    for agent, status in ((r1, "Up (active)"), (r2, "Ready (standby)")):
        for verb in ([], ["status"]):  # status is the default
            done = agent.ctl(*verb)
            assert done.returncode == 0, done.stderr
            assert f"NODE {agent.name}" in done.stdout
            assert GROUP in done.stdout and status in done.stdout and ADDRESS in done.stdout
            assert "\x1b[" not in done.stdout, "colour without a terminal"


def test_status_json_has_the_fields_of_the_http_reply(pair):
    r1, _ = pair
    printed = json.loads(r1.ctl("status", "--json").stdout)
    served = r1.status()
    assert printed.keys() == served.keys()
    assert printed["groups"][0]["routers"][0].keys() == served["groups"][0]["routers"][0].keys()
    router = printed["groups"][0]["routers"][0]
    assert (router["interface"], router["protocol"], router["id"]) == ("eth0", "carp", 10)
    assert router["addresses"] == [f"{ADDRESS}/24"]


@pytest.mark.quick
def test_is_active_is_0_on_the_active_3_on_the_backup_and_4_for_no_such_group(pair):
    r1, r2 = pair
    assert r1.ctl("is-active", GROUP).returncode == 0
    assert r2.ctl("is-active", GROUP).returncode == 3
    for agent in pair:
        done = agent.ctl("is-active", "nosuch")
        assert done.returncode == 4 and "nosuch" in done.stderr


def test_a_switchover_of_an_unknown_group_is_4_and_on_a_backup_is_refused(pair):
    r1, r2 = pair
    assert r1.ctl("switchover", "nosuch").returncode == 4
    done = r2.ctl("switchover", GROUP, "--wait")
    assert done.returncode in (5, 9) and done.stderr, done


def test_usage_errors_are_2_and_name_the_word(pair):
    for arguments in (["nosuchverb"], ["status", "--nosuchoption"], ["switchover"], ["is-active"]):
        done = pair[0].ctl(*arguments)
        assert done.returncode == 2 and done.stderr, arguments


def test_version_needs_no_agent(network):
    done = network.r1.run(program("failoverctl"), "--socket", "/nonexistent/socket", "version",
                          check=False)
    assert done.returncode == 0 and "0." in done.stdout


def test_without_an_agent_the_exit_is_6_and_the_message_names_the_socket(network):
    done = network.r1.run(program("failoverctl"), "--socket", "/nonexistent/socket", "status",
                          check=False)
    assert done.returncode == 6 and "/nonexistent/socket" in done.stderr


def test_announce_sends_gratuitous_arp(network, pair):
    r1, r2 = pair
    wait_for(lambda: r1.router()["counters"]["adverts_sent"] > 10, "the repeats to be over")
    capture = Capture(network.c2)
    assert r1.ctl("announce", GROUP).returncode == 0
    arps = wait_for(lambda: capture.announcements(ADDRESS), "the announcement",
                    show=network.describe)
    assert arps[0].sender_mac == network.r1.mac()
    done = r2.ctl("announce", GROUP)
    assert done.returncode not in (0, 2) and done.stderr, "a backup has nothing to announce"


# As a user without rights, with the agent's run-time directory in the place where the command line
# looks for it; in a mount namespace of its own.
AS_NOBODY = """
mount -t tmpfs run /run && mkdir /run/failover && mount --bind "$0" /run/failover &&
exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
"""


@pytest.fixture
def as_nobody(network):
    os.chmod(network.directory, 0o755)
    ctl = shutil.copy(program("failoverctl"), os.path.join(network.directory, "failoverctl"))

    def run(agent, *arguments):
        return agent.node.run("unshare", "--mount", "sh", "-c", AS_NOBODY, agent.run_directory,
                              ctl, *arguments, check=False)
    return run


def test_everybody_may_look_and_only_root_and_the_group_may_act(pair, as_nobody):
    r1, _ = pair
    done = as_nobody(r1, "status")
    assert done.returncode == 0 and GROUP in done.stdout, done.stderr
    done = as_nobody(r1, "switchover", GROUP)
    assert done.returncode == 6 and "control.sock" in done.stderr, done
    assert "group failover" in done.stderr, "the way out"
    assert r1.is_active()


def test_the_status_socket_takes_reads_only(pair):
    r1, _ = pair
    status, body = r1.request("POST", f"/v1/exec/group/{GROUP}/switchover", {})
    assert 400 <= status < 500 and body["detail"], body
    assert r1.is_active()


def test_healthz_and_unknown_paths(pair):
    r1, _ = pair
    assert r1.request("GET", "/v1/healthz")[0] == 200
    status, problem = r1.request("GET", "/v1/nosuch")
    assert status == 404
    assert {"type", "title", "status", "code", "detail"} <= problem.keys()


def test_a_switchover_is_an_operation_that_can_be_waited_for(network, pair):
    r1, r2 = pair
    status, operation = r1.request("POST", f"/v1/exec/group/{GROUP}/switchover", {},
                                   "control.sock")
    assert status == 202, operation
    number = operation["id"]
    status, operation = r1.request("GET", f"/v1/operation/{number}?wait=20", timeout=30.0)
    assert status == 200 and operation["state"] == "done", operation
    assert r2.is_active()
