"""Requests to S3 as they are on the wire, where a client would hide what is sent or what comes."""

import http.client
import os
import time
import urllib.parse
import xml.etree.ElementTree

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def xml(self):
        return xml.etree.ElementTree.fromstring(self.body)

    def text(self, name):
        """The text of a child of the root; empty for an empty one, None where there is none."""
        return self.xml.findtext("{*}" + name)

    def texts(self, path):
        return [element.text for element in self.xml.findall("/".join("{*}" + name for name in path.split("/")))]


class Auth(S3SigV4Auth):
    """Signs with what the request says its body's hash is."""

    def __init__(self, server, declared=None, service="s3"):
        environment = server.environment
        credentials = Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
        super().__init__(credentials, service, "us-east-1")
        self.declared = declared

    def payload(self, request):
        return self.declared or super().payload(request)


def sign(server, method, target, headers=None, body=b"", declared=None, service="s3"):
    """A signed request, and what signed it."""
    request = AWSRequest(method, server.url + target, headers=headers or {}, data=body)
    auth = Auth(server, declared, service)
    auth.add_auth(request)
    return request, auth


def connect(server):
    return http.client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc, timeout=60)


def deliver(server, method, target, headers, body=b""):
    """Sends a request as it is."""
    connection = connect(server)
    try:
        connection.request(method, target, body=body, headers=dict(headers))
        return Answer(connection.getresponse())
    finally:
        connection.close()


def send(server, method, target, headers=None, body=b"", declared=None):
    """Signs and sends a request whose target, path and query, is encoded already."""
    request, _ = sign(server, method, target, headers, body, declared)
    return deliver(server, method, target, request.headers.items(), body)


class Sending:
    """A PUT of more than a megabyte, of which the server has one byte less than all and has begun to write it."""

    def __init__(self, server, target, body):
        request, _ = sign(server, "PUT", target, body=body)
        self.connection = connect(server)
        self.last = body[-1:]
        self.connection.putrequest("PUT", target, skip_host=True)
        for name, value in [*request.headers.items(), ("Host", urllib.parse.urlsplit(server.url).netloc), ("Content-Length", len(body))]:
            self.connection.putheader(name, value)
        self.connection.endheaders(body[:-1])
        assert becomes(lambda: ingest(server))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def finish(self):
        self.connection.send(self.last)
        return Answer(self.connection.getresponse())


def error_of(call):
    """The error that a client's call ends in, its status among it."""
    with pytest.raises(ClientError) as caught:
        call()
    response = caught.value.response
    return response["Error"] | {"Status": response["ResponseMetadata"]["HTTPStatusCode"]}


def code_of(call):
    return error_of(call)["Code"]


def blobs(server):
    """The hashes of the blobs that are kept."""
    return set(server.blobs())


def ingest(server):
    """The files that uploads are written to."""
    return list((server.data / "ingest").iterdir())


def becomes(condition, seconds=20):
    """Whether something becomes true within a time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        os.sched_yield()
    return True
