"""Helpers of the tests of `lamina build`."""

import json
import subprocess
import zipfile

BUILD_SYSTEM = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'


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
