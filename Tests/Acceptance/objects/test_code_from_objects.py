"""Layers and functions whose zip is an object."""

import base64
import hashlib
import json
import urllib.request

import pytest
from conftest import ROLE, make_zip
from s3_requests import blobs, error_of, ingest

LAYER = make_zip({"python/tool.py": "VALUE = 7\n"})
FUNCTION = make_zip({"app.py": "def handler(event, context):\n    return 1\n"})
OTHER = make_zip({"app.py": "def handler(event, context):\n    return 2\n"})


def digest(data):
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


@pytest.fixture
def s3(server):
    client = server.client("s3")
    client.create_bucket(Bucket="code")
    client.put_bucket_versioning(Bucket="code", VersioningConfiguration={"Status": "Enabled"})
    return client


def put(s3, body, key="a b/ü+.zip"):
    """Where a put object is, as Lambda wants it."""
    return {"S3Bucket": "code", "S3Key": key, "S3ObjectVersion": s3.put_object(Bucket="code", Key=key, Body=body)["VersionId"]}


def latest(location):
    return {name: value for name, value in location.items() if name != "S3ObjectVersion"}


def publish(client, **content):
    return client.publish_layer_version(LayerName="tools", Content=content)


def create(client, runtime, name="f", **code):
    return client.create_function(FunctionName=name, Runtime=runtime, Handler="app.handler", Role=ROLE, Code=code)


def test_a_layer_is_made_of_the_latest_object_or_the_named_version(s3, client):
    old, new = put(s3, LAYER), put(s3, OTHER)
    for content, body in ((latest(new), OTHER), (old, LAYER), (new, OTHER), (old | {"S3ObjectStorageMode": "COPY"}, LAYER)):
        answer = publish(client, **content)["Content"]
        assert (answer["CodeSha256"], answer["CodeSize"]) == (digest(body), len(body))
        assert urllib.request.urlopen(answer["Location"]).read() == body
        assert "ResolvedS3Object" not in answer


def test_a_function_is_made_of_an_object_and_runs_it(s3, client, runtime):
    old, new = put(s3, FUNCTION), put(s3, OTHER)
    assert create(client, runtime, **old)["CodeSha256"] == digest(FUNCTION)
    invoke = lambda: json.loads(client.invoke(FunctionName="f")["Payload"].read())
    assert invoke() == 1
    assert client.update_function_code(FunctionName="f", **latest(new))["CodeSha256"] == digest(OTHER)
    client.get_waiter("function_updated_v2").wait(FunctionName="f")
    assert invoke() == 2
    code = client.get_function(FunctionName="f")["Code"]
    assert urllib.request.urlopen(code["Location"]).read() == OTHER
    assert "ResolvedS3Object" not in code


def test_code_that_is_a_reference_names_its_object(s3, client, runtime):
    location = put(s3, LAYER)
    reference = location | {"S3ObjectStorageMode": "REFERENCE"}
    published = publish(client, **reference)
    assert published["Content"]["ResolvedS3Object"] == location
    assert published["Content"]["CodeSha256"] == digest(LAYER)
    for got in (
        client.get_layer_version(LayerName="tools", VersionNumber=1), client.get_layer_version_by_arn(Arn=published["LayerVersionArn"]),
    ):
        assert got["Content"]["ResolvedS3Object"] == location
    function = put(s3, FUNCTION)
    create(client, runtime, **function, S3ObjectStorageMode="REFERENCE")
    assert client.get_function(FunctionName="f")["Code"]["ResolvedS3Object"] == function
    other = put(s3, OTHER)
    client.update_function_code(FunctionName="f", **other, S3ObjectStorageMode="REFERENCE")
    assert client.get_function(FunctionName="f")["Code"]["ResolvedS3Object"] == other
    client.update_function_code(FunctionName="f", **other)
    assert "ResolvedS3Object" not in client.get_function(FunctionName="f")["Code"]
    assert error_of(lambda: publish(client, **location, S3ObjectStorageMode="LINK"))["Code"] == "ValidationException"


def test_what_is_not_there_is_told_in_lambdas_words(s3, client, runtime):
    location = put(s3, LAYER)
    marker = s3.delete_object(Bucket="code", Key=location["S3Key"])["VersionId"]
    prefix = "Error occurred while GetObject. S3 Error Code: "
    for content, text in (
        ({"S3Bucket": "none", "S3Key": "x"}, "NoSuchBucket. S3 Error Message: The specified bucket does not exist"),
        ({"S3Bucket": "code", "S3Key": "none"}, "NoSuchKey. S3 Error Message: The specified key does not exist."),
        (latest(location), "NoSuchKey. S3 Error Message: The specified key does not exist."),
        (location | {"S3ObjectVersion": "x" * 32}, "NoSuchVersion. S3 Error Message: The specified version does not exist."),
        (location | {"S3ObjectVersion": marker}, None),
    ):
        for call in (lambda: publish(client, **content), lambda: create(client, runtime, **content)):
            error = error_of(call)
            assert (error["Code"], error["Status"]) == ("InvalidParameterValueException", 400)
            assert error["Message"] == prefix + text if text else error["Message"].startswith(prefix)
    assert client.list_layers()["Layers"] == [] and client.list_functions()["Functions"] == []


def test_a_bucket_of_another_region_is_told_in_lambdas_words(server, s3, client):
    west = server.client("s3", region="eu-west-1")
    west.create_bucket(Bucket="west", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    west.put_object(Bucket="west", Key="x", Body=LAYER)
    assert error_of(lambda: publish(client, S3Bucket="west", S3Key="x"))["Message"] == (
        "Error occurred while GetObject. S3 Error Code: PermanentRedirect. S3 Error Message: The bucket is in this region: eu-west-1. "
        "Please use this region to retry the request")


def test_an_object_that_is_no_zip_makes_nothing_and_stays(server, s3, client, runtime):
    location = put(s3, b"no zip at all")
    before = blobs(server)
    for call in (lambda: publish(client, **location), lambda: create(client, runtime, **location)):
        assert error_of(call).items() >= {
            "Code": "InvalidParameterValueException", "Message": "Could not unzip uploaded file. Please check your file, then try to upload again."}.items()
    assert (blobs(server), ingest(server)) == (before, [])
    assert s3.get_object(Bucket="code", Key=location["S3Key"])["Body"].read() == b"no zip at all"


def test_a_dry_run_stores_nothing(s3, client, runtime):
    create(client, runtime, **put(s3, FUNCTION))
    other = put(s3, OTHER)
    assert client.update_function_code(FunctionName="f", **other, DryRun=True)["CodeSha256"] == digest(OTHER)
    assert client.get_function_configuration(FunctionName="f")["CodeSha256"] == digest(FUNCTION)
