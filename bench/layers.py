"""Prints figures of layer content, one a line: NAME VALUE UNIT, each beside its peer's in the same run where there is one.

Needs the network once, to fill the caches of pip, uv and lamina.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from bench import REQUIREMENTS, best, seconds, show

# Ten packages, the last of which changes; all are pure Python but two.
PACKAGES = [
    "requests==2.32.3", "urllib3==2.2.3", "certifi==2024.8.30", "idna==3.10", "charset-normalizer==3.4.0", "jinja2==3.1.4", "markupsafe==3.0.2",
    "click==8.1.7", "attrs==24.2.0",
]
CHANGES = ["six==1.16.0", "six==1.17.0"]


def measured(command, **options):
    """Seconds, and the peak memory in MB of the command and whom it waits for."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    _, status, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - start, usage.ru_maxrss / 1000, os.waitstatus_to_exitcode(status)


def check(lamina, folder):
    layer = folder / "opencv.zip"
    seconds([lamina, "build", REQUIREMENTS, "--runtime", "python3.13", "--output", layer])
    command = [lamina, "check", layer, "--runtime", "python3.13"]
    runs = [measured(command) for _ in range(5)]
    show("check_opencv", min(run[0] for run in runs), "s")
    show("check_opencv_memory", max(run[1] for run in runs), "MB")
    # What reading every byte costs the usual tool.
    show("check_opencv_unzip_test", best(3, ["unzip", "-tq", layer]), "s")


def memory(lamina, folder):
    environment = os.environ | {"LAMINA_CACHE_DIR": str(folder / "cold")}
    cold = measured([lamina, "build", REQUIREMENTS, "--runtime", "python3.13", "--output", folder / "cold.zip"], env=environment)
    show("build_cold_memory", cold[1], "MB")
    noise = folder / "noise"
    # Piece by piece: a child's peak counts from its parent's memory on.
    with open(noise, "wb") as file:
        for _ in range(200):
            file.write(os.urandom(1_000_000))
    show("build_large_file_memory", measured([lamina, "build", f"{noise}=data", "--runtime", "python3.13", "--output", folder / "n.zip"])[1], "MB")
    noise.unlink()


def rebuild(lamina, python, folder):
    """A layer of ten packages whose last requirement changes to and fro; the resolution is made anew each time."""
    file = folder / "requirements.txt"
    times = {"lamina": [], "pip": []}
    for number in range(6):
        file.write_text("\n".join(PACKAGES + [CHANGES[number % 2]]) + f"\n# {number}\n")
        ours = seconds([lamina, "build", file, "--runtime", "python3.13", "--output", folder / "ten.zip"])
        if number > 1:
            times["lamina"].append(ours)
    for number in range(2):
        shutil.rmtree(folder / "target", ignore_errors=True)
        times["pip"].append(
            seconds([python, "-m", "pip", "install", "--quiet", "--target", folder / "target", "-r", file])
            + seconds(["zip", "-qr9", folder / "pip.zip", "."], cwd=folder / "target"))
    show("rebuild_changed_lamina", max(times["lamina"]), "s")
    show("rebuild_changed_pip_zip", min(times["pip"]), "s")


def foreign(lamina, folder):
    """A layer for the other architecture, by the same command."""
    layer = folder / "arm64.zip"
    target = ["--runtime", "python3.13", "--architecture", "arm64"]
    seconds([lamina, "build", REQUIREMENTS, *target, "--output", layer])
    show("build_arm64_warm", best(3, [lamina, "build", REQUIREMENTS, *target, "--output", layer]), "s")
    (folder / "numpy.txt").write_text("numpy\n")
    seconds([lamina, "build", folder / "numpy.txt", *target, "--output", layer])
    checked = subprocess.run([lamina, "check", layer, *target, "--format", "json"], capture_output=True, text=True)
    show("check_arm64_errors", sum(finding["severity"] == "error" for finding in json.loads(checked.stdout)["findings"]), "errors")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lamina", required=True, type=pathlib.Path)
    lamina = parser.parse_args().lamina.resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check(lamina, folder)
        memory(lamina, folder)
        rebuild(lamina, sys.executable, folder)
        foreign(lamina, folder)


if __name__ == "__main__":
    sys.exit(main())
