"""With FRR's real vrrpd, in both roles. It always uses the virtual MAC, and never a password."""

import dataclasses

import pytest

from both_roles import BothRoles
from harness.frr import Frr
from harness.meeting import IPV4, IPV6, VRID, Meeting, Setting

V2 = Setting(version=2, interval=1)

SETTINGS = [
    pytest.param(V2, id="v2"),
    pytest.param(Setting(), id="v3-ipv4", marks=pytest.mark.quick),
    pytest.param(Setting(addresses=IPV6), id="v3-ipv6", marks=pytest.mark.quick),
    pytest.param(Setting(addresses=(*IPV4, *IPV6)), id="v3-both-families"),
]


def frr(network, node, setting, priority, _):
    return Frr(network, node, setting.addresses, vrid=VRID, priority=priority,
               interval=setting.interval, version=setting.version)


@pytest.fixture
def meeting(network, request):
    return Meeting(network, request.param, frr)


@pytest.mark.parametrize("meeting", SETTINGS, indirect=True)
class TestFrr(BothRoles):
    """With every setting."""


@pytest.mark.parametrize("meeting,theirs,reason", [
    pytest.param(V2, {"interval": 2}, "interval", id="interval"),
    pytest.param(dataclasses.replace(V2, password="secret"), {}, "authentication", id="password"),
], indirect=["meeting"])
def test_what_differs_in_version_2_keeps_us_apart_and_our_status_says_so(meeting, theirs, reason):
    meeting.begin_apart(dataclasses.replace(meeting.setting, **theirs))
    meeting.assert_we_reject_all(reason)
