import datetime
import json
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from conftest import make_zip
from server import Server

LAYER = make_zip({"python/tool.py": "VALUE = 7\n"})


def code_of(client, call=lambda client: client.publish_layer_version(LayerName="x", Content={"ZipFile": LAYER})):
    with pytest.raises(ClientError) as caught:
        call(client)
    return caught.value.response["ResponseMetadata"]["HTTPStatusCode"], caught.value.response["Error"]["Code"]


def test_wrong_secrets_and_unknown_keys_change_nothing(server, client):
    assert code_of(server.client("lambda", secret="wrong")) == (403, "InvalidSignatureException")
    assert code_of(server.client("lambda", key="AKIAUNKNOWN")) == (403, "UnrecognizedClientException")
    assert code_of(server.client("s3", secret="wrong"), lambda c: c.create_bucket(Bucket="b-1")) == (403, "SignatureDoesNotMatch")
    assert code_of(server.client("s3", key="AKIAUNKNOWN"), lambda c: c.create_bucket(Bucket="b-1")) == (403, "InvalidAccessKeyId")
    assert code_of(server.client("sts", secret="wrong"), lambda c: c.get_caller_identity()) == (403, "SignatureDoesNotMatch")
    assert client.list_layers()["Layers"] == []


def test_a_wrong_signature_deletes_nothing(server, client):
    client.publish_layer_version(LayerName="x", Content={"ZipFile": LAYER})
    wrong = lambda c: c.delete_layer_version(LayerName="x", VersionNumber=1)
    assert code_of(server.client("lambda", secret="wrong"), wrong) == (403, "InvalidSignatureException")
    assert len(client.list_layers()["Layers"]) == 1


def send(request):
    headers = dict(request.headers.items())
    try:
        answer = urllib.request.urlopen(urllib.request.Request(request.url, data=request.body, headers=headers, method=request.method))
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.headers.get("x-amzn-ErrorType")


def signed(server, body=b"{}"):
    environment = server.environment
    credentials = Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    request = AWSRequest("POST", f"{server.url}/2018-10-31/layers/x/versions", data=body)
    SigV4Auth(credentials, "lambda", "us-east-1").add_auth(request)
    return request.prepare()


def test_no_signature_is_a_missing_token(server):
    request = signed(server)
    del request.headers["Authorization"]
    assert send(request) == (403, "MissingAuthenticationTokenException")


def test_another_body_than_the_signed_one_is_refused(server):
    request = signed(server)
    request.body = b'{"Description": "forged"}'
    assert send(request) == (403, "InvalidSignatureException")


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_clock_that_is_far_off_is_refused(server, monkeypatch, minutes):
    import botocore.auth

    real = datetime.datetime
    shifted = lambda *_: real.now(datetime.timezone.utc).replace(tzinfo=None) + datetime.timedelta(minutes=minutes)
    # botocore asks either of these for the time, by version.
    if hasattr(botocore.auth, "get_current_datetime"):
        monkeypatch.setattr(botocore.auth, "get_current_datetime", shifted)
    else:
        monkeypatch.setattr(botocore.auth.datetime, "datetime", type("Clock", (real,), {"utcnow": staticmethod(shifted)}))
    assert send(signed(server)) == (403, "InvalidSignatureException")


def test_without_authentication_a_key_names_the_account(lamina, tmp_path):
    with Server(lamina, tmp_path / "data", "--auth", "off") as server:
        client = server.client("sts", key="123456789012", secret="anything")
        assert client.get_caller_identity()["Account"] == "123456789012"


def test_without_authentication_a_key_names_the_account_whatever_else_is_wrong_with_the_signature(lamina, tmp_path):
    with Server(lamina, tmp_path / "data", "--auth", "off") as server:
        owner = server.client("lambda", key="123456789012", secret="anything", region="eu-west-1")
        owner.publish_layer_version(LayerName="x", Content={"ZipFile": LAYER})
        request = urllib.request.Request(f"{server.url}/2018-10-31/layers")
        request.add_header("Authorization", "AWS4-HMAC-SHA256 Credential=123456789012/20200101/eu-west-1/lambda/aws4_request")
        with urllib.request.urlopen(request) as answer: layers = json.load(answer)["Layers"]
        assert [layer["LayerArn"] for layer in layers] == ["arn:aws:lambda:eu-west-1:123456789012:layer:x"]


def test_without_authentication_a_page_of_another_site_changes_nothing(lamina, tmp_path):
    with Server(lamina, tmp_path / "data", "--auth", "off") as server:
        def create(origin):
            request = urllib.request.Request(f"{server.url}/bucket", method="PUT", headers={"Origin": origin})
            try:
                return urllib.request.urlopen(request).status
            except urllib.error.HTTPError as error:
                return error.status

        for origin in ("http://evil.example", "null", "http://127.0.0.1:1"): assert create(origin) == 403
        assert server.client("s3").list_buckets()["Buckets"] == []
        assert create(server.url) == 200


def test_the_catalog_cannot_be_had_through_a_content_location(server):
    for name in ("..%2F..%2F" + "%2F" * 44 + "catalog.sqlite", "%2E%2E" + "%2F" * 48 + "catalog.sqlite"):
        path = f"/awslambda-us-east-1-layers/snapshots/000000000000/x-{name}"
        environment = server.environment
        request = AWSRequest("GET", server.url + path)
        credentials = Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
        from botocore.auth import S3SigV4Auth

        S3SigV4Auth(credentials, "s3", "us-east-1").add_auth(request)
        assert send(request.prepare())[0] in (403, 404)
