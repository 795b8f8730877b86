"""A thousand invocations over fifty functions with three layers each: none is lost, none crossed, and nothing stays behind."""

import concurrent.futures
import contextlib
import json
import os
import pathlib

from conftest import ROLE, make_zip
from processes import cgroup_name, descendants, gone
from server import Server

FUNCTIONS, INVOCATIONS, AT_A_TIME = 50, 1000, 20

CODE = """
import os
import first, second, third
NAME = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
def handler(event, context):
    return {"function": NAME, "layers": [first.VALUE, second.VALUE, third.VALUE], "number": event["number"], "id": context.aws_request_id}
"""


def cgroups(data):
    """Those that a server makes: it names them by its folder."""
    return list(pathlib.Path("/sys/fs/cgroup").glob(f"**/{cgroup_name(data / 'execution')}"))


def test_a_thousand_invocations_over_fifty_functions(lamina, tmp_path, runtime):
    with Server(lamina, tmp_path / "data") as server:
        client = server.client("lambda", read_timeout=60, max_pool_connections=AT_A_TIME)
        arns = {}
        for place in ("first", "second", "third"):
            for value in range(5):
                arns[place, value] = client.publish_layer_version(
                    LayerName=f"{place}-{value}", Content={"ZipFile": make_zip({f"python/{place}.py": f"VALUE = {value}\n"})}
                )["LayerVersionArn"]
        values = {f"f{number}": [number % 5, number // 5 % 5, number // 25] for number in range(FUNCTIONS)}
        code = make_zip({"app.py": CODE})
        for name, own in values.items():
            client.create_function(
                FunctionName=name, Runtime=runtime, Handler="app.handler", Role=ROLE, Timeout=30, Code={"ZipFile": code},
                Layers=[arns[place, value] for place, value in zip(("first", "second", "third"), own)])

        def invoke(number):
            name = f"f{number * 7 % FUNCTIONS}"
            answer = client.invoke(FunctionName=name, Payload=json.dumps({"number": number}))
            assert "FunctionError" not in answer
            return name, number, answer["ResponseMetadata"]["RequestId"], json.loads(answer["Payload"].read())

        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            answers = list(pool.map(invoke, range(INVOCATIONS)))
        for name, number, request_id, answer in answers:
            assert answer == {"function": name, "layers": values[name], "number": number, "id": request_id}
        assert len({answer["id"] for *_, answer in answers}) == INVOCATIONS

        started = descendants(server.process.pid)
        assert len(started) >= FUNCTIONS
        had_cgroups = cgroups(tmp_path / "data")
        server.stop()
    assert gone(started)
    # Only root is sure to have them.
    assert had_cgroups or os.geteuid() != 0
    assert not cgroups(tmp_path / "data")
    assert not [mount for mount in mounts() if str(tmp_path) in mount]
    assert not list((tmp_path / "data/execution/environments").iterdir())


def mounts():
    """Lines of the mount tables of all processes."""
    lines = set()
    for process in os.listdir("/proc"):
        if process.isdigit():
            with contextlib.suppress(OSError):
                lines.update(pathlib.Path(f"/proc/{process}/mountinfo").read_text().splitlines())
    return lines
