"""Headers that ask for more than bytes: what is not there is refused, what is only told is told back."""

import pytest
from s3_requests import code_of, error_of, send


@pytest.fixture
def s3(server):
    client = server.client("s3")
    client.create_bucket(Bucket="layers")
    return client


@pytest.mark.parametrize("header", [
    "x-amz-server-side-encryption-customer-algorithm: AES256", "x-amz-copy-source-server-side-encryption-customer-key: AAAA",
    "x-amz-object-lock-mode: GOVERNANCE", "x-amz-object-lock-legal-hold: ON", "x-amz-acl: public-read", "x-amz-grant-read: id=1",
    "x-amz-tagging: a=1", "x-amz-website-redirect-location: /y", "x-amz-write-offset-bytes: 5", "x-amz-checksum-sha512: AAAA",
    "x-amz-checksum-md5: AAAA", "x-amz-checksum-xxhash64: AAAA", "x-amz-trailer: x-amz-checksum-xxhash3",
])
def test_what_is_not_there_is_not_dropped_in_silence(server, s3, header):
    name, value = header.split(": ")
    for method, target in (("PUT", "/layers/x"), ("POST", "/layers/x?uploads")):
        answer = send(server, method, target, {name: value}, b"")
        assert (answer.status, answer.text("Code"), answer.text("Header")) == (501, "NotImplemented", header.split(": ")[header.startswith("x-amz-trailer")])
    assert "Contents" not in s3.list_objects_v2(Bucket="layers")
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="layers")


def test_a_bucket_with_object_lock_is_not_made(s3):
    assert code_of(lambda: s3.create_bucket(Bucket="other", ObjectLockEnabledForBucket=True)) == "NotImplemented"
    assert code_of(lambda: s3.create_bucket(Bucket="other", ACL="public-read")) == "NotImplemented"
    s3.create_bucket(Bucket="other", ACL="private", ObjectLockEnabledForBucket=False)


def test_what_changes_nothing_is_taken(s3):
    s3.put_object(Bucket="layers", Key="x", Body=b"bytes", ACL="bucket-owner-full-control", Tagging="", StorageClass="STANDARD_IA")
    s3.copy_object(Bucket="layers", Key="y", CopySource="layers/x", ACL="private", TaggingDirective="REPLACE")
    assert [o["StorageClass"] for o in s3.list_objects_v2(Bucket="layers")["Contents"]] == ["STANDARD"] * 2


def test_words_that_s3_does_not_know_are_refused(s3):
    put = lambda **arguments: error_of(lambda: s3.put_object(Bucket="layers", Key="x", Body=b"bytes", **arguments))
    assert put(StorageClass="COLD").items() >= {
        "Code": "InvalidStorageClass", "Message": "The storage class you specified is not valid", "Status": 400}.items()
    assert put(ServerSideEncryption="DES").items() >= {
        "Code": "InvalidArgument", "Message": "The encryption method specified is not supported", "Status": 400}.items()
    assert put(SSEKMSKeyId="key").items() >= {"Code": "InvalidArgument", "Message": (
        "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms")}.items()
    assert "Contents" not in s3.list_objects_v2(Bucket="layers")


def told(answer):
    return {name: answer[name] for name in ("ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled") if name in answer}


@pytest.mark.parametrize("wanted", [
    {}, {"ServerSideEncryption": "AES256"}, {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "alias/key", "BucketKeyEnabled": True},
])
def test_the_wanted_encryption_is_told_wherever_s3_tells_it(s3, wanted):
    where = {"Bucket": "layers", "Key": "x"}
    assert told(s3.put_object(**where, Body=b"bytes", **wanted)) == wanted
    assert told(s3.get_object(**where)) == told(s3.head_object(**where)) == wanted
    assert told(s3.copy_object(Bucket="layers", Key="copy", CopySource="layers/x", **wanted)) == wanted
    assert told(s3.head_object(Bucket="layers", Key="copy")) == wanted
    s3.copy_object(Bucket="layers", Key="plain", CopySource="layers/x")
    assert told(s3.head_object(Bucket="layers", Key="plain")) == {}
    upload = s3.create_multipart_upload(**where, **wanted)
    named = where | {"UploadId": upload["UploadId"]}
    part = s3.upload_part(**named, PartNumber=1, Body=b"part")
    done = s3.complete_multipart_upload(**named, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    assert told(upload) == told(part) == told(done) == told(s3.head_object(**where)) == wanted


def test_an_object_has_no_tags(server, s3):
    s3.put_object(Bucket="layers", Key="x", Body=b"bytes")
    assert s3.get_object_tagging(Bucket="layers", Key="x")["TagSet"] == []
    assert code_of(lambda: s3.get_object_tagging(Bucket="layers", Key="none")) == "NoSuchKey"
    assert code_of(lambda: s3.put_object_tagging(Bucket="layers", Key="x", Tagging={"TagSet": []})) == "NotImplemented"


def test_an_object_that_was_put_as_a_whole_is_its_only_part(server, s3):
    s3.put_object(Bucket="layers", Key="x", Body=b"bytes")
    for method in ("GET", "HEAD"):
        answer = send(server, method, "/layers/x?partNumber=1")
        assert (answer.status, answer.headers["content-range"], answer.headers["content-length"]) == (206, "bytes 0-4/5", "5")
    answer = send(server, "GET", "/layers/x?partNumber=2")
    assert (answer.status, answer.text("Code"), answer.text("ActualPartCount")) == (416, "InvalidPartNumber", "1")
    for target, headers, code in (("0", {}, "InvalidArgument"), ("x", {}, "InvalidArgument"), ("1", {"Range": "bytes=0-1"}, "InvalidRequest")):
        answer = send(server, "GET", f"/layers/x?partNumber={target}", headers)
        assert (answer.status, answer.text("Code")) == (400, code)


def test_the_parts_of_an_upload_are_not_told_apart_any_more(s3):
    where = {"Bucket": "layers", "Key": "x"}
    named = where | {"UploadId": s3.create_multipart_upload(**where)["UploadId"]}
    part = s3.upload_part(**named, PartNumber=1, Body=b"part")
    s3.complete_multipart_upload(**named, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    assert code_of(lambda: s3.get_object(**where, PartNumber=1)) == "NotImplemented"
