"""Processes of this machine, as /proc tells of them."""

import hashlib
import os
import pathlib
import threading
import time


def descendants(pid):
    """The process ids below a process, as /proc tells them."""
    parents = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(fields[1])
    found, wave = [], [pid]
    while wave:
        wave = [child for child, parent in parents.items() if parent in wave]
        found += wave
    return found


def gone(pids, seconds=5):
    """Whether all processes end within a time; those that wait to be reaped by someone else count as ended."""
    def is_running(pid):
        try:
            return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
        except OSError:
            return False

    end = time.monotonic() + seconds
    while any(is_running(pid) for pid in pids):
        if time.monotonic() > end:
            return False
        os.sched_yield()
    return True


def is_below(pid, ancestor):
    """Whether a process has another above it, or is it."""
    while pid > 1:
        if pid == ancestor:
            return True
        try:
            pid = int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        except FileNotFoundError:
            return False
    return False


def read_until(stream, text, seconds=60):
    """The lines up to the first that holds a text."""
    lines = []

    def read():
        for line in stream:
            lines.append(line)
            if text in line:
                return

    # One that waits for a line that does not come ends with the process that is to write it.
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(seconds)
    assert lines and text in lines[-1], f"no {text!r} in {lines}"
    return lines


def cgroup_name(folder):
    """The name that an execution's cgroups have by its folder."""
    return "lamina-" + hashlib.sha256(str(folder).encode()).hexdigest()[:16]
