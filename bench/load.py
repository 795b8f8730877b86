"""Requests as boto3 sends them, signed beforehand, and wrk, which sends them at next to no cost."""

import base64
import http.client
import io
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import urllib.parse
import zipfile

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

CONNECTIONS = 16
LAYERS = "/2018-10-31/layers"
WARM_UP, DURATION = 1, 4  # seconds
# What boto3 adds to a request when it has been signed.
UNSIGNED = {
    "Accept-Encoding": "identity", "User-Agent": botocore.session.get_session().user_agent(),
    "amz-sdk-invocation-id": "a3c69c3a-0c24-4f7c-8b8e-3c5fbb1c1f6c", "amz-sdk-request": "attempt=1; max=3"}


class Requests:
    """Makes a server's requests, signed and as the bytes to send, and sends them."""

    def __init__(self, server):
        environment = server.environment
        credentials = Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
        self.signer = SigV4Auth(credentials, "lambda", "us-east-1")
        self.url = server.url
        self.host = urllib.parse.urlsplit(server.url).netloc

    def sign(self, method, path, body=b""):
        content = {"Content-Type": "application/json"} if body else {}
        request = AWSRequest(method, self.url + path, {"Host": self.host} | content, body)
        self.signer.add_auth(request)
        length = {"Content-Length": len(body)} if body else {}
        fields = dict(request.headers) | UNSIGNED | length
        return "\r\n".join([f"{method} {path} HTTP/1.1", *(f"{name}: {fields[name]}" for name in fields), "", ""]).encode() + body

    def publish(self, name, body):
        return self.sign("POST", f"{LAYERS}/{name}/versions", body)

    def list(self, marker=None):
        query = {"MaxItems": 50} | ({"Marker": marker} if marker else {})
        return self.sign("GET", f"{LAYERS}?{urllib.parse.urlencode(query)}")

    def invoke(self, function, event=b"{}"):
        return self.sign("POST", f"/2015-03-31/functions/{function}/invocations", event)

    def send(self, request):
        """The answer, which must be a success."""
        host, port = self.host.split(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(request)
            response = http.client.HTTPResponse(connection)
            response.begin()
            content = response.read()
        assert response.status < 300, f"{self.url} answered {response.status}: {content[:1000]}"
        return json.loads(content)


def publication(size):
    """A zip like no other, that does not compress, and the body that publishes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("python/data", os.urandom(size))
    content = buffer.getvalue()
    return content, json.dumps({"Content": {"ZipFile": base64.b64encode(content).decode()}}).encode()


def rate(server, requests, duration=DURATION, connections=CONNECTIONS, lenient=False):
    """Answers a second to requests that are sent over and over. All must be successes, but for a lenient run, whose others do not count."""
    with tempfile.NamedTemporaryFile() as file:
        for request in requests:
            file.write(b"%d\n%b" % (len(request), request))
        file.flush()
        command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{duration}s"]
        script = ["--script", pathlib.Path(__file__).with_name("requests.lua"), server.url, "--", file.name]
        output = subprocess.run(command + script, check=True, capture_output=True, text=True).stdout
    result = json.loads(output.splitlines()[-1])
    assert result["answers"] and (lenient or not result["refused"] and not result["broken"]), output
    return (result["answers"] - result["refused"]) / result["seconds"]


def warm_rate(server, requests, connections=CONNECTIONS, lenient=False):
    rate(server, requests, WARM_UP, connections, lenient)
    return rate(server, requests, DURATION, connections, lenient)
