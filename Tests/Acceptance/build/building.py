"""`lamina build` as a person types it, and what came of it."""

import json
import os
import subprocess
import zipfile

BUILD_SYSTEM = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'


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


def build(lamina, *arguments, **options):
    return subprocess.run([lamina, "build", *map(str, arguments)], capture_output=True, text=True, **options)


def report(lamina, *arguments, **options):
    """Builds, which has to go well, and gives the report."""
    done = build(lamina, *arguments, "--format", "json", **options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def versions(report):
    return {package["name"]: package["version"] for package in report["packages"]}


def names(path):
    return zipfile.ZipFile(path).namelist()


def project(folder, name, *dependencies, module="VALUE = 5\n"):
    """A project of one module, which setuptools builds."""
    (folder / "src").mkdir(parents=True)
    needs = ", ".join(f'"{dependency}"' for dependency in dependencies)
    (folder / "pyproject.toml").write_text(f'{BUILD_SYSTEM}[project]\nname = "{name}"\nversion = "1.0"\ndependencies = [{needs}]\n')
    (folder / f"src/{name}.py").write_text(module)
    return folder


def repository(folder):
    """Makes a folder a repository of one commit, and gives the commit's hash."""

    def git(*arguments):
        identity = ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"]
        return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "first")
    return git("rev-parse", "HEAD")
