import hashlib
import os

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import WaiterError
from s3_requests import code_of, send


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


def test_objects_are_streamed_and_cost_no_memory(server, s3, tmp_path):
    with open(tmp_path / "up", "wb") as file:
        for _ in range(160):
            file.write(os.urandom(1 << 20))
    s3.put_object(Bucket="layers", Key="warm", Body=bytes(1 << 20))
    server.reset_peak_memory()
    before = server.memory("VmHWM")
    with open(tmp_path / "up", "rb") as file:
        etag = s3.put_object(Bucket="layers", Key="large", Body=file)["ETag"]
    s3.upload_file(str(tmp_path / "up"), "layers", "parts", Config=TransferConfig(multipart_threshold=32 << 20, multipart_chunksize=32 << 20))
    digest = hashlib.md5()
    for chunk in s3.get_object(Bucket="layers", Key="parts")["Body"].iter_chunks(1 << 20):
        digest.update(chunk)
    assert f'"{digest.hexdigest()}"' == etag
    assert server.memory("VmHWM") - before < 64 << 10


def test_a_waiter_sees_an_object_come_and_go(s3):
    once = {"Delay": 0, "MaxAttempts": 1}
    with pytest.raises(WaiterError):
        s3.get_waiter("object_exists").wait(Bucket="layers", Key="x", WaiterConfig=once)
    s3.put_object(Bucket="layers", Key="x", Body=b"bytes")
    s3.get_waiter("object_exists").wait(Bucket="layers", Key="x", WaiterConfig=once)
    s3.delete_object(Bucket="layers", Key="x")
    s3.get_waiter("object_not_exists").wait(Bucket="layers", Key="x", WaiterConfig=once)


def test_what_is_missing_or_not_served_is_told_by_s3s_names(s3):
    assert code_of(lambda: s3.get_object(Bucket="layers", Key="none")) == "NoSuchKey"
    assert code_of(lambda: s3.get_object(Bucket="none", Key="none")) == "NoSuchBucket"
    assert code_of(lambda: s3.head_object(Bucket="layers", Key="none")) == "404"
    assert code_of(lambda: s3.put_bucket_acl(Bucket="layers", ACL="private")) == "NotImplemented"
    assert code_of(lambda: s3.create_bucket(Bucket="NO")) == "InvalidBucketName"


def test_every_answer_has_an_id_that_errors_repeat(server, s3):
    s3.put_object(Bucket="layers", Key="x", Body=b"bytes")
    ids = [send(server, method, "/layers/x").headers["x-amz-request-id"] for method in ("GET", "HEAD", "PUT", "DELETE")]
    assert len(set(ids)) == 4 and all(ids)
    missing = send(server, "GET", "/layers/none")
    assert (missing.text("RequestId"), missing.text("Key")) == (missing.headers["x-amz-request-id"], "none")


def test_a_plus_is_itself_in_a_path_and_a_space_in_a_query(server, s3):
    s3.put_object(Bucket="layers", Key="a+b c", Body=b"bytes")
    assert send(server, "GET", "/layers/a+b%20c").body == b"bytes"
    assert send(server, "GET", "/layers?list-type=2&prefix=a%2Bb%20").texts("Contents/Key") == ["a+b c"]
