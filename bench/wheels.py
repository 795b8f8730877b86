"""Builds a layer of each package in wheels.txt for every target, checks it, imports it in the sandbox, and tells where these disagree.

Writes docs/wheels.md; exits with 1 where the check raised a false alarm or kept silent.
Wheels alone are taken: that a package has none for a target is a result too. Needs the network once, to fill lamina's cache.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import datetime
import itertools
import json
import pathlib
import platform
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RUNTIMES = {"python3.9": "Amazon Linux 2", "python3.12": "Amazon Linux 2023"}
ARCHITECTURES = ["x86_64", "arm64"]
HOST = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]
MEGABYTE = 1_000_000
MEMORY_LIMIT = 200 * MEGABYTE
# What only Lambda's own glibc can show: the sandbox has this machine's, which is newer.
BEYOND_SANDBOX = {"symbol-version-too-new", "size-over-limit"}
# How ld.so(8) and CPython word what lies in the bytes.
LOADER_WORDS = re.compile(
    r"cannot open shared object file|version `[^']+' not found|undefined symbol|invalid ELF header|wrong ELF class"
    r"|cannot load library|failed to find lib|library not found", re.IGNORECASE)


@dataclasses.dataclass
class Run:
    """A command that ended: the largest resident size of its processes in bytes, and its seconds by the clock."""

    status: int
    output: str
    errors: str
    memory: int
    seconds: float


@dataclasses.dataclass
class Result:
    package: str
    runtime: str
    architecture: str
    build: Run = None
    check: Run = None
    version: str = None
    refusal: str = None
    size: int = 0
    # The check's errors, and what the modules said in the sandbox, by module; None where they could not be tried.
    errors: list = dataclasses.field(default_factory=list)
    notes: list = dataclasses.field(default_factory=list)
    failures: dict = None
    # Modules that the check says cannot be loaded, and that were imported by themselves without trouble.
    refuted: list = dataclasses.field(default_factory=list)
    imported: int = 0

    @property
    def loader_failures(self):
        return {module: text for module, text in (self.failures or {}).items() if LOADER_WORDS.search(text)}

    def is_noted(self, failure):
        """Whether the check says of a library that it is looked for as the code runs, which is all that can be told before."""
        searched = [note["subject"] for note in self.notes if note["code"] == "library-search"]
        if "find_library" in searched:
            return True
        return any(re.sub(r"^lib|\.so.*", "", library.split("/")[-1]).lower() in failure.lower() for library in searched)

    @property
    def disagreement(self):
        """What the check got wrong, as far as the sandbox can tell."""
        if self.failures is None:
            return None
        if not self.errors and any(not self.is_noted(text) for text in self.loader_failures.values()):
            return "silence"
        certain = [error for error in self.errors if error["code"] not in BEYOND_SANDBOX]
        if self.refuted or not self.failures and any(not blamed(error) for error in certain):
            return "false alarm"
        return None

    @property
    def verdict(self):
        if self.refusal:
            return self.refusal
        verdict = f"**{brief(self.errors[0])}**" if self.errors else "ok"
        if self.failures is None:
            return f"{self.version} {verdict}"
        if self.disagreement:
            imports = f"**{self.disagreement}**"
        elif self.loader_failures or any(blamed(error) for error in self.errors):
            imports = "fails as foretold" if self.errors else "fails as noted"
        elif self.failures:
            imports = f"imports {self.imported - len(self.failures)} of {self.imported}"
        else:
            imports = "imports"
        return f"{self.version} {verdict}, {imports}"


def run(command):
    # A new process counts its parent's memory as its own (getrusage(2): ru_maxrss outlives exec), so the parent has to be a small one.
    measuring = (
        "import os, sys; process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ); _, status, usage = os.wait4(process, 0);"
        "print('', usage.ru_maxrss, sep='\\n', file=sys.stderr); sys.exit(os.waitstatus_to_exitcode(status))")
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-ISc", measuring, *map(str, command)], capture_output=True, text=True)
    seconds = time.perf_counter() - start
    errors, memory = done.stderr.rstrip().rsplit("\n", 1)
    return Run(done.returncode, done.stdout, errors, int(memory) * 1024, seconds)


def brief(error):
    subject = error.get("subject") or ""
    if error["code"] == "size-over-limit":
        return "too large"
    if error["code"] in ("missing-library", "symbol-version-too-new", "symbol-version-missing", "missing-data-file"):
        return f"needs {subject}"
    return f"{error['code']} {subject}".strip()


def blamed(error):
    """The module that an error says cannot be loaded; None where it speaks of no module."""
    path = re.search(r"python/(\S+)\.so (?:fails to load|cannot be loaded)", error["reason"])
    return path and path[1].split(".")[0].replace("/", ".")


def refuted(lamina, layer, errors, target, folder):
    """Imports the blamed modules by themselves, each by a module of its own; gives those that import."""
    probes = {f"probe_{number}": module for number, module in enumerate(sorted({blamed(error) for error in errors} - {None}))}
    if not probes:
        return []
    (folder / "probes/python").mkdir(parents=True)
    for probe, module in probes.items():
        (folder / f"probes/python/{probe}.py").write_text(f"import {module}\n")
    report = json.loads(run([lamina, "check", folder / "probes", "--with", layer, *target, "--import"]).output)
    failed = {finding["subject"] for finding in report["findings"] if finding["code"] == "import-failed"}
    return [module for probe, module in probes.items() if probe not in failed]


def normalize(name):
    return re.sub(r"[-_.]+", "-", re.sub(r"\[.*", "", name)).lower()


def try_package(lamina, package, runtime, architecture):
    result = Result(package, runtime, architecture)
    target = ["--runtime", runtime, "--architecture", architecture, "--format", "json"]
    with tempfile.TemporaryDirectory(prefix="lamina-wheels-") as folder:
        folder = pathlib.Path(folder)
        requirements, layer = folder / "requirements.txt", folder / "layer.zip"
        requirements.write_text(f"--only-binary :all:\n{package}\n")
        command = [lamina, "build", requirements, *target, "--bytecode", "no", "--output", layer]
        result.build = run(command)
        if not layer.exists():
            if not any(words in result.build.errors for words in ("no usable wheels", "has no wheels", "have no wheels")):
                raise SystemExit(f"{package}, {runtime}, {architecture}: {result.build.errors}")
            result.refusal = "no wheel"
            return result
        packages = json.loads(result.build.output)["packages"]
        result.version = next(found["version"] for found in packages if normalize(found["name"]) == normalize(package))
        result.check = run([lamina, "check", layer, *target])
        report = json.loads(result.check.output)
        result.size = report["unzippedSize"]
        result.errors = [finding for finding in report["findings"] if finding["severity"] == "error"]
        result.notes = [finding for finding in report["findings"] if finding["severity"] != "error"]
        if architecture == HOST:
            tried = run([lamina, "check", layer, *target, "--import"])
            if not tried.output:
                raise SystemExit(f"{package}, {runtime}: {tried.errors}")
            report = json.loads(tried.output)
            result.imported = len(report["imported"])
            result.failures = {
                finding["subject"]: finding["reason"].removeprefix("cannot be imported: ")
                for finding in report["findings"] if finding["code"] == "import-failed" and finding["severity"] == "error"}
            result.refuted = refuted(lamina, layer, result.errors, target, folder)
    return result


def rows(results, packages):
    targets = list(itertools.product(RUNTIMES, ARCHITECTURES))
    yield "| package | " + " | ".join(f"{runtime} {architecture}" for runtime, architecture in targets) + " |"
    yield "|---" * (len(targets) + 1) + "|"
    for package in packages:
        cells = [results[package, *target].verdict for target in targets]
        yield f"| {package} | " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def largest(results, kind):
    """The run that took most memory, and the slowest one."""
    ran = [result for result in results if getattr(result, kind)]
    memory = max(ran, key=lambda result: getattr(result, kind).memory)
    slow = max(ran, key=lambda result: getattr(result, kind).seconds)
    return (
        f"{getattr(memory, kind).memory / MEGABYTE:.0f} MB ({memory.package}, {memory.runtime}, {memory.architecture}, "
        f"{memory.size / MEGABYTE:.0f} MB unzipped); the slowest took {getattr(slow, kind).seconds:.1f} s ({slow.package})")


def page(results, packages):
    built = [result for result in results.values() if not result.refusal]
    tried = [result for result in built if result.failures is not None]
    count = collections.Counter(
        "no wheel" if result.refusal else "error" if result.errors else "ok" for result in results.values())
    wrong = collections.Counter(result.disagreement for result in tried)
    noted = sum(not result.errors and bool(result.loader_failures) and not result.disagreement for result in tried)
    yield f"# Popular wheels on Lambda, as of {datetime.date.today().isoformat()}"
    yield ""
    yield (
        "What `lamina build` takes for a one-line requirements file, what `lamina check` says of the layer, and, on this machine's "
        f"architecture ({HOST}), whether `lamina check --import` imports all of its top-level modules in the sandbox. Made by `make wheels`.")
    yield ""
    yield f"- {len(packages)} packages, {len(results)} targets: {count['ok']} ok, {count['error']} with an error, {count['no wheel']} without a wheel."
    yield (
        f"- {len(tried)} layers were imported: {wrong['false alarm']} false alarms (an error, and what it blames imports) and {wrong['silence']} "
        "silences (neither an error nor a note, and the loader fails). "
        f"{noted} fail for a library that Python code opens by name, which is a note and no error.")
    yield f"- Largest memory of a build, with the tools that it starts and the caches as they were: {largest(results.values(), 'build')}."
    yield f"- Largest memory of a check: {largest(built, 'check')}."
    yield ""
    yield (
        "The newest version is taken that has a wheel for the target's glibc: "
        + ", ".join(f"{runtime} is on {system}" for runtime, system in RUNTIMES.items())
        + ". **Bold** is the first error. A library that is needed by what an import does not load is a warning and not shown. "
        "A module is imported by itself too where an error says that it cannot be loaded, since its package may do without it until it is used. "
        "What Python code opens by name as it runs, by ctypes or cffi, is a note. Symbol versions that are too new and sizes over the limit do not show in the sandbox, which has this machine's glibc.")
    yield ""
    yield from rows(results, packages)
    others = [(result, module, text) for result in tried for module, text in sorted(result.failures.items())]
    if others:
        yield ""
        yield "## What the modules said"
        yield ""
        yield "Modules that want a package that the layer has not been asked for are no matter of the wheel's bytes."
        yield ""
        for result, module, text in others:
            line = text.strip().splitlines()[0][:200]
            yield f"- {result.package} {result.version}, {result.runtime}: `import {module}`: {line}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lamina", type=pathlib.Path, default=ROOT / ".build/release/lamina")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "docs/wheels.md")
    parser.add_argument("packages", nargs="*", help="these alone, without writing the page")
    options = parser.parse_args()
    lines = (ROOT / "bench/wheels.txt").read_text().splitlines()
    packages = options.packages or [line for line in lines if line and not line.startswith("#")]
    targets = list(itertools.product(packages, RUNTIMES, ARCHITECTURES))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = {}
        tasks = [pool.submit(try_package, options.lamina.resolve(), *target) for target in targets]
        for target, task in zip(targets, tasks):
            results[target] = result = task.result()
            print(*target, result.verdict, sep="  ", flush=True)
            if options.packages:
                for error in result.errors:
                    print("   ", error["code"], error["path"], error["reason"])
                for module, text in (result.failures or {}).items():
                    print("    import", module, text)
            if result.refusal:
                print("   ", result.build.errors.strip().splitlines()[-1][:200])
    if not options.packages:
        options.output.parent.mkdir(exist_ok=True)
        options.output.write_text("\n".join(page(results, packages)) + "\n")
    wrong = [result for result in results.values() if result.disagreement]
    for result in wrong:
        print(f"{result.disagreement}: {result.package} {result.version}, {result.runtime}")
    runs = [(run, result) for result in results.values() for run in (result.build, result.check) if run]
    heavy = [(run, result) for run, result in runs if run.memory > MEMORY_LIMIT]
    for run_, result in heavy:
        print(f"{run_.memory / MEGABYTE:.0f} MB: {result.package}, {result.runtime}, {result.architecture}")
    raise SystemExit(1 if wrong or heavy else 0)


if __name__ == "__main__":
    main()
