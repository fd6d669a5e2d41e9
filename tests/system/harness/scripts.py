"""Scripts that an agent's runner accepts: nobody but their owner may write them, nor any directory
above them, which /tmp is not."""

import os
import shutil
import tempfile


class Scripts:
    """A directory of a node's own; it goes with the node."""

    def __init__(self, node):
        self._directory = tempfile.mkdtemp(prefix="fo-", dir="/run")
        node.closes(self)

    def close(self):
        shutil.rmtree(self._directory, ignore_errors=True)

    def write(self, name, body, mode=0o700):
        """Its path."""
        path = os.path.join(self._directory, name)
        with open(path, "w", encoding="ascii") as script:
            script.write("#!/bin/sh\n" + body)
        os.chmod(path, mode)
        return path
