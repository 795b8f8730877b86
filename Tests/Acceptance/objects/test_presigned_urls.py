import datetime
import os
import urllib.error
import urllib.request

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from s3_requests import blobs


@pytest.fixture
def s3(server):
    client = server.client("s3", signature_version="s3v4")
    client.create_bucket(Bucket="layers")
    client.put_object(Bucket="layers", Key="a b/ü+.zip", Body=b"bytes")
    return client


def presign(s3, operation="get_object", key="a b/ü+.zip", expires=60, **arguments):
    return s3.generate_presigned_url(operation, Params={"Bucket": "layers", "Key": key, **arguments}, ExpiresIn=expires)


def fetch(url, method="GET", body=None, **headers):
    """Status, headers and body of what someone without credentials gets."""
    request = urllib.request.Request(url, body, {name.replace("_", "-"): value for name, value in headers.items()}, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.status, error.headers, error.read()


def test_a_presigned_url_gives_the_object_to_who_has_it(s3):
    url = presign(s3)
    assert fetch(url)[::2] == (200, b"bytes")
    assert fetch(url, Range="bytes=1-3")[::2] == (206, b"yte")
    assert fetch(presign(s3, "head_object"), "HEAD")[1]["Content-Length"] == "5"
    assert fetch(url, "HEAD")[0] == 403


def test_a_presigned_url_can_say_how_the_answer_is_described(s3):
    url = presign(s3, ResponseContentType="text/plain", ResponseContentDisposition='attachment; filename="a b.zip"',
                  ResponseCacheControl="no-cache")
    headers = fetch(url)[1]
    assert (headers["Content-Type"], headers["Content-Disposition"], headers["Cache-Control"]) == (
        "text/plain", 'attachment; filename="a b.zip"', "no-cache")


def test_a_presigned_url_names_a_version(s3):
    s3.put_bucket_versioning(Bucket="layers", VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket="layers", Key="x", Body=b"old")["VersionId"]
    s3.put_object(Bucket="layers", Key="x", Body=b"new")
    assert fetch(presign(s3, key="x"))[2] == b"new"
    assert fetch(presign(s3, key="x", VersionId=old))[2] == b"old"


def test_a_presigned_put_stores_what_comes(server, s3):
    body = os.urandom(300_000)
    url = presign(s3, "put_object", "new", ContentType="application/zip", Metadata={"who": "me"})
    assert fetch(url, "PUT", body, Content_Type="application/zip", x_amz_meta_who="me")[0] == 200
    got = s3.get_object(Bucket="layers", Key="new")
    assert (got["Body"].read(), got["ContentType"], got["Metadata"]) == (body, "application/zip", {"who": "me"})
    assert fetch(url, "PUT", body, Content_Type="text/html", x_amz_meta_who="me")[0] == 403
    assert fetch(url, "PUT", body, Content_Type="application/zip", x_amz_meta_who="you")[0] == 403
    assert len(blobs(server)) == 2


def test_headers_may_be_part_of_a_presigned_url(server, s3):
    """As Go's and JavaScript's SDKs presign: x-amz-… in the query, where boto3 has it in the headers."""
    environment = server.environment
    credentials = Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    request = AWSRequest("PUT", f"{server.url}/layers/new", params={"x-amz-meta-who": "me"})
    botocore.auth.S3SigV4QueryAuth(credentials, "s3", "us-east-1", expires=60).add_auth(request)
    assert fetch(request.url, "PUT", b"bytes")[0] == 200
    assert s3.head_object(Bucket="layers", Key="new")["Metadata"] == {"who": "me"}
    assert fetch(request.url.replace("who=me", "who=you"), "PUT", b"bytes")[0] == 403


def test_a_presigned_url_is_good_for_what_it_was_made_for_only(server, s3):
    url = presign(s3)
    s3.put_object(Bucket="layers", Key="secret", Body=b"secret")
    for wrong in (
        url.replace("a%20b/%C3%BC%2B.zip", "secret"), url.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
        url + "&versionId=null", url + "&response-content-type=text/html", url.replace("&X-Amz-Signature=", "&X-Amz-Signature=0"),
    ):
        status, _, body = fetch(wrong)
        assert status == 403 and b"<Code>SignatureDoesNotMatch</Code>" in body
    for method in ("PUT", "DELETE"):
        assert fetch(url, method, b"other" if method == "PUT" else None)[0] == 403
    assert s3.get_object(Bucket="layers", Key="a b/ü+.zip")["Body"].read() == b"bytes"
    plain = url.partition("?")[0]
    status, _, body = fetch(plain)
    assert status == 403 and b"<Code>AccessDenied</Code>" in body
    assert fetch(url.replace(server.url, server.url.replace("127.0.0.1", "localhost")))[0] == 403


def test_no_header_makes_another_request_of_a_presigned_url(server, s3):
    s3.put_object(Bucket="layers", Key="secret", Body=b"secret")
    url = presign(s3, "put_object", "upload")
    for header in ({"x_amz_copy_source": "/layers/secret"}, {"x_amz_meta_who": "you"}):
        status, _, body = fetch(url, "PUT", b"", **header)
        assert status == 403 and b"<Code>AccessDenied</Code><Message>There were headers present in the request which were not signed" in body
    assert [found["Key"] for found in s3.list_objects_v2(Bucket="layers", Prefix="u").get("Contents", [])] == []
    # Nor does one turn an answer's head into another.
    status, headers, _ = fetch(presign(server.client("s3")) + "&response-location=http://elsewhere", "GET")
    assert status == 200 and "Location" not in headers


def test_a_presigned_url_ends(server, s3, monkeypatch):
    """Signed by botocore's own code, whose clock can be set."""
    now = botocore.auth.get_current_datetime()
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: now - datetime.timedelta(seconds=61))
    environment = server.environment
    credentials = Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])

    def fetch_signed_for(seconds):
        request = AWSRequest("GET", f"{server.url}/layers/a%20b/%C3%BC%2B.zip")
        botocore.auth.S3SigV4QueryAuth(credentials, "s3", "us-east-1", expires=seconds).add_auth(request)
        return fetch(request.url)

    assert fetch_signed_for(120)[0] == 200
    status, _, body = fetch_signed_for(60)
    assert status == 403
    assert b"<Code>AccessDenied</Code><Message>Request has expired</Message>" in body
    status, _, body = fetch_signed_for(604_801)
    assert status == 400 and b"<Code>AuthorizationQueryParametersError</Code>" in body


def test_the_aws_command_presigns(server, s3):
    done = server.aws("s3", "presign", "s3://layers/a b/ü+.zip", "--expires-in", "60")
    assert done.returncode == 0, done.stderr
    assert fetch(done.stdout.strip())[::2] == (200, b"bytes")


@pytest.fixture
def first(server, s3):
    """A client that presigns as boto3 does where it is told nothing: by Signature Version 2."""
    client = server.client("s3")
    assert "AWSAccessKeyId=" in presign(client)
    return client


def test_boto_presigns_without_being_told_how(first, s3):
    url = presign(first)
    assert fetch(url)[::2] == (200, b"bytes")
    assert fetch(url, Range="bytes=1-3")[::2] == (206, b"yte")
    assert fetch(presign(first, ResponseContentType="text/plain"))[1]["Content-Type"] == "text/plain"
    s3.put_bucket_versioning(Bucket="layers", VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket="layers", Key="x", Body=b"old")["VersionId"]
    s3.put_object(Bucket="layers", Key="x", Body=b"new")
    assert fetch(presign(first, key="x", VersionId=old))[2] == b"old"


def test_what_boto_presigned_to_be_put_is_stored_as_it_was_described(first, s3):
    body = os.urandom(300_000)
    url = presign(first, "put_object", "new", ContentType="application/zip", Metadata={"who": "me"})
    assert fetch(url, "PUT", body, Content_Type="application/zip")[0] == 200
    got = s3.get_object(Bucket="layers", Key="new")
    assert (got["Body"].read(), got["ContentType"], got["Metadata"]) == (body, "application/zip", {"who": "me"})
    assert fetch(url, "PUT", body, Content_Type="text/html")[0] == 403
    assert fetch(url, "PUT", body, Content_Type="application/zip", x_amz_meta_who="you")[0] == 403
    assert fetch(url.replace("meta-who=me", "meta-who=you"), "PUT", body, Content_Type="application/zip")[0] == 403


def test_what_boto_presigned_is_good_for_what_it_was_made_for_only(server, first, s3):
    url = presign(first)
    s3.put_object(Bucket="layers", Key="secret", Body=b"secret")
    for wrong in (
        url.replace("a%20b/%C3%BC%2B.zip", "secret"), url.replace("Expires=1", "Expires=2"), url + "&versionId=null",
        url.replace("Signature=", "Signature=A"), url + "&response-content-type=text/html",
        presign(server.client("s3", secret="wrong")),
    ):
        status, _, body = fetch(wrong)
        assert status == 403 and b"<Code>SignatureDoesNotMatch</Code>" in body, wrong
    for method in ("HEAD", "PUT", "DELETE"):
        assert fetch(url, method, b"other" if method == "PUT" else None)[0] == 403
    status, _, body = fetch(presign(server.client("s3", key="AKIAUNKNOWN")))
    assert status == 403 and b"<Code>InvalidAccessKeyId</Code>" in body
    status, _, body = fetch(presign(first, expires=-1))
    assert status == 403 and b"<Code>AccessDenied</Code><Message>Request has expired</Message>" in body
    lambda_url = url.replace("/layers/a%20b/%C3%BC%2B.zip", "/2018-10-31/layers")
    assert fetch(lambda_url)[0] == 403
    assert s3.get_object(Bucket="layers", Key="a b/ü+.zip")["Body"].read() == b"bytes"
