"""Which functions have a layer, and which of its versions may go: what would be missed must never be deleted."""

import json

import pytest
from conftest import ROLE, make_zip
from peers import Stub, Verbs

LAYER = make_zip({"python/tool.py": "VALUE = 7\n"})
ARN = "arn:aws:lambda:eu-west-1:{}:layer:tools"


@pytest.fixture
def ours(server, lamina, tmp_path):
    (tmp_path / "layer.zip").write_bytes(LAYER)
    return Verbs(lamina, server.environment, tmp_path)


def make_function(client, name, layers):
    client.create_function(
        FunctionName=name, Runtime="python3.13", Handler="app.handler", Role=ROLE, Layers=layers,
        Code={"ZipFile": make_zip({"app.py": "def handler(e, c): pass\n"})})


def listing(versions, account="444455556666", functions=()):
    """A stub's answers: a layer's versions, a caller's account, functions."""
    def answer(stub, request):
        if request.command == "DELETE":
            return 204, {}, b""
        if request.path.startswith("/2015-03-31/functions"):
            return 200, {}, json.dumps({"Functions": list(functions)}).encode()
        if request.command == "POST":
            return 200, {}, f"<GetCallerIdentityResult><Account>{account}</Account></GetCallerIdentityResult>".encode()
        items = [{"LayerVersionArn": f"{ARN.format(account)}:{version}", "Version": version} for version in versions]
        return 200, {}, json.dumps({"LayerVersions": items}).encode()

    return answer


def test_an_arns_region_is_where_functions_are_looked_for(ours, server):
    arns = [ours.json("publish", "layer.zip", "--name", "tools", "--region", "eu-west-1")["arn"] for _ in range(3)]
    make_function(server.client("lambda", region="eu-west-1"), "f", [arns[0]])
    layer = ARN.format("000000000000")
    users = ours.json("users", layer)
    assert (users["region"], [user["function"] for user in users["users"]]) == ("eu-west-1", ["f"])
    plan = ours.json("prune", layer, "--keep", "1", "--apply")
    assert [row["version"] for row in plan["deleted"]] == [2]
    assert [row["version"] for row in plan["kept"]] == [3, 1]
    assert [row["version"] for row in ours.json("versions", "tools", "--region", "eu-west-1")["versions"]] == [3, 1]


@pytest.mark.parametrize("arguments", [("users",), ("prune", "--keep", "0", "--apply")])
def test_another_region_than_the_arns_is_refused(lamina, tmp_path, arguments):
    verb, *options = arguments
    with Stub(listing([2, 1])) as stub:
        done = Verbs(lamina, stub.environment, tmp_path).run(verb, ARN.format("444455556666"), *options, "--region", "us-east-1")
    assert done.returncode == 1
    assert "is in eu-west-1" in done.stderr
    assert not stub.requests


def test_a_layer_of_another_account_is_not_pruned_unless_its_users_do_not_matter(lamina, tmp_path):
    arguments = ("prune", ARN.format("111122223333"), "--keep", "0", "--apply")
    with Stub(listing([2, 1])) as stub:
        done = Verbs(lamina, stub.environment, tmp_path).run(*arguments)
        assert done.returncode == 1
        assert "111122223333, whose functions you cannot see" in done.stderr and "444455556666" in done.stderr
        assert "DELETE" not in {request.command for request in stub.requests}
        Verbs(lamina, stub.environment, tmp_path)(*arguments, "--even-used")
        assert [request.command for request in stub.requests].count("DELETE") == 2


def test_without_an_answer_to_whose_the_credentials_are_an_arn_is_not_pruned(lamina, tmp_path):
    answer = listing([2, 1])
    with Stub(lambda stub, request: (404, {}, b"") if request.command == "POST" else answer(stub, request)) as stub:
        done = Verbs(lamina, stub.environment, tmp_path).run("prune", ARN.format("444455556666"), "--keep", "0", "--apply")
        assert done.returncode == 1
        assert "give the layer's name, tools" in done.stderr
        assert "DELETE" not in {request.command for request in stub.requests}


def test_a_list_that_runs_in_a_circle_is_no_list(lamina, tmp_path):
    markers = {"": "a", "a": "b", "b": "a"}

    def answer(stub, request):
        if request.path.startswith("/2015-03-31/functions"):
            _, _, marker = request.path.partition("Marker=")
            return 200, {}, json.dumps({"Functions": [], "NextMarker": markers[marker]}).encode()
        return listing([2, 1])(stub, request)

    with Stub(answer) as stub:
        done = Verbs(lamina, stub.environment, tmp_path).run("prune", "tools", "--keep", "0", "--apply")
        assert done.returncode == 1
        assert "cannot list functions" in done.stderr
        assert "DELETE" not in {request.command for request in stub.requests}
