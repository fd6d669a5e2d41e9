"""IFA_PROTO of addresses, which Debian 12's `ip` does not show yet (rtnetlink(7))."""

import socket
import struct

_NETLINK_ROUTE, _RTM_GETADDR, _NLMSG_DONE = 0, 22, 3
_REQUEST_DUMP = 0x301
_IFA_LOCAL, _IFA_PROTO = 2, 11

OUR_MARK = 0x46


def _attributes(data):
    while len(data) >= 4:
        length, kind = struct.unpack("HH", data[:4])
        yield kind, data[4:length]
        data = data[(length + 3) & ~3:]


def address_marks(node):
    """{"10.0.0.1": 0x46 or None} of all IPv4 addresses of a node."""
    with node.namespace.entered():
        netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_ROUTE)
    marks = {}
    with netlink:
        netlink.send(struct.pack("IHHIIBBBBI", 24, _RTM_GETADDR, _REQUEST_DUMP, 1, 0,
                                 socket.AF_INET, 0, 0, 0, 0))
        while True:
            data = netlink.recv(1 << 16)
            while data:
                length, kind = struct.unpack("IH", data[:6])
                if kind == _NLMSG_DONE:
                    return marks
                found = dict(_attributes(data[24:length]))
                mark = found.get(_IFA_PROTO)
                marks[socket.inet_ntoa(found[_IFA_LOCAL])] = mark[0] if mark else None
                data = data[(length + 3) & ~3:]
