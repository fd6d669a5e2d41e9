"""What is valid and wrong all the same is told, by the agent and without one (PRODUCT: 4, 5)."""

import json

import pytest

from harness import Failoverd, carp_config
from harness.build import program

# Notes at most; a warning; not valid.
CALM = carp_config(20, advbase=1, password="long enough")
WORRYING = carp_config(20, advbase=1, password="long enough", extra="dead_ratio = 1\n")
INVALID = CALM.replace("advskew = 20", "advskew = 300")


@pytest.fixture(name="write")
def fixture_write(network):
    def write(name, text):
        path = f"{network.r1.directory}/{name}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path
    return write


@pytest.fixture(name="agent")
def fixture_agent(network):
    return Failoverd(network, network.r1, WORRYING).start()


def rules_of(document):
    return {finding["rule"] for finding in document["findings"]}


def off_box(network, *arguments):
    return network.r1.run(program("failoverd"), "--lint", *arguments, check=False)


@pytest.mark.quick
@pytest.mark.parametrize("text,status", [(CALM, 0), (WORRYING, 3), (INVALID, 8), (None, 8)],
                         ids=["notes", "warnings", "invalid", "missing"])
def test_off_box_the_exit_status_says_whether_there_is_a_warning(network, write, text, status):
    path = write("a.toml", text) if text else "/nonexistent/a.toml"
    done = off_box(network, path)
    assert done.returncode == status, done
    if status == 8:
        assert "a.toml" in done.stderr and not done.stdout
    else:
        assert not done.stderr
        assert (f"{path}: interface.eth0.carp.10.dead_ratio: warning 103: " in done.stdout) == \
            (status == 3)


def test_off_box_two_nodes_are_compared_and_no_secret_is_told(network, write):
    ours = write("a.toml", CALM)
    theirs = write("b.toml", CALM.replace("long enough", "hush hush"))
    done = off_box(network, ours, "--peer", theirs, "--json")
    assert done.returncode == 3, done
    document = json.loads(done.stdout)
    assert document["schema"] == "failover.lint.v1"
    assert {501, 505} <= {finding["rule"] for finding in document["findings"]}
    assert "hush" not in done.stdout and "enough" not in done.stdout
    assert off_box(network, ours, "--peer", write("b.toml", INVALID)).returncode == 8


def test_the_agent_tells_everybody_what_is_wrong_with_what_is_in_force(agent):
    status, document = agent.request("GET", "/v1/lint")
    assert status == 200 and 103 in rules_of(document)


def test_the_agent_compares_nodes_for_those_who_may_write_and_changes_nothing(agent):
    before = agent.status()["revision"]
    body = {"toml": CALM, "peer": CALM}
    assert agent.request("POST", "/v1/lint", body)[0] == 403
    status, document = agent.request("POST", "/v1/lint", body, sock="control.sock")
    assert status == 200 and 501 in rules_of(document) and 103 not in rules_of(document)
    status, problem = agent.request("POST", "/v1/lint", {"peer": INVALID}, sock="control.sock")
    assert status == 422 and "peer:" in problem["errors"][0]["text"]
    assert agent.status()["revision"] == before


def test_failoverctl_lint_asks_the_agent_and_exits_with_what_it_has_found(agent, write):
    done = agent.ctl("lint")
    assert done.returncode == 3 and "103" in done.stdout and "BETTER" in done.stdout, done
    calm = write("calm.toml", CALM)
    assert agent.ctl("lint", calm).returncode == 0
    done = agent.ctl("lint", calm, "--peer", calm, "--json")
    assert done.returncode == 3 and 501 in rules_of(json.loads(done.stdout)), done
    done = agent.ctl("lint", calm, "--peer", write("invalid.toml", INVALID))
    assert done.returncode == 8 and "invalid.toml:" in done.stderr and not done.stdout, done


def test_failoverctl_lint_off_box_needs_no_agent(network, write):
    def lint(*arguments):
        return network.r1.run(program("failoverctl"), "--socket", "/nonexistent/socket", "lint",
                              *arguments, check=False)
    calm = write("calm.toml", CALM)
    assert lint(calm).returncode == 6
    assert lint(calm, "--off-box").returncode == 0
    done = lint(calm, "--peer", calm, "--off-box", "--json")
    assert done.returncode == 3 and 501 in rules_of(json.loads(done.stdout)), done
    done = lint(write("worrying.toml", WORRYING), "--off-box", "-q")
    assert done.returncode == 3 and not done.stdout, done
    assert lint(write("invalid.toml", INVALID), "--off-box").returncode == 8
