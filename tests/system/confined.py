"""What /proc says that a process may do."""

import os

CAP_SETUID, CAP_NET_ADMIN, CAP_NET_RAW = 7, 12, 13
ITS_TWO = f"{1 << CAP_NET_ADMIN | 1 << CAP_NET_RAW:016x}"
NONE = f"{0:016x}"


def status_of(pid, thread=None):
    """/proc/PID/status, or a thread's, as a dictionary."""
    path = f"/proc/{pid}/status" if thread is None else f"/proc/{pid}/task/{thread}/status"
    with open(path, encoding="ascii") as lines:
        return dict(line.rstrip("\n").split(":\t", 1) for line in lines)


def assert_confined(pid):
    confined = {"CapPrm": ITS_TWO, "CapEff": ITS_TWO, "CapBnd": ITS_TWO, "CapInh": NONE,
                "CapAmb": NONE, "NoNewPrivs": "1", "Seccomp": "2"}
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        status = status_of(pid, thread)
        found.append({key: status[key] for key in confined})
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps:
        sanitizers_own = 1 if "libtsan" in maps.read() else 0  # from before main()
    assert found.count(confined) >= 3
    assert found.count(confined) >= len(found) - sanitizers_own, found
