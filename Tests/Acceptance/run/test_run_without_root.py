"""`lamina run` by an ordinary user: a user namespace takes the place of privileges."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest
from running import Runner

NOBODY = 65534


class UnprivilegedRunner(Runner):
    """Runs everything as nobody, with caches of its own."""

    def __init__(self, lamina, folder):
        super().__init__(lamina, None, folder)
        self.environment |= {
            "HOME": str(folder), "PATH": f"{pathlib.Path(shutil.which('uv')).parent}:/usr/bin:/bin", "TMPDIR": str(self.temporary),
            "LAMINA_CACHE_DIR": str(folder / "cache"), "UV_CACHE_DIR": str(folder / "uv"),
        }
        os.chown(self.temporary, NOBODY, NOBODY)

    def command(self, *arguments):
        return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *super().command(*arguments)]


@pytest.fixture
def unprivileged(lamina):
    if os.geteuid() != 0:
        pytest.skip("the other tests run without root already")
    folder = pathlib.Path(tempfile.mkdtemp())
    os.chown(folder, NOBODY, NOBODY)
    try:
        runner = UnprivilegedRunner(lamina, folder)
        if subprocess.run(runner.command("--help"), capture_output=True).returncode != 0:
            pytest.skip("nobody may not read this folder")
        found = [f"python3.{minor}" for minor in range(14, 7, -1) if os.access(f"/usr/bin/python3.{minor}", os.X_OK)]
        if not found:
            pytest.skip("nobody has no Python here")
        runner.runtime = found[0]
        yield runner
        assert list(runner.temporary.iterdir()) == []
    finally:
        shutil.rmtree(folder)


def test_a_function_runs_with_its_layers_merged(unprivileged):
    for value in (1, 2):
        unprivileged.write(f"layer{value}/python/tool.py", f"VALUE = {value}\n")
    folder = unprivileged.code("import os, tool\ndef handler(event, context): return [os.getuid(), tool.VALUE]\n")
    assert unprivileged.answers(folder, "--layer", "layer1", "--layer", "layer2", "--timeout", 30) == [[1051, 2]]


def test_what_is_weaker_is_said(unprivileged):
    done = unprivileged(unprivileged.code("def handler(event, context): return 1\n"), "--timeout", 30)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
    assert "lamina: functions run as the user of this server" in done.stderr
