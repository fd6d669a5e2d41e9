"""Who is active, by what the agents say and by what the kernel has."""

from .failoverd import ADDRESS
from .waiting import wait_for


def the_active(agents, address=ADDRESS):
    """The agent that is active, if there is exactly one, and only its node has the address."""
    active = [agent for agent in agents if agent.is_active()]
    holders = [agent for agent in agents if agent.node.holds(address)]
    return active[0] if len(active) == 1 and active == holders else None


def wait_for_one_active(network, agents, address=ADDRESS, timeout=15.0):
    return wait_for(lambda: the_active(agents, address),
                    "exactly one active, and the address on it alone", timeout, network.describe)
