"""Bytes that are not the ones their sender meant are refused, whatever way he says which he meant."""

import base64
import hashlib
import os
import re
import zlib

import pytest
from s3_requests import blobs, deliver, ingest, send, sign

UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
EMPTY = hashlib.sha256(b"").hexdigest()


def crc(data, polynomial, width):
    """A reflected CRC, bit by bit: the definition."""
    ones = (1 << width) - 1
    value = ones
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)
    return (value ^ ones).to_bytes(width // 8, "big")


ALGORITHMS = {
    "crc32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
    "crc32c": lambda data: crc(data, 0x82F63B78, 32),
    "crc64nvme": lambda data: crc(data, 0x9A6C9329AC4BC9B5, 64),
    "sha1": lambda data: hashlib.sha1(data).digest(),
    "sha256": lambda data: hashlib.sha256(data).digest(),
}


def checksum(algorithm, data):
    return base64.b64encode(ALGORITHMS[algorithm](data)).decode()


@pytest.fixture
def s3(server):
    client = server.client("s3")
    client.create_bucket(Bucket="layers")
    return client


def put(server, body, **headers):
    return send(server, "PUT", "/layers/x", {name.replace("_", "-"): value for name, value in headers.items()}, body)


def put_chunked(server, chunks, trailer=None, declared=UNSIGNED, key="x", forge=lambda chunks: chunks, length=None, end=b"\r\n"):
    """A PUT as Go's, Java's and JavaScript's SDKs send it: aws-chunked, signed or not, with a trailing checksum or not."""
    headers = {
        "Content-Encoding": "aws-chunked", "X-Amz-Decoded-Content-Length": str(length if length is not None else sum(map(len, chunks)))}
    if trailer:
        headers["X-Amz-Trailer"] = trailer.partition(":")[0]
    request, auth = sign(server, "PUT", f"/layers/{key}", headers, declared=declared)
    last = re.search(r"Signature=(\w+)", request.headers["Authorization"])[1]
    is_signed = declared.startswith(SIGNED)

    def next_signature(kind, *digests):
        nonlocal last
        text = "\n".join([kind, request.context["timestamp"], auth.credential_scope(request), last, *digests])
        last = auth.signature(text, request)
        return last

    body = b""
    for chunk, sent in zip([*chunks, b""], [*forge(chunks), b""]):
        signature = ""
        if is_signed:
            signature = ";chunk-signature=" + next_signature("AWS4-HMAC-SHA256-PAYLOAD", EMPTY, hashlib.sha256(chunk).hexdigest())
        body += f"{len(sent):x}{signature}\r\n".encode() + sent + (b"\r\n" if sent else b"")
    if trailer:
        body += trailer.encode() + end
        if is_signed:
            digest = hashlib.sha256(trailer.encode() + b"\n").hexdigest()
            body += f"x-amz-trailer-signature:{next_signature('AWS4-HMAC-SHA256-TRAILER', digest)}\r\n".encode()
    return deliver(server, "PUT", f"/layers/{key}", request.headers.items(), body + b"\r\n")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_checksum_is_verified_and_kept(server, s3, algorithm):
    chunks = [os.urandom(70_000), b"end"]
    whole = b"".join(chunks)
    right, wrong = checksum(algorithm, whole), checksum(algorithm, b"other")
    name = f"x-amz-checksum-{algorithm}"
    senders = {
        "header": lambda value: send(server, "PUT", "/layers/x", {name: value}, whole),
        "trailer": lambda value: put_chunked(server, chunks, f"{name}:{value}"),
        "signed trailer": lambda value: put_chunked(server, chunks, f"{name}:{value}", SIGNED + "-TRAILER"),
        # As minio-go ends them.
        "trailer and empty line": lambda value: put_chunked(server, chunks, f"{name}:{value}", end=b"\n\r\n"),
        "signed trailer behind an empty line": lambda value: put_chunked(
            server, chunks, f"{name}:{value}", SIGNED + "-TRAILER", end=b"\n\r\n"),
    }
    for sender, put in senders.items():
        answer = put(wrong)
        assert (sender, answer.status, answer.text("Code")) == (sender, 400, "BadDigest")
        assert answer.text("Message") == f"The {algorithm.upper()} you specified did not match the calculated checksum."
        assert (send(server, "HEAD", "/layers/x").status, blobs(server), ingest(server)) == (404, set(), [])
        answer = put(right)
        assert (sender, answer.status, answer.headers[name], answer.headers["x-amz-checksum-type"]) == (sender, 200, right, "FULL_OBJECT")
        got = send(server, "GET", "/layers/x", {"x-amz-checksum-mode": "ENABLED"})
        assert (got.body, got.headers[name], got.headers["x-amz-checksum-type"]) == (whole, right, "FULL_OBJECT")
        assert "content-encoding" not in got.headers
        assert name not in send(server, "HEAD", "/layers/x").headers
        assert name not in send(server, "GET", "/layers/x", {"x-amz-checksum-mode": "ENABLED", "Range": "bytes=0-1"}).headers
        s3.delete_object(Bucket="layers", Key="x")


def test_a_content_md5_is_verified(server, s3):
    right = base64.b64encode(hashlib.md5(b"bytes").digest()).decode()
    assert put(server, b"bytes", Content_MD5=right).status == 200
    answer = put(server, b"other", Content_MD5=right)
    assert (answer.status, answer.text("Code")) == (400, "BadDigest")
    assert answer.text("Message") == "The Content-MD5 you specified did not match what we received."
    for malformed in ("nonsense", "AAAA", ""):
        answer = put(server, b"other", Content_MD5=malformed)
        assert (malformed, answer.status, answer.text("Code")) == (malformed, 400, "InvalidDigest")
    assert s3.get_object(Bucket="layers", Key="x")["Body"].read() == b"bytes"
    assert len(blobs(server)) == 1 and ingest(server) == []


def test_a_malformed_checksum_is_named(server, s3):
    for value in ("nonsense", "AAAA", "!!!!"):
        answer = put(server, b"bytes", x_amz_checksum_crc32=value)
        assert (answer.status, answer.text("Code")) == (400, "InvalidRequest")
        assert answer.text("Message") == "Value for x-amz-checksum-crc32 header is invalid."
    assert blobs(server) == set()


def test_a_body_that_is_not_the_signed_one_is_refused(server, s3):
    request, _ = sign(server, "PUT", "/layers/x", body=b"bytes")
    answer = deliver(server, "PUT", "/layers/x", request.headers.items(), b"other")
    assert (answer.status, answer.text("Code")) == (400, "XAmzContentSHA256Mismatch")
    assert (send(server, "HEAD", "/layers/x").status, blobs(server), ingest(server)) == (404, set(), [])


def test_signed_chunks_are_verified_one_by_one(server, s3):
    chunks = [os.urandom(70_000), os.urandom(70_000), b"end"]
    assert put_chunked(server, chunks, declared=SIGNED).status == 200
    assert s3.get_object(Bucket="layers", Key="x")["Body"].read() == b"".join(chunks)
    for forge in (
        lambda chunks: [chunks[0], os.urandom(70_000), chunks[2]], lambda chunks: [chunks[1], chunks[0], chunks[2]],
        lambda chunks: [chunks[0], chunks[1], b"END"],
    ):
        answer = put_chunked(server, chunks, declared=SIGNED, key="forged", forge=forge)
        assert (answer.status, answer.text("Code")) == (403, "SignatureDoesNotMatch")
    assert send(server, "HEAD", "/layers/forged").status == 404
    assert len(blobs(server)) == 1 and ingest(server) == []


def test_a_chunked_body_of_another_length_than_declared_is_incomplete(server, s3):
    for declared in (SIGNED, UNSIGNED):
        answer = put_chunked(server, [b"bytes"], declared=declared, length=6)
        assert (answer.status, answer.text("Code")) == (400, "IncompleteBody")
    assert (send(server, "HEAD", "/layers/x").status, blobs(server), ingest(server)) == (404, set(), [])


def test_a_promised_trailer_that_does_not_come_is_refused(server, s3):
    headers = {"Content-Encoding": "aws-chunked", "X-Amz-Decoded-Content-Length": "5", "X-Amz-Trailer": "x-amz-checksum-crc32"}
    answer = send(server, "PUT", "/layers/x", headers, b"5\r\nbytes\r\n0\r\n\r\n", declared=UNSIGNED)
    assert answer.status == 400
    assert (send(server, "HEAD", "/layers/x").status, blobs(server), ingest(server)) == (404, set(), [])


def test_other_content_encodings_than_aws_chunked_are_kept(server, s3):
    headers = {"Content-Encoding": "aws-chunked,gzip", "X-Amz-Decoded-Content-Length": "5"}
    assert send(server, "PUT", "/layers/x", headers, b"5\r\nbytes\r\n0\r\n\r\n", declared=UNSIGNED).status == 200
    got = send(server, "GET", "/layers/x")
    assert (got.headers["content-encoding"], got.body) == ("gzip", b"bytes")


def test_s3_makes_the_checksum_of_an_object_that_came_without(server, s3):
    assert put(server, b"bytes").status == 200
    got = send(server, "GET", "/layers/x", {"x-amz-checksum-mode": "ENABLED"})
    assert got.headers.get("x-amz-checksum-crc64nvme") == checksum("crc64nvme", b"bytes")
    assert got.headers.get("x-amz-checksum-type") == "FULL_OBJECT"
