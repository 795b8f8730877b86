"""Ranges and conditions: what is read only in part, or only if, and what is written only if."""

import datetime
import email.utils

import pytest
from s3_requests import blobs, code_of, error_of, ingest, send

ETAG = '"4b3a6218bb3e3a7303e8a171a60fcf92"'  # of b"bytes"
FAILED = "At least one of the pre-conditions you specified did not hold"


@pytest.fixture
def s3(server):
    client = server.client("s3")
    client.create_bucket(Bucket="layers")
    client.put_object(Bucket="layers", Key="x", Body=b"bytes")
    return client


def date(when, seconds=0):
    return email.utils.format_datetime((when + datetime.timedelta(seconds=seconds)).astimezone(datetime.timezone.utc), usegmt=True)


def test_a_range_is_answered_with_its_bytes_and_its_place(server, s3):
    for text, body, place in (
        ("bytes=0-0", b"b", "bytes 0-0/5"), ("bytes=1-3", b"yte", "bytes 1-3/5"), ("bytes=3-", b"es", "bytes 3-4/5"),
        ("bytes=-2", b"es", "bytes 3-4/5"), ("bytes=-99", b"bytes", "bytes 0-4/5"), ("bytes=2-99", b"tes", "bytes 2-4/5"),
    ):
        answer = send(server, "GET", "/layers/x", {"Range": text})
        assert (answer.status, answer.body, answer.headers["content-range"]) == (206, body, place)
        assert (answer.headers["content-length"], answer.headers["etag"], answer.headers["accept-ranges"]) == (str(len(body)), ETAG, "bytes")
        head = send(server, "HEAD", "/layers/x", {"Range": text})
        assert (head.status, head.headers["content-range"], head.headers["content-length"]) == (206, place, str(len(body)))


def test_a_range_that_is_none_is_refused_or_ignored_as_aws_does(server, s3):
    s3.put_object(Bucket="layers", Key="empty", Body=b"")
    for key, text in (("x", "bytes=5-"), ("x", "bytes=9-12"), ("x", "bytes=-0"), ("empty", "bytes=0-"), ("empty", "bytes=-1")):
        answer = send(server, "GET", f"/layers/{key}", {"Range": text})
        assert (text, answer.status, answer.text("Code")) == (text, 416, "InvalidRange")
        assert answer.text("Message") == "The requested range is not satisfiable"
        assert (answer.text("RangeRequested"), answer.text("ActualObjectSize")) == (text, "0" if key == "empty" else "5")
    for text in ("bytes=3-1", "bytes=a-b", "bytes=-", "bytes=", "bytes=0-1,3-4", "lines=0-1"):
        answer = send(server, "GET", "/layers/x", {"Range": text})
        assert (text, answer.status, answer.body) == (text, 200, b"bytes")


def test_a_read_is_made_only_if_its_conditions_hold(server, s3):
    modified = s3.head_object(Bucket="layers", Key="x")["LastModified"]
    before, same, later = date(modified, -60), date(modified), date(modified, 3600 * 24 * 365)
    other = '"00000000000000000000000000000000"'
    for headers, status, condition in (
        ({"If-Match": ETAG}, 200, None), ({"If-Match": ETAG.strip('"')}, 200, None), ({"If-Match": "*"}, 200, None),
        ({"If-Match": other}, 412, "If-Match"), ({"If-None-Match": other}, 200, None), ({"If-None-Match": ETAG}, 304, None),
        ({"If-None-Match": f"{other}, {ETAG}"}, 304, None),
        ({"If-Unmodified-Since": before}, 412, "If-Unmodified-Since"), ({"If-Unmodified-Since": same}, 200, None),
        ({"If-Modified-Since": before}, 200, None), ({"If-Modified-Since": same}, 304, None), ({"If-Modified-Since": later}, 200, None),
        ({"If-Match": ETAG, "If-Unmodified-Since": before}, 200, None), ({"If-None-Match": ETAG, "If-Modified-Since": before}, 304, None),
        ({"If-None-Match": other, "If-Modified-Since": same}, 200, None), ({"If-Modified-Since": "yesterday"}, 200, None),
    ):
        answer = send(server, "GET", "/layers/x", headers)
        assert (headers, answer.status) == (headers, status)
        assert answer.body == {200: b"bytes", 304: b""}.get(status, answer.body)
        if status == 304:
            assert (answer.headers["etag"], answer.headers["last-modified"]) == (ETAG, same)
        if status == 412:
            assert (answer.text("Code"), answer.text("Message"), answer.text("Condition")) == ("PreconditionFailed", FAILED, condition)
        assert send(server, "HEAD", "/layers/x", headers).status == status


def test_a_key_that_must_be_free_is_written_once(server, s3):
    put = lambda body: s3.put_object(Bucket="layers", Key="lock", Body=body, IfNoneMatch="*")
    put(b"mine")
    error = error_of(lambda: put(b"theirs"))
    assert (error["Code"], error["Status"], error["Message"], error["Condition"]) == ("PreconditionFailed", 412, FAILED, "If-None-Match")
    assert s3.get_object(Bucket="layers", Key="lock")["Body"].read() == b"mine"
    assert len(blobs(server)) == 2 and ingest(server) == []
    s3.delete_object(Bucket="layers", Key="lock")
    put(b"theirs")
    s3.put_bucket_versioning(Bucket="layers", VersioningConfiguration={"Status": "Enabled"})
    s3.delete_object(Bucket="layers", Key="lock")
    put(b"behind a marker")


def test_a_multipart_upload_can_be_made_only_where_the_key_is_free(s3):
    upload = s3.create_multipart_upload(Bucket="layers", Key="x")["UploadId"]
    part = s3.upload_part(Bucket="layers", Key="x", UploadId=upload, PartNumber=1, Body=b"parts")["ETag"]
    complete = lambda **condition: s3.complete_multipart_upload(
        Bucket="layers", Key="x", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part}]}, **condition)
    assert error_of(lambda: complete(IfNoneMatch="*")).items() >= {"Code": "PreconditionFailed", "Status": 412}.items()
    assert s3.get_object(Bucket="layers", Key="x")["Body"].read() == b"bytes"
    complete(IfMatch=ETAG)
    assert s3.get_object(Bucket="layers", Key="x")["Body"].read() == b"parts"


def test_a_write_over_a_known_object_needs_that_object(s3):
    put = lambda key="x", **condition: s3.put_object(Bucket="layers", Key=key, Body=b"new", **condition)
    error = error_of(lambda: put(IfMatch='"00000000000000000000000000000000"'))
    assert (error["Code"], error["Status"], error["Condition"]) == ("PreconditionFailed", 412, "If-Match")
    assert error_of(lambda: put("none", IfMatch=ETAG)).items() >= {"Code": "NoSuchKey", "Status": 404}.items()
    assert s3.get_object(Bucket="layers", Key="x")["Body"].read() == b"bytes"
    put(IfMatch=ETAG)
    assert s3.get_object(Bucket="layers", Key="x")["Body"].read() == b"new"
    for condition in ({"IfMatch": "*"}, {"IfNoneMatch": ETAG}, {"IfMatch": ETAG, "IfNoneMatch": "*"}):
        error = error_of(lambda: put(**condition))
        assert (error["Code"], error["Status"], error["Message"]) == (
            "NotImplemented", 501, "A header you provided implies functionality that is not implemented")


@pytest.mark.parametrize("date", [
    "Sun, 22 Nov 9223372036854775807 14:40:00 GMT", "Sun, 22 Nov 2026 9223372036854775807:40:00 GMT", "Sun, 22 Nov -1 14:40:00 GMT", "soon",
])
def test_a_date_that_is_none_is_no_condition(server, s3, date):
    for header in ("If-Modified-Since", "If-Unmodified-Since"):
        assert send(server, "GET", "/layers/x", {header: date}).status == 200


def test_a_delete_can_depend_on_the_object(s3):
    delete = lambda etag: s3.delete_object(Bucket="layers", Key="x", IfMatch=etag)
    assert error_of(lambda: delete('"00000000000000000000000000000000"')).items() >= {"Code": "PreconditionFailed", "Status": 412}.items()
    assert s3.get_object(Bucket="layers", Key="x")["Body"].read() == b"bytes"
    delete(ETAG)
    assert code_of(lambda: s3.get_object(Bucket="layers", Key="x")) == "NoSuchKey"
