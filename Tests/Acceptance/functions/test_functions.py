import json
import re

import pytest
from botocore.exceptions import ClientError
from conftest import ROLE, make_zip


def publish(client, name, files):
    return client.publish_layer_version(LayerName=name, Content={"ZipFile": make_zip(files)})["LayerVersionArn"]


def test_an_invocation_answers_and_logs_as_lambda_does(function):
    invoke = function("def handler(event, context):\n    print('hello', event['name'])\n    return {'sum': event['a'] + 1}\n")
    answer, error, log = invoke({"name": "you", "a": 1})
    assert (answer, error) == ({"sum": 2}, None)
    assert re.fullmatch(
        r"START RequestId: (\S+) Version: \$LATEST\nhello you\nEND RequestId: \1\n"
        r"REPORT RequestId: \1\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\tMax Memory Used: \d+ MB\t"
        r"Init Duration: \d+\.\d\d ms\t\n", log), log
    assert "Init Duration" not in invoke({"name": "you", "a": 1})[2]


def test_the_layers_are_at_opt_and_the_later_one_wins(function, client):
    first = publish(client, "first", {"python/tool.py": "VALUE = 1\n", "data/only-first": "1", "data/both": "1"})
    second = publish(client, "second", {"python/tool.py": "VALUE = 2\n", "data/both": "2"})
    code = "import tool\ndef handler(e, c):\n    return [tool.VALUE, tool.__file__, open('/opt/data/both').read(), open('/opt/data/only-first').read()]\n"
    assert function(code, Layers=[first, second])()[0] == [2, "/opt/python/tool.py", "2", "1"]
    client.update_function_configuration(FunctionName="f", Layers=[second, first])
    answer = json.loads(client.invoke(FunctionName="f")["Payload"].read())
    assert answer == [1, "/opt/python/tool.py", "1", "1"], answer["errorMessage"]
    assert [layer["Arn"] for layer in client.get_function_configuration(FunctionName="f")["Layers"]] == [second, first]


def test_two_layers_of_the_same_bytes_may_be_attached(function, client):
    layers = [publish(client, name, {"python/tool.py": "VALUE = 1\n"}) for name in ("one", "two")]
    assert function("import tool\ndef handler(e, c): return tool.VALUE\n", Layers=layers)()[0] == 1


def test_a_site_packages_folder_counts_with_its_pth_files(function, client, runtime):
    site = f"python/lib/{runtime}/site-packages"
    layer = publish(client, "site", {f"{site}/deep.pth": "hidden\n", f"{site}/hidden/found.py": "VALUE = 3\n"})
    assert function("import found\ndef handler(e, c): return found.VALUE\n", Layers=[layer])()[0] == 3


def test_a_function_keeps_its_deleted_layer(function, client, server):
    layer = publish(client, "gone", {"python/tool.py": "VALUE = 1\n"})
    invoke = function("import tool\ndef handler(e, c): return tool.VALUE\n", Layers=[layer])
    client.delete_layer_version(LayerName="gone", VersionNumber=1)
    assert invoke()[0] == 1
    server.stop()
    server.start()
    again = server.client("lambda")
    assert json.loads(again.invoke(FunctionName="f")["Payload"].read()) == 1


def test_the_environment_is_lambdas(function, runtime):
    code = (
        "import os\ndef handler(e, c):\n"
        "    return dict(env=dict(os.environ), cwd=os.getcwd(), uid=os.getuid(), root=sorted(os.listdir('/')), name=c.function_name,"
        " memory=c.memory_limit_in_mb, arn=c.invoked_function_arn, left=c.get_remaining_time_in_millis())\n")
    seen = function(code, Environment={"Variables": {"STAGE": "test"}})()[0]
    env = seen["env"]
    assert env["STAGE"] == "test"
    assert env["AWS_EXECUTION_ENV"] == f"AWS_Lambda_{runtime}"
    assert env["LD_LIBRARY_PATH"].endswith(":/opt/lib") and env["PATH"].endswith(":/opt/bin")
    assert (seen["cwd"], seen["uid"], seen["name"], seen["memory"]) == ("/var/task", 1051, "f", "256")
    assert seen["arn"] == "arn:aws:lambda:us-east-1:000000000000:function:f"
    assert 5000 < seen["left"] <= 10000
    assert "root" not in seen["root"] and "home" not in seen["root"]


def test_only_tmp_is_writable_and_the_network_is_its_own(function):
    code = (
        "import socket\ndef handler(e, c):\n"
        "    seen = {}\n"
        "    for path in ['/tmp/x', '/opt/x', '/var/task/x', '/x', '/usr/x', '/etc/x']:\n"
        "        try: open(path, 'w').close(); seen[path] = True\n"
        "        except OSError: seen[path] = False\n"
        "    seen['network'] = [name for _, name in socket.if_nameindex()]\n"
        "    return seen\n")
    seen = function(code)()[0]
    assert seen.pop("network") in (["lo"], ["lo", "tap0"])
    assert [path for path, writable in seen.items() if writable] == ["/tmp/x"]


def test_a_timeout_ends_the_environment_and_tmp_stays(function):
    code = (
        "import os, time\ncount = 0\ndef handler(e, c):\n    global count\n    count += 1\n    open('/tmp/kept', 'w').close() if e.get('hang') else None\n"
        "    while e.get('hang'): time.sleep(1)\n    return [count, os.path.exists('/tmp/kept')]\n")
    invoke = function(code, Timeout=1)
    assert invoke()[0] == [1, False]
    assert invoke()[0] == [2, False]
    answer, error, log = invoke({"hang": True})
    assert error == "Unhandled"
    assert answer["errorType"] == "Sandbox.Timedout"
    assert re.fullmatch(r"RequestId: \S+ Error: Task timed out after 1\.00 seconds", answer["errorMessage"])
    assert "Task timed out after 1.00 seconds" in log
    assert invoke()[0] == [1, True]


@pytest.mark.parametrize("code, error_type, message", [
    ("import missing_module\n", "Runtime.ImportModuleError", "Unable to import module 'app': No module named 'missing_module'"),
    ("def other(e, c): pass\n", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
    ("def handler(e, c): raise ValueError('no')\n", "ValueError", "no"),
    ("import os\ndef handler(e, c): os._exit(0)\n", "Runtime.ExitError", "Runtime exited without providing a reason"),
    ("import os\ndef handler(e, c): os._exit(3)\n", "Runtime.ExitError", "Runtime exited with error: exit status 3"),
    ("import os\ndef handler(e, c): os.abort()\n", "Runtime.ExitError", "Runtime exited with error: signal: aborted"),
])
def test_failures_are_told_as_lambda_tells_them(function, code, error_type, message):
    answer, error, log = function(code)()
    assert error == "Unhandled"
    assert answer["errorType"] == error_type
    assert answer["errorMessage"].endswith(message)
    assert "END RequestId" in log and "REPORT RequestId" in log


def test_memory_over_the_limit_ends_the_function(function):
    answer, error, log = function("def handler(e, c):\n    return len(bytearray(500_000_000))\n", MemorySize=128)()
    assert (error, answer["errorType"]) == ("Unhandled", "Runtime.OutOfMemory")
    assert answer["errorMessage"].endswith("Runtime exited with error: signal: killed")


def test_an_answer_over_the_limit_is_an_error(function):
    answer, error, _ = function("def handler(e, c): return 'x' * 6_300_000\n")()
    assert answer["errorType"] == "Function.ResponseSizeTooLarge" or "exceeded" in answer["errorMessage"]
    assert error == "Unhandled"


def test_new_code_is_run_by_the_next_invocation(function, client):
    invoke = function("def handler(e, c): return 1\n")
    assert invoke()[0] == 1
    client.update_function_code(FunctionName="f", ZipFile=make_zip({"app.py": "def handler(e, c): return 2\n"}))
    assert invoke()[0] == 2
    client.delete_function(FunctionName="f")
    with pytest.raises(ClientError) as caught:
        invoke()
    assert caught.value.response["Error"]["Message"] == "Function not found: arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST"


def test_waiters_pagers_and_the_client_context_work(function, client):
    import base64

    invoke = function("def handler(e, c): return c.client_context.custom\n")
    client.get_waiter("function_active_v2").wait(FunctionName="f")
    context = base64.b64encode(json.dumps({"custom": {"ä": "b\nc"}}, indent=2).encode()).decode()
    assert invoke(ClientContext=context)[0] == {"ä": "b\nc"}
    assert [f["FunctionName"] for f in client.get_paginator("list_functions").paginate().search("Functions")] == ["f"]


def test_what_is_wrong_with_a_function_is_told(client, runtime):
    def message(**options):
        settings = {"FunctionName": "f", "Runtime": runtime, "Handler": "app.handler", "Role": ROLE, "Code": {"ZipFile": make_zip({"app.py": ""})}}
        with pytest.raises(ClientError) as caught:
            client.create_function(**(settings | options))
        return caught.value.response["Error"]["Message"]

    assert "at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900" in message(Timeout=901)
    assert "at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs20.x," in message(Runtime="python1.0")
    assert "reserved keys" in message(Environment={"Variables": {"AWS_REGION": "x"}})
    assert "zero byte" in message(Environment={"Variables": {"EVIL": "x\0--bind\0/\0/tmp/host"}})
    assert message(Layers=["arn:aws:lambda:us-east-1:000000000000:layer:none:1"]) == (
        "Layer version arn:aws:lambda:us-east-1:000000000000:layer:none:1 does not exist.")
    assert client.list_functions()["Functions"] == []


def test_what_this_machine_cannot_run_is_told(client):
    client.create_function(
        FunctionName="node", Runtime="nodejs22.x", Handler="index.handler", Role=ROLE, Code={"ZipFile": make_zip({"index.js": ""})})
    with pytest.raises(ClientError) as caught:
        client.invoke(FunctionName="node")
    assert caught.value.response["Error"]["Code"] == "InvalidRuntimeException"
    assert "nodejs22.x" in caught.value.response["Error"]["Message"]
