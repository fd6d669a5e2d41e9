"""Other people's readers understand our adverts."""

import os
import re

import pytest

from harness import Failoverd, carp_config, wait_for


@pytest.mark.quick
def test_tcpdump_reads_our_adverts(network):
    capture = os.path.join(network.directory, "adverts.pcap")
    tcpdump = network.c1.start("tcpdump", "--immediate-mode", "-U", "-n", "-i", "eth0", "-c", "3",
                               "-w", capture, "ip", "proto", "112")
    wait_for(lambda: "listening on" in tcpdump.output(), "tcpdump to listen")
    Failoverd(network, network.r1, carp_config(25)).start()
    assert tcpdump.wait() == 0
    text = network.c1.run("tcpdump", "-n", "-T", "carp", "-vv", "-r", capture).stdout
    adverts = re.findall(r"ttl 255, .* proto VRRP \(112\), length 56\)\s+"
                         r"10\.0\.0\.1 > 224\.0\.0\.18: CARPv2-advertise 36: "
                         r"vhid=10 advbase=0 advskew=25 authlen=7 counter=(\d+)", text)
    assert len(adverts) == 3, text
    assert "bad" not in text, text
    assert len(set(adverts)) == 3, "each advert has another counter"
