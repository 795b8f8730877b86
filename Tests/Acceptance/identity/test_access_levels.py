"""What keys of each access may do: all, publish and read, or read."""

from conftest import ROLE, make_zip, refusal
from key_verbs import connect, make_key

ZIP = make_zip({"python/tool.py": "VALUE = 7\n"})
VERSION = {"LayerName": "tools", "VersionNumber": 1}
GRANT = VERSION | {"StatementId": "s", "Action": "lambda:GetLayerVersion", "Principal": "*"}


def denied(call, action, **members):
    """A call is refused, in words that name the action."""
    status, code, message = refusal(call, **members)
    assert (status, code) == (403, "AccessDeniedException")
    assert f"is not authorized to perform: {action}" in message


def create_function(client):
    return lambda: client.create_function(
        FunctionName="f", Runtime="python3.13", Handler="app.handler", Role=ROLE, Code={"ZipFile": make_zip({"app.py": ""})})


def test_a_publishing_key_publishes_by_zip_and_through_s3_and_changes_nothing_else(server):
    key = make_key(server, "publish")
    client, s3 = connect(server, key), connect(server, key, "s3")
    assert client.publish_layer_version(LayerName="tools", Content={"ZipFile": ZIP})["Version"] == 1
    s3.create_bucket(Bucket="layers")
    s3.put_object(Bucket="layers", Key="x.zip", Body=ZIP)
    assert client.publish_layer_version(LayerName="tools", Content={"S3Bucket": "layers", "S3Key": "x.zip"})["Version"] == 2
    assert s3.get_object(Bucket="layers", Key="x.zip")["Body"].read() == ZIP
    denied(client.delete_layer_version, "lambda:DeleteLayerVersion", **VERSION)
    denied(create_function(client), "lambda:CreateFunction")
    denied(client.add_layer_version_permission, "lambda:AddLayerVersionPermission", **GRANT)
    assert refusal(s3.delete_object, Bucket="layers", Key="x.zip")[:2] == (403, "AccessDenied")
    assert len(client.list_layer_versions(LayerName="tools")["LayerVersions"]) == 2
    assert refusal(client.get_layer_version_policy, **VERSION)[:2] == (404, "ResourceNotFoundException")


def test_a_reading_key_gets_and_lists_and_changes_nothing(server):
    full, reader = make_key(server), make_key(server, "read")
    owner, client, s3 = connect(server, full), connect(server, reader), connect(server, reader, "s3")
    owner.publish_layer_version(LayerName="tools", Content={"ZipFile": ZIP})
    create_function(owner)()
    connect(server, full, "s3").create_bucket(Bucket="layers")
    assert client.get_layer_version(**VERSION)["Version"] == 1
    assert [layer["LayerName"] for layer in client.list_layers()["Layers"]] == ["tools"]
    assert client.get_function(FunctionName="f")["Configuration"]["FunctionName"] == "f"
    assert s3.head_bucket(Bucket="layers")["ResponseMetadata"]["HTTPStatusCode"] == 200
    denied(client.publish_layer_version, "lambda:PublishLayerVersion", LayerName="tools", Content={"ZipFile": ZIP})
    denied(client.delete_layer_version, "lambda:DeleteLayerVersion", **VERSION)
    denied(client.invoke, "lambda:InvokeFunction", FunctionName="f")
    denied(client.delete_function, "lambda:DeleteFunction", FunctionName="f")
    assert refusal(s3.put_object, Bucket="layers", Key="x", Body=b"x")[:2] == (403, "AccessDenied")
    assert refusal(connect(server, reader, "iam").delete_role, RoleName="r")[:2] == (403, "AccessDenied")
    assert len(owner.list_layer_versions(LayerName="tools")["LayerVersions"]) == 1


def test_a_full_key_grants_and_deletes(server):
    client = connect(server, make_key(server))
    client.publish_layer_version(LayerName="tools", Content={"ZipFile": ZIP})
    client.add_layer_version_permission(**GRANT)
    create_function(client)()
    client.delete_function(FunctionName="f")
    client.delete_layer_version(**VERSION)
    assert client.list_layers()["Layers"] == []
