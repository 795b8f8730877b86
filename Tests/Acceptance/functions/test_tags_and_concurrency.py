"""What a function has apart from its versions: tags, reserved concurrency, its part of the account's settings."""

import signal
import threading

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from conftest import ROLE, eventually, make_zip, refusal

ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
INVALID, MISSING = "InvalidParameterValueException", "ResourceNotFoundException"
ZIP = make_zip({"app.py": "import time\ndef handler(e, c):\n    while e.get('hang'): time.sleep(0.1)\n"})


@pytest.fixture
def make(client, runtime):
    def make(name="f", **options):
        return client.create_function(
            FunctionName=name, Runtime=runtime, Handler="app.handler", Role=ROLE, Code={"ZipFile": ZIP}, **options)

    return make


def test_tags_are_set_merged_and_taken_away(client, make):
    make(Tags={"stage": "test", "team": "a"})
    revision = client.get_function_configuration(FunctionName="f")["RevisionId"]
    assert client.list_tags(Resource=ARN)["Tags"] == {"stage": "test", "team": "a"}
    assert client.tag_resource(Resource=ARN, Tags={"team": "b", "über": ""})["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert client.get_function(FunctionName="f")["Tags"] == {"stage": "test", "team": "b", "über": ""}
    assert client.get_function_configuration(FunctionName="f")["RevisionId"] != revision
    removed = client.untag_resource(Resource=ARN, TagKeys=["team", "über", "stage", "absent"])
    assert removed["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert client.list_tags(Resource=ARN)["Tags"] == {}
    assert "Tags" not in client.get_function(FunctionName="f")


def test_what_cannot_be_tagged_is_told(server, client, make):
    make(Publish=True)
    tag = lambda resource=ARN, tags={"a": "b"}: refusal(client.tag_resource, Resource=resource, Tags=tags)
    unsupported = (400, INVALID, "Tags on function aliases and versions are not supported. Please specify a function ARN.")
    for qualifier in ("1", "$LATEST"):
        assert tag(f"{ARN}:{qualifier}") == unsupported
        assert refusal(client.list_tags, Resource=f"{ARN}:{qualifier}") == unsupported
    assert tag(f"{ARN}none") == (404, MISSING, f"Function not found: {ARN}none")
    assert tag(tags={}) == (400, INVALID, "An error occurred and the request cannot be processed.")
    assert tag(tags={f"k{number}": "" for number in range(51)}) == (400, INVALID, "Number of tags exceeds resource tag limit.")
    status, code, message = tag("f")
    assert (status, code) == (400, "ValidationException")
    assert message.startswith("1 validation error detected: Value 'f' at 'resource' failed to satisfy constraint: Member must satisfy regular")
    assert tag(tags={"k" * 129: "", "v": "v" * 257})[1] == "ValidationException"
    raw = server.client("lambda", parameter_validation=False)
    assert refusal(raw.untag_resource, Resource=ARN, TagKeys=[])[2] == (
        "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member must not be null")
    assert client.list_tags(Resource=ARN)["Tags"] == {}


def test_a_function_is_not_made_with_more_tags_than_it_may_have(client, make):
    with pytest.raises(ClientError) as caught:
        make(Tags={f"k{number}": "" for number in range(51)})
    assert caught.value.response["Error"]["Message"] == "Number of tags exceeds resource tag limit."
    assert client.list_functions()["Functions"] == []


def test_a_function_reserves_its_share_and_gives_it_back(client, make):
    make()
    assert "ReservedConcurrentExecutions" not in client.get_function_concurrency(FunctionName="f")
    assert client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=100)["ReservedConcurrentExecutions"] == 100
    assert client.get_function_concurrency(FunctionName=ARN)["ReservedConcurrentExecutions"] == 100
    assert client.get_function(FunctionName="f")["Concurrency"] == {"ReservedConcurrentExecutions": 100}
    assert client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"] == 900
    assert client.delete_function_concurrency(FunctionName="f")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert "Concurrency" not in client.get_function(FunctionName="f")
    assert client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"] == 1000


def test_a_function_without_concurrency_is_throttled(client, make):
    make()
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    with pytest.raises(client.exceptions.TooManyRequestsException) as caught:
        client.invoke(FunctionName="f")
    answer = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert (answer["Reason"], answer["Error"]["Message"]) == ("ReservedFunctionConcurrentInvocationLimitExceeded", "Rate Exceeded.")
    assert client.invoke(FunctionName="f", InvocationType="DryRun")["StatusCode"] == 204
    client.delete_function_concurrency(FunctionName="f")
    assert "FunctionError" not in client.invoke(FunctionName="f")


def test_the_reservation_is_how_many_run_at_a_time(server, client, make):
    make(Timeout=30)
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)

    def hang():
        with pytest.raises(BotoCoreError):  # It ends with the server.
            while invoke(Payload=b'{"hang": true}') is None: pass

    def invoke(**arguments):
        try:
            return client.invoke(FunctionName="f", **arguments)
        except client.exceptions.TooManyRequestsException:
            return None

    thread = threading.Thread(target=hang)
    thread.start()
    eventually(lambda: invoke() is None)
    # Another function has a share of its own.
    make("g")
    assert client.invoke(FunctionName="g")["StatusCode"] == 200
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=2)
    assert invoke()["StatusCode"] == 200
    # A stop would wait for the one that hangs.
    server.stop(signal.SIGKILL)
    thread.join(30)


def test_what_cannot_be_reserved_is_told(client, make):
    make(Publish=True)
    reserve = lambda count=1, name="f": refusal(client.put_function_concurrency, FunctionName=name, ReservedConcurrentExecutions=count)
    below = (
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].")
    assert reserve(901) == (400, INVALID, below)
    make("g")
    client.put_function_concurrency(FunctionName="g", ReservedConcurrentExecutions=500)
    assert reserve(401) == (400, INVALID, below)
    assert client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=400)["ReservedConcurrentExecutions"] == 400
    assert reserve(name="none") == (404, MISSING, f"Function not found: {ARN[:-1]}none:$LATEST")
    assert refusal(client.get_function_concurrency, FunctionName="none") == (404, MISSING, f"Function not found: {ARN[:-1]}none")
    assert reserve(name=f"{ARN}:1") == (
        400, INVALID, "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
        "Please specify either a function name or an unqualified function ARN.")


def test_the_account_counts_its_functions_and_all_their_bytes(client, make):
    empty = client.get_account_settings()
    assert empty["AccountUsage"] == {"TotalCodeSize": 0, "FunctionCount": 0}
    assert empty["AccountLimit"] == {
        "TotalCodeSize": 80_530_636_800, "CodeSizeUnzipped": 262_144_000, "CodeSizeZipped": 52_428_800, "ConcurrentExecutions": 1000,
        "UnreservedConcurrentExecutions": 1000}
    make(Publish=True)
    client.publish_layer_version(LayerName="tools", Content={"ZipFile": ZIP})
    assert client.get_account_settings()["AccountUsage"] == {"TotalCodeSize": 3 * len(ZIP), "FunctionCount": 1}
    client.delete_layer_version(LayerName="tools", VersionNumber=1)
    client.delete_function(FunctionName="f", Qualifier="1")
    assert client.get_account_settings()["AccountUsage"] == {"TotalCodeSize": len(ZIP), "FunctionCount": 1}
    client.delete_function(FunctionName="f")
    assert client.get_account_settings()["AccountUsage"] == {"TotalCodeSize": 0, "FunctionCount": 0}


def test_the_aws_command_tags_and_reserves(server, make):
    make()
    assert server.aws("lambda", "tag-resource", "--resource", ARN, "--tags", "team=a,stage=test").returncode == 0
    assert server.aws("lambda", "untag-resource", "--resource", ARN, "--tag-keys", "team", "none").returncode == 0
    assert server.aws("lambda", "list-tags", "--resource", ARN, "--query", "Tags", "--output", "text").stdout.strip() == "test"
    reserved = server.aws("lambda", "put-function-concurrency", "--function-name", "f", "--reserved-concurrent-executions", "5")
    assert '"ReservedConcurrentExecutions": 5' in reserved.stdout, reserved.stderr
