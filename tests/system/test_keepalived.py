"""With the real keepalived, in both roles (2.2.7 drops an advert whose address list differs)."""

import dataclasses

import pytest

from both_roles import BothRoles
from harness.keepalived import Keepalived, VrrpInstance
from harness.meeting import IPV4, IPV6, VRID, Meeting, Setting

V2 = Setting(version=2, interval=1)
V2_PASSWORD = dataclasses.replace(V2, password="secret")
QUICK = pytest.mark.quick
ALONE = pytest.mark.alone  # 36 ms without an advert are a death: nothing else may take the time

SETTINGS = [
    pytest.param(V2, id="v2"),
    pytest.param(V2_PASSWORD, id="v2-password"),
    pytest.param(Setting(), id="v3-ipv4"),
    pytest.param(Setting(addresses=IPV6), id="v3-ipv6"),
    pytest.param(Setting(interval=0.01), id="v3-every-10-ms", marks=ALONE),
    pytest.param(Setting(unicast=True), id="v3-unicast-ipv4"),
    pytest.param(Setting(unicast=True, addresses=IPV6), id="v3-unicast-ipv6"),
    pytest.param(Setting(vmac=True), id="v3-vmac-ipv4"),
    pytest.param(Setting(vmac=True, addresses=IPV6), id="v3-vmac-ipv6"),
    pytest.param(Setting(addresses=(*IPV4, "10.0.0.99/24", "10.0.0.101/24")), id="v3-addresses"),
    pytest.param(Setting(addresses=(*IPV4, *IPV6)), id="v3-both-families", marks=QUICK),
]


def keepalived(network, node, setting, priority, peer):
    """One VRRP instance a family: keepalived's have no other way."""
    instances = [
        VrrpInstance(
            addresses, name=f"ipv{family}", vrid=VRID, priority=priority,
            interval=setting.interval, version=setting.version, password=setting.password,
            source=setting.own_address(node, family) if setting.unicast else None,
            peers=(setting.own_address(peer, family),) if setting.unicast else (),
            vmac=setting.vmac)
        for family, addresses in setting.families().items()]
    return Keepalived(network, node, *instances, realtime=setting.interval < 0.1)


@pytest.fixture
def meeting(network, request):
    return Meeting(network, request.param, keepalived)


@pytest.mark.parametrize("meeting", SETTINGS, indirect=True)
class TestKeepalived(BothRoles):
    """With every setting."""


@pytest.mark.parametrize("meeting,theirs,reason,their_counter", [
    pytest.param(V2, {"interval": 2}, "interval", None, id="interval"),  # 2.2.7 only logs that
    pytest.param(V2_PASSWORD, {"password": "another"}, "authentication", "auth_failure",
                 id="password"),
    pytest.param(V2_PASSWORD, {"password": None}, "authentication", "authtype_mismatch",
                 id="no-password"),
], indirect=["meeting"])
def test_what_differs_in_version_2_keeps_us_apart_and_our_status_says_so(meeting, theirs, reason,
                                                                         their_counter):
    meeting.begin_apart(dataclasses.replace(meeting.setting, **theirs))
    meeting.assert_we_reject_all(reason)
    if their_counter:
        assert meeting.theirs.count(their_counter) > 0
    else:
        assert "interval mismatch" in meeting.theirs.output()


@pytest.mark.parametrize("meeting", [pytest.param(V2, id="v2"), pytest.param(Setting(), id="v3")],
                         indirect=True)
def test_with_other_addresses_it_does_not_hear_us_and_our_status_says_why(meeting):
    meeting.begin_apart(dataclasses.replace(meeting.setting, addresses=(*IPV4, "10.0.0.99/24")))
    meeting.wait(lambda: any("address" in text for text in meeting.ours.router()["problems"]),
                 "our status to name the addresses")
    assert meeting.theirs.count("addr_list_err") > 0
