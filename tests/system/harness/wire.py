"""Frames: built for the tests that send bad ones, taken apart for those that look at what was sent.

Written from the wire format (CARP over IPv4, ARP), independently of the program under test.
"""

import dataclasses
import hashlib
import hmac
import os
import socket
import struct

CARP_GROUP = "224.0.0.18"
CARP_GROUP_MAC = "01:00:5e:00:00:12"
BROADCAST_MAC = "ff:ff:ff:ff:ff:ff"
_IP, _ARP, _VLAN, _CARP = 0x0800, 0x0806, 0x8100, 112


def mac_bytes(text):
    return bytes.fromhex(text.replace(":", ""))


def mac_text(raw):
    return ":".join(f"{byte:02x}" for byte in raw)


def virtual_mac(family, vrid):
    """The MAC of a VRRP virtual router (RFC 9568, 7.3); of a CARP one for family 4."""
    return f"00:00:5e:00:{2 if family == 6 else 1:02x}:{vrid:02x}"


def internet_checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@dataclasses.dataclass(frozen=True)
class Advert:
    """A CARP advert as it is sent; each field can be made wrong. None means: as it should be."""

    vhid: int = 10
    advbase: int = 0
    advskew: int = 0
    demote: int = 0
    password: str = "secret"
    addresses: tuple = ("10.0.0.100",)
    counter: int = None
    version_and_type: int = 0x21
    checksum: int = None
    digest: bytes = None
    trailing: bytes = b""
    length: int = 36  # cut to so many bytes, before `trailing`
    source: str = "10.0.0.201"
    destination: str = CARP_GROUP
    ttl: int = 255

    def payload(self):
        raw = struct.pack("!Q", self.counter) if self.counter is not None else os.urandom(8)
        covered = bytes([2, 1, self.vhid]) + b"".join(
            sorted(socket.inet_aton(address) for address in self.addresses)) + raw
        digest = self.digest or hmac.new(self.password.encode(), covered, hashlib.sha1).digest()
        head = struct.pack("!BBBBBB", self.version_and_type, self.vhid, self.advskew, 7,
                           self.demote, self.advbase)
        checksum = self.checksum
        if checksum is None:
            checksum = internet_checksum(head + b"\0\0" + raw + digest)
        return (head + struct.pack("!H", checksum) + raw + digest)[:self.length] + self.trailing

    def packet(self):
        payload = self.payload()
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0x10, 20 + len(payload), 0, 0x4000, self.ttl,
                           _CARP, 0, socket.inet_aton(self.source),
                           socket.inet_aton(self.destination))
        return head[:10] + struct.pack("!H", internet_checksum(head)) + head[12:] + payload

    def frame(self, source_mac, vlan=None, destination_mac=CARP_GROUP_MAC):
        tag = b"" if vlan is None else struct.pack("!HH", _VLAN, vlan)
        return (mac_bytes(destination_mac) + mac_bytes(source_mac) + tag
                + struct.pack("!H", _IP) + self.packet())


def resent(frame, source_mac, *, source=None, rank=None):
    """A CARP advert over IPv4 that was seen, as somebody else sends it again: all but its counter
    and its digest can be changed. `rank` is (advbase, advskew)."""
    head, carp = bytearray(frame[14:34]), bytearray(frame[34:70])
    if source:
        head[12:16] = socket.inet_aton(source)
    if rank:
        carp[5], carp[2] = rank
    for part, place in ((head, 10), (carp, 6)):
        part[place:place + 2] = b"\0\0"
        part[place:place + 2] = internet_checksum(bytes(part)).to_bytes(2, "big")
    return frame[:6] + mac_bytes(source_mac) + frame[12:14] + bytes(head) + bytes(carp)


@dataclasses.dataclass(frozen=True)
class SeenAdvert:
    time: float  # the kernel's, when the frame came
    source_mac: str
    source: str
    destination: str
    ttl: int
    vhid: int
    advbase: int
    advskew: int
    demote: int
    counter: int
    frame: bytes

    @property
    def is_farewell(self):
        return self.advbase == 255 and self.advskew == 255


@dataclasses.dataclass(frozen=True)
class SeenArp:
    time: float
    operation: int  # 1 request, 2 reply
    sender_mac: str
    sender: str
    target: str

    @property
    def is_gratuitous(self):
        return self.sender == self.target


def decode(frame, time):
    """A SeenAdvert, a SeenArp, or None."""
    kind = struct.unpack("!H", frame[12:14])[0]
    if kind == _ARP and len(frame) >= 42:
        operation, sender_mac, sender, _, target = struct.unpack("!H6s4s6s4s", frame[20:42])
        return SeenArp(time, operation, mac_text(sender_mac), socket.inet_ntoa(sender),
                       socket.inet_ntoa(target))
    if kind != _IP or len(frame) < 70 or frame[23] != _CARP:
        return None
    start = 14 + (frame[14] & 0xF) * 4
    carp = frame[start:start + 36]
    return SeenAdvert(
        time=time, source_mac=mac_text(frame[6:12]), source=socket.inet_ntoa(frame[26:30]),
        destination=socket.inet_ntoa(frame[30:34]), ttl=frame[22], vhid=carp[1], advskew=carp[2],
        demote=carp[4], advbase=carp[5], counter=struct.unpack("!Q", carp[8:16])[0], frame=frame)
