"""hammer.py SOCKET: 200 clients of a status socket, half of whom never finish their request."""

import asyncio
import contextlib
import sys

CLIENTS = 200


async def patient(path):
    """Asks again and again."""
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(b"GET /v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            await reader.read()
            writer.close()
        await asyncio.sleep(0)


async def silent(path):
    """Begins a request and says no more, until it is thrown out; then again."""
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(b"GET /v1/status HTTP/1.1\r\nHost: loc")
            await reader.read()
            writer.close()
        await asyncio.sleep(0.01)


async def hammer(path):
    clients = [patient(path) if number % 2 else silent(path) for number in range(CLIENTS)]
    print("hammering", flush=True)
    await asyncio.gather(*clients)


asyncio.run(hammer(sys.argv[1]))
