import urllib.parse

import pytest
from botocore.exceptions import WaiterError
from s3_requests import code_of, deliver, error_of, send
from server import Server


@pytest.fixture
def s3(server):
    return server.client("s3")


def names(s3, **arguments):
    return [bucket["Name"] for page in s3.get_paginator("list_buckets").paginate(**arguments) for bucket in page["Buckets"]]


def test_a_bucket_is_made_found_listed_and_deleted(s3):
    made = s3.create_bucket(Bucket="made")
    assert made["Location"] == "/made"
    assert s3.head_bucket(Bucket="made")["BucketRegion"] == "us-east-1"
    assert names(s3) == ["made"]
    assert s3.delete_bucket(Bucket="made")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert names(s3) == []
    assert code_of(lambda: s3.head_bucket(Bucket="made")) == "404"
    assert error_of(lambda: s3.delete_bucket(Bucket="made")).items() >= {
        "Code": "NoSuchBucket", "Message": "The specified bucket does not exist", "BucketName": "made", "Status": 404}.items()


def test_buckets_are_listed_by_name_in_pages_and_by_prefix(s3):
    for name in ("b-2", "a-1", "b-1", "a-2", "c-1"):
        s3.create_bucket(Bucket=name)
    assert names(s3) == ["a-1", "a-2", "b-1", "b-2", "c-1"]
    assert names(s3, PaginationConfig={"PageSize": 2}) == ["a-1", "a-2", "b-1", "b-2", "c-1"]
    assert names(s3, Prefix="b-") == ["b-1", "b-2"]
    first = s3.list_buckets(Prefix="b-", MaxBuckets=1)
    assert ([bucket["Name"] for bucket in first["Buckets"]], first["Prefix"]) == (["b-1"], "b-")


def test_waiters_see_a_bucket_come_and_go(s3):
    once = {"Delay": 0, "MaxAttempts": 1}
    with pytest.raises(WaiterError):
        s3.get_waiter("bucket_exists").wait(Bucket="made", WaiterConfig=once)
    s3.create_bucket(Bucket="made")
    s3.get_waiter("bucket_exists").wait(Bucket="made", WaiterConfig=once)
    s3.delete_bucket(Bucket="made")
    s3.get_waiter("bucket_not_exists").wait(Bucket="made", WaiterConfig=once)


def test_making_ones_own_bucket_again_is_an_error_outside_us_east_1_only(server, s3):
    s3.create_bucket(Bucket="made")
    assert s3.create_bucket(Bucket="made")["Location"] == "/made"
    west = server.client("s3", region="eu-west-1")
    arguments = {"Bucket": "west", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    west.create_bucket(**arguments)
    assert error_of(lambda: west.create_bucket(**arguments)).items() >= {"Code": "BucketAlreadyOwnedByYou", "Status": 409}.items()


def test_a_bucket_has_the_location_it_was_made_in(server, s3):
    s3.create_bucket(Bucket="east")
    west = server.client("s3", region="eu-west-1")
    west.create_bucket(Bucket="west", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert s3.get_bucket_location(Bucket="east")["LocationConstraint"] is None
    assert west.get_bucket_location(Bucket="west")["LocationConstraint"] == "eu-west-1"
    assert west.head_bucket(Bucket="west")["BucketRegion"] == "eu-west-1"


def test_a_location_that_is_not_the_clients_is_refused(server, s3):
    for region, constraint, code in (
        ("us-east-1", "eu-west-1", "IllegalLocationConstraintException"), ("eu-west-1", "eu-central-1", "IllegalLocationConstraintException"),
        ("eu-west-1", None, "IllegalLocationConstraintException"), ("us-east-1", "us-east-1", "InvalidLocationConstraint"),
    ):
        client = server.client("s3", region=region)
        configuration = {"CreateBucketConfiguration": {"LocationConstraint": constraint}} if constraint else {}
        assert error_of(lambda: client.create_bucket(Bucket="made", **configuration)).items() >= {"Code": code, "Status": 400}.items()
    assert names(s3) == []


@pytest.mark.parametrize("region", ["<x>", "nowhere", "eu-west", "eu-west-", "-1", "EU-WEST-1"])
def test_a_location_that_is_no_region_is_refused(lamina, tmp_path, region):
    with Server(lamina, tmp_path / "data", "--auth", "off") as server:
        text = region.replace("<", "&lt;")
        body = f"<CreateBucketConfiguration><LocationConstraint>{text}</LocationConstraint></CreateBucketConfiguration>"
        authorization = f"AWS4-HMAC-SHA256 Credential=A/20261122/{region}/s3/aws4_request,SignedHeaders=host,Signature=0"
        answer = deliver(server, "PUT", "/made", {"Authorization": authorization}, body.encode())
        assert (answer.status, answer.text("Code")) == (400, "InvalidLocationConstraint")


def test_a_name_that_aws_would_not_take_is_refused(server, s3):
    for name in ("no", "Upper", "under_score", "-start", "end-", "two..dots", "192.168.0.1", "x" * 64, "ümlaut", "xn--name",
                 "sthree-name", "amzn-s3-demo-name", "name-s3alias", "name--ol-s3", "name--x-s3", "name.mrap"):
        answer = send(server, "PUT", "/" + urllib.parse.quote(name))
        assert (answer.status, answer.text("Code")) == (400, "InvalidBucketName"), name
        assert answer.text("Message") == "The specified bucket is not valid."
    assert names(s3) == []


def test_versioning_is_unset_then_enabled_or_suspended(s3):
    s3.create_bucket(Bucket="made")
    assert "Status" not in s3.get_bucket_versioning(Bucket="made")
    for status in ("Enabled", "Suspended", "Enabled"):
        s3.put_bucket_versioning(Bucket="made", VersioningConfiguration={"Status": status})
        assert s3.get_bucket_versioning(Bucket="made")["Status"] == status
    put = lambda configuration: lambda: s3.put_bucket_versioning(Bucket="made", VersioningConfiguration=configuration)
    assert error_of(put({})).items() >= {
        "Code": "IllegalVersioningConfigurationException", "Message": "The Versioning element must be specified", "Status": 400}.items()
    assert code_of(put({"Status": "On"})) == "MalformedXML"
    assert s3.get_bucket_versioning(Bucket="made")["Status"] == "Enabled"
    assert code_of(lambda: s3.get_bucket_versioning(Bucket="none")) == "NoSuchBucket"


def test_a_bucket_that_holds_something_is_not_deleted(s3):
    s3.create_bucket(Bucket="made")
    s3.put_object(Bucket="made", Key="x", Body=b"bytes")
    assert error_of(lambda: s3.delete_bucket(Bucket="made")).items() >= {
        "Code": "BucketNotEmpty", "Message": "The bucket you tried to delete is not empty", "Status": 409}.items()
    s3.put_bucket_versioning(Bucket="made", VersioningConfiguration={"Status": "Enabled"})
    s3.delete_object(Bucket="made", Key="x", VersionId="null")
    marker = s3.delete_object(Bucket="made", Key="x")["VersionId"]
    assert error_of(lambda: s3.delete_bucket(Bucket="made")).items() >= {
        "Code": "BucketNotEmpty",
        "Message": "The bucket you tried to delete is not empty. You must delete all versions in the bucket."}.items()
    s3.delete_object(Bucket="made", Key="x", VersionId=marker)
    s3.delete_bucket(Bucket="made")


def test_another_accounts_bucket_is_neither_seen_nor_taken(lamina, tmp_path):
    with Server(lamina, tmp_path / "data", "--auth", "off") as server:
        mine, other = (server.client("s3", key=account, secret="x") for account in ("111111111111", "222222222222"))
        mine.create_bucket(Bucket="made")
        mine.put_object(Bucket="made", Key="x", Body=b"bytes")
        assert error_of(lambda: other.create_bucket(Bucket="made")).items() >= {"Code": "BucketAlreadyExists", "Status": 409}.items()
        assert names(other) == []
        assert code_of(lambda: other.head_bucket(Bucket="made")) == "403"
        for call in (
            lambda: other.get_object(Bucket="made", Key="x"), lambda: other.put_object(Bucket="made", Key="x", Body=b"other"),
            lambda: other.delete_object(Bucket="made", Key="x"), lambda: other.list_objects_v2(Bucket="made"),
            lambda: other.delete_bucket(Bucket="made"), lambda: other.create_multipart_upload(Bucket="made", Key="x"),
        ):
            assert error_of(call).items() >= {"Code": "AccessDenied", "Status": 403}.items()
        assert mine.get_object(Bucket="made", Key="x")["Body"].read() == b"bytes"


def test_what_is_not_served_is_named_so(server, s3):
    s3.create_bucket(Bucket="made")
    s3.put_object(Bucket="made", Key="x", Body=b"bytes")
    for request in (
        "GET /made?acl", "PUT /made?acl", "GET /made?policy", "PUT /made?policy", "GET /made?lifecycle", "PUT /made?tagging",
        "GET /made?encryption", "GET /made?object-lock", "PUT /made?website", "GET /made?cors", "PUT /made/x?acl", "PUT /made/x?tagging",
        "GET /made/x?torrent", "POST /made/x?select&select-type=2", "POST /made/x?restore", "PUT /made/x?retention", "POST /made",
        "PATCH /made/x",
    ):
        answer = send(server, *request.split())
        assert (request, answer.status, answer.text("Code")) == (request, 501, "NotImplemented")
    assert s3.get_object(Bucket="made", Key="x")["Body"].read() == b"bytes"
