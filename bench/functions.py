"""Prints the figures of invocations, one a line: NAME VALUE UNIT, each beside its peer's in the same run.

The peers are the bare interpreter with the same imports, and MiniStack with its local executor, which runs functions in no sandbox.
"""

import base64
import http.client
import io
import os
import pathlib
import re
import statistics
import sys
import tempfile
import time
import urllib.parse
import zipfile

from bench import ROLE, ROOT, Server, find_python, seconds, show, subjects
from load import Requests, warm_rate
from registry import PEERS, Peer

COLD, WARM = 30, 2000
# From 3.12 on, AWS's client of the Runtime API starts a thread for each event, which takes as long as all the rest of it.
WITHOUT_THREADS = 11
HELLO = "def handler(event, context):\n    return {'hello': event.get('name')}\n"


def package(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


class Connection:
    """One connection that is kept, to send signed requests over."""

    def __init__(self, server):
        host = urllib.parse.urlsplit(server.url).netloc
        self.connection = http.client.HTTPConnection(host)
        self.connection.connect()

    def send(self, request):
        """Milliseconds until the answer was there, its headers and its body."""
        start = time.perf_counter()
        self.connection.sock.sendall(request)
        response = http.client.HTTPResponse(self.connection.sock)
        response.begin()
        body = response.read()
        elapsed = (time.perf_counter() - start) * 1000
        assert response.status == 200 and "X-Amz-Function-Error" not in response.headers, body
        return elapsed, response.headers, body


def function_name(purpose, runtime):
    return f"{purpose}-{runtime.replace('.', '_')}"


def create(server, name, runtime, code=HELLO, **options):
    client = server.client("lambda")
    client.create_function(
        FunctionName=name, Runtime=runtime, Handler="app.handler", Role=ROLE, Timeout=30, Code={"ZipFile": package({"app.py": code})}, **options)
    return client


def cold(client, requests, connection, name, times=COLD):
    """Milliseconds of invocations that are each the first of a new configuration."""
    results = []
    for number in range(times):
        client.update_function_configuration(FunctionName=name, Description=str(number))
        results.append(connection.send(requests.invoke(name))[0])
    return results


def bare(python, folder):
    """Milliseconds of the interpreter that is started by hand, with what AWS's runtime client and the function import."""
    (folder / "app.py").write_text(HELLO)
    clients = pathlib.Path(os.environ.get("LAMINA_CACHE_DIR") or pathlib.Path.home() / ".cache/lamina") / "runtime-clients"
    version = pathlib.Path(python).name
    client = max((path for path in clients.glob(f"{version}-*") if (path / "bootstrap.py").exists()), key=lambda path: path.stat().st_mtime)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{folder}:{client}"}
    command = [python, "-c", "import awslambdaric.__main__, awslambdaric.bootstrap, app"]
    return [seconds(command, env=environment) * 1000 for _ in range(COLD)]


def hello(server, python, runtime, folder):
    name = function_name("hello", runtime)
    client, requests, connection = create(server, name, runtime), Requests(server), Connection(server)
    connection.send(requests.invoke(name))
    ours, interpreter = [], []
    for _ in range(3):
        ours += cold(client, requests, connection, name, COLD // 3)
        interpreter += bare(python, folder)[: COLD // 3]
    show(f"cold_hello_{runtime}_p50", statistics.median(ours), "ms")
    show(f"bare_interpreter_{runtime}_p50", statistics.median(interpreter), "ms")
    show(f"cold_hello_{runtime}_overhead", statistics.median(ours) - statistics.median(interpreter), "ms")
    warm = sorted(connection.send(requests.invoke(name))[0] for _ in range(WARM))
    show(f"warm_hello_{runtime}_p50", statistics.median(warm), "ms")
    show(f"warm_hello_{runtime}_p99", warm[len(warm) * 99 // 100], "ms")
    return statistics.median(ours)


def layers(server, runtime):
    """Cold invocations with five layers of 50 MB each, and with none, in turn."""
    requests, connection = Requests(server), Connection(server)
    client = server.client("lambda")
    client.meta.config.request_checksum_calculation = "when_required"
    s3 = server.client("s3")
    s3.create_bucket(Bucket="layers")
    arns = []
    for number in range(5):
        body = package({f"python/data{number}-{piece}": os.urandom(1 << 20) for piece in range(49)})
        s3.put_object(Bucket="layers", Key=str(number), Body=body)
        content = {"S3Bucket": "layers", "S3Key": str(number)}
        arns.append(client.publish_layer_version(LayerName=f"large-{number}", Content=content)["LayerVersionArn"])
    create(server, "plain", runtime)
    create(server, "layered", runtime, Layers=arns)
    times = {"plain": [], "layered": []}
    for name in times:
        connection.send(requests.invoke(name))
    for _ in range(6):
        for name in times:
            times[name] += cold(client, requests, connection, name, COLD // 6)
    plain, layered = (statistics.median(times[name]) for name in ("plain", "layered"))
    show("cold_without_layers_p50", plain, "ms")
    show("cold_five_layers_p50", layered, "ms")
    show("cold_five_layers_more", layered - plain, "ms")


def tutorial(lamina, server, runtime, folder):
    """The numpy function of the tutorial, with the memory that it has there."""
    layer = folder / "numpy.zip"
    (folder / "requirements.txt").write_text("numpy\n")
    seconds([lamina, "build", folder / "requirements.txt", "--runtime", runtime, "--output", layer])
    client = server.client("lambda")
    arn = client.publish_layer_version(LayerName="numpy", Content={"ZipFile": layer.read_bytes()})["LayerVersionArn"]
    client.create_function(
        FunctionName="numpy", Runtime=runtime, Handler="lambda_function.lambda_handler", Role=ROLE, Layers=[arn], Timeout=30, MemorySize=128,
        Code={"ZipFile": package({"lambda_function.py": (ROOT / "examples/opencv/lambda_function.py").read_text()})})
    durations, memory = [], []
    for number in range(50):
        answer = client.invoke(FunctionName="numpy", LogType="Tail")
        assert "FunctionError" not in answer, answer["Payload"].read()
        report = base64.b64decode(answer["LogResult"]).decode()
        memory.append(int(re.search(r"Max Memory Used: (\d+) MB", report)[1]))
        if number:
            durations.append(float(re.search(r"\tDuration: ([\d.]+) ms", report)[1]))
    show("tutorial_numpy_duration_p50", statistics.median(durations), "ms")
    show("tutorial_numpy_duration_max", max(durations), "ms")
    show("tutorial_numpy_max_memory", max(memory), "MB")


def rates(server, name, runtime):
    """Answers a second with one and with eight clients. MiniStack leaves some of eight without one."""
    requests, function, found = Requests(server), function_name("rate", runtime), []
    create(server, function, runtime)
    Connection(server).send(requests.invoke(function))
    for clients in (1, 8):
        found.append(warm_rate(server, [requests.invoke(function)], clients, lenient=name != "lamina"))
        show(f"warm_rate_{name}_{runtime}_{clients}_clients", found[-1], "a second")
    return found


def ministack(runtime, folder, ours, cold_ours):
    """MiniStack's first invocation after its start, as a developer or a CI run has it, and those of further functions."""
    first, further = [], []
    for number in range(3):
        with Peer(PEERS / "ministack", folder / f"ministack-{runtime}-{number}", log=folder / "ministack.log") as peer:
            requests = Requests(peer)
            for function in range(4):
                create(peer, f"f{function}", runtime)
                (further if function else first).append(Connection(peer).send(requests.invoke(f"f{function}"))[0])
    with Peer(PEERS / "ministack", folder / f"ministack-{runtime}", log=folder / "ministack.log") as peer:
        theirs = rates(peer, "ministack", runtime)
    show(f"cold_hello_ministack_{runtime}_first_p50", statistics.median(first), "ms")
    show(f"cold_hello_ministack_{runtime}_further_p50", statistics.median(further), "ms")
    show(f"cold_hello_{runtime}_ratio", statistics.median(first) / cold_ours, "times")
    for clients, mine, other in zip((1, 8), ours, theirs):
        show(f"warm_rate_{runtime}_ratio_{clients}_clients", mine / other, "times")


def main():
    lamina, python, runtime = subjects(__doc__)
    pythons = dict.fromkeys([(python, runtime), find_python(lamina, WITHOUT_THREADS)])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with Server(lamina, folder / "data", log=folder / "server.log") as server:
            cold_ours = [hello(server, *each, folder) for each in pythons]
            layers(server, runtime)
            tutorial(lamina, server, runtime, folder)
            ours = [rates(server, "lamina", name) for _, name in pythons]
        for (_, name), mine, cold_mine in zip(pythons, ours, cold_ours):
            ministack(name, folder, mine, cold_mine)


if __name__ == "__main__":
    sys.exit(main())
