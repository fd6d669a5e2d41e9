"""Where a client's echo requests went, and which were answered: whose loss a lost one is."""

import socket

from .wire import mac_text

_SO_RCVBUFFORCE = 33
_ETH_P_ALL = 3
_BUFFER = 64 * 1024 * 1024  # the kernel keeps the frames until they are looked at
# EtherType: where the protocol, the destination and the message are, and how addresses are written.
_LAYOUTS = {0x0800: (23, slice(30, 34), 34, socket.AF_INET),
            0x86DD: (20, slice(38, 54), 54, socket.AF_INET6)}
_REQUEST, _REPLY = {8, 128}, {0, 129}
_IDENTITY = slice(8, 24)  # in the message: the probe's run and sequence number


class EchoLog:
    """The echo messages on an interface of a node, from the moment it is made."""

    def __init__(self, node, interface="eth0"):
        with node.namespace.entered():
            self._socket = node.closes(
                socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL)))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
        self._socket.bind((interface, _ETH_P_ALL))
        self._requests = {}  # identity -> (address, MAC that it was sent to), in order
        self._answered = set()

    def sent_to(self, address):
        """The MAC that each request went to, in order."""
        return [mac for _, mac in self._requests_to(address)]

    def unanswered(self, address):
        """The MAC that each request without a reply went to."""
        return [mac for identity, mac in self._requests_to(address)
                if identity not in self._answered]

    def _requests_to(self, address):
        self._read()
        return [(identity, mac) for identity, (to, mac) in self._requests.items() if to == address]

    def _read(self):
        while True:
            try:
                frame = self._socket.recv(256, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            layout = _LAYOUTS.get(int.from_bytes(frame[12:14], "big"))
            if layout:
                self._take(frame, *layout)

    def _take(self, frame, protocol, destination, start, family):
        if frame[protocol] not in (socket.IPPROTO_ICMP, socket.IPPROTO_ICMPV6):
            return
        message = frame[start:]
        identity = (family, message[_IDENTITY])
        if message[0] in _REQUEST:
            to = socket.inet_ntop(family, frame[destination])
            self._requests[identity] = (to, mac_text(frame[:6]))
        elif message[0] in _REPLY:
            self._answered.add(identity)
