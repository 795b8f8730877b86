"""Prints the registry's figures, one a line: NAME VALUE UNIT, each beside those of MiniStack and moto_server in the same run.

All servers get the same requests. Only lamina verifies their signatures, and only lamina has a layer version on disk before it answers;
the peers keep theirs in memory.
"""

import argparse
import concurrent.futures
import os
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import time

from bench import ROOT, Server, seconds, show
from load import CONNECTIONS, Requests, publication, rate, warm_rate

PEERS = ROOT / ".venv/peers/bin"
LAYERS, VERSIONS = 1_000, 3
FEW_LAYERS, MANY_LAYERS = 100, 10_000
SMALL, LARGE = 1_000, 49_000_000  # bytes in a zip
# So many that none is sent twice within the duration: a zip that is stored already could be had for less.
PUBLICATIONS = 20_000


class Peer(Server):
    """A server by others, on a free port of the loopback: one program, which its environment tells the port."""

    environment = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}

    def start(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            address = free.getsockname()
        self.url = f"http://127.0.0.1:{address[1]}"
        self.data.mkdir(exist_ok=True)
        port = str(address[1])
        ministack = {"GATEWAY_PORT": port, "BIND_HOST": "127.0.0.1", "PERSIST_STATE": "0", "TMPDIR": str(self.data)}
        settings = os.environ | ministack | {"MOTO_PORT": port}
        with open(self.log, "a") as log:
            self.process = subprocess.Popen([self.lamina], env=settings, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while True:
            try:
                return socket.create_connection(address).close()
            except ConnectionRefusedError:
                assert self.process.poll() is None and time.monotonic() < deadline, f"{self.lamina} did not start: {self.log.read_text()}"
                time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


def fill(server, layers, versions):
    requests = Requests(server)
    bodies = [requests.publish(f"layer-{number:05}", publication(SMALL)[1]) for number in range(layers) for _ in range(versions)]
    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(requests.send, bodies))


def get_layer_version(server):
    requests = Requests(server)
    signed = [requests.sign("GET", f"/layer-{layer:05}/versions/{version + 1}") for layer in range(LAYERS) for version in range(VERSIONS)]
    random.Random(0).shuffle(signed)
    return warm_rate(server, signed)


def list_layers(server):
    """All pages in turn. moto_server knows no pages: it always answers with all layers."""
    requests = Requests(server)
    signed, marker = [], None
    while not signed or marker:
        signed.append(requests.list(marker))
        marker = requests.send(signed[-1]).get("NextMarker")
    return warm_rate(server, signed)


def publish(server, bodies, layers):
    requests = Requests(server)
    return rate(server, [requests.publish(f"published-{layers}-{number % layers}", body) for number, body in enumerate(bodies)])


def digest_and_write(folder, content, body):
    """Seconds that no publish can do without: one digest of the body, and one synced write of the zip to a new file, which stays."""
    (folder / "body").write_bytes(body)
    digest = seconds(["openssl", "dgst", "-sha256", folder / "body"])
    start = time.perf_counter()
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return digest + time.perf_counter() - start


def publish_large(server, folder):
    """The shortest of three publishes, the shortest of what none can do without, and the MiB that the server needed over what it had."""
    requests = Requests(server)
    requests.send(requests.list())
    idle = server.memory("VmRSS")
    server.reset_peak_memory()
    publishes, least = [], []
    for _ in range(3):
        content, body = publication(LARGE)
        request = requests.publish("large", body)
        least.append(digest_and_write(folder, content, body))
        start = time.perf_counter()
        requests.send(request)
        publishes.append(time.perf_counter() - start)
    return min(publishes), min(least), (server.memory("VmHWM") - idle) / 1024


def compare(name, unit, figures):
    """Shows each server's figure, and how many times better lamina's is."""
    for server, figure in figures.items():
        show(f"{name}_{server}", figure, unit)
    ours = figures["lamina"]
    for peer, theirs in figures.items():
        if peer != "lamina":
            show(f"{name}_ratio_{peer}", theirs / ours if unit == "s" else ours / theirs, "times")


def compare_rates(servers):
    bodies = [publication(SMALL)[1] for _ in range(PUBLICATIONS)]
    rows = {
        "get_layer_version": get_layer_version, "list_layers": list_layers,
        "publish_1kb_16_layers": lambda server: publish(server, bodies, 16),
        "publish_1kb_one_layer": lambda server: publish(server, bodies, 1)}
    rates = {}
    for name, start in servers.items():
        with start("rates") as server:
            fill(server, LAYERS, VERSIONS)
            rates[name] = {row: measure(server) for row, measure in rows.items()}
    for row in rows:
        compare(row, "per_s", {name: rates[name][row] for name in servers})


def compare_lists(start):
    rates = {}
    for layers in [FEW_LAYERS, MANY_LAYERS]:
        with start(f"{layers}-layers") as server:
            fill(server, layers, 1)
            rates[layers] = list_layers(server)
        show(f"list_layers_of_{layers}_lamina", rates[layers], "per_s")
    show("list_layers_slowdown_lamina", rates[FEW_LAYERS] / rates[MANY_LAYERS], "times")


def compare_large(servers, folder):
    times, least, memory = {}, {}, {}
    for name, start in servers.items():
        with start("large") as server:
            times[name], least[name], memory[name] = publish_large(server, folder)
    compare("publish_49mb", "s", times)
    show("publish_49mb_digest_and_write", least["lamina"], "s")
    show("publish_49mb_over_digest_and_write", times["lamina"] / least["lamina"], "times")
    for name in servers:
        show(f"publish_49mb_memory_over_idle_{name}", memory[name], "MiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lamina", required=True, type=pathlib.Path)
    lamina = parser.parse_args().lamina.resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        # How each is started, with a folder of its own for a purpose.
        servers = {
            "lamina": lambda purpose: Server(lamina, folder / f"lamina-{purpose}"),
            "ministack": lambda purpose: Peer(PEERS / "ministack", folder / f"ministack-{purpose}"),
            "moto": lambda purpose: Peer(PEERS / "moto_server", folder / f"moto-{purpose}")}
        compare_rates(servers)
        compare_lists(servers["lamina"])
        compare_large(servers, folder)


if __name__ == "__main__":
    sys.exit(main())
