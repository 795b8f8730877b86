"""`lamina run` as a person or a script starts it."""

import json
import os
import pathlib
import subprocess

from processes import cgroup_name


class Runner:
    """Runs functions that lie in a folder of the test's own."""

    def __init__(self, lamina, runtime, folder):
        self.lamina = pathlib.Path(lamina)
        self.runtime = runtime
        self.folder = pathlib.Path(folder)
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        nothing = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true"}
        self.environment = kept | nothing | {"TMPDIR": str(self.temporary)}

    def write(self, path, content):
        """Makes a file below the test's folder."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def code(self, text, folder="function"):
        """Makes a function of one file, app.py; its folder's name."""
        self.write(f"{folder}/app.py", text)
        return folder

    def command(self, *arguments):
        return [self.lamina, "run", *map(str, arguments)]

    def _arguments(self, arguments, handler):
        return [*arguments, "--runtime", self.runtime, *(["--handler", handler] if handler else [])]

    def __call__(self, *arguments, handler="app.handler", stdin=None, environment=None):
        """The finished process of a function that is run with the test's runtime."""
        return self.plain(*self._arguments(arguments, handler), stdin=stdin, environment=environment)

    def plain(self, *arguments, stdin=None, environment=None):
        """The finished process, with no arguments but these."""
        return subprocess.run(
            self.command(*arguments), capture_output=True, text=True, cwd=self.folder, env=self.environment | (environment or {}),
            input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL)

    def answers(self, *arguments, **options):
        """The answers of a run in which no invocation fails, one each."""
        done = self(*arguments, **options)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def start(self, *arguments, handler="app.handler", **options):
        """A process that goes on; its log can be read as it comes."""
        return Process(
            self.command(*self._arguments(arguments, handler)), cwd=self.folder, env=self.environment, text=True,
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options)

    def cgroups(self):
        """The names that the cgroups of what runs now have."""
        return set(map(cgroup_name, self.temporary.iterdir()))


class Process(subprocess.Popen):
    """A process that a failed test does not wait for."""

    def __exit__(self, kind, *others):
        if kind:
            self.kill()
        super().__exit__(kind, *others)


def processes_with(variable):
    """The processes that have an environment variable, NAME=VALUE."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            if variable.encode() in path.read_bytes().split(b"\0"):
                found.append(path.parent.name)
        except OSError:
            pass
    return found
