import base64
import os
import urllib.request
import zlib

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from conftest import make_zip


@pytest.fixture
def s3(server):
    client = server.client("s3")
    client.create_bucket(Bucket="layers")
    return client


def test_an_object_is_given_back_as_it_was_put(s3):
    s3.put_object(Bucket="layers", Key="a folder/ünï+code.zip", Body=b"bytes", ContentType="application/zip", Metadata={"who": "me"})
    got = s3.get_object(Bucket="layers", Key="a folder/ünï+code.zip")
    assert got["Body"].read() == b"bytes"
    assert (got["ContentType"], got["Metadata"], got["ETag"]) == ("application/zip", {"who": "me"}, '"4b3a6218bb3e3a7303e8a171a60fcf92"')
    assert s3.head_object(Bucket="layers", Key="a folder/ünï+code.zip")["ContentLength"] == 5
    assert s3.get_object(Bucket="layers", Key="a folder/ünï+code.zip", Range="bytes=1-3")["Body"].read() == b"yte"
    assert s3.get_object(Bucket="layers", Key="a folder/ünï+code.zip", Range="bytes=3-9223372036854775807")["Body"].read() == b"es"


def test_a_large_file_goes_up_and_down_in_parts(s3, tmp_path):
    data = os.urandom(20_000_000)
    (tmp_path / "up").write_bytes(data)
    config = TransferConfig(multipart_threshold=6 << 20, multipart_chunksize=6 << 20)
    s3.upload_file(str(tmp_path / "up"), "layers", "large", Config=config)
    assert s3.head_object(Bucket="layers", Key="large")["ETag"].endswith('-4"')
    s3.download_file("layers", "large", str(tmp_path / "down"), Config=config)
    assert (tmp_path / "down").read_bytes() == data


def test_the_aws_command_makes_a_bucket_and_copies(server, tmp_path):
    (tmp_path / "up").write_bytes(os.urandom(9_000_000))
    for arguments in (("mb", "s3://made"), ("cp", tmp_path / "up", "s3://made/x.zip"), ("cp", "s3://made/x.zip", tmp_path / "down")):
        done = server.aws("s3", *arguments)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "down").read_bytes() == (tmp_path / "up").read_bytes()


def put_chunked(server, chunks, trailer, length):
    """A PUT as SDKs send it over TLS: aws-chunked, unsigned, with a trailing checksum."""
    environment = server.environment
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n" + trailer + b"\r\n\r\n"
    headers = {
        "Content-Encoding": "aws-chunked", "X-Amz-Trailer": "x-amz-checksum-crc32", "X-Amz-Decoded-Content-Length": str(length),
        "X-Amz-Content-SHA256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    }
    request = AWSRequest("PUT", f"{server.url}/layers/chunked", headers=headers, data=body)
    request.context["payload_signing_enabled"] = False

    class Auth(S3SigV4Auth):
        def payload(self, request):
            return "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

    Auth(Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]), "s3", "us-east-1").add_auth(request)
    prepared = request.prepare()
    sent = {name: value for name, value in prepared.headers.items()}
    sent["X-Amz-Content-SHA256"] = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    try:
        return urllib.request.urlopen(urllib.request.Request(prepared.url, data=body, headers=sent, method="PUT")).status
    except urllib.error.HTTPError as error:
        return error.status, error.read().decode()


def test_chunked_bodies_with_trailing_checksums_are_verified(server, s3):
    chunks = [os.urandom(70_000), b"end"]
    whole = b"".join(chunks)
    checksum = base64.b64encode(zlib.crc32(whole).to_bytes(4, "big"))
    assert put_chunked(server, chunks, b"x-amz-checksum-crc32:" + checksum, len(whole)) == 200
    got = s3.get_object(Bucket="layers", Key="chunked", ChecksumMode="ENABLED")
    assert got["Body"].read() == whole
    assert got["ChecksumCRC32"] == checksum.decode()

    status, text = put_chunked(server, [b"other"], b"x-amz-checksum-crc32:" + checksum, 5)
    assert status == 400 and "BadDigest" in text
    assert s3.get_object(Bucket="layers", Key="chunked")["Body"].read() == whole


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_checksums_in_headers_are_kept(s3, algorithm):
    put = s3.put_object(Bucket="layers", Key="x", Body=b"bytes", ChecksumAlgorithm=algorithm)
    got = s3.get_object(Bucket="layers", Key="x", ChecksumMode="ENABLED")
    assert got[f"Checksum{algorithm}"] == put[f"Checksum{algorithm}"]


def test_what_is_missing_or_not_served_is_told_by_s3s_names(s3):
    def code(call):
        with pytest.raises(ClientError) as caught:
            call()
        return caught.value.response["Error"]["Code"]

    assert code(lambda: s3.get_object(Bucket="layers", Key="none")) == "NoSuchKey"
    assert code(lambda: s3.get_object(Bucket="none", Key="none")) == "NoSuchBucket"
    assert code(lambda: s3.head_object(Bucket="layers", Key="none")) == "404"
    assert code(lambda: s3.put_bucket_acl(Bucket="layers", ACL="private")) == "NotImplemented"
    assert code(lambda: s3.create_bucket(Bucket="NO")) == "InvalidBucketName"


def test_a_layer_is_published_from_an_object(s3, client):
    layer = make_zip({"python/tool.py": "VALUE = 7\n"})
    s3.put_object(Bucket="layers", Key="layer.zip", Body=layer)
    answer = client.publish_layer_version(LayerName="tools", Content={"S3Bucket": "layers", "S3Key": "layer.zip"})
    assert urllib.request.urlopen(answer["Content"]["Location"]).read() == layer
    with pytest.raises(ClientError) as caught:
        client.publish_layer_version(LayerName="tools", Content={"S3Bucket": "layers", "S3Key": "none.zip"})
    assert "NoSuchKey" in caught.value.response["Error"]["Message"]
