"""A real systemd-networkd on the node: told to configure the interface anew, it removes every address
that is not in its files, ours among them (PRODUCT: 8.3). It runs with a bus and a /run of its own."""

import os

import pytest

from harness import ADDRESS, Failoverd, carp_config, hold_for, wait_for

SCRIPT = """
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/dbus /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases \
  /run/systemd/netif/lldp
chown -R systemd-network:systemd-network /run/systemd/netif
cp "$1"/eth0.network /run/systemd/network/
# Without a /sys that can be written to it does not wait for udev, which is not here.
mount -t sysfs sysfs /sys
mount -o remount,bind,ro /sys
dbus-daemon --system --nofork --nopidfile &
while [ ! -S /run/dbus/system_bus_socket ]; do sleep 0.1; done
/lib/systemd/systemd-networkd &
trap 'kill $(jobs -p); wait' EXIT
until networkctl --no-pager status eth0 | grep -q 'State: routable (configured)'; do sleep 0.1; done
echo configured
while read -r _; do
  networkctl reconfigure eth0
  until networkctl --no-pager status eth0 | grep -q 'State: routable (configured)'; do sleep 0.1; done
  echo reconfigured
done <"$1/requests"
"""


class Networkd:
    """What is on the interface now is what it is to configure."""

    def __init__(self, node):
        self._directory = node.directory
        lines = ["[Match]", "Name=eth0", "[Network]", "LinkLocalAddressing=ipv6", "IPv6AcceptRA=no"]
        for address, found in node.addresses(family=4).items():
            lines += ["[Address]", f"Address={address}", f"Broadcast={found.get('broadcast', 'no')}"]
        with open(os.path.join(self._directory, "eth0.network"), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        os.mkfifo(os.path.join(self._directory, "requests"))
        self._process = node.start("unshare", "--mount", "bash", "-c", SCRIPT, "networkd",
                                   self._directory)
        self._requests = os.open(os.path.join(self._directory, "requests"), os.O_RDWR)
        node.closes(os.fdopen(self._requests, "w"))

    def wait_for(self, word, times=1):
        wait_for(lambda: self.log().count(f"{word}\n") >= times, f"networkd: {word}", timeout=30,
                 show=self.log)

    def log(self):
        with open(os.path.join(self._directory, "unshare.log"), encoding="utf-8") as log:
            return log.read()

    def reconfigure(self):
        os.write(self._requests, b"now\n")


@pytest.mark.quick
def test_networkd_takes_the_addresses_away_and_they_are_back_and_the_role_stays(network):
    networkd = Networkd(network.r1)
    networkd.wait_for("configured")
    addresses = (f"{ADDRESS}/24", "2001:db8:1::100/64")
    r1 = Failoverd(network, network.r1, carp_config(20, addresses=addresses)).start()
    wait_for(r1.is_active, "r1 to be active", show=network.describe)
    r2 = Failoverd(network, network.r2, carp_config(40, addresses=addresses)).start()
    wait_for(r2.is_backup, "r2 to be backup", show=network.describe)
    since = r1.group()["since"]
    for times in (1, 2):
        networkd.reconfigure()
        networkd.wait_for("reconfigured", times)
    wait_for(lambda: (r1.router()["restored"] or {"count": 0})["count"] >= 2,
             "the removals to be counted", show=network.describe)
    wait_for(lambda: network.r1.holds(ADDRESS) and network.r1.holds("2001:db8:1::100"),
             "the addresses to be back", show=network.describe)
    hold_for(lambda: r1.is_active() and r2.is_backup() and network.r1.holds(ADDRESS),
             "the roles stay", 1.0, network.describe)
    assert r1.group()["since"] == since
    # Of IPv6 the kernel does not tell.
    assert any("was removed by systemd-network" in line for line in r1.log_lines())
