"""Runtimes that are added by hand, with all that belongs to them in a test's folder."""

import json
import pathlib
import subprocess


class AddedRuntimes:
    """Runs `lamina runtime add`, and looks at what became of it. All is kept in the folder `home`."""

    def __init__(self, lamina, home, setenv):
        self.lamina, self.home = lamina, home
        for name, place in [
            ("LAMINA_CONFIG_DIR", "config"), ("LAMINA_CACHE_DIR", "cache"), ("XDG_DATA_HOME", "data"), ("DOCKER_CONFIG", "docker"),
        ]:
            setenv(name, str(home / place))
        self.images = home / "data/lamina/images"

    def run(self, *options, runtime="python3.12", prefix=(), **settings):
        return subprocess.run(
            [*prefix, self.lamina, "runtime", "add", runtime, *map(str, options)], capture_output=True, text=True, **settings)

    def add(self, *options, **settings):
        """Adds a runtime, and returns its root file system."""
        done = self.run(*options, **settings)
        assert done.returncode == 0, done.stderr
        return self.root(settings.get("runtime", "python3.12"))

    def refusal(self, *options, **settings):
        """What the command says, having failed and left nothing."""
        before = self.entries()
        done = self.run(*options, **settings)
        assert done.returncode != 0, done.stdout
        assert self.entries() == before
        return done.stderr

    def entries(self):
        return sorted(path.name for path in self.images.iterdir() if path.name != ".lock") if self.images.exists() else []

    def added(self, runtime="python3.12"):
        return json.loads((self.home / "config/runtimes.json").read_text())["runtimes"][runtime]["image"]

    def root(self, runtime="python3.12"):
        return pathlib.Path(self.added(runtime)["folder"])
