"""`lamina run` that is stopped: nothing of it stays."""

import os
import pathlib
import shutil
import signal
import subprocess
import uuid

import pytest
from conftest import eventually
from processes import cgroup_name, read_until
from running import processes_with

HANDLER = "import time\ndef handler(event, context):\n    print('waiting')\n    time.sleep(600)\n"
INIT = "import time\nprint('waiting')\ntime.sleep(600)\n"


def cgroups(names):
    return [path for path in pathlib.Path("/sys/fs/cgroup").rglob("lamina-*") if path.name in names]


def removed(cgroup):
    """Removes a cgroup and those in it; false while a process is in one."""
    try:
        for path in [*cgroup.glob("*/"), cgroup]:
            path.rmdir()
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    "code, how", [(HANDLER, signal.SIGINT), (HANDLER, signal.SIGTERM), (HANDLER, signal.SIGHUP), (INIT, signal.SIGINT)],
    ids=["Ctrl-C", "kill", "hang-up", "Ctrl-C in the init phase"])
def test_nothing_is_left_of_a_run_that_is_stopped(runner, code, how):
    variable = f"MARK={uuid.uuid4()}"
    runner.write("first/python/a.py", "")
    runner.write("second/python/b.py", "")
    arguments = [runner.code(code), "--timeout", 900, "--env", variable, "--layer", "first", "--layer", "second"]
    with runner.start(*arguments) as process:
        read_until(process.stderr, "waiting")
        names = runner.cgroups()
        assert len(names) == 1 and processes_with(variable)
        process.send_signal(how)
        said, log = process.communicate(timeout=30)
    assert (process.returncode, said, log) == (128 + how, "", "")
    assert not processes_with(variable)
    assert not cgroups(names)


def test_a_run_that_waits_for_its_event_ends_at_once(runner):
    with runner.start(runner.code(HANDLER), "--event", "-", stdin=subprocess.PIPE) as process:
        # What is read shows that it waits.
        process.stdin.write("x" * 200_000)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode in (-signal.SIGINT, 128 + signal.SIGINT)


def test_two_signals_at_once_are_one_interruption(runner):
    with runner.start(runner.code(HANDLER), "--timeout", 900) as process:
        read_until(process.stderr, "waiting")
        for _ in range(3):
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        assert process.returncode == 143


def test_no_sandbox_outlives_a_run_that_is_killed(runner):
    variable = f"MARK={uuid.uuid4()}"
    with runner.start(runner.code(HANDLER), "--timeout", 900, "--env", variable) as process:
        read_until(process.stderr, "waiting")
        assert processes_with(variable)
        process.kill()
        # The function holds the pipe as long as it lives.
        process.communicate(timeout=30)
    eventually(lambda: not processes_with(variable))
    # A killed process cannot remove its folder and its cgroup.
    eventually(lambda: all(map(removed, cgroups(runner.cgroups()))))
    for path in runner.temporary.iterdir():
        shutil.rmtree(path)


def test_what_a_killed_run_has_left_is_removed_by_the_next_one(runner):
    code = runner.code("def handler(event, context): return 1\n")
    with runner.start(runner.code(HANDLER, "waiting"), "--timeout", 900) as process:
        read_until(process.stderr, "waiting")
        process.kill()
        process.communicate(timeout=30)
    left, = runner.temporary.iterdir()
    with runner.start(runner.code(HANDLER, "waiting"), "--timeout", 900) as process:
        read_until(process.stderr, "waiting")
        used, = set(runner.temporary.iterdir()) - {left}
        for path in (left, used):
            os.utime(path, (0, 0))
        link = runner.temporary / "lamina-run-link"
        link.symlink_to(left)
        assert runner.answers(code) == [1]
        assert set(runner.temporary.iterdir()) == {used, link}
        link.unlink()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert not cgroups({cgroup_name(left)})
