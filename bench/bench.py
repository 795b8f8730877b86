"""Prints figures, one a line: NAME VALUE UNIT. Each stands beside its peer's, measured in the same run.

Needs the network once, to fill the caches of pip, uv and lamina.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tests/Acceptance"))

from server import Server  # noqa: E402

REQUIREMENTS = ROOT / "examples/opencv/requirements.txt"
ROLE = "arn:aws:iam::000000000000:role/bench"


def show(name, value, unit):
    print(f"{name} {value:.4g} {unit}" if isinstance(value, float) else f"{name} {value} {unit}", flush=True)


def seconds(command, **options):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    return time.perf_counter() - start


def best(times, command, before=lambda: None, **options):
    results = []
    for _ in range(times):
        before()
        results.append(seconds(command, **options))
    return min(results)


def recipe(python, folder, pip_options=()):
    """The tutorial's: pip install --target, then zip -r9."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    start = time.perf_counter()
    seconds([python, "-m", "pip", "install", "--quiet", "--target", folder / "python", "-r", REQUIREMENTS, *pip_options])
    seconds(["zip", "-qr9", "layer.zip", "python"], cwd=folder)
    return time.perf_counter() - start


def build(lamina, python, runtime, folder):
    layer = folder / "layer.zip"
    command = [lamina, "build", REQUIREMENTS, "--runtime", runtime, "--output", layer]
    cold = seconds(command, env=os.environ | {"LAMINA_CACHE_DIR": str(folder / "cache")})
    seconds(command)
    warm = best(5, command)
    peer_cold = recipe(python, folder / "recipe", ["--no-cache-dir"])
    peer_warm = recipe(python, folder / "recipe")
    show("build_warm_lamina", warm, "s")
    show("build_warm_pip_zip", peer_warm, "s")
    show("build_warm_ratio", peer_warm / warm, "times")
    show("build_cold_lamina", cold, "s")
    show("build_cold_pip_zip", peer_cold, "s")
    show("zip_size_lamina", layer.stat().st_size, "bytes")
    show("zip_size_pip_zip", (folder / "recipe/layer.zip").stat().st_size, "bytes")
    return layer


def extraction(lamina, layer, folder):
    target = folder / "unpacked"
    clear = lambda: shutil.rmtree(target, ignore_errors=True)
    ours = best(5, [lamina, "unpack", layer, target], clear)
    unzip = best(3, ["unzip", "-q", layer, "-d", target], clear)
    copy = folder / "copied"
    copied = best(3, ["cp", "-r", target, copy], lambda: shutil.rmtree(copy, ignore_errors=True))
    show("extract_lamina", ours, "s")
    show("extract_unzip", unzip, "s")
    show("extract_ratio", unzip / ours, "times")
    show("extract_cp", copied, "s")


def invoke(server, python, runtime, layer, folder):
    s3, client = server.client("s3"), server.client("lambda")
    s3.create_bucket(Bucket="layers")
    s3.upload_file(str(layer), "layers", "layer.zip")
    arn = client.publish_layer_version(LayerName="opencv", Content={"S3Bucket": "layers", "S3Key": "layer.zip"})["LayerVersionArn"]
    code = folder / "function.zip"
    with zipfile.ZipFile(code, "w") as archive:
        archive.write(ROOT / "examples/opencv/lambda_function.py", "lambda_function.py")
    client.create_function(
        FunctionName="numpy", Runtime=runtime, Handler="lambda_function.lambda_handler", Role=ROLE, Layers=[arn], MemorySize=512,
        Timeout=30, Code={"ZipFile": code.read_bytes()})

    def timed():
        start = time.perf_counter()
        answer = client.invoke(FunctionName="numpy", Payload=b"{}")
        assert "FunctionError" not in answer, answer["Payload"].read()
        return time.perf_counter() - start

    timed()
    cold, peer = [], []
    for number in range(10):
        # A changed configuration is a new revision, whose first invocation is cold.
        client.update_function_configuration(FunctionName="numpy", Description=str(number))
        cold.append(timed())
        peer.append(seconds([python, "-c", "import numpy"], env={"PYTHONPATH": str(folder / "recipe/python"), "PATH": os.environ["PATH"]}))
    show("cold_invoke_numpy", statistics.median(cold) * 1000, "ms")
    show("python_import_numpy", statistics.median(peer) * 1000, "ms")
    show("cold_invoke_overhead", (statistics.median(cold) - statistics.median(peer)) * 1000, "ms")
    warm = [timed() for _ in range(500)]
    show("warm_invoke_p50", statistics.median(warm) * 1000, "ms")
    show("warm_invoke_p99", statistics.quantiles(warm, n=100)[98] * 1000, "ms")
    # The peer of a warm invocation is what the client and HTTP cost by themselves.
    plain = []
    for _ in range(200):
        start = time.perf_counter()
        client.get_function_configuration(FunctionName="numpy")
        plain.append(time.perf_counter() - start)
    show("get_function_configuration_p50", statistics.median(plain) * 1000, "ms")


def find_python(lamina, newest=14):
    """The newest Python of this machine up to 3.N, and its runtime, made ready."""
    found = subprocess.run([ROOT / "scripts/find-python.sh", str(newest)], check=True, capture_output=True, text=True).stdout.strip()
    runtime = pathlib.Path(found).name
    seconds([lamina, "runtimes", "--prepare", runtime])
    return found, runtime


def subjects(description):
    """The lamina of the command line, and a Python of this machine with its runtime's name, made ready."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--lamina", required=True, type=pathlib.Path)
    lamina = parser.parse_args().lamina.resolve()
    return lamina, *find_python(lamina)


def main():
    lamina, python, runtime = subjects(__doc__)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        layer = build(lamina, python, runtime, folder)
        extraction(lamina, layer, folder)
        with Server(lamina, folder / "data", log=folder / "server.log") as server:
            invoke(server, python, runtime, layer, folder)


if __name__ == "__main__":
    sys.exit(main())
