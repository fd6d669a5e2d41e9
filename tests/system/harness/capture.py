"""What passes an interface, with the kernel's timestamps; and frames sent as they are."""

import ctypes
import socket
import struct

from .wire import SeenAdvert, SeenArp, decode

_SO_RCVBUFFORCE = 33
_SO_ATTACH_FILTER = 26
_SO_TIMESTAMPNS = 35
_ETH_P_ALL = 3
_BUFFER = 64 * 1024 * 1024  # the kernel keeps the frames until they are looked at

# ARP, and IPv4 of protocol 112: (code, jump if true, jump if false, operand).
_FILTER = [(0x28, 0, 0, 12), (0x15, 3, 0, 0x0806), (0x15, 0, 3, 0x0800), (0x30, 0, 0, 23),
           (0x15, 0, 1, 112), (0x06, 0, 0, 0xFFFF), (0x06, 0, 0, 0)]


class Capture:
    """Adverts and ARP on an interface of a node, from the moment it is made."""

    def __init__(self, node, interface="eth0"):
        with node.namespace.entered():
            self._socket = node.closes(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))
        program = b"".join(struct.pack("HBBI", *step) for step in _FILTER)
        steps = ctypes.create_string_buffer(program)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER,
                                struct.pack("HL", len(_FILTER), ctypes.addressof(steps)))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.bind((interface, _ETH_P_ALL))
        self._seen = []

    def seen(self):
        """Everything since the start, in order."""
        while True:
            try:
                frame, control, _, sender = self._socket.recvmsg(
                    2048, socket.CMSG_SPACE(16), socket.MSG_DONTWAIT)
            except BlockingIOError:
                return self._seen
            if sender[2] == socket.PACKET_OUTGOING:
                continue
            seconds, nanoseconds = struct.unpack("ll", control[0][2])
            message = decode(frame, seconds + nanoseconds / 1e9)
            if message:
                self._seen.append(message)

    def adverts(self, source=None, vhid=10):
        return [message for message in self.seen() if isinstance(message, SeenAdvert)
                and message.vhid == vhid and source in (None, message.source)]

    def arps(self, address=None):
        return [message for message in self.seen() if isinstance(message, SeenArp)
                and address in (None, message.sender)]

    def announcements(self, address):
        return [message for message in self.arps(address) if message.is_gratuitous]


def send_frame(node, frame, interface="eth0"):
    with node.namespace.entered():
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sender:
            sender.bind((interface, 0))
            sender.send(frame)
