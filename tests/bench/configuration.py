"""P14 at its largest: 4,000 routers with 10,000 addresses on 16 interfaces are read, checked and
planned, and one of them is changed while all of them advertise every second.

Read and checked by `failoverd --check`, beside `keepalived --config-test` of as many instances and
addresses; planned by PUT /v1/candidate and GET /v1/candidate/plan. The change gives one router another
advskew. Late is how much longer the longest pause between two adverts of any other router was than
the interval, while it was made and in a quiet time of the same length.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time

from harness import Failoverd, Network, wait_for
from harness.build import program
from harness.capture import Capture

INTERFACES = 16
INTERVAL = 1.0


def addresses(router, routers, count):
    each = count // routers + (1 if router < count % routers else 0)
    return [f"10.{64 + router // 250}.{router % 250}.{1 + i}/32" for i in range(each)]


def place(router):
    return f"v{router % INTERFACES}", 1 + router // INTERFACES


def our_configuration(routers, count, skew=1):
    lines = ['[agent]\nnode = "r1"\nlog_level = "error"\n']
    for router in range(routers):
        interface, number = place(router)
        listed = ", ".join(f'"{address}"' for address in addresses(router, routers, count))
        lines.append(f"[interface.{interface}.carp.{number}]\naddresses = [{listed}]\n"
                     f'password = "secret"\nadvskew = {skew if router == 7 else 0}\n')
    return "".join(lines)


def keepalived_configuration(routers, count):
    lines = ["global_defs { router_id r1 }\n"]
    for router in range(routers):
        interface, number = place(router)
        listed = "\n".join(addresses(router, routers, count))
        lines.append(f"vrrp_instance r{router} {{ interface {interface}\nvirtual_router_id {number}\n"
                     f"virtual_ipaddress {{ {listed} }} }}\n")
    return "".join(lines)


def measured(node, *command):
    """Milliseconds and MiB at most of a command that must succeed."""
    begin = time.monotonic()
    process = os.fork()
    if process == 0:
        with node.namespace.entered():
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            os.execvp(command[0], command)
    _, status, usage = os.wait4(process, 0)
    took = 1000 * (time.monotonic() - begin)
    assert os.waitstatus_to_exitcode(status) == 0, command
    return took, usage.ru_maxrss / 1024


def longest_pause(captures, begin, end, but):
    """Seconds, of any router but one, between two adverts, the second of them in that time."""
    longest = 0.0
    for interface, capture in captures.items():
        last = {}
        for seen in capture.seen():
            number = getattr(seen, "vhid", None)
            if number is None:
                continue
            if number in last and begin <= seen.time <= end and (interface, number) != but:
                longest = max(longest, seen.time - last[number])
            last[number] = seen.time
    return longest


def change_one(agent, captures, seconds):
    """Milliseconds until the answer, and how late the others were, quiet and while it was made."""
    def are_active():
        status, said = agent.request("GET", "/v1/status", timeout=60)
        return status == 200 and all(group["role"] == "active" for group in said["groups"])
    wait_for(are_active, "all to be active", 120)
    time.sleep(seconds)  # what is measured is the rhythm in this time
    quiet = time.time()
    time.sleep(seconds)
    begin = time.time()
    interface, number = place(7)
    sent = time.monotonic()
    status, said = agent.request("PATCH", f"/v1/config/interface/{interface}/carp/{number}",
                                 {"advskew": 2}, sock="control.sock")
    took = 1000 * (time.monotonic() - sent)
    assert status == 200, said
    time.sleep(seconds)
    end = time.time()
    but = (interface, number)
    return took, [1000 * (longest_pause(captures, *span, but) - INTERVAL)
                  for span in ((quiet, begin), (begin, end))]


def one_round(network, routers, count):
    node = network.r1
    for number in range(INTERFACES):
        node.ip("link", "add", f"v{number}", "type", "veth", "peer", "name", f"w{number}")
        node.ip("link", "set", f"w{number}", "up")
        node.ip("link", "set", f"v{number}", "up")
        node.ip("address", "add", f"10.0.{number}.2/24", "dev", f"v{number}")
    text = our_configuration(routers, count)
    with tempfile.TemporaryDirectory() as directory:
        files = {"ours": text, "keepalived": keepalived_configuration(routers, count)}
        for name, content in files.items():
            with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
                file.write(content)
        results = {"check": measured(node, program("failoverd"), "--check",
                                     os.path.join(directory, "ours")),
                   "keepalived": measured(node, "keepalived", "--config-test", "--use-file",
                                          os.path.join(directory, "keepalived"))}
    agent = Failoverd(network, node, text)
    agent.launch()
    begin = time.monotonic()
    wait_for(lambda: agent.request("GET", "/v1/healthz", timeout=60), "it to answer", 60)
    results["start"] = 1000 * (time.monotonic() - begin)
    captures = {f"v{number}": Capture(node, f"w{number}") for number in range(INTERFACES)}
    begin = time.monotonic()
    other = our_configuration(routers, count, skew=9)
    reply, said = agent.exchange("PUT", "/v1/candidate", other,
                                 headers={"Content-Type": "application/toml"})
    assert reply.status == 200, said
    status, plan = agent.request("GET", "/v1/candidate/plan", sock="control.sock")
    results["plan"] = 1000 * (time.monotonic() - begin)
    assert status == 200 and len(plan["changes"]) == 1, plan
    results["change"], (results["quiet"], results["late"]) = change_one(agent, captures, 5)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="rounds (default 3)")
    parser.add_argument("--routers", type=int, default=4_000, help="default 4000")
    parser.add_argument("--count", type=int, default=10_000, help="addresses (default 10000)")
    options = parser.parse_args()
    rounds = []
    for _ in range(options.rounds):
        with Network(routers=1, clients=0) as network:
            rounds.append(one_round(network, options.routers, options.count))

    def median(key, part=None):
        return statistics.median(each[key] if part is None else each[key][part]
                                 for each in rounds)
    check, theirs = median("check", 0), median("keepalived", 0)
    print(f"P14  {options.routers} routers with {options.count} addresses (medians)")
    print(f"    read and checked         {check:8.0f} ms  {median('check', 1):6.0f} MiB at most")
    print(f"    keepalived --config-test {theirs:8.0f} ms  {median('keepalived', 1):6.0f} MiB at most"
          f"   ours is {check / theirs:.3f} of it")
    print(f"    until the agent answers  {median('start'):8.0f} ms")
    print(f"    planned by the agent     {median('plan'):8.0f} ms")
    print(f"    one router changed       {median('change'):8.1f} ms until the answer")
    print(f"    others' adverts late     {median('late'):8.1f} ms at most, "
          f"{median('quiet'):.1f} in quiet")
    return 0


if __name__ == "__main__":
    sys.exit(main())
