import base64
import concurrent.futures
import hashlib
import os
import zlib

import pytest
from boto3.s3.transfer import TransferConfig
from s3_requests import blobs, code_of, deliver, error_of, ingest, send, sign

LARGE = 5 << 20


@pytest.fixture
def s3(server):
    client = server.client("s3")
    client.create_bucket(Bucket="layers")
    return client


def begin(s3, key="large", **arguments):
    """An upload's id and the arguments that name it."""
    id = s3.create_multipart_upload(Bucket="layers", Key=key, **arguments)["UploadId"]
    return {"Bucket": "layers", "Key": key, "UploadId": id}


def put(s3, upload, number, body, **arguments):
    """Uploads a part and gives what the completion has to say of it."""
    answer = s3.upload_part(**upload, PartNumber=number, Body=body, **arguments)
    return {"PartNumber": number, "ETag": answer["ETag"]} | {n: v for n, v in answer.items() if n.startswith("Checksum") and n != "ChecksumType"}


def complete(s3, upload, *parts, **arguments):
    return s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": list(parts)}, **arguments)


def test_parts_become_one_object_in_the_order_of_their_numbers(server, s3):
    upload = begin(s3, ContentType="application/zip", Metadata={"who": "me"})
    one, two, three = os.urandom(LARGE), os.urandom(LARGE + 1), b"end"
    parts = [put(s3, upload, number, body) for number, body in ((7, two), (2, one), (10_000, three))]
    answer = complete(s3, upload, parts[1], parts[0], parts[2])
    digest = hashlib.md5(b"".join(hashlib.md5(part).digest() for part in (one, two, three))).hexdigest()
    assert (answer["ETag"], answer["Bucket"], answer["Key"]) == (f'"{digest}-3"', "layers", "large")
    assert answer["Location"] == f"{server.url}/layers/large"
    got = s3.get_object(Bucket="layers", Key="large")
    assert got["Body"].read() == one + two + three
    assert (got["ETag"], got["ContentType"], got["Metadata"]) == (f'"{digest}-3"', "application/zip", {"who": "me"})
    assert blobs(server) == {hashlib.sha256(one + two + three).hexdigest()}
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="layers")


def test_a_part_that_is_sent_again_replaces_the_first(server, s3):
    upload = begin(s3)
    old = put(s3, upload, 1, b"old")
    new = put(s3, upload, 1, b"new")
    assert blobs(server) == {hashlib.sha256(b"new").hexdigest()}
    assert code_of(lambda: complete(s3, upload, old)) == "InvalidPart"
    complete(s3, upload, new)
    assert s3.get_object(Bucket="layers", Key="large")["Body"].read() == b"new"


def test_an_aborted_upload_leaves_nothing(server, s3):
    upload = begin(s3)
    part = put(s3, upload, 1, os.urandom(LARGE))
    put(s3, upload, 2, b"end")
    assert len(blobs(server)) == 2
    assert s3.abort_multipart_upload(**upload)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert (blobs(server), ingest(server)) == (set(), [])
    for call in (
        lambda: s3.abort_multipart_upload(**upload), lambda: put(s3, upload, 1, b"x"), lambda: s3.list_parts(**upload),
        lambda: complete(s3, upload, part),
    ):
        assert error_of(call).items() >= {
            "Code": "NoSuchUpload", "Status": 404, "Message":
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."}.items()
    assert (blobs(server), ingest(server)) == (set(), [])
    assert code_of(lambda: s3.get_object(Bucket="layers", Key="large")) == "NoSuchKey"


def test_a_completion_that_does_not_fit_its_parts_changes_nothing(s3):
    upload = begin(s3)
    small, last = put(s3, upload, 1, b"small"), put(s3, upload, 2, b"last")
    for parts, code, text in (
        ([small, last], "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"),
        ([last, small], "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number."),
        ([small, small], "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number."),
        ([small | {"ETag": last["ETag"]}], "InvalidPart", None),
        ([small, last | {"PartNumber": 3}], "InvalidPart", None),
        ([], "MalformedXML", None),
    ):
        error = error_of(lambda: complete(s3, upload, *parts))
        assert (error["Code"], error["Status"], text or error["Message"]) == (code, 400, error["Message"])
    assert code_of(lambda: s3.get_object(Bucket="layers", Key="large")) == "NoSuchKey"
    assert [p["PartNumber"] for p in s3.list_parts(**upload)["Parts"]] == [1, 2]
    for number in (0, 10_001, -1):
        assert error_of(lambda: put(s3, upload, number, b"x")).items() >= {
            "Code": "InvalidArgument", "Message": "Part number must be an integer between 1 and 10000, inclusive"}.items()


def test_completing_twice_gives_the_same_answer_and_one_version(s3):
    s3.put_bucket_versioning(Bucket="layers", VersioningConfiguration={"Status": "Enabled"})
    upload = begin(s3)
    part = put(s3, upload, 1, b"all")
    first, second = complete(s3, upload, part), complete(s3, upload, part)
    assert (first["ETag"], first["VersionId"]) == (second["ETag"], second["VersionId"])
    assert len(s3.list_object_versions(Bucket="layers")["Versions"]) == 1


def test_of_completions_at_once_each_gets_the_answer(s3):
    s3.put_bucket_versioning(Bucket="layers", VersioningConfiguration={"Status": "Enabled"})
    upload = begin(s3)
    part = put(s3, upload, 1, os.urandom(LARGE))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: complete(s3, upload, part, IfNoneMatch="*"), range(4)))
    assert len({(answer["ETag"], answer["VersionId"]) for answer in answers}) == 1
    assert len(s3.list_object_versions(Bucket="layers")["Versions"]) == 1


def test_parts_are_listed_in_pages(s3):
    upload = begin(s3)
    sent = [put(s3, upload, number, bytes(number)) for number in (1, 3, 5)]
    pages = list(s3.get_paginator("list_parts").paginate(**upload, PaginationConfig={"PageSize": 2}))
    listed = [part for page in pages for part in page["Parts"]]
    assert [(p["PartNumber"], p["ETag"], p["Size"]) for p in listed] == [(p["PartNumber"], p["ETag"], p["PartNumber"]) for p in sent]
    first = pages[0]
    assert (first["IsTruncated"], first["PartNumberMarker"], first["NextPartNumberMarker"], first["MaxParts"]) == (True, 0, 3, 2)
    assert (pages[1]["IsTruncated"], pages[1]["PartNumberMarker"], pages[1]["NextPartNumberMarker"]) == (False, 3, 5)
    assert (first["Bucket"], first["Key"], first["UploadId"], first["StorageClass"]) == (*upload.values(), "STANDARD")
    assert {"Initiator", "Owner"} <= first.keys()


def test_uploads_are_listed_by_key_and_in_pages(s3):
    keys = ["a/1", "a/2", "b c", "d"]
    uploads = [(key, begin(s3, key)["UploadId"]) for key in ("d", "b c", "a/2", "a/1", "d")]

    def listed(**arguments):
        pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket="layers", **arguments)
        return [(upload["Key"], upload["UploadId"]) for page in pages for upload in page.get("Uploads", [])]

    for size in (1, 2, 1000):
        found = listed(PaginationConfig={"PageSize": size})
        assert sorted(found) == sorted(uploads)
        assert [key for key, _ in found] == [*keys, "d"]
    assert [key for key, _ in listed(Prefix="a/")] == ["a/1", "a/2"]
    rolled = s3.list_multipart_uploads(Bucket="layers", Delimiter="/")
    assert [p["Prefix"] for p in rolled["CommonPrefixes"]] == ["a/"]
    assert [u["Key"] for u in rolled["Uploads"]] == ["b c", "d", "d"]
    s3.delete_bucket(Bucket="layers")


def test_a_composite_checksum_is_the_checksum_of_the_parts(s3):
    upload = begin(s3, ChecksumAlgorithm="SHA256")
    one, two = os.urandom(LARGE), b"end"
    parts = [put(s3, upload, number, body, ChecksumAlgorithm="SHA256") for number, body in ((1, one), (2, two))]
    whole = base64.b64encode(hashlib.sha256(hashlib.sha256(one).digest() + hashlib.sha256(two).digest()).digest()).decode() + "-2"
    listed = s3.list_parts(**upload)
    assert (listed["ChecksumAlgorithm"], listed["ChecksumType"]) == ("SHA256", "COMPOSITE")
    assert [part["ChecksumSHA256"] for part in listed["Parts"]] == [part["ChecksumSHA256"] for part in parts]
    bare = [{name: part[name] for name in ("PartNumber", "ETag")} for part in parts]
    assert error_of(lambda: complete(s3, upload, *bare)).items() >= {"Code": "InvalidRequest", "Message": (
        "The upload was created using a sha256 checksum. The complete request must include the checksum for each part. "
        "It was missing for part 1 in the request.")}.items()
    assert code_of(lambda: complete(s3, upload, parts[0] | {"ChecksumSHA256": parts[1]["ChecksumSHA256"]}, parts[1])) == "InvalidPart"
    answer = complete(s3, upload, *parts)
    assert (answer["ChecksumSHA256"], answer["ChecksumType"]) == (whole, "COMPOSITE")
    head = s3.head_object(Bucket="layers", Key="large", ChecksumMode="ENABLED")
    assert (head["ChecksumSHA256"], head["ChecksumType"]) == (whole, "COMPOSITE")


def test_a_full_object_checksum_is_verified_at_completion(server, s3):
    one, two = os.urandom(LARGE), b"end"
    whole = base64.b64encode(zlib.crc32(one + two).to_bytes(4, "big")).decode()
    upload = begin(s3, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    parts = [put(s3, upload, 1, one), put(s3, upload, 2, two)]
    wrong = base64.b64encode(bytes(4)).decode()
    assert code_of(lambda: complete(s3, upload, *parts, ChecksumCRC32=wrong, ChecksumType="FULL_OBJECT")) == "BadDigest"
    assert code_of(lambda: complete(s3, upload, *parts, MpuObjectSize=LARGE)) == "InvalidRequest"
    assert len(blobs(server)) == 2 and ingest(server) == []
    answer = complete(s3, upload, *parts, ChecksumCRC32=whole, ChecksumType="FULL_OBJECT", MpuObjectSize=LARGE + 3)
    assert (answer["ChecksumCRC32"], answer["ChecksumType"]) == (whole, "FULL_OBJECT")
    assert error_of(lambda: begin(s3, ChecksumAlgorithm="SHA256", ChecksumType="FULL_OBJECT")).items() >= {
        "Code": "InvalidRequest",
        "Message": "The FULL_OBJECT checksum type cannot be used with the sha256 checksum algorithm."}.items()


def test_parts_can_be_copied_from_an_object(s3):
    source = os.urandom(LARGE + 1000)
    s3.put_object(Bucket="layers", Key="source", Body=source)
    upload = begin(s3)
    parts = []
    for number, span in ((1, f"bytes=0-{LARGE - 1}"), (2, f"bytes={LARGE}-{LARGE + 9}")):
        copied = s3.upload_part_copy(**upload, PartNumber=number, CopySource="layers/source", CopySourceRange=span)["CopyPartResult"]
        parts.append({"PartNumber": number, "ETag": copied["ETag"]})
    complete(s3, upload, *parts)
    assert s3.get_object(Bucket="layers", Key="large")["Body"].read() == source[:LARGE + 10]
    upload = begin(s3)
    for span in ("bytes=0-99999999", "bytes=5-", "0-5"):
        arguments = {"CopySource": "layers/source", "CopySourceRange": span}
        assert code_of(lambda: s3.upload_part_copy(**upload, PartNumber=1, **arguments)) in ("InvalidArgument", "InvalidRequest")
    assert code_of(lambda: s3.upload_part_copy(**upload, PartNumber=1, CopySource="layers/none")) == "NoSuchKey"


def test_a_part_is_not_copied_for_who_does_not_sign_what_the_body_is(server, s3):
    s3.put_object(Bucket="layers", Key="source", Body=b"source")
    upload = begin(s3)
    target = f"/layers/{upload['Key']}?partNumber=1&uploadId={upload['UploadId']}"
    request, _ = sign(server, "PUT", target, {"x-amz-copy-source": "/layers/source"})
    headers = {name: value for name, value in request.headers.items() if name.lower() != "x-amz-content-sha256"}
    answer = deliver(server, "PUT", target, headers.items())
    assert (answer.status, answer.text("Code")) == (400, "InvalidRequest")
    assert s3.list_parts(**upload).get("Parts", []) == []


def test_boto_copies_a_large_object_in_parts_between_buckets(s3):
    source = os.urandom(3 * LARGE)
    s3.create_bucket(Bucket="other")
    s3.put_object(Bucket="layers", Key="source", Body=source, Metadata={"who": "me"})
    config = TransferConfig(multipart_threshold=LARGE, multipart_chunksize=LARGE)
    s3.copy({"Bucket": "layers", "Key": "source"}, "other", "copy", Config=config)
    got = s3.get_object(Bucket="other", Key="copy")
    assert got["Body"].read() == source and got["ETag"].endswith('-3"')


def test_a_completion_has_to_be_one_also_when_it_is_repeated(server, s3):
    upload = begin(s3)
    complete(s3, upload, put(s3, upload, 1, b"all"))
    answer = send(server, "POST", f"/layers/large?uploadId={upload['UploadId']}", body=b"junk")
    assert (answer.status, answer.text("Code")) == (400, "MalformedXML")
