"""Bytes that are gone from the disk, and uploads that end before they are whole."""

import base64
import contextlib
import json
import os
import signal
import socket
import urllib.error
import urllib.parse
import urllib.request

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from conftest import ROLE, eventually, make_zip, refusal

CODE = make_zip({"app.py": "import tool\ndef handler(event, context):\n    return tool.VALUE\n"})
VERSION = {"LayerName": "tools", "VersionNumber": 1}


@pytest.fixture
def lost(server, client):
    """A published layer version whose bytes are removed from the disk."""
    content = make_zip({"python/tool.py": "VALUE = 7\n", "data": os.urandom(40_000)})
    layer = client.publish_layer_version(LayerName="tools", Content={"ZipFile": content})
    [blob] = (server.data / "blobs/sha256").glob("*/*")
    blob.unlink()
    return layer | {"sha256": blob.name, "bytes": content}


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_the_download_of_lost_bytes_is_an_error_that_names_them(client, lost):
    status, body = fetch(lost["Content"]["Location"])
    assert status == 500
    assert lost["sha256"].encode() in body
    # What is said of them is still known, and the server goes on.
    assert client.get_layer_version(**VERSION)["Content"]["CodeSha256"] == lost["Content"]["CodeSha256"]


def test_bytes_that_are_in_memory_no_more_are_read_from_the_disk(server):
    s3, content = server.client("s3"), os.urandom(3 << 20)
    s3.create_bucket(Bucket="layers")
    s3.put_object(Bucket="layers", Key="x", Body=content)
    [blob] = (server.data / "blobs/sha256").glob("*/*")
    with open(blob, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        assert s3.get_object(Bucket="layers", Key="x")["Body"].read() == content
        os.posix_fadvise(file.fileno(), 1 << 20, 1 << 20, os.POSIX_FADV_DONTNEED)
        part = s3.get_object(Bucket="layers", Key="x", Range="bytes=1000-2999999")["Body"].read()
        assert part == content[1000:3_000_000]


def test_a_part_that_was_cut_short_on_the_disk_makes_no_object(server):
    s3, content = server.client("s3"), os.urandom(5 << 20)
    s3.create_bucket(Bucket="layers")
    upload = {"Bucket": "layers", "Key": "x"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    part = s3.upload_part(**upload, PartNumber=1, Body=content)["ETag"]
    [blob] = (server.data / "blobs/sha256").glob("*/*")
    os.truncate(blob, 1 << 20)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part}]}
    assert refusal(s3.complete_multipart_upload, **upload, MultipartUpload=parts)[:2] == (500, "InternalError")
    assert "Contents" not in s3.list_objects_v2(Bucket="layers")


def test_a_function_whose_layer_is_lost_is_told_so_and_others_run(client, runtime, lost):
    create = lambda name, **settings: client.create_function(
        FunctionName=name, Runtime=runtime, Handler="app.handler", Role=ROLE, Timeout=10, **settings)
    create("broken", Code={"ZipFile": CODE}, Layers=[lost["LayerVersionArn"]])
    create("sound", Code={"ZipFile": make_zip({"app.py": "def handler(event, context):\n    return 1\n"})})
    for _ in range(2):
        status, code, message = refusal(client.invoke, FunctionName="broken")
        assert (status, code) == (500, "ServiceException")
        assert lost["sha256"] in message
    assert client.invoke(FunctionName="sound")["Payload"].read() == b"1"


def test_a_lost_version_can_be_deleted(server, client, lost):
    client.delete_layer_version(**VERSION)
    assert refusal(client.get_layer_version, **VERSION)[:2] == (404, "ResourceNotFoundException")
    assert server.blobs() == {}


def test_publishing_lost_bytes_again_brings_them_back(client, lost):
    again = client.publish_layer_version(LayerName="tools", Content={"ZipFile": lost["bytes"]})
    assert again["Version"] == 2
    assert fetch(lost["Content"]["Location"]) == (200, lost["bytes"])


def publication(data):
    return "lambda", "POST", "/2018-10-31/layers/tools/versions", json.dumps({"Content": {"ZipFile": base64.b64encode(data).decode()}}).encode()


def put_object(data):
    return "s3", "PUT", "/uploads/x.zip", data


@contextlib.contextmanager
def half_sent(server, service, method, path, body):
    """A socket by which a signed request's head and half of its body were sent, and written by the server as far as it writes them."""
    environment = server.environment
    credentials = Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    request = AWSRequest(method, server.url + path, data=body, headers={"Content-Length": str(len(body))})
    signer = botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth
    signer(credentials, service, "us-east-1").add_auth(request)
    url = urllib.parse.urlsplit(server.url)
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    with socket.create_connection((url.hostname, url.port), timeout=30) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: {url.netloc}\r\n{head}\r\n".encode() + body[:len(body) // 2])
        eventually(lambda: sum(path.stat().st_size for path in ingest(server)) > 1 << 20)
        yield connection


def ingest(server):
    return list((server.data / "ingest").iterdir())


@pytest.mark.parametrize("request_of", [publication, put_object])
def test_half_an_upload_leaves_nothing(server, client, request_of):
    s3 = server.client("s3")
    s3.create_bucket(Bucket="uploads")
    data = make_zip({"data": os.urandom(4 << 20)})
    with half_sent(server, *request_of(data)):
        pass
    eventually(lambda: ingest(server) == [])
    assert server.blobs() == {}
    assert client.list_layers()["Layers"] == []
    assert s3.list_objects_v2(Bucket="uploads")["KeyCount"] == 0
    assert client.publish_layer_version(LayerName="tools", Content={"ZipFile": data})["Version"] == 1


@pytest.mark.parametrize("request_of", [publication, put_object])
def test_a_kill_during_an_upload_leaves_nothing(server, request_of):
    server.client("s3").create_bucket(Bucket="uploads")
    with half_sent(server, *request_of(os.urandom(4 << 20))):
        server.stop(signal.SIGKILL)
    assert ingest(server) != []
    server.start()
    assert ingest(server) == []
    assert server.blobs() == {}
    assert server.client("lambda").list_layers()["Layers"] == []
    assert server.client("s3").list_objects_v2(Bucket="uploads")["KeyCount"] == 0
