"""Bodies that are longer or shorter than they say, or do not say it."""

import socket

import pytest
from s3_requests import Answer, blobs, connect, ingest, send, sign

STREAMING = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
GIGABYTES_5 = 5 << 30


@pytest.fixture
def s3(server):
    client = server.client("s3")
    client.create_bucket(Bucket="layers")
    return client


@pytest.fixture(params=["/layers/x", "part"])
def target(request, s3):
    """Where an object is put, and where a part is."""
    if request.param != "part":
        return request.param
    id = s3.create_multipart_upload(Bucket="layers", Key="x")["UploadId"]
    return f"/layers/x?partNumber=1&uploadId={id}"


def begin(server, target, headers, declared="UNSIGNED-PAYLOAD"):
    """A connection with a signed request whose body has not begun."""
    request, _ = sign(server, "PUT", target, headers, declared=declared)
    connection = connect(server)
    connection.putrequest("PUT", target, skip_host=True)
    for name, value in (dict(request.headers.items()) | headers | {"Host": server.url.removeprefix("http://")}).items():
        connection.putheader(name, value)
    connection.endheaders()
    return connection


def refusal(server, target, headers, body=b"", declared="UNSIGNED-PAYLOAD"):
    connection = begin(server, target, headers, declared)
    connection.send(body)
    answer = Answer(connection.getresponse())
    connection.close()
    assert (blobs(server), ingest(server)) == (set(), [])
    return answer.status, answer.text("Code")


def test_a_body_needs_a_length(server, target):
    assert refusal(server, target, {}) == (411, "MissingContentLength")


def test_a_body_in_http_chunks_is_not_implemented(server, target):
    assert refusal(server, target, {"Transfer-Encoding": "chunked"}, b"5\r\nbytes\r\n0\r\n\r\n") == (501, "NotImplemented")


def test_a_body_in_chunks_of_aws_needs_a_decoded_length(server, target):
    body = b"5\r\nbytes\r\n0\r\n\r\n"
    assert refusal(server, target, {"Content-Length": str(len(body))}, body, STREAMING) == (411, "MissingContentLength")


def test_a_body_in_chunks_of_aws_may_come_in_http_chunks(server, s3):
    inner = b"5\r\nbytes\r\n0\r\n\r\n"
    connection = begin(server, "/layers/x", {"Transfer-Encoding": "chunked", "x-amz-decoded-content-length": "5"}, STREAMING)
    connection.send(f"{len(inner):x}\r\n".encode() + inner + b"\r\n0\r\n\r\n")
    assert connection.getresponse().status == 200
    connection.close()
    assert s3.get_object(Bucket="layers", Key="x")["Body"].read() == b"bytes"


def test_a_body_of_more_than_5_gib_is_refused_before_it_comes(server, target):
    assert refusal(server, target, {"Content-Length": str(GIGABYTES_5 + 1)}) == (400, "EntityTooLarge")
    headers = {"Content-Length": str(GIGABYTES_5), "x-amz-decoded-content-length": str(GIGABYTES_5 + 1)}
    assert refusal(server, target, headers, declared=STREAMING) == (400, "EntityTooLarge")


def test_a_body_that_ends_early_is_incomplete_and_no_failure_of_the_server(server, target):
    connection = begin(server, target, {"Content-Length": "10"})
    connection.send(b"bytes")
    connection.sock.shutdown(socket.SHUT_WR)
    answer = Answer(connection.getresponse())
    connection.close()
    assert (answer.status, answer.text("Code")) == (400, "IncompleteBody")
    assert (blobs(server), ingest(server)) == (set(), [])
    assert "error" not in server.log.read_text()


def test_lambdas_body_that_ends_early_is_refused_too(server):
    target = "/2018-10-31/layers/tools/versions"
    request, _ = sign(server, "POST", target, body=b"x" * 10, service="lambda")
    connection = connect(server)
    connection.putrequest("POST", target, skip_host=True)
    for name, value in [*request.headers.items(), ("Host", server.url.removeprefix("http://")), ("Content-Length", "10")]:
        connection.putheader(name, value)
    connection.endheaders(b"x" * 5)
    connection.sock.shutdown(socket.SHUT_WR)
    assert connection.getresponse().status == 400
    connection.close()
    assert "error" not in server.log.read_text()


def test_another_checksum_than_the_named_one_is_refused(server, s3):
    crc = {"x-amz-checksum-crc32": "AAAAAA=="}
    for headers in (
        crc | {"x-amz-sdk-checksum-algorithm": "SHA256"}, {"x-amz-sdk-checksum-algorithm": "CRC32"},
        {"x-amz-trailer": "x-amz-other"}, crc | {"x-amz-trailer": "x-amz-checksum-sha1"},
    ):
        answer = send(server, "PUT", "/layers/x", headers)
        assert (answer.status, answer.text("Code")) == (400, "InvalidRequest")
    assert send(server, "PUT", "/layers/x", crc | {"x-amz-sdk-checksum-algorithm": "CRC32"}).status == 200


def test_a_malformed_trailer_is_named(server, s3):
    for trailer in (b"nonsense", b":AAAAAA=="):
        body = b"5\r\nbytes\r\n0\r\n" + trailer + b"\r\n\r\n"
        headers = {"x-amz-decoded-content-length": "5", "x-amz-trailer": "x-amz-checksum-crc32"}
        answer = send(server, "PUT", "/layers/x", headers, body, STREAMING)
        assert (answer.status, answer.text("Code")) == (400, "MalformedTrailerError")
    assert (blobs(server), ingest(server)) == (set(), [])


def test_character_data_in_a_body_is_text(server, s3):
    body = b"<VersioningConfiguration><Status><![CDATA[Enabled]]></Status></VersioningConfiguration>"
    assert send(server, "PUT", "/layers?versioning", body=body).status == 200
    assert s3.get_bucket_versioning(Bucket="layers")["Status"] == "Enabled"


def test_keys_that_xml_cannot_hold_are_listed_in_the_other_encoding(server, s3):
    s3.put_object(Bucket="layers", Key="a\x01b", Body=b"")
    assert [o["Key"] for o in s3.list_objects_v2(Bucket="layers")["Contents"]] == ["a\x01b"]
    assert b"<Key>a&#x1;b</Key>" in send(server, "GET", "/layers").body
