"""Many invocations at once of what has not run before: each is answered, and the server stays well."""

import concurrent.futures
import json

from conftest import ROLE, make_zip


def test_functions_that_share_code_and_a_layer_start_at_once(server, client, runtime):
    # The code and the layer are new to the server in every round, and unpacked for all who wait.
    for number in range(5):
        layer = client.publish_layer_version(
            LayerName=f"tools-{number}", Content={"ZipFile": make_zip({"python/tool.py": f"VALUE = {number}\n"})})["LayerVersionArn"]
        code = make_zip({"app.py": f"import tool\ndef handler(e, c): return [tool.VALUE, {number}]\n"})
        names = [f"f-{number}-{copy}" for copy in range(4)]
        for name in names:
            client.create_function(
                FunctionName=name, Runtime=runtime, Handler="app.handler", Role=ROLE, Timeout=30, Code={"ZipFile": code}, Layers=[layer])
        with concurrent.futures.ThreadPoolExecutor(len(names)) as pool:
            invoke = server.client("lambda", read_timeout=30).invoke
            answers = [json.loads(answer["Payload"].read()) for answer in pool.map(lambda name: invoke(FunctionName=name), names)]
        assert answers == [[number, number]] * len(names)
