"""Two of ours with authenticated VRRP (keepalived 2.4, which speaks it too, is not in Debian 12)."""

import pytest

from harness import ADDRESS, hold_for, wait_for
from harness.meeting import IPV4, IPV6, OurRouter, vrrp_config

OLD, NEW = "o" * 32, "n" * 32
BOTH = (*IPV4, *IPV6)


def hmac(*keys, mode="enforce"):
    listed = ", ".join(f'{{ id = {number}, key = "{key}" }}' for number, key in keys)
    return f'preempt = false\nhmac = {{ mode = "{mode}", keys = [{listed}] }}\n'


@pytest.fixture
def routers(network):
    def make(*extras):
        agents = [OurRouter(network, node, vrrp_config(150 - 50 * rank, addresses=BOTH, extra=extra),
                            BOTH)
                  for rank, (node, extra) in enumerate(zip(network.routers, extras))]
        for agent in agents:
            agent.start()
        return agents
    return make


def wait_for_one(network, first, second):
    wait_for(lambda: first.is_active() and first.holds_all() and second.is_backup(),
             "the first to be active, the second backup", show=network.describe)


def test_two_with_one_key_elect_one_and_the_other_takes_over(network, routers):
    first, second = routers(hmac((1, OLD)), hmac((1, OLD)))
    wait_for_one(network, first, second)
    assert first.router()["authentication"] == "hmac-sha256"
    network.crash(first.node)
    wait_for(second.is_active, "the second to take over", show=network.describe)
    network.c1.wait_to_reach(ADDRESS)


def test_another_key_keeps_them_apart_and_both_say_so(network, routers):
    agents = routers(hmac((1, OLD)), hmac((1, NEW)))
    wait_for(lambda: all(agent.is_active() for agent in agents), "both to be active",
             show=network.describe)
    for agent in agents:
        wait_for(lambda agent=agent: agent.rejected("digest") > 0, "a rejection by digest",
                 show=network.describe)
        assert any("authentication" in problem for problem in agent.router()["problems"])


def test_a_key_is_rotated_without_a_change_of_role(network, routers):
    first, second = routers(hmac((1, OLD)), hmac((1, OLD)))
    wait_for_one(network, first, second)
    steps = [(second, hmac((1, OLD), (2, NEW))), (first, hmac((1, OLD), (2, NEW))),
             (second, hmac((2, NEW), (1, OLD))), (first, hmac((2, NEW), (1, OLD))),
             (second, hmac((2, NEW))), (first, hmac((2, NEW)))]
    for agent, extra in steps:
        rank = 0 if agent is first else 1
        agent.configure(vrrp_config(150 - 50 * rank, addresses=BOTH, extra=extra))
        agent.reload()
        heard = second.router()["counters"]["adverts_received"]
        wait_for(lambda: second.router()["counters"]["adverts_received"] > heard + 6,
                 "adverts to go on", show=network.describe)
        hold_for(lambda: first.is_active() and second.is_backup(), "the roles stay", 0.2,
                 network.describe)
    assert second.rejected("digest") == 0 and first.rejected("digest") == 0, network.describe()
