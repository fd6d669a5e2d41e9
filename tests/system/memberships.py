"""IGMP and MLD of a node, as the switch hears them."""

import os

from harness import wait_for


class Memberships:
    """What a node says of the groups that it listens to, seen by the switch."""

    def __init__(self, network, node):
        self.seen = network.switches[0].start(
            "tcpdump", "-i", node.name, "-n", "-l", "-v", "igmp or ip6 proto 0",
            log=os.path.join(network.directory, "memberships.log"))
        wait_for(lambda: "listening on" in self.seen.output(), "tcpdump to listen")

    def told(self):
        """The lines about the groups of the adverts."""
        return [line.strip() for line in self.seen.output().splitlines()
                if "224.0.0.18" in line or "ff02::12" in line]

    def assert_none_left(self):
        left = [line for line in self.told() if "to_in" in line or "leave" in line]
        assert not left, "\n".join(left)
