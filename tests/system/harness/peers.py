"""Other people's programs: ucarp here; keepalived and FRR have files of their own."""

import os

from .daemon import Daemon
from .failoverd import ADDRESS
from .frr import Frr
from .keepalived import Keepalived, VrrpInstance
from .waiting import wait_for


__all__ = ["Frr", "Keepalived", "Ucarp", "VrrpInstance"]


class Ucarp(Daemon):
    """ucarp on one node. Its scripts add and remove the address, as its manual has them.

    It looks at its packets once a second only (a libpcap timeout), so it may take a second more
    than the protocol says.
    """

    title = "ucarp"

    def __init__(self, network, node, address=ADDRESS, *, vhid=10, password="secret",
                 advbase=1, advskew=0, preempt=False, source=None, dead_ratio=3, prefix=24,
                 farewell_script=True):
        super().__init__(network, node)
        up, down = (self._script(verb, f"{address}/{prefix}") for verb in ("add", "del"))
        self._arguments = [
            "ucarp", "--neutral", "--interface=eth0", f"--srcip={source or node.address()}",
            f"--vhid={vhid}", f"--pass={password}", f"--addr={address}", f"--upscript={up}",
            f"--downscript={down}", f"--advbase={advbase}", f"--advskew={advskew}",
            f"--deadratio={dead_ratio}",
            *(["--preempt"] if preempt else []), *(["--shutdown"] if farewell_script else [])]

    def _script(self, verb, prefix):
        path = os.path.join(self.node.directory, f"ucarp-{verb}")
        with open(path, "w", encoding="ascii") as script:
            script.write(f'#!/bin/sh\nexec ip address {verb} {prefix} dev "$1"\n')
        os.chmod(path, 0o755)
        return path

    def start(self):
        self.process = self.node.start(*self._arguments, log=self.log)
        wait_for(lambda: "Switching to state" in self.output(),
                 f"{self.name}: ucarp to have started", show=self.describe)
        return self

    def is_active(self):
        """By what it says; its script may not have run yet."""
        said = [line for line in self.output().splitlines() if "Switching to state" in line]
        return self.is_running() and bool(said) and said[-1].endswith("MASTER")
