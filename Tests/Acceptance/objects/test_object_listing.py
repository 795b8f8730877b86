import urllib.parse

import pytest
from s3_requests import error_of, send

TREE = ["a.txt", "a/1", "a/2", "a/b/3", "b", "c/4", "d"]


@pytest.fixture
def s3(server):
    client = server.client("s3")
    client.create_bucket(Bucket="layers")
    return client


def put(s3, *keys):
    for key in keys:
        s3.put_object(Bucket="layers", Key=key, Body=key.encode())


def shape(answer):
    """Keys and common prefixes of one page."""
    return [o["Key"] for o in answer.get("Contents", [])], [p["Prefix"] for p in answer.get("CommonPrefixes", [])]


def pages(s3, operation, **arguments):
    return [shape(page) for page in s3.get_paginator(operation).paginate(Bucket="layers", **arguments)]


def test_a_list_tells_of_each_object_what_aws_tells(s3):
    put(s3, "x")
    one, two = s3.list_objects(Bucket="layers"), s3.list_objects_v2(Bucket="layers")
    for answer in (one, two):
        assert (answer["Name"], answer["Prefix"], answer["MaxKeys"], answer["IsTruncated"]) == ("layers", "", 1000, False)
        found = answer["Contents"][0]
        assert (found["Size"], found["ETag"], found["StorageClass"]) == (1, '"9dd4e461268c8034f5c8564e155c67a6"', "STANDARD")
        assert found["LastModified"] == s3.head_object(Bucket="layers", Key="x")["LastModified"]
        assert (found["ChecksumAlgorithm"], found["ChecksumType"]) == (["CRC32"], "FULL_OBJECT")
    assert (two["KeyCount"], one["Marker"]) == (1, "")
    assert "Owner" in one["Contents"][0] and "Owner" not in two["Contents"][0]
    assert "Owner" in s3.list_objects_v2(Bucket="layers", FetchOwner=True)["Contents"][0]
    assert s3.list_objects_v2(Bucket="layers", Prefix="none")["KeyCount"] == 0
    assert error_of(lambda: s3.list_objects_v2(Bucket="none"))["Code"] == "NoSuchBucket"


@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2"])
def test_pages_hold_every_key_once_and_common_prefixes_count(s3, operation):
    put(s3, *TREE)
    for size in (1, 2, 3, 1000):
        found = pages(s3, operation, PaginationConfig={"PageSize": size})
        assert sum((keys for keys, _ in found), []) == TREE
        assert all(len(keys) == size for keys, _ in found[:-1])
        found = pages(s3, operation, Delimiter="/", PaginationConfig={"PageSize": size})
        assert sum((keys for keys, _ in found), []) == ["a.txt", "b", "d"]
        assert sum((prefixes for _, prefixes in found), []) == ["a/", "c/"]
        assert all(len(keys) + len(prefixes) == size for keys, prefixes in found[:-1])
        assert sum(map(len, pages(s3, operation, Prefix="a/", Delimiter="/", PaginationConfig={"PageSize": size})[0])) == min(size, 3)
    assert pages(s3, operation, Prefix="a/", Delimiter="/") == [(["a/1", "a/2"], ["a/b/"])]
    assert pages(s3, operation, Prefix="a") == [(["a.txt", "a/1", "a/2", "a/b/3"], [])]
    assert pages(s3, operation, Delimiter="b") == [(["a.txt", "a/1", "a/2", "c/4", "d"], ["a/b", "b"])]


def test_version_1_names_the_next_marker_only_with_a_delimiter(s3):
    put(s3, *TREE)
    assert "NextMarker" not in s3.list_objects(Bucket="layers", MaxKeys=2)
    answer = s3.list_objects(Bucket="layers", MaxKeys=2, Delimiter="/")
    assert (answer["IsTruncated"], answer["NextMarker"]) == (True, "a/")
    assert shape(s3.list_objects(Bucket="layers", Marker="a/", Delimiter="/")) == (["b", "d"], ["c/"])
    assert shape(s3.list_objects(Bucket="layers", Marker="a/1", Delimiter="/")) == (["b", "d"], ["c/"])
    assert shape(s3.list_objects(Bucket="layers", Marker="a/1")) == (TREE[2:], [])


def test_version_2_goes_on_behind_a_token_or_a_key(s3):
    put(s3, *TREE)
    first = s3.list_objects_v2(Bucket="layers", MaxKeys=2, StartAfter="a.txt")
    assert (shape(first), first["KeyCount"], first["StartAfter"]) == ((["a/1", "a/2"], []), 2, "a.txt")
    second = s3.list_objects_v2(Bucket="layers", ContinuationToken=first["NextContinuationToken"], StartAfter="c/4")
    assert (shape(second), second["ContinuationToken"]) == ((TREE[3:], []), first["NextContinuationToken"])
    assert "NextContinuationToken" not in second
    rolled = s3.list_objects_v2(Bucket="layers", MaxKeys=3, Delimiter="/")
    assert (shape(rolled), rolled["KeyCount"]) == ((["a.txt", "b"], ["a/"]), 3)
    none = s3.list_objects_v2(Bucket="layers", MaxKeys=0)
    assert (none["KeyCount"], none["IsTruncated"]) == (0, False)
    assert s3.list_objects_v2(Bucket="layers", MaxKeys=5000)["MaxKeys"] == 1000


def test_bad_list_arguments_are_refused_in_s3s_words(server, s3):
    for query, text, name in (
        ("list-type=2&continuation-token=", "The continuation token provided is incorrect", "continuation-token"),
        ("list-type=2&continuation-token=%21%21", "The continuation token provided is incorrect", "continuation-token"),
        ("max-keys=many", "Provided max-keys not an integer or within integer range", "max-keys"),
        ("encoding-type=xml", "Invalid Encoding Method specified in Request", "encoding-type"),
        ("versions&version-id-marker=x", "A version-id marker cannot be specified without a key marker.", "version-id-marker"),
    ):
        answer = send(server, "GET", f"/layers?{query}")
        assert (query, answer.status, answer.text("Code"), answer.text("Message")) == (query, 400, "InvalidArgument", text)
        assert answer.text("ArgumentName") == name


ODD = [
    "a b", "a+b", "100%25", "%2F", "/lead", "//", "trail/", "a//b", "dot/../x", "./y", "q?x=1&y", "#h", "'q' \"d\"", "<tag>&amp;",
    "ünï/cödé", "\u65e5\u672c\u8a9e", "\U0001f600", "tab\tline\nend", "~*()!@$,;:=[]{}|\\^`", "x" * 1024,
]


def test_keys_of_any_letters_go_through_every_operation(s3):
    put(s3, *ODD)
    for key in ODD:
        assert s3.get_object(Bucket="layers", Key=key)["Body"].read() == key.encode()
        assert s3.head_object(Bucket="layers", Key=key)["ContentLength"] == len(key.encode())
    ordered = sorted(ODD, key=str.encode)
    for operation in ("list_objects", "list_objects_v2"):
        assert sum((keys for keys, _ in pages(s3, operation, PaginationConfig={"PageSize": 3})), []) == ordered
    versions = [v["Key"] for p in s3.get_paginator("list_object_versions").paginate(Bucket="layers", PaginationConfig={"PageSize": 3})
                for v in p["Versions"]]
    assert versions == ordered
    for key in ODD[:-1]:
        s3.copy_object(Bucket="layers", Key="copy of " + key, CopySource={"Bucket": "layers", "Key": key})
        assert s3.get_object(Bucket="layers", Key="copy of " + key)["Body"].read() == key.encode()
        s3.delete_object(Bucket="layers", Key="copy of " + key)
    done = s3.delete_objects(Bucket="layers", Delete={"Objects": [{"Key": key} for key in ODD]})
    assert sorted(entry["Key"] for entry in done["Deleted"]) == sorted(ODD)
    assert s3.list_objects_v2(Bucket="layers")["KeyCount"] == 0


def test_keys_are_bytes_and_not_letters(s3):
    composed, apart = "caf\u00e9", "cafe\u0301"
    put(s3, composed, apart, "folder/\u0301x", "\uff61", "\U0001f600", "p/\U0010ffffx", "p/\U0010ffffy")
    assert s3.get_object(Bucket="layers", Key=composed)["Body"].read() == composed.encode()
    assert s3.get_object(Bucket="layers", Key=apart)["Body"].read() == apart.encode()
    assert shape(s3.list_objects_v2(Bucket="layers", Delimiter="/")) == ([apart, composed, "\uff61", "\U0001f600"], ["folder/", "p/"])
    assert shape(s3.list_objects_v2(Bucket="layers", Prefix="cafe")) == ([apart], [])
    s3.copy_object(Bucket="layers", Key=apart, CopySource={"Bucket": "layers", "Key": composed})
    assert s3.get_object(Bucket="layers", Key=apart)["Body"].read() == composed.encode()
    error = error_of(lambda: s3.put_object(Bucket="layers", Key="x" * 1025, Body=b""))
    assert (error["Code"], error["Message"], error["Status"]) == ("KeyTooLongError", "Your key is too long", 400)


def test_names_are_encoded_only_for_who_asks(server, s3):
    put(s3, "a b/c+d", "a b/ü")
    plain = send(server, "GET", "/layers?list-type=2&prefix=a%20b%2F")
    assert (plain.texts("Contents/Key"), plain.text("Prefix"), plain.text("EncodingType")) == (["a b/c+d", "a b/ü"], "a b/", None)
    encoded = send(server, "GET", "/layers?list-type=2&encoding-type=url&prefix=a%20b%2F&start-after=a%20")
    assert encoded.texts("Contents/Key") == ["a+b/c%2Bd", "a+b/%C3%BC"]
    assert (encoded.text("Prefix"), encoded.text("StartAfter"), encoded.text("EncodingType")) == ("a+b/", "a+", "url")
    rolled = send(server, "GET", "/layers?encoding-type=url&delimiter=%20")
    assert (rolled.texts("CommonPrefixes/Prefix"), rolled.text("Delimiter")) == (["a+"], "+")
    token = send(server, "GET", "/layers?list-type=2&max-keys=1").text("NextContinuationToken")
    rest = send(server, "GET", f"/layers?list-type=2&continuation-token={urllib.parse.quote(token, safe='')}")
    assert rest.texts("Contents/Key") == ["a b/ü"]
    assert rest.headers["content-type"] == "application/xml"
