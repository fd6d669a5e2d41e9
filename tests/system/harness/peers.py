"""Other people's programs: the real ucarp and keepalived."""

import os

from .daemon import Daemon
from .failoverd import ADDRESS
from .waiting import wait_for


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


class Keepalived(Daemon):
    """keepalived on one node, with one VRRP instance."""

    title = "keepalived"

    def __init__(self, network, node, address=f"{ADDRESS}/24", *, vrid=10, priority=100,
                 interval=1, nopreempt=False, version=3):
        super().__init__(network, node)
        self.config_path = os.path.join(node.directory, "keepalived.conf")
        with open(self.config_path, "w", encoding="ascii") as file:
            file.write(f"global_defs {{ vrrp_version {version} }}\n"
                       "vrrp_instance test {\n  state BACKUP\n  interface eth0\n"
                       f"  virtual_router_id {vrid}\n  priority {priority}\n"
                       f"  advert_int {interval}\n{'  nopreempt' if nopreempt else ''}\n"
                       f"  virtual_ipaddress {{ {address} }}\n}}\n")

    def start(self):
        where = self.node.directory
        self.process = self.node.start(
            "keepalived", "--dont-fork", "--log-console", "--log-detail", "--vrrp",
            f"--use-file={self.config_path}", f"--pid={where}/keepalived.pid",
            f"--vrrp_pid={where}/vrrp.pid", log=self.log)
        wait_for(lambda: "BACKUP STATE" in self.output(),
                 f"{self.name}: keepalived to have started", show=self.describe)
        return self

    def is_active(self):
        said = [line for line in self.output().splitlines() if line.rstrip().endswith("STATE")]
        return self.is_running() and bool(said) and "MASTER STATE" in said[-1]
