"""How the client finds endpoint, region and credentials, and what it does when a server misbehaves."""

import base64
import hashlib
import json
import ssl
import subprocess

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from conftest import make_zip
from peers import KEY, Stub, Verbs, clean_environment

LAYER = make_zip({"python/tool.py": "VALUE = 7\n"})
EMPTY = (200, {"Content-Type": "application/json"}, b'{"Layers": []}')


@pytest.fixture
def files(tmp_path):
    """Writes AWS's two files and gives the environment that names them."""

    def write(config="", credentials=""):
        (tmp_path / "config").write_text(config)
        (tmp_path / "credentials").write_text(credentials)
        environment = clean_environment(
            AWS_CONFIG_FILE=str(tmp_path / "config"), AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "credentials"))
        return environment

    return write


def test_a_profile_gives_endpoint_region_and_keys(server, lamina, files, tmp_path):
    key = server.environment
    environment = files(
        f"[profile local]\nregion = eu-west-1\nservices = mine\n\n[services mine]\nlambda =\n  endpoint_url = {server.url}\n",
        f"[local]\naws_access_key_id = {key['AWS_ACCESS_KEY_ID']}\naws_secret_access_key = {key['AWS_SECRET_ACCESS_KEY']}\n")
    verbs = Verbs(lamina, environment, tmp_path)
    assert verbs.json("layers", "--profile", "local") == {"layers": [], "region": "eu-west-1"}
    assert verbs.json("layers", AWS_PROFILE="local", AWS_REGION="eu-north-1")["region"] == "eu-north-1"
    # boto3 reads the same files alike.
    done = verbs.run("layers", "--profile", "absent")
    assert done.returncode == 1
    assert "no profile 'absent'" in done.stderr and "local" in done.stderr


def test_boto3_and_the_client_choose_the_same_endpoint_and_region(lamina, files, tmp_path, monkeypatch):
    with Stub(lambda stub, request: EMPTY) as first, Stub(lambda stub, request: EMPTY) as second:
        environment = files(
            f"[default]\nregion = eu-west-3\nendpoint_url = {first.url}\n[profile s]\nservices = x\nregion = us-west-2\n"
            f"[services x]\nlambda =\n    endpoint_url = {second.url}\n",
            "[default]\naws_access_key_id = FILE\naws_secret_access_key = f\n[s]\naws_access_key_id = S\naws_secret_access_key = s\n")
        for settings in (
            {}, {"AWS_PROFILE": "s"}, {"AWS_ENDPOINT_URL": second.url}, {"AWS_ENDPOINT_URL_LAMBDA": first.url, "AWS_PROFILE": "s"},
            {"AWS_DEFAULT_REGION": "sa-east-1"}, {"AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "e", "AWS_PROFILE": "s"},
        ):
            with monkeypatch.context() as patch:
                for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_LAMBDA", "AWS_DEFAULT_REGION", *KEY):
                    patch.delenv(name, raising=False)
                for name, value in (environment | settings).items():
                    patch.setenv(name, value)
                boto3.Session().client("lambda").list_layers()
            Verbs(lamina, environment, tmp_path)("layers", **settings)
            (theirs, ours), where = ((first.requests, "first") if first.requests else (second.requests, "second"))
            scope = lambda request: request.headers["Authorization"].split("Credential=")[1].split(",")[0].split("/")[0:3:2]
            assert scope(theirs) == scope(ours), (settings, where)
            first.requests.clear(), second.requests.clear()


def test_a_session_token_is_sent_and_signed(lamina, tmp_path):
    with Stub(lambda stub, request: EMPTY) as stub:
        Verbs(lamina, stub.environment, tmp_path)("layers", AWS_SESSION_TOKEN="the token")
    headers = stub.requests[0].headers
    assert headers["X-Amz-Security-Token"] == "the token"
    signed = headers["Authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    assert {"host", "x-amz-date", "x-amz-security-token"} <= set(signed)


def test_a_credential_process_is_run(lamina, files, tmp_path):
    keys = {"Version": 1, "AccessKeyId": "PROCESS", "SecretAccessKey": "s", "SessionToken": "t"}
    (tmp_path / "my keys.json").write_text(json.dumps(keys))
    with Stub(lambda stub, request: EMPTY) as stub:
        environment = files(f"[profile p]\nregion = us-east-1\nendpoint_url = {stub.url}\ncredential_process = cat '{tmp_path}/my keys.json'\n")
        Verbs(lamina, environment, tmp_path)("layers", "--profile", "p")
    assert "Credential=PROCESS/" in stub.requests[0].headers["Authorization"]


@pytest.mark.parametrize("process, says", [
    ("sh -c 'exit 3'", "it ended with exit status 3"),
    ("sh -c 'echo no >&2; exit 3'", "it ended with exit status 3:\nno"),
    ("cat old.json", "those that it printed expired at 2020-01-01T00:00:00Z"),
])
def test_a_credential_process_that_fails_is_told(lamina, files, tmp_path, process, says):
    keys = {"Version": 1, "AccessKeyId": "OLD", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2020-01-01T00:00:00Z"}
    (tmp_path / "old.json").write_text(json.dumps(keys))
    with Stub(lambda stub, request: EMPTY) as stub:
        environment = files(f"[default]\nregion = us-east-1\nendpoint_url = {stub.url}\ncredential_process = {process}\n")
        done = Verbs(lamina, environment, tmp_path).run("layers")
        assert stub.requests == []
    assert done.returncode == 1
    assert says in done.stderr


def test_a_bundle_of_certificates_that_is_not_heeded_is_named(lamina, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Stub(lambda stub, request: EMPTY) as stub:
        stub.server.socket = context.wrap_socket(stub.server.socket, server_side=True)
        url = stub.url.replace("http://127.0.0.1", "https://localhost")
        done = Verbs(lamina, clean_environment(**KEY, AWS_ENDPOINT_URL=url, AWS_CA_BUNDLE=str(certificate)), tmp_path).run("layers")
    assert done.returncode == 1
    assert "AWS_CA_BUNDLE is not heeded here: add its certificates to this machine's (update-ca-certificates)" in done.stderr


def test_endpoints_that_cannot_be_had_are_named(lamina, tmp_path):
    verbs = Verbs(lamina, clean_environment(**KEY), tmp_path)
    done = verbs.run("layers", AWS_ENDPOINT_URL="http://[::1]:1")
    assert done.returncode == 1
    assert "Foundation takes no IPv6 address in a URL: give a name, such as localhost" in done.stderr
    done = verbs.run("layers", AWS_USE_FIPS_ENDPOINT="true", AWS_ENDPOINT_URL="http://127.0.0.1:1")
    assert done.returncode == 1
    assert "AWS_USE_FIPS_ENDPOINT is for AWS's own endpoints, and http://127.0.0.1:1 (AWS_ENDPOINT_URL) is configured" in done.stderr


def test_other_kinds_of_credentials_are_left_to_awss_tool(lamina, files, tmp_path):
    (tmp_path / "bin").mkdir()
    tool = tmp_path / "bin/aws"
    keys = {"Version": 1, "AccessKeyId": "EXPORTED", "SecretAccessKey": "s", "SessionToken": "t"}
    tool.write_text(f"#!/bin/sh\necho \"$@\" >'{tmp_path}/arguments'\necho '{json.dumps(keys)}'\n")
    tool.chmod(0o755)
    with Stub(lambda stub, request: EMPTY) as stub:
        environment = files(f"[profile corp]\nregion = us-east-1\nendpoint_url = {stub.url}\nsso_session = x\n")
        verbs = Verbs(lamina, environment, tmp_path)
        verbs("layers", "--profile", "corp", PATH=f"{tmp_path}/bin:/usr/bin:/bin")
        assert "Credential=EXPORTED/" in stub.requests[0].headers["Authorization"]
        assert (tmp_path / "arguments").read_text().split() == "configure export-credentials --format process --profile corp".split()
        done = verbs.run("layers", "--profile", "corp", PATH=str(tmp_path / "none"))
    assert done.returncode == 1
    assert "single sign-on of profile 'corp'" in done.stderr and "no 'aws' on PATH" in done.stderr


def test_no_credentials_at_all_say_what_to_do(lamina, tmp_path):
    done = Verbs(lamina, clean_environment(), tmp_path).run("layers", AWS_REGION="us-east-1", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "no credentials" in done.stderr and "AWS_ACCESS_KEY_ID" in done.stderr


def test_what_may_be_repeated_is_repeated_and_nothing_else(lamina, tmp_path):
    (tmp_path / "layer.zip").write_bytes(LAYER)
    busy = (503, {}, b"{}")
    with Stub(lambda stub, request: busy if len(stub.requests) < 3 else EMPTY) as stub:
        Verbs(lamina, stub.environment, tmp_path)("layers")
        assert len(stub.requests) == 3
    with Stub(lambda stub, request: busy) as stub:
        done = Verbs(lamina, stub.environment, tmp_path).run("publish", "layer.zip", "--name", "x")
        assert done.returncode == 1
        assert len(stub.requests) == 1
    with Stub(lambda stub, request: (429, {"x-amzn-ErrorType": "TooManyRequestsException"}, b"{}")) as stub:
        done = Verbs(lamina, stub.environment, tmp_path).run("layers")
        assert "TooManyRequestsException" in done.stderr
        assert len(stub.requests) == 4


def test_a_server_that_does_not_answer_is_named(lamina, tmp_path):
    with Stub(lambda stub, request: EMPTY) as stub:
        environment = stub.environment
    done = Verbs(lamina, environment, tmp_path).run("layers")
    assert done.returncode == 1
    assert f"no answer from {stub.url} (AWS_ENDPOINT_URL)" in done.stderr and "lamina serve" in done.stderr


def test_pages_are_read_to_the_last(lamina, tmp_path):
    def answer(stub, request):
        page = 2 if "Marker=m%2F1" in request.path else 1
        item = {"LayerName": f"l{page}", "LayerArn": f"arn:l{page}", "LatestMatchingVersion": {"LayerVersionArn": "a", "Version": page}}
        body = {"Layers": [item]} | ({"NextMarker": "m/1"} if page == 1 else {})
        return 200, {}, json.dumps(body).encode()

    with Stub(answer) as stub:
        layers = Verbs(lamina, stub.environment, tmp_path).json("layers")["layers"]
    assert [layer["name"] for layer in layers] == ["l1", "l2"]


def test_other_bytes_than_were_published_are_never_kept(lamina, tmp_path):
    def answer(stub, request):
        if request.path == "/zip":
            return 200, {}, b"forged" * 1000
        content = {"Location": stub.url + "/zip", "CodeSha256": base64.b64encode(hashlib.sha256(LAYER).digest()).decode(), "CodeSize": 1}
        body = {"Content": content, "LayerArn": "arn:x", "LayerVersionArn": "arn:x:1", "Version": 1}
        return 200, {}, json.dumps(body).encode()

    (tmp_path / "x-1.zip").write_text("before")
    with Stub(answer) as stub:
        done = Verbs(lamina, stub.environment, tmp_path).run("download", "x:1")
    assert done.returncode == 1
    assert "SHA-256" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["x-1.zip"]
    assert (tmp_path / "x-1.zip").read_text() == "before"


def test_a_redirection_is_not_followed_with_a_signature(lamina, tmp_path):
    with Stub(lambda stub, request: EMPTY) as target:
        with Stub(lambda stub, request: (307, {"Location": target.url + "/"}, b"{}")) as stub:
            done = Verbs(lamina, stub.environment, tmp_path).run("layers")
        assert done.returncode == 1
        assert not target.requests


@pytest.mark.parametrize("name", ["tools", "arn:aws:lambda:us-east-1:000000000000:layer:tools"])
def test_requests_are_signed_as_botocore_signs_them(lamina, tmp_path, name):
    with Stub(lambda stub, request: (200, {}, b'{"LayerVersions": []}')) as stub:
        Verbs(lamina, stub.environment, tmp_path)("versions", name, "--runtime", "python3.13")
    sent = stub.requests[0]
    signed = sent.headers["Authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    request = AWSRequest("GET", stub.url + sent.path, headers={header: sent.headers[header] for header in signed if header != "host"})
    request.context["timestamp"] = sent.headers["X-Amz-Date"]
    signer = SigV4Auth(Credentials("testing", "testing"), "lambda", "us-east-1")
    expected = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert sent.headers["Authorization"].endswith(f"Signature={expected}")


def refusal(status, name):
    return status, {"x-amzn-ErrorType": name}, b'{"Type": "User", "message": "refused"}'


def policy(sid, principal):
    statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": "lambda:GetLayerVersion"}
    text = json.dumps({"Version": "2012-10-17", "Id": "default", "Statement": [statement]})
    return 200, {}, json.dumps({"Policy": text, "RevisionId": "1"}).encode()


@pytest.mark.parametrize(("principal", "code", "says"), [
    ({"AWS": "arn:aws:iam::444455556666:root"}, 0, "already granted"), ({"AWS": "arn:aws:iam::111122223333:root"}, 1, "grants something else")])
def test_a_grant_that_conflicts_is_told_from_one_that_is_there(lamina, tmp_path, principal, code, says):
    sid = "account-444455556666"

    def answer(stub, request):
        if request.command == "POST":
            return refusal(409, "ResourceConflictException")
        # Someone grants it between our question and our request.
        return policy(sid, principal) if len(stub.requests) > 1 else refusal(404, "ResourceNotFoundException")

    with Stub(answer) as stub:
        done = Verbs(lamina, stub.environment, tmp_path).run("grant", "tools:1", "--to", "444455556666")
    assert done.returncode == code
    assert says in done.stdout + done.stderr
    sent = next(json.loads(request.body) for request in stub.requests if request.command == "POST")
    assert sent == {"StatementId": sid, "Principal": "444455556666", "Action": "lambda:GetLayerVersion"}
