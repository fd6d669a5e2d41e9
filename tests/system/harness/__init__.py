"""Networks of routers, clients and a switch in network namespaces, and what runs in them.

One implementation for the system tests, the quickstart and the benchmarks. Standard library only.

    with Network(routers=2, clients=1) as net:
        r1 = Failoverd(net, net.r1, carp_config(advskew=20)).start()
        wait_for(r1.is_active, "r1 to become active")
        probe = Probe(net.c1, ADDRESS)
        ...
"""

from .capture import Capture
from .failoverd import ADDRESS, Failoverd, carp_config
from .network import Network
from .node import Node
from .peers import Keepalived, Ucarp
from .probe import Probe, ProbeReport
from .process import Process
from .roles import the_active, wait_for_one_active
from .waiting import hold_for, wait_for

__all__ = ["ADDRESS", "Capture", "Failoverd", "Keepalived", "Network", "Node", "Probe",
           "ProbeReport", "Process", "Ucarp", "carp_config", "hold_for", "the_active", "wait_for",
           "wait_for_one_active"]
