import datetime
import hashlib

import pytest
from s3_requests import blobs, error_of, send

FAILED = "At least one of the pre-conditions you specified did not hold"


@pytest.fixture
def s3(server):
    client = server.client("s3")
    for name in ("layers", "other"):
        client.create_bucket(Bucket=name)
    client.put_object(Bucket="layers", Key="x", Body=b"bytes", ContentType="application/zip", Metadata={"who": "me"})
    return client


def copy(s3, source="layers/x", bucket="other", key="copy", **arguments):
    return s3.copy_object(Bucket=bucket, Key=key, CopySource=source, **arguments)


def described(s3, bucket="other", key="copy"):
    got = s3.get_object(Bucket=bucket, Key=key)
    return got["Body"].read(), got["ContentType"], got["Metadata"]


def test_a_copy_has_the_bytes_and_what_was_said_of_them(server, s3):
    answer = copy(s3)["CopyObjectResult"]
    assert answer["ETag"] == '"4b3a6218bb3e3a7303e8a171a60fcf92"'
    assert answer["LastModified"] == s3.head_object(Bucket="other", Key="copy")["LastModified"]
    assert described(s3) == (b"bytes", "application/zip", {"who": "me"})
    assert blobs(server) == {hashlib.sha256(b"bytes").hexdigest()}
    s3.delete_object(Bucket="layers", Key="x")
    assert described(s3) == (b"bytes", "application/zip", {"who": "me"})


def test_a_copy_can_be_described_anew(s3):
    copy(s3, MetadataDirective="REPLACE", ContentType="text/plain", Metadata={"now": "other"})
    assert described(s3) == (b"bytes", "text/plain", {"now": "other"})
    copy(s3, MetadataDirective="COPY", ContentType="text/plain", Metadata={"now": "other"})
    assert described(s3) == (b"bytes", "application/zip", {"who": "me"})
    copy(s3, bucket="layers", key="x", MetadataDirective="REPLACE", Metadata={"now": "other"})
    assert described(s3, "layers", "x") == (b"bytes", "binary/octet-stream", {"now": "other"})


def test_a_copy_keeps_the_checksum(s3):
    sent = s3.put_object(Bucket="layers", Key="x", Body=b"bytes", ChecksumAlgorithm="SHA256")["ChecksumSHA256"]
    assert copy(s3)["CopyObjectResult"]["ChecksumSHA256"] == sent
    assert s3.head_object(Bucket="other", Key="copy", ChecksumMode="ENABLED")["ChecksumSHA256"] == sent
    assert copy(s3, ChecksumAlgorithm="SHA1")["CopyObjectResult"]["ChecksumSHA1"] == "2vUppzEBwr5ia5n8aTgWPnonYgs="
    head = s3.head_object(Bucket="other", Key="copy", ChecksumMode="ENABLED")
    assert (head["ChecksumSHA1"], "ChecksumSHA256" in head) == ("2vUppzEBwr5ia5n8aTgWPnonYgs=", False)


def test_a_copy_has_no_parts(s3):
    """What is of the parts, the ETag and the composite checksum, is made anew of the whole."""
    upload = {"Bucket": "layers", "Key": "parts"}
    upload["UploadId"] = s3.create_multipart_upload(**upload, ChecksumAlgorithm="SHA256")["UploadId"]
    part = s3.upload_part(**upload, PartNumber=1, Body=b"bytes", ChecksumAlgorithm="SHA256")
    listed = {"PartNumber": 1, "ETag": part["ETag"], "ChecksumSHA256": part["ChecksumSHA256"]}
    whole = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [listed]})
    assert whole["ETag"].endswith('-1"') and whole["ChecksumSHA256"].endswith("-1")
    copied = copy(s3, "layers/parts")["CopyObjectResult"]
    assert (copied["ETag"], copied["ChecksumSHA256"]) == ('"4b3a6218bb3e3a7303e8a171a60fcf92"', part["ChecksumSHA256"])
    assert s3.head_object(Bucket="other", Key="copy", ChecksumMode="ENABLED")["ChecksumType"] == "FULL_OBJECT"


def test_a_copy_onto_itself_has_to_change_something(s3):
    assert error_of(lambda: copy(s3, bucket="layers", key="x")).items() >= {"Code": "InvalidRequest", "Message": (
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage "
        "class, website redirect location or encryption attributes.")}.items()
    copy(s3, bucket="layers", key="x", StorageClass="STANDARD_IA")


def test_a_version_can_be_copied_and_an_old_one_made_the_latest(s3):
    s3.put_bucket_versioning(Bucket="layers", VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket="layers", Key="x", Body=b"old")["VersionId"]
    new = s3.put_object(Bucket="layers", Key="x", Body=b"new")["VersionId"]
    assert copy(s3, f"layers/x?versionId={old}")["CopySourceVersionId"] == old
    assert described(s3)[0] == b"old"
    assert copy(s3)["CopySourceVersionId"] == new
    back = copy(s3, f"layers/x?versionId={old}", "layers", "x")
    assert s3.get_object(Bucket="layers", Key="x")["VersionId"] == back["VersionId"] not in (old, new)
    assert described(s3, "layers", "x")[0] == b"old"
    assert copy(s3, "layers/x?versionId=null")["CopySourceVersionId"] == "null"
    marker = s3.delete_object(Bucket="layers", Key="x")["VersionId"]
    assert error_of(lambda: copy(s3)).items() >= {"Code": "NoSuchKey", "Status": 404}.items()
    assert error_of(lambda: copy(s3, f"layers/x?versionId={marker}")).items() >= {
        "Code": "InvalidRequest", "Status": 400,
        "Message": "The source of a copy request may not specifically refer to a delete marker by version id."}.items()


def test_a_copy_is_made_only_if_its_conditions_hold(s3):
    etag, other = '"4b3a6218bb3e3a7303e8a171a60fcf92"', '"00000000000000000000000000000000"'
    modified = s3.head_object(Bucket="layers", Key="x")["LastModified"]
    before, future = modified - datetime.timedelta(minutes=1), modified + datetime.timedelta(days=365)
    for condition, header in (
        ({"CopySourceIfMatch": other}, "If-Match"), ({"CopySourceIfNoneMatch": etag}, "If-None-Match"),
        ({"CopySourceIfUnmodifiedSince": before}, "If-Unmodified-Since"), ({"CopySourceIfModifiedSince": modified}, "If-Modified-Since"),
    ):
        error = error_of(lambda: copy(s3, **condition))
        assert (header, error["Code"], error["Status"], error["Message"]) == (header, "PreconditionFailed", 412, FAILED)
        assert error.get("Condition") == f"x-amz-copy-source-{header}"
    for condition in (
        {"CopySourceIfMatch": etag}, {"CopySourceIfNoneMatch": other}, {"CopySourceIfUnmodifiedSince": modified},
        {"CopySourceIfModifiedSince": before}, {"CopySourceIfModifiedSince": future},
    ):
        copy(s3, **condition)
    assert error_of(lambda: copy(s3, IfNoneMatch="*"))["Code"] == "PreconditionFailed"


def test_what_is_not_there_is_not_copied(server, s3):
    assert error_of(lambda: copy(s3, "layers/none")).items() >= {"Code": "NoSuchKey", "Status": 404}.items()
    assert error_of(lambda: copy(s3, "none/x")).items() >= {"Code": "NoSuchBucket", "Status": 404}.items()
    assert error_of(lambda: copy(s3, bucket="none")).items() >= {"Code": "NoSuchBucket", "Status": 404}.items()
    for source in ("layers", "/layers/", "layers/"):
        answer = send(server, "PUT", "/other/copy", {"x-amz-copy-source": source})
        assert (answer.status, answer.text("Code")) == (400, "InvalidArgument")
    assert "Contents" not in s3.list_objects_v2(Bucket="other")


def test_a_copy_source_is_read_as_clients_write_it(server, s3):
    s3.put_object(Bucket="layers", Key="a b/ü+?&%.zip", Body=b"odd")
    encoded = "a%20b/%C3%BC%2B%3F%26%25.zip"
    for source in (f"layers/{encoded}", f"/layers/{encoded}", f"layers%2F{encoded.replace('/', '%2F')}", f"layers/{encoded}?versionId=null"):
        s3.delete_object(Bucket="other", Key="copy")
        assert send(server, "PUT", "/other/copy", {"x-amz-copy-source": source}).status == 200, source
        assert described(s3)[0] == b"odd"
