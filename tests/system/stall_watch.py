"""stall_watch.py [PRIORITY]: when did the machine itself not let anybody run?

A process on each processor, at a real-time priority above that of the program under test, sleeps a
millisecond at a time. When it wakes late, the reason is not the program: the host took the
processor away, or the kernel did not let go of it. Prints "BEGIN END", seconds of real time, for
each such time. With 0 as the priority it is an ordinary process: for a program that is one too.
"""

import gc
import os
import sys
import time

STEP = 0.001
WORTH_TELLING = 0.001
PRIORITY = int(sys.argv[1]) if len(sys.argv) > 1 else 60


def watch(processor):
    os.sched_setaffinity(0, {processor})
    if PRIORITY:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    gc.disable()
    parent = os.getppid()
    while os.getppid() == parent:
        due = time.clock_gettime(time.CLOCK_REALTIME) + STEP
        time.sleep(STEP)
        now = time.clock_gettime(time.CLOCK_REALTIME)
        if now - due > WORTH_TELLING:
            os.write(1, f"{due} {now}\n".encode())


processors = sorted(os.sched_getaffinity(0))
for other in processors[1:]:
    if os.fork() == 0:
        watch(other)
watch(processors[0])
