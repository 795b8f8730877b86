import base64
import hashlib
import urllib.request

import pytest
from botocore.exceptions import ClientError
from conftest import make_zip

LAYER = make_zip({"python/tool.py": "VALUE = 7\n"})


def error_of(call):
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response


def test_a_published_version_is_answered_as_aws_answers(client):
    answer = client.publish_layer_version(
        LayerName="tools", Content={"ZipFile": LAYER}, CompatibleRuntimes=["python3.13"], LicenseInfo="MIT")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert answer["LayerArn"] == "arn:aws:lambda:us-east-1:000000000000:layer:tools"
    assert answer["LayerVersionArn"] == answer["LayerArn"] + ":1"
    assert answer["Version"] == 1
    assert answer["Description"] == ""
    assert "CompatibleArchitectures" not in answer
    assert answer["Content"]["CodeSize"] == len(LAYER)
    assert answer["Content"]["CodeSha256"] == base64.b64encode(hashlib.sha256(LAYER).digest()).decode()

    by_arn = client.get_layer_version_by_arn(Arn=answer["LayerVersionArn"])
    by_number = client.get_layer_version(LayerName=answer["LayerArn"], VersionNumber=1)
    for got in (by_arn, by_number):
        assert got["Content"]["CodeSha256"] == answer["Content"]["CodeSha256"]
        assert got["CreatedDate"] == answer["CreatedDate"]


def test_the_location_downloads_the_very_bytes_without_credentials(client):
    answer = client.publish_layer_version(LayerName="tools", Content={"ZipFile": LAYER})
    location = answer["Content"]["Location"]
    assert urllib.request.urlopen(location).read() == LAYER
    other = location.replace("tools-", "other-")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(other)
    assert caught.value.code == 403


def test_behind_a_proxy_that_speaks_https_the_location_does_too(client):
    client.publish_layer_version(LayerName="tools", Content={"ZipFile": LAYER})
    assert client.get_layer_version(LayerName="tools", VersionNumber=1)["Content"]["Location"].startswith("http://")
    client.meta.events.register("before-sign", lambda request, **_: request.headers.add_header("X-Forwarded-Proto", "https"))
    assert client.get_layer_version(LayerName="tools", VersionNumber=1)["Content"]["Location"].startswith("https://")


def test_numbers_are_never_reused(client):
    publish = lambda: client.publish_layer_version(LayerName="tools", Content={"ZipFile": LAYER})["Version"]
    assert [publish(), publish()] == [1, 2]
    for version in (1, 2, 99):
        assert client.delete_layer_version(LayerName="tools", VersionNumber=version)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert client.list_layer_versions(LayerName="tools")["LayerVersions"] == []
    assert client.list_layers()["Layers"] == []
    assert publish() == 3


def test_lists_are_newest_first_and_paged(client):
    for name in ("b", "a", "b"):
        client.publish_layer_version(LayerName=name, Content={"ZipFile": LAYER})
    assert [v["Version"] for v in client.list_layer_versions(LayerName="b")["LayerVersions"]] == [2, 1]
    pages = list(client.get_paginator("list_layers").paginate(PaginationConfig={"PageSize": 1}))
    assert [page["Layers"][0]["LayerName"] for page in pages] == ["a", "b"]
    assert pages[1]["Layers"][0]["LatestMatchingVersion"]["Version"] == 2


def test_errors_have_awss_names_and_texts(client):
    error = error_of(lambda: client.get_layer_version(LayerName="none", VersionNumber=1))
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert error["Error"]["Code"] == "ResourceNotFoundException"
    assert error["Error"]["Message"] == "The resource you requested does not exist."
    error = error_of(lambda: client.get_layer_version(LayerName="none", VersionNumber=0))
    assert error["Error"]["Message"] == "Layer Version Cannot be less than 1"
    error = error_of(lambda: client.publish_layer_version(LayerName="bad", Content={"ZipFile": b"no zip"}))
    assert error["Error"]["Code"] == "InvalidParameterValueException"
    assert error["Error"]["Message"] == "Could not unzip uploaded file. Please check your file, then try to upload again."
    error = error_of(lambda: client.get_layer_version_by_arn(Arn="arn:aws:lambda:us-east-1:000000000000:layer:x"))
    assert error["Error"]["Code"] == "ValidationException"
    assert error["Error"]["Message"].startswith("1 validation error detected: Value 'arn:aws:lambda:us-east-1:000000000000:layer:x' at 'arn'")


def test_a_zip_over_the_direct_limit_is_413(client):
    error = error_of(lambda: client.publish_layer_version(LayerName="big", Content={"ZipFile": bytes(52_428_801)}))
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 413
    assert error["Error"]["Message"] == "Zipped size must be smaller than 52428800 bytes"
    assert client.list_layers()["Layers"] == []


def test_the_aws_command_publishes_lists_and_deletes(server, tmp_path):
    (tmp_path / "layer.zip").write_bytes(LAYER)
    done = server.aws(
        "lambda", "publish-layer-version", "--layer-name", "tools", "--description", "Tools", "--license-info", "MIT",
        "--zip-file", f"fileb://{tmp_path}/layer.zip", "--compatible-runtimes", "python3.13", "--compatible-architectures", "x86_64")
    assert done.returncode == 0, done.stderr
    listed = server.aws("lambda", "list-layers", "--compatible-runtime", "python3.13", "--query", "Layers[].LayerName", "--output", "text")
    assert listed.stdout.strip() == "tools"
    assert server.aws("lambda", "delete-layer-version", "--layer-name", "tools", "--version-number", "1").returncode == 0
    assert server.aws("sts", "get-caller-identity", "--query", "Account", "--output", "text").stdout.strip() == "000000000000"
