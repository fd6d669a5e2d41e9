"""What all daemons of a node have in common: a log, a life, a word for failure messages."""

import os


class Daemon:
    """A subclass starts self.process. Registered with its network, which shows describe() when a
    test fails, and fails a test that complaint() says something about."""

    title = ""

    def __init__(self, network, node):
        self.node = node
        self.name = node.name
        self.log = os.path.join(node.directory, f"{self.title}.log")
        self.process = None
        network.daemons.append(self)

    def stop(self):
        """SIGTERM, and the exit status."""
        return self.process.stop(timeout=30.0)

    def kill(self):
        """SIGKILL to it, and nothing else of the node."""
        return self.process.kill()

    def exit_status(self):
        """None while it runs, and before."""
        return self.process.exit_status() if self.process else None

    def is_running(self):
        return self.process is not None and self.exit_status() is None

    def output(self):
        return self.process.output() if self.process else ""

    def describe(self):
        return f"--- {self.name} {self.title}, exit status {self.exit_status()}\n" \
               f"{self.output()[-8000:]}"

    def complaint(self):
        """What a test must not pass over in silence."""
        return None
