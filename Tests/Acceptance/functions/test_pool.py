"""How many environments there are: for each invocation one, up to the limits, ready ahead where that is asked for."""

import concurrent.futures
import json

import pytest
from botocore.exceptions import ClientError
from conftest import ROLE, eventually, make_zip
from server import Server

WHO = """
import os, time, uuid
environment = str(uuid.uuid4())
def handler(event, context):
    time.sleep(event.get("sleep", 0))
    return [environment, os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"], event.get("number")]
"""


@pytest.fixture
def start(lamina, tmp_path, runtime):
    """Starts servers with options; gives each with a function f."""
    servers = []

    def make(*options, **settings):
        server = Server(lamina, tmp_path / f"data-{len(servers)}", *options)
        servers.append(server)
        client = server.__enter__().client("lambda", read_timeout=60, max_pool_connections=50)
        client.create_function(
            FunctionName="f", Runtime=runtime, Handler="app.handler", Role=ROLE, Timeout=20, Code={"ZipFile": make_zip({"app.py": WHO})},
            **settings)
        return server, client

    yield make
    for server in servers:
        server.__exit__(None, None, None)


def invoke(client, name="f", **event):
    return json.loads(client.invoke(FunctionName=name, Payload=json.dumps(event))["Payload"].read())


def at_once(client, count, **event):
    """Invocations at the same time: answers, or the errors' reasons."""
    def one(number):
        try:
            return invoke(client, number=number, **event)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "TooManyRequestsException"
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 429
            return error.response["Reason"]

    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_invocations_at_the_same_time_have_environments_of_their_own(start):
    _, client = start()
    answers = at_once(client, 5, sleep=1)
    assert [answer[2] for answer in answers] == list(range(5))
    assert len({answer[0] for answer in answers}) == 5
    # Those that are free serve again, one invocation after another.
    assert invoke(client)[0] in {answer[0] for answer in answers}


def test_an_account_has_no_more_invocations_than_its_concurrency(start):
    _, client = start("--concurrency", "3")
    client.meta.config.retries = {"max_attempts": 1}
    answers = at_once(client, 6, sleep=2)
    assert sum(isinstance(answer, list) for answer in answers) == 3
    assert answers.count("ConcurrentInvocationLimitExceeded") == 3


def test_a_machine_has_no_more_environments_than_it_may(start):
    _, client = start("--environments", "2")
    answers = at_once(client, 4, sleep=2)
    assert sum(isinstance(answer, list) for answer in answers) == 2
    assert answers.count("ConcurrentInvocationLimitExceeded") == 2
    # An idle one gives its place to another function's.
    client.create_function(
        FunctionName="g", Runtime=client.get_function_configuration(FunctionName="f")["Runtime"], Handler="app.handler", Role=ROLE,
        Code={"ZipFile": make_zip({"app.py": WHO})})
    assert invoke(client, "g", number=1)[2] == 1


def test_a_function_has_no_more_invocations_than_are_reserved_for_it(start):
    _, client = start()
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)
    answers = at_once(client, 3, sleep=2)
    assert answers.count("ReservedFunctionConcurrentInvocationLimitExceeded") == 2


def test_idle_environments_end(start):
    _, client = start("--idle-time", "1")
    first = invoke(client)[0]
    assert eventually(lambda: invoke(client, sleep=0)[0] != first or wait(), 30)


def wait():
    import threading

    threading.Event().wait(2.5)
    return False


def test_a_change_of_configuration_starts_new_environments(start):
    _, client = start()
    first = invoke(client)[0]
    client.update_function_configuration(FunctionName="f", Description="the same")
    second = invoke(client)[0]
    client.update_function_configuration(FunctionName="f", MemorySize=512)
    third = invoke(client)[0]
    assert len({first, second, third}) == 3 or first == second != third


def test_provisioned_environments_are_ready_before_the_first_invocation(start, runtime):
    _, client = start("--provision", "f=2")

    def log():
        import base64

        answer = client.invoke(FunctionName="f", LogType="Tail", Payload=json.dumps({}))
        return json.loads(answer["Payload"].read()), base64.b64decode(answer["LogResult"]).decode()

    # The function is made after the server: it is found within a second.
    answer, text = eventually(lambda: (found := log())[0][1] == "provisioned-concurrency" and found)
    assert "Init Duration" not in text
    assert eventually(lambda: {item[1] for item in at_once(client, 2, sleep=1)} == {"provisioned-concurrency"})
    client.update_function_code(FunctionName="f", ZipFile=make_zip({"app.py": WHO + "\n# new\n"}))
    assert eventually(lambda: (found := log())[0][1] == "provisioned-concurrency" and found[0][0] != answer[0])


def test_what_to_provision_must_be_said_well(lamina, tmp_path):
    import subprocess

    for text, message in [("f", "does not say what to keep ready"), ("f=0", "does not say"), ("f=100", "--environments allows 99")]:
        result = subprocess.run(
            [lamina, "serve", "--port", "0", "--data", tmp_path / "data", "--environments", "99", "--provision", text], capture_output=True, text=True, timeout=20)
        assert result.returncode != 0
        assert message in result.stderr
