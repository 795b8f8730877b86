"""`lamina build` as a person types it, and what came of it."""

import json
import os
import subprocess
import zipfile


class Builder:
    """Builds layers in a folder of its own, with caches of its own."""

    def __init__(self, lamina, folder, **environment):
        self.lamina = lamina
        self.folder = folder
        self.environment = os.environ | {"LAMINA_CACHE_DIR": str(folder / "lamina-cache")} | environment
        self.count = 0

    def run(self, *arguments, **options):
        options = {"env": self.environment, "cwd": self.folder} | options
        return subprocess.run([self.lamina, "build", *map(str, arguments)], capture_output=True, text=True, timeout=300, **options)

    def build(self, *arguments, **options):
        """Builds, expecting success; gives the layer."""
        self.count += 1
        output = self.folder / f"layer-{self.count}.zip"
        done = self.run(*arguments, "--output", output, "--format", "json", **options)
        assert done.returncode == 0, done.stderr
        return Layer(output, json.loads(done.stdout), done.stderr)

    def refusal(self, *arguments, **options):
        """Builds, expecting failure that leaves nothing; gives what was said."""
        output = self.folder / "refused.zip"
        done = self.run(*arguments, "--output", output, **options)
        assert done.returncode != 0, done.stdout
        assert not output.exists()
        assert not list(self.folder.glob(".*.partial"))
        return done.stderr


class Layer:
    def __init__(self, path, report, log):
        self.path, self.report, self.log = path, report, log
        self.zip = zipfile.ZipFile(path)
        self.names = self.zip.namelist()
        self.bytes = path.read_bytes()
        self.packages = {package["name"]: package for package in report["packages"]}

    def text(self, name):
        return self.zip.read(name).decode()

    def mode(self, name):
        """The type and permissions as `ls -l` counts them, octal."""
        return oct(self.zip.getinfo(name).external_attr >> 16)

    def unpack(self, folder):
        folder.mkdir()
        subprocess.run(["unzip", "-q", self.path, "-d", folder], check=True)
        return folder


def snapshot(folder):
    """Everything in a folder, to see whether it was touched."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_mode, path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in sorted(folder.rglob("*"))
    }
