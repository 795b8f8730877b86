"""What functions reach: --function-network."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import textwrap
import threading

import pytest
from conftest import eventually
from inside import Function
from server import Server

CONNECT = """
    import socket
    answer = []
    for address in addresses:
        try:
            with socket.create_connection(address, 5) as connection:
                answer.append(connection.recv(100).decode() if address[1] != 9001 else "Runtime API")
        except OSError as error:
            answer.append(None)
    """


@contextlib.contextmanager
def listening(host="127.0.0.1"):
    """A server of this machine that greets; gives its port."""
    with socket.create_server((host, 0)) as server:
        def greet():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.sendall(b"hello")

        thread = threading.Thread(target=greet)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def port(server):
    return int(server.url.rsplit(":", 1)[1])


# slirp4netns's own address for the machine's loopback, unless it is told not to.
ALIASES = ("127.0.0.1", "10.0.2.2", "169.254.100.1")


@pytest.mark.parametrize("network", ["nat", "none"])
def test_the_machines_loopback_and_the_server_are_not_reached(lamina, tmp_path, runtime, network):
    with Server(lamina, tmp_path / "data", "--function-network", network) as server, listening() as other:
        function = Function(server.client("lambda", read_timeout=60), runtime)
        addresses = [[host, number] for host in ALIASES for number in (other, port(server))]
        assert function.run(CONNECT, addresses=addresses) == [None] * 6


def test_the_metadata_service_of_a_cloud_is_not_reached(lamina, tmp_path, runtime):
    with Server(lamina, tmp_path / "data", "--function-network", "nat") as server:
        function = Function(server.client("lambda", read_timeout=60), runtime)
        # Its own loopback answers for all of 169.254.0.0/16.
        routes = function.run("answer = open('/proc/net/fib_trie').read()")
        assert "+-- 169.254.0.0/16" in routes
        assert function.run("""
            import socket
            try:
                socket.create_connection(("169.254.169.254", 80), 5)
            except ConnectionRefusedError:
                answer = "refused here"
            """) == "refused here"


def test_without_a_network_only_the_runtime_api_is_reached(lamina, tmp_path, runtime):
    with Server(lamina, tmp_path / "data", "--function-network", "none") as server:
        function = Function(server.client("lambda", read_timeout=60), runtime)
        assert function.run("import socket\nanswer = [name for _, name in socket.if_nameindex()]") == ["lo"]
        assert function.run(CONNECT, addresses=[["127.0.0.1", 9001]]) == ["Runtime API"]
        assert function.run("answer = open('/etc/resolv.conf').read()") == ""


class ServerInNetwork(Server):
    """A server in a network of the test's own, which has an address beside its loopback."""

    def command(self, *arguments):
        return ["nsenter", f"--net=/proc/{self.network.pid}/ns/net", "--", self.lamina, *arguments]


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("ip"), reason="only root may make a network to reach")
def test_nat_reaches_what_the_machine_reaches(lamina, tmp_path, runtime):
    script = """
        import socket, subprocess, sys
        for command in ("ip link set lo up", "ip address add 192.0.2.1/32 dev lo"):
            subprocess.run(command.split(), check=True)
        servers = [socket.create_server((host, 8080)) for host in ("192.0.2.1", "127.0.0.1")]
        print("ready", flush=True)
        while True:
            connection, _ = servers[0].accept()
            connection.sendall(b"outside")
            connection.close()
        """
    with subprocess.Popen(["unshare", "--net", "python3", "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True) as network:
        try:
            assert network.stdout.readline() == "ready\n"
            server = ServerInNetwork(lamina, tmp_path / "data", "--function-network", "nat")
            server.network = network
            with server:
                # The test is outside: its client enters the server's network.
                subprocess.run(
                    ["nsenter", f"--net=/proc/{network.pid}/ns/net", "--", "python", "-c", textwrap.dedent("""
                        import json, os, sys
                        sys.path[:0] = json.loads(os.environ["FOLDERS"])
                        from conftest import make_zip
                        import boto3
                        from inside import Function
                        from test_network import CONNECT
                        client = boto3.client("lambda", endpoint_url=os.environ["URL"], region_name="us-east-1")
                        function = Function(client, os.environ["RUNTIME"])
                        addresses = [["192.0.2.1", 8080], ["127.0.0.1", 8080], ["10.0.2.2", 8080]]
                        answer = function.run(CONNECT, addresses=addresses)
                        assert answer == ["outside", None, None], answer
                        """)],
                    check=True, env=server.environment | {
                        "URL": server.url, "RUNTIME": runtime,
                        "FOLDERS": json.dumps([os.path.dirname(__file__), os.path.dirname(os.path.dirname(__file__))])})
        finally:
            network.kill()


def test_the_hosts_network_is_the_hosts(lamina, tmp_path, runtime):
    with Server(lamina, tmp_path / "data", "--function-network", "host") as server, listening() as other:
        client = server.client("lambda", read_timeout=60)
        functions = [Function(client, runtime, name) for name in ("one", "two")]
        assert functions[0].run(CONNECT, addresses=[["127.0.0.1", other]]) == ["hello"]
        places = [function.run("import os\nanswer = os.environ['AWS_LAMBDA_RUNTIME_API']") for function in functions]
        assert len(set(places)) == 2 and all(place.startswith("127.0.0.1:") for place in places)
    assert "share this machine's network" in server.log.read_text()


def test_a_network_that_was_asked_for_and_cannot_be_had_is_an_error_at_the_start(lamina, tmp_path, broken_slirp):
    done = subprocess.run(
        [lamina, "serve", "--port", "0", "--data", tmp_path / "data", "--function-network", "nat"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 1 and done.stdout == ""
    assert "--function-network nat" in done.stderr and "no tap here" in done.stderr


def test_a_network_that_cannot_be_had_is_told_once_and_functions_run_without(lamina, tmp_path, runtime, broken_slirp):
    with Server(lamina, tmp_path / "data") as server:
        for name in ("one", "two"):
            function = Function(server.client("lambda", read_timeout=60), runtime, name)
            assert function.run("import socket\nanswer = [name for _, name in socket.if_nameindex()]") == ["lo"]
        log = eventually(lambda: (text := server.log.read_text()).count("no network") and text)
    assert log.count("no network") == log.count("no tap here") == 1 and "through slirp4netns" not in log
    assert broken_slirp.read_text() == "start\n"


def test_no_translation_is_left(lamina, tmp_path, runtime):
    with Server(lamina, tmp_path / "data", "--function-network", "nat") as server:
        Function(server.client("lambda", read_timeout=60), runtime).run("answer = 1")
        children = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(server.process.pid)], capture_output=True, text=True).stdout
        started = [int(line.split()[0]) for line in children.splitlines() if line.split()[1] == "slirp4netns"]
        assert started
        server.stop(signal.SIGKILL)
        eventually(lambda: not [pid for pid in started if is_running(pid)])


def is_running(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text() == "slirp4netns\n"
    except (FileNotFoundError, ProcessLookupError):
        return False
