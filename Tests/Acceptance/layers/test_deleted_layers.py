"""A function keeps the layers that it was given, whatever becomes of their versions and grants."""

import base64
import json
import os
import shutil

import pytest
from conftest import ROLE, cache_folder, make_zip, refusal
from server import Server

CODE = make_zip({"app.py": "import tool\ndef handler(event, context):\n    return tool.VALUE\n"})
OWNER, USER = "111122223333", "444455556666"
VERSION = {"LayerName": "tools", "VersionNumber": 1}


def publish(client, value=7):
    """A layer whose bytes are a file of the data folder, not a row of the catalog."""
    content = make_zip({"python/tool.py": f"VALUE = {value}\n", "data": os.urandom(40_000)})
    return client.publish_layer_version(LayerName="tools", Content={"ZipFile": content})


def create(client, runtime, *layers):
    client.create_function(
        FunctionName="f", Runtime=runtime, Handler="app.handler", Role=ROLE, Code={"ZipFile": CODE}, Timeout=10, Layers=list(layers))


def invoke(client, **arguments):
    answer = client.invoke(FunctionName="f", **arguments)
    payload = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, payload
    return payload


def end_environments(client):
    """Every change of its configuration gives a function new environments."""
    description = client.get_function_configuration(FunctionName="f")["Description"]
    client.update_function_configuration(FunctionName="f", Description=description + "x")


def file_of(server, layer):
    """The layer's bytes on disk, if they are there."""
    return [path for path in (server.data / "blobs/sha256").glob("*/*") if path.stat().st_size == layer["Content"]["CodeSize"]]


@pytest.fixture
def layer(server, client, runtime):
    """A layer version that is deleted, and that the function f has."""
    layer = publish(client)
    create(client, runtime, layer["LayerVersionArn"])
    assert invoke(client) == 7
    client.delete_layer_version(**VERSION)
    assert refusal(client.get_layer_version, **VERSION)[:2] == (404, "ResourceNotFoundException")
    return layer


def test_a_function_runs_on_warm_and_cold_with_a_deleted_layer(client, layer):
    assert invoke(client) == 7
    end_environments(client)
    assert invoke(client) == 7
    [listed] = client.get_function_configuration(FunctionName="f")["Layers"]
    assert (listed["Arn"], listed["CodeSize"]) == (layer["LayerVersionArn"], layer["Content"]["CodeSize"])


def test_a_deleted_layer_cannot_be_given_to_another_function(client, runtime, layer):
    status, code, _ = refusal(
        client.create_function, FunctionName="g", Runtime=runtime, Handler="app.handler", Role=ROLE, Code={"ZipFile": CODE},
        Layers=[layer["LayerVersionArn"]])
    assert (status, code) == (400, "InvalidParameterValueException")


def test_a_function_with_a_deleted_layer_runs_after_a_restart(server, layer):
    server.stop()
    server.start()
    assert len(file_of(server, layer)) == 1
    assert invoke(server.client("lambda", read_timeout=60)) == 7


def test_a_function_with_a_deleted_layer_runs_when_its_layer_has_to_be_unpacked_anew(server, layer):
    server.stop()
    unpacked = cache_folder() / "unpacked" / base64.b64decode(layer["Content"]["CodeSha256"]).hex()
    assert list(unpacked.rglob("tool.py"))
    shutil.rmtree(unpacked)
    server.start()
    assert invoke(server.client("lambda", read_timeout=60)) == 7
    assert list(unpacked.rglob("tool.py"))


def test_a_deleted_layers_bytes_go_with_the_last_function_that_has_it(server, client, layer):
    client.publish_version(FunctionName="f")
    assert invoke(client, Qualifier="1") == 7
    client.update_function_configuration(FunctionName="f", Layers=[])
    assert len(file_of(server, layer)) == 1
    end_environments(client)
    assert invoke(client, Qualifier="1") == 7
    client.delete_function(FunctionName="f", Qualifier="1")
    assert file_of(server, layer) == []
    assert list(server.blobs().values()) == [len(CODE)]


def test_a_deleted_layers_number_is_not_given_again(client, layer):
    newer = publish(client, value=8)
    assert newer["Version"] == 2
    end_environments(client)
    assert invoke(client) == 7
    client.update_function_configuration(FunctionName="f", Layers=[newer["LayerVersionArn"]])
    assert invoke(client) == 8


def test_a_revoked_grant_stops_no_function_that_has_the_layer(lamina, tmp_path, runtime):
    with Server(lamina, tmp_path / "data", "--auth", "off") as server:
        connect = lambda account: server.client("lambda", key=account, secret="any", read_timeout=60)
        owner, user = connect(OWNER), connect(USER)
        layer = publish(owner)
        owner.add_layer_version_permission(**VERSION, StatementId="s", Action="lambda:GetLayerVersion", Principal=USER)
        create(user, runtime, layer["LayerVersionArn"])
        owner.remove_layer_version_permission(**VERSION, StatementId="s")
        assert refusal(user.get_layer_version_by_arn, Arn=layer["LayerVersionArn"])[:2] == (403, "AccessDeniedException")
        assert invoke(user) == 7
        end_environments(user)
        assert invoke(user) == 7
        owner.delete_layer_version(**VERSION)
        server.stop()
        server.start()
        user = connect(USER)
        assert invoke(user) == 7
        # What is dropped is not to be had again.
        user.update_function_configuration(FunctionName="f", Layers=[])
        assert file_of(server, layer) == []
        assert refusal(user.update_function_configuration, FunctionName="f", Layers=[layer["LayerVersionArn"]])[0] in (400, 403)
