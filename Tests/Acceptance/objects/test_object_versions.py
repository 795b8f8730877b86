import pytest
from s3_requests import Sending, code_of, error_of, send
from server import Server


@pytest.fixture
def s3(server):
    client = server.client("s3")
    client.create_bucket(Bucket="layers")
    return client


@pytest.fixture
def versioned(s3):
    version(s3, "Enabled")
    return s3


def version(s3, status):
    s3.put_bucket_versioning(Bucket="layers", VersioningConfiguration={"Status": status})


def put(s3, key, body):
    return s3.put_object(Bucket="layers", Key=key, Body=body).get("VersionId")


def read(s3, key="x", **arguments):
    return s3.get_object(Bucket="layers", Key=key, **arguments)["Body"].read()


def entries(s3, **arguments):
    """(key, id, whether the latest, whether a marker) of all versions, as a paginator finds them."""
    found = []
    for page in s3.get_paginator("list_object_versions").paginate(Bucket="layers", **arguments):
        found += [(v["Key"], v["VersionId"], v["IsLatest"], False) for v in page.get("Versions", [])]
        found += [(v["Key"], v["VersionId"], v["IsLatest"], True) for v in page.get("DeleteMarkers", [])]
    return found


def test_every_put_makes_a_version_that_stays(versioned):
    first, second = put(versioned, "x", b"1"), put(versioned, "x", b"2")
    assert first != second and "null" not in (first, second)
    assert read(versioned) == b"2"
    assert (read(versioned, VersionId=first), read(versioned, VersionId=second)) == (b"1", b"2")
    assert versioned.get_object(Bucket="layers", Key="x")["VersionId"] == second
    assert versioned.head_object(Bucket="layers", Key="x", VersionId=first)["VersionId"] == first
    assert entries(versioned) == [("x", second, True, False), ("x", first, False, False)]
    assert [o["Size"] for o in versioned.list_objects_v2(Bucket="layers")["Contents"]] == [1]


def test_deleting_a_key_hides_it_and_deleting_the_marker_brings_it_back(versioned):
    first = put(versioned, "x", b"1")
    gone = versioned.delete_object(Bucket="layers", Key="x")
    assert gone["DeleteMarker"] is True
    assert code_of(lambda: read(versioned)) == "NoSuchKey"
    assert read(versioned, VersionId=first) == b"1"
    assert "Contents" not in versioned.list_objects_v2(Bucket="layers")
    assert entries(versioned) == [("x", first, False, False), ("x", gone["VersionId"], True, True)]
    back = versioned.delete_object(Bucket="layers", Key="x", VersionId=gone["VersionId"])
    assert (back["DeleteMarker"], back["VersionId"]) == (True, gone["VersionId"])
    assert read(versioned) == b"1"
    assert entries(versioned) == [("x", first, True, False)]


def test_a_delete_marker_says_what_it_is(server, versioned):
    put(versioned, "x", b"1")
    marker = versioned.delete_object(Bucket="layers", Key="x")["VersionId"]
    for method in ("GET", "HEAD"):
        answer = send(server, method, "/layers/x")
        assert (answer.status, answer.headers.get("x-amz-delete-marker"), answer.headers.get("x-amz-version-id")) == (404, "true", marker)
        answer = send(server, method, f"/layers/x?versionId={marker}")
        assert (answer.status, answer.headers.get("x-amz-delete-marker"), answer.headers.get("allow")) == (405, "true", "DELETE")
    assert error_of(lambda: read(versioned, VersionId=marker)).items() >= {
        "Code": "MethodNotAllowed", "Message": "The specified method is not allowed against this resource."}.items()


def test_deleting_the_latest_version_uncovers_the_one_before(versioned):
    first, second = put(versioned, "x", b"1"), put(versioned, "x", b"2")
    answer = versioned.delete_object(Bucket="layers", Key="x", VersionId=second)
    assert (answer["VersionId"], "DeleteMarker" in answer) == (second, False)
    assert read(versioned) == b"1"
    assert error_of(lambda: read(versioned, VersionId=second)).items() >= {
        "Code": "NoSuchVersion", "Message": "The specified version does not exist.", "Status": 404}.items()
    assert versioned.delete_object(Bucket="layers", Key="x", VersionId=second)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert entries(versioned) == [("x", first, True, False)]


def test_what_is_no_version_id_is_an_invalid_argument(s3):
    put(s3, "x", b"1")
    for call in (lambda: read(s3, VersionId="nonsense"), lambda: s3.delete_object(Bucket="layers", Key="x", VersionId="nonsense")):
        assert error_of(call).items() >= {"Code": "InvalidArgument", "Message": "Invalid version id specified", "Status": 400}.items()
    assert read(s3, VersionId="null") == b"1"


def test_a_missing_key_gets_a_marker_and_a_204(versioned):
    gone = versioned.delete_object(Bucket="layers", Key="never")
    assert (gone["ResponseMetadata"]["HTTPStatusCode"], gone["DeleteMarker"]) == (204, True)
    assert entries(versioned) == [("never", gone["VersionId"], True, True)]


def test_an_unversioned_bucket_has_null_versions_and_tells_no_ids(s3):
    assert put(s3, "x", b"1") is None
    got = s3.get_object(Bucket="layers", Key="x")
    assert "VersionId" not in got
    assert entries(s3) == [("x", "null", True, False)]
    gone = s3.delete_object(Bucket="layers", Key="x")
    assert (gone["ResponseMetadata"]["HTTPStatusCode"], "DeleteMarker" in gone, "VersionId" in gone) == (204, False, False)
    assert entries(s3) == []
    assert s3.delete_object(Bucket="layers", Key="x")["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_a_suspended_bucket_replaces_its_null_version_only(s3):
    put(s3, "x", b"0")
    version(s3, "Enabled")
    first = put(s3, "x", b"1")
    assert entries(s3) == [("x", first, True, False), ("x", "null", False, False)]
    version(s3, "Suspended")
    assert put(s3, "x", b"2") is None
    assert s3.get_object(Bucket="layers", Key="x")["VersionId"] == "null"
    assert entries(s3) == [("x", "null", True, False), ("x", first, False, False)]
    assert read(s3) == read(s3, VersionId="null") == b"2"
    gone = s3.delete_object(Bucket="layers", Key="x")
    assert (gone["VersionId"], gone["DeleteMarker"]) == ("null", True)
    assert entries(s3) == [("x", first, False, False), ("x", "null", True, True)]
    assert read(s3, VersionId=first) == b"1"


def test_many_are_deleted_by_key_and_by_version(versioned):
    first, second, other = put(versioned, "x", b"1"), put(versioned, "x", b"2"), put(versioned, "y", b"3")
    objects = [{"Key": "x", "VersionId": first}, {"Key": "y"}, {"Key": "never"}]
    x, y, never = versioned.delete_objects(Bucket="layers", Delete={"Objects": objects})["Deleted"]
    assert x == {"Key": "x", "VersionId": first}
    assert (y["Key"], y["DeleteMarker"], "VersionId" in y, never["DeleteMarker"]) == ("y", True, False, True)
    assert read(versioned, "y", VersionId=other) == b"3"
    marker = y["DeleteMarkerVersionId"]
    answer = versioned.delete_objects(Bucket="layers", Delete={"Objects": [{"Key": "y", "VersionId": marker}]})
    assert answer["Deleted"] == [{"Key": "y", "VersionId": marker, "DeleteMarker": True, "DeleteMarkerVersionId": marker}]
    assert read(versioned, "y") == b"3"
    again = versioned.delete_objects(Bucket="layers", Delete={"Objects": [{"Key": "x", "VersionId": first}, {"Key": "z"}], "Quiet": True})
    assert "Deleted" not in again
    assert [(e["Key"], e["VersionId"], e["Code"]) for e in again["Errors"]] == [("x", first, "NoSuchVersion")]
    quiet = versioned.delete_objects(Bucket="layers", Delete={"Objects": [{"Key": "x", "VersionId": second}], "Quiet": True})
    assert "Deleted" not in quiet and code_of(lambda: read(versioned)) == "NoSuchKey"


def test_many_deletes_need_a_list_and_a_digest(server, s3):
    put(s3, "x", b"1")
    body = b"<Delete><Object><Key>x</Key></Object></Delete>"
    answer = send(server, "POST", "/layers?delete", body=body)
    assert (answer.status, answer.text("Code")) == (400, "InvalidRequest")
    assert answer.text("Message") == "Missing required header for this request: Content-MD5 OR x-amz-checksum-*"
    answer = send(server, "POST", "/layers?delete", {"Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA=="}, body)
    assert (answer.status, answer.text("Code")) == (400, "BadDigest")
    assert read(s3) == b"1"
    assert code_of(lambda: s3.delete_objects(Bucket="layers", Delete={"Objects": []})) == "MalformedXML"
    assert code_of(lambda: s3.delete_objects(Bucket="layers", Delete={"Objects": [{"Key": "x"}] * 1001})) == "MalformedXML"


def test_versions_are_listed_by_key_and_the_newest_first_in_pages(server, versioned):
    expected = []
    for key in ("a", "a/b", "c"):
        versions = [put(versioned, key, b"1"), put(versioned, key, b"2")]
        marker = versioned.delete_object(Bucket="layers", Key=key)["VersionId"]
        expected += [(key, id) for id in (marker, *reversed(versions))]
    for size in (1, 2, 4, 1000):
        found = entries(versioned, PaginationConfig={"PageSize": size})
        assert sorted(entry[:2] for entry in found) == sorted(expected)
    raw = send(server, "GET", "/layers?versions&max-keys=4")
    listed = [(e.findtext("{*}Key"), e.findtext("{*}VersionId"), e.tag.split("}")[1]) for e in raw.xml if e.find("{*}VersionId") is not None]
    assert [entry[:2] for entry in listed] == expected[:4]
    assert [entry[2] for entry in listed] == ["DeleteMarker", "Version", "Version", "DeleteMarker"]
    assert (raw.text("IsTruncated"), raw.text("NextKeyMarker"), raw.text("NextVersionIdMarker")) == ("true", *expected[3])
    assert (raw.text("KeyMarker"), raw.text("VersionIdMarker"), raw.text("Prefix"), raw.text("MaxKeys")) == ("", "", "", "4")
    assert [entry[0] for entry in entries(versioned, KeyMarker="a")] == ["a/b"] * 2 + ["c"] * 2 + ["a/b", "c"]
    assert {entry[0] for entry in entries(versioned, Prefix="a/")} == {"a/b"}
    rolled = versioned.list_object_versions(Bucket="layers", Delimiter="/")
    assert [p["Prefix"] for p in rolled["CommonPrefixes"]] == ["a/"]
    assert {v["Key"] for v in rolled["Versions"]} == {"a", "c"}


def test_a_list_goes_on_where_its_last_version_was_deleted(versioned):
    made = [put(versioned, "x", bytes([n])) for n in range(5)]
    put(versioned, "y", b"1")
    first = versioned.list_object_versions(Bucket="layers", MaxKeys=2)
    marker = {"KeyMarker": first["NextKeyMarker"], "VersionIdMarker": first["NextVersionIdMarker"]}
    for version in first["Versions"]:
        versioned.delete_object(Bucket="layers", Key="x", VersionId=version["VersionId"])
    rest = versioned.list_object_versions(Bucket="layers", **marker)
    assert [(v["Key"], v["VersionId"]) for v in rest["Versions"]][:3] == [("x", made[2]), ("x", made[1]), ("x", made[0])]
    assert [v["Key"] for v in rest["Versions"]][3:] == ["y"]


def test_all_versions_of_a_bucket_are_deleted_page_by_page(versioned):
    for n in range(7):
        put(versioned, "x", bytes([n]))
    pages = versioned.get_paginator("list_object_versions").paginate(Bucket="layers", PaginationConfig={"PageSize": 3})
    for page in pages:
        objects = [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in page["Versions"]]
        assert "Errors" not in versioned.delete_objects(Bucket="layers", Delete={"Objects": objects})
    assert entries(versioned) == []


def test_an_answer_that_nothing_changed_tells_the_version(server, versioned):
    id = put(versioned, "x", b"1")
    etag = versioned.head_object(Bucket="layers", Key="x")["ETag"]
    answer = send(server, "GET", "/layers/x", {"If-None-Match": etag})
    assert (answer.status, answer.headers.get("x-amz-version-id")) == (304, id)


def test_deletion_by_mfa_is_not_promised(s3):
    configuration = {"Status": "Enabled", "MFADelete": "Enabled"}
    assert code_of(lambda: s3.put_bucket_versioning(Bucket="layers", VersioningConfiguration=configuration)) == "NotImplemented"
    assert "Status" not in s3.get_bucket_versioning(Bucket="layers")


def test_a_version_is_made_where_versioning_was_enabled_while_the_body_came(server, s3):
    put(s3, "x", b"old")
    with Sending(server, "/layers/x", bytes(2 << 20)) as sending:
        version(s3, "Enabled")
        made = sending.finish().headers["x-amz-version-id"]
    assert entries(s3) == [("x", made, True, False), ("x", "null", False, False)]


def test_what_was_on_its_way_to_a_bucket_that_is_anothers_now_is_refused(lamina, tmp_path):
    with Server(lamina, tmp_path / "data", "--auth", "off") as server:
        mine, other = (server.client("s3", key=account, secret="x") for account in (server.environment["AWS_ACCESS_KEY_ID"], "222222222222"))
        mine.create_bucket(Bucket="layers")
        with Sending(server, "/layers/x", bytes(2 << 20)) as sending:
            mine.delete_bucket(Bucket="layers")
            other.create_bucket(Bucket="layers")
            answer = sending.finish()
        assert (answer.status, answer.text("Code")) == (403, "AccessDenied")
        assert "Contents" not in other.list_objects_v2(Bucket="layers")
