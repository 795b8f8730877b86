"""What nothing refers to any more is off the disk at once; what something refers to is not."""

import base64
import hashlib
import json
import os

import pytest
from conftest import ROLE, make_zip
from s3_requests import becomes, blobs, code_of, connect, error_of, ingest, sign

ZIP = make_zip({"app.py": "def handler(event, context):\n    return 1\n"})
HASH = hashlib.sha256(ZIP).hexdigest()


@pytest.fixture
def s3(server):
    client = server.client("s3")
    client.create_bucket(Bucket="code")
    return client


def test_a_blob_lives_as_long_as_its_last_object_layer_or_function(server, s3, client, runtime):
    s3.put_object(Bucket="code", Key="a", Body=ZIP)
    s3.copy_object(Bucket="code", Key="b", CopySource="code/a")
    client.publish_layer_version(LayerName="tools", Content={"S3Bucket": "code", "S3Key": "a"})
    client.publish_layer_version(LayerName="tools", Content={"ZipFile": ZIP})
    client.create_function(
        FunctionName="f", Runtime=runtime, Handler="app.handler", Role=ROLE, Code={"S3Bucket": "code", "S3Key": "b"})
    deletions = [
        lambda: s3.delete_object(Bucket="code", Key="a"), lambda: s3.delete_objects(Bucket="code", Delete={"Objects": [{"Key": "b"}]}),
        lambda: client.delete_layer_version(LayerName="tools", VersionNumber=1),
        lambda: client.delete_layer_version(LayerName="tools", VersionNumber=2), lambda: client.delete_function(FunctionName="f"),
    ]
    for delete in deletions:
        assert blobs(server) == {HASH}
        delete()
    assert (blobs(server), ingest(server)) == (set(), [])


def test_a_layer_version_that_a_function_uses_keeps_its_blob(server, client, runtime):
    layer = client.publish_layer_version(LayerName="tools", Content={"ZipFile": make_zip({"python/tool.py": "VALUE = 7\n"})})
    code = make_zip({"app.py": "import tool\ndef handler(event, context):\n    return tool.VALUE\n"})
    client.create_function(
        FunctionName="f", Runtime=runtime, Handler="app.handler", Role=ROLE, Code={"ZipFile": code}, Layers=[layer["LayerVersionArn"]])
    client.delete_layer_version(LayerName="tools", VersionNumber=1)
    assert len(blobs(server)) == 2
    assert json.loads(client.invoke(FunctionName="f")["Payload"].read()) == 7
    client.update_function_configuration(FunctionName="f", Layers=[])
    assert blobs(server) == {hashlib.sha256(code).hexdigest()}
    client.delete_function(FunctionName="f")
    assert blobs(server) == set()


def test_new_code_drops_the_old(server, s3, client, runtime):
    client.create_function(FunctionName="f", Runtime=runtime, Handler="app.handler", Role=ROLE, Code={"ZipFile": ZIP})
    other = make_zip({"app.py": "def handler(event, context):\n    return 2\n"})
    client.update_function_code(FunctionName="f", ZipFile=other)
    assert blobs(server) == {hashlib.sha256(other).hexdigest()}


def test_an_overwritten_object_goes_and_a_hidden_version_stays(server, s3):
    put = lambda body: s3.put_object(Bucket="code", Key="x", Body=body).get("VersionId")
    names = lambda *bodies: {hashlib.sha256(body).hexdigest() for body in bodies}
    put(b"0")
    put(b"1")
    assert blobs(server) == names(b"1")
    s3.put_bucket_versioning(Bucket="code", VersioningConfiguration={"Status": "Enabled"})
    two, three = put(b"2"), put(b"3")
    marker = s3.delete_object(Bucket="code", Key="x")["VersionId"]
    assert blobs(server) == names(b"1", b"2", b"3")
    s3.delete_object(Bucket="code", Key="x", VersionId=two)
    assert blobs(server) == names(b"1", b"3")
    s3.put_bucket_versioning(Bucket="code", VersioningConfiguration={"Status": "Suspended"})
    s3.delete_object(Bucket="code", Key="x")
    assert blobs(server) == names(b"3")
    s3.delete_objects(Bucket="code", Delete={"Objects": [{"Key": "x", "VersionId": id} for id in (three, marker, "null")]})
    assert blobs(server) == set()
    s3.delete_bucket(Bucket="code")


def test_a_bucket_takes_its_unfinished_uploads_with_it(server, s3):
    upload = s3.create_multipart_upload(Bucket="code", Key="x")["UploadId"]
    s3.upload_part(Bucket="code", Key="x", UploadId=upload, PartNumber=1, Body=b"part")
    s3.delete_bucket(Bucket="code")
    assert blobs(server) == set()


def test_a_location_that_is_being_read_is_read_to_its_end(server, s3):
    data = os.urandom(30 << 20)
    s3.put_object(Bucket="code", Key="x", Body=data)
    body = s3.get_object(Bucket="code", Key="x")["Body"]
    start = body.read(1000)
    s3.delete_object(Bucket="code", Key="x")
    assert blobs(server) == set()
    assert start + body.read() == data


def test_refused_zips_leave_nothing(server, client, runtime):
    create = lambda **code: client.create_function(FunctionName="f", Runtime=runtime, Handler="app.handler", Role=ROLE, **code)
    garbage = os.urandom(300_000)
    for call in (
        lambda: client.publish_layer_version(LayerName="tools", Content={"ZipFile": garbage}), lambda: create(Code={"ZipFile": garbage}),
        lambda: client.publish_layer_version(LayerName="tools", Content={"ZipFile": ZIP}, CompatibleRuntimes=["cobol"]),
        lambda: create(Code={"ZipFile": ZIP}, Layers=["arn:aws:lambda:us-east-1:000000000000:layer:none:1"]),
        lambda: client.update_function_code(FunctionName="none", ZipFile=ZIP),
    ):
        assert error_of(call)["Status"] in (400, 404)
        assert (blobs(server), ingest(server)) == (set(), [])


def begin(server, service, method, target, body):
    """Sends a request's head, and half of its body; gives the connection."""
    request, _ = sign(server, method, target, {"Content-Length": str(len(body))}, body, service=service)
    connection = connect(server)
    connection.putrequest(method, target)
    for name, value in request.headers.items():
        connection.putheader(name, value)
    connection.endheaders(body[:len(body) // 2])
    return connection


def test_a_client_that_leaves_in_the_middle_leaves_nothing(server, s3, client):
    upload = s3.create_multipart_upload(Bucket="code", Key="x")["UploadId"]
    data = os.urandom(4 << 20)
    publication = json.dumps({"Content": {"ZipFile": base64.b64encode(data).decode()}}).encode()
    for request in (
        ("s3", "PUT", "/code/x", data), ("s3", "PUT", f"/code/x?partNumber=1&uploadId={upload}", data),
        ("lambda", "POST", "/2018-10-31/layers/tools/versions", publication),
    ):
        connection = begin(server, *request)
        assert becomes(lambda: sum(path.stat().st_size for path in ingest(server)) > 1 << 20), "it does not write as it reads"
        connection.close()
        assert becomes(lambda: ingest(server) == []), f"{request[:3]} has left a file"
        assert blobs(server) == set()
    assert "Parts" not in s3.list_parts(Bucket="code", Key="x", UploadId=upload)
    assert code_of(lambda: s3.get_object(Bucket="code", Key="x")) == "NoSuchKey"
    assert client.list_layers()["Layers"] == []
