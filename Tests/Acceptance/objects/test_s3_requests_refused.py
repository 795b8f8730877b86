"""What asks for something that is not there, or is no request of S3's at all, is refused and changes nothing."""

import pytest
from s3_requests import code_of, deliver, error_of, send
from server import Server


@pytest.fixture
def s3(server):
    client = server.client("s3")
    client.create_bucket(Bucket="layers")
    client.put_object(Bucket="layers", Key="x", Body=b"bytes")
    return client


def refusal(server, method, target, headers=None, body=b""):
    answer = send(server, method, target, headers, body)
    return answer.status, answer.text("Code")


def is_unchanged(s3):
    """Whether the bucket holds what it held at first."""
    objects = s3.list_objects_v2(Bucket="layers").get("Contents", [])
    uploads = s3.list_multipart_uploads(Bucket="layers").get("Uploads", [])
    return [(o["Key"], o["Size"]) for o in objects] == [("x", 5)] and uploads == [] and len(s3.list_buckets()["Buckets"]) == 1


@pytest.mark.parametrize("request_line", [
    "DELETE /layers?metadataConfiguration", "DELETE /layers?new", "PUT /other?new", "PUT /layers/x?annotation", "PUT /layers/x?new=1",
    "DELETE /layers/x?annotation=a", "DELETE /layers/x?new", "POST /layers/x?uploads&new", "POST /layers?delete&new",
    "PUT /layers?versioning&abac", "GET /layers?metadataTable", "GET /layers/x?annotation", "GET /?abac",
])
def test_a_query_that_asks_for_another_operation_is_not_ignored(server, s3, request_line):
    assert refusal(server, *request_line.split(), body=b"other" if request_line.startswith("PUT") else b"") == (501, "NotImplemented")
    assert is_unchanged(s3)


def test_queries_that_no_operation_knows_are_ignored_by_reads(server, s3):
    assert send(server, "GET", "/layers/x?cache=1&v").body == b"bytes"
    assert send(server, "GET", "/layers?list-type=2&metadata=true").texts("Contents/Key") == ["x"]


def test_queries_that_sdks_add_are_taken_by_writes(server, s3):
    assert send(server, "PUT", "/layers/y?x-id=PutObject", body=b"y").status == 200
    assert send(server, "DELETE", "/layers/y?x-id=DeleteObject").status == 204


@pytest.mark.parametrize("query, argument", [("partNumber=1", "partNumber"), ("versionId=null", "versionId")])
def test_a_part_or_a_version_is_not_put_as_an_object(server, s3, query, argument):
    answer = send(server, "PUT", f"/layers/x?{query}", body=b"other")
    assert (answer.status, answer.text("Code"), answer.text("ArgumentName")) == (400, "InvalidArgument", argument)
    assert is_unchanged(s3)


@pytest.mark.parametrize("target", [
    "/layers/x%00y", "/layers/%ff", "/layers/%zz", "/layers/%", "/layers/x%4", "/layers/%c3", "/layers%00", "/layers?prefix=%00",
    "/layers?list-type=2&start-after=x%00", "/layers/x?versionId=%00",
])
def test_what_is_no_text_is_an_invalid_uri(server, s3, target):
    for method in ("GET", "DELETE", "PUT") if "?" not in target else ("GET",):
        assert refusal(server, method, target, body=b"other" if method == "PUT" else b"") == (400, "InvalidURI")
    assert is_unchanged(s3)


def test_a_query_that_is_no_text_is_refused_where_no_signature_is(lamina, tmp_path):
    with Server(lamina, tmp_path / "data", "--auth", "off") as server:
        server.client("s3").create_bucket(Bucket="layers")
        for query in ("marker=%ff", "prefix=%zz", "prefix=%"):
            answer = deliver(server, "GET", f"/layers?{query}", {})
            assert (answer.status, answer.text("Code")) == (400, "InvalidURI")


@pytest.mark.parametrize("source", ["/layers/x%00", "/layers/%ff", "/layers/%zz", "/layers%00/x"])
def test_what_is_no_text_is_no_copy_source(server, s3, source):
    assert refusal(server, "PUT", "/layers/y", {"x-amz-copy-source": source}) == (400, "InvalidArgument")
    assert is_unchanged(s3)


def test_a_path_without_a_bucket_is_no_list_of_buckets(server, s3):
    assert refusal(server, "GET", "//x") == (400, "InvalidBucketName")


def test_a_number_of_keys_that_is_too_large_is_refused(server, s3):
    assert send(server, "GET", "/layers?max-keys=2147483647").status == 200
    for query in ("max-keys=2147483648", "list-type=2&max-keys=99999999999", "versions&max-keys=2147483648", "uploads&max-uploads=2147483648"):
        assert refusal(server, "GET", f"/layers?{query}") == (400, "InvalidArgument")


def test_another_owner_than_the_expected_one_is_refused(server, s3):
    account = server.client("sts").get_caller_identity()["Account"]
    other = {"ExpectedBucketOwner": "999999999999"}
    where = {"Bucket": "layers", "Key": "x"}
    upload = s3.create_multipart_upload(**where, ExpectedBucketOwner=account)["UploadId"]
    s3.copy_object(**where, CopySource="layers/x", MetadataDirective="REPLACE", ExpectedBucketOwner=account, ExpectedSourceBucketOwner=account)
    for call in (
        lambda: s3.get_object(**where, **other), lambda: s3.put_object(**where, Body=b"other", **other),
        lambda: s3.delete_object(**where, **other), lambda: s3.list_objects_v2(Bucket="layers", **other),
        lambda: s3.list_object_versions(Bucket="layers", **other), lambda: s3.list_multipart_uploads(Bucket="layers", **other),
        lambda: s3.delete_objects(Bucket="layers", Delete={"Objects": [{"Key": "x"}]}, **other),
        lambda: s3.copy_object(**where, CopySource="layers/x", MetadataDirective="REPLACE", **other),
        lambda: s3.copy_object(**where, CopySource="layers/x", MetadataDirective="REPLACE", ExpectedSourceBucketOwner="999999999999"),
        lambda: s3.create_multipart_upload(**where, **other), lambda: s3.delete_bucket(Bucket="layers", **other),
        lambda: s3.upload_part(**where, UploadId=upload, PartNumber=1, Body=b"part", **other),
        lambda: s3.list_parts(**where, UploadId=upload, **other), lambda: s3.abort_multipart_upload(**where, UploadId=upload, **other),
        lambda: s3.put_bucket_versioning(Bucket="layers", VersioningConfiguration={"Status": "Enabled"}, **other),
        lambda: s3.get_bucket_versioning(Bucket="layers", **other), lambda: s3.get_bucket_location(Bucket="layers", **other),
    ):
        assert error_of(call).items() >= {"Code": "AccessDenied", "Status": 403}.items()
    assert code_of(lambda: s3.head_bucket(Bucket="layers", **other)) == "403"
    s3.abort_multipart_upload(**where, UploadId=upload)
    assert is_unchanged(s3)


def test_metadata_beyond_2_kb_is_refused(server, s3):
    assert send(server, "PUT", "/layers/y", {"x-amz-meta-a": "v" * 2047}, b"y").status == 200
    s3.delete_object(Bucket="layers", Key="y")
    for method, target in (("PUT", "/layers/y"), ("POST", "/layers/y?uploads")):
        answer = send(server, method, target, {"x-amz-meta-a": "v" * 2048}, b"")
        assert (answer.status, answer.text("Code")) == (400, "MetadataTooLarge")
        assert answer.text("Message") == "Your metadata headers exceed the maximum allowed metadata size"
        assert (answer.text("Size"), answer.text("MaxSizeAllowed")) == ("2049", "2048")
    assert is_unchanged(s3)


def test_an_upload_has_a_key_of_at_most_1024_bytes(s3):
    assert code_of(lambda: s3.create_multipart_upload(Bucket="layers", Key="x" * 1025)) == "KeyTooLongError"
    assert is_unchanged(s3)


def test_a_copy_is_told_what_it_asks_wrongly(s3):
    copy = lambda **arguments: error_of(lambda: s3.copy_object(Bucket="layers", Key="y", **arguments))
    assert copy(CopySource="layers/x", MetadataDirective="KEEP").items() >= {
        "Code": "InvalidArgument", "Message": "Unknown metadata directive.", "Status": 400}.items()
    assert copy(CopySource="layers/x?versionId=nonsense").items() >= {
        "Code": "InvalidArgument", "Message": "Invalid version id specified", "Status": 400}.items()
    assert is_unchanged(s3)
