"""Shells complete failoverctl (PRODUCT: 5): scripts in real shells, names from a real agent."""

import os
import pty
import select
import shlex
import subprocess

import pytest

from harness import Failoverd, carp_config, wait_for
from harness.build import program

pytestmark = pytest.mark.quick

# What readline does when the key is pressed behind this line.
ASK = """source <(failoverctl completion bash)
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
_failoverctl
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def environment():
    return {"PATH": f"{program('failoverctl').parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}


@pytest.fixture
def agent(network, environment):
    started = Failoverd(network, network.r1, carp_config(20)).start()
    wait_for(started.is_active, "r1 to be active", show=network.describe)
    environment["FAILOVER_SOCKET"] = os.path.join(started.run_directory, "control.sock")
    return started


def completed(environment, line):
    done = subprocess.run(["bash", "--norc", "-c", ASK, "bash", line], env=environment, timeout=20,
                          capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes_verbs_names_and_paths(agent, environment):
    wanted = {
        "failoverctl sw": ["switchover"],
        "failoverctl switchover ": ["eth0.carp.10"],
        "failoverctl switchover --fo": ["--force"],
        "failoverctl set interface.": ["interface.eth0."],
        "failoverctl set interface.eth0.carp.10.advs": ["interface.eth0.carp.10.advskew"],
        "failoverctl set interface.eth0.carp.10.mode ": ["hot", "warm", "cold", "none"],
        "failoverctl show ip 10.": ["10.0.0.100"],
        "failoverctl switchover nothing": [],
    }
    # An agent that does not answer at once has nothing to say: a shell does not wait.
    for line, words in wanted.items():
        wait_for(lambda: completed(environment, line) == words, line)


def test_bash_replaces_only_what_is_behind_the_last_colon(agent, environment):
    agent.configure(carp_config(20, addresses=("10.0.0.100/24", "2001:db8:1::100/64")))
    agent.reload()
    wait_for(lambda: agent.request("GET", "/v1/status/ip/2001:db8:1::100")[0] == 200, "the reload")
    assert completed(environment, "failoverctl explain 2001:db8:1:") == [":100"]


def test_bash_completes_files_where_one_is_wanted(network, environment):
    file = os.path.join(network.r1.directory, "new.toml")
    with open(file, "w", encoding="ascii"):
        pass
    assert completed(environment, f"failoverctl plan {file[:-3]}") == [file]


def test_without_an_agent_nothing_is_said(environment):
    environment["FAILOVER_SOCKET"] = "/nowhere/control.sock"
    assert completed(environment, "failoverctl switchover ") == []
    assert completed(environment, "failoverctl sw") == ["switchover"]


def test_the_key_completes_a_line_of_an_interactive_bash(environment):
    environment |= {"PS1": "ready> ", "TERM": "dumb"}
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], environment)
    seen = b""

    def read_until(text):
        nonlocal seen
        while text not in seen:
            assert select.select([terminal], [], [], 20)[0], f"no {text}: {seen}"
            seen += os.read(terminal, 4096)
        seen = seen.partition(text)[2]

    try:
        read_until(b"ready> ")
        os.write(terminal, b"source <(failoverctl completion bash); echo load''ed\n")
        read_until(b"loaded\r\n")
        os.write(terminal, b"failoverctl sw\t")
        read_until(b"failoverctl switchover ")
    finally:
        os.write(terminal, b"\x03exit\n")
        os.close(terminal)
        os.waitpid(child, 0)


def test_fish_completes_verbs_and_says_what_they_are_for(environment):
    done = subprocess.run(
        ["fish", "--no-config", "-c",
         'failoverctl completion fish | source; complete -C "failoverctl sw"'],
        env=environment | {"HOME": "/nowhere"}, capture_output=True, text=True, timeout=20,
        check=True)
    assert done.stdout.startswith("switchover\thand over to a peer now")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_script_is_one_that_its_shell_reads(environment, shell):
    ctl = shlex.quote(str(program("failoverctl")))
    subprocess.run([shell, "-c", f"{ctl} completion {shell} | {shell} -n /dev/stdin"],
                   env=environment, check=True, timeout=20)
