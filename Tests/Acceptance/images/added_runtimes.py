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
        before = self.state()
        done = self.run(*options, **settings)
        assert done.returncode != 0, done.stdout
        assert self.state() == before
        return done.stderr

    def remove(self, runtime="python3.12"):
        subprocess.run([self.lamina, "runtime", "remove", runtime], check=True)

    def entries(self):
        """What is in the store of images."""
        return names(self.images) - {".lock", ".references"}

    def state(self):
        """All that an addition changes for good."""
        listed = self.home / "config/runtimes.json"
        return self.entries(), listed.read_text() if listed.exists() else None, names(self.home / "cache/image-blobs/partial")

    def added(self, runtime="python3.12"):
        return json.loads((self.home / "config/runtimes.json").read_text())["runtimes"][runtime]["image"]

    def root(self, runtime="python3.12"):
        return pathlib.Path(self.added(runtime)["folder"])


def names(folder):
    return {path.name for path in folder.iterdir()} if folder.exists() else set()
