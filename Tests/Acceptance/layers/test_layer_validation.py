"""What AWS refuses about layers, in its words."""

import json

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from conftest import ROLE, make_zip, refusal

LAYER = make_zip({"python/tool.py": "VALUE = 7\n"})
PUBLISH_RUNTIMES = (
    "[nodejs20.x, python3.14, provided.al2023, python3.12, python3.13, nodejs24.x, nodejs22.x, java25, python3.10, python3.11, java21, "
    "ruby3.3, ruby3.4, ruby3.2, python3.8, python3.9, java17, nodejs16.x, dotnet10, dotnet8, java11, dotnet6, nodejs18.x, provided.al2, "
    "java8.al2]")
ARN_PATTERN = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)"
    r"|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)")


@pytest.fixture
def raw(server):
    """A client that sends what boto3 would refuse itself."""
    return server.client("lambda", parameter_validation=False)


def post(server, path, body):
    """Sends what boto3 cannot."""
    environment = server.environment
    request = AWSRequest("POST", server.url + path, data=body)
    SigV4Auth(Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]), "lambda", "us-east-1").add_auth(request)
    return URLLib3Session().send(request.prepare())


def constraint(member, value, text):
    return f"Value '{value}' at '{member}' failed to satisfy constraint: {text}"


def one_error(member, value, text):
    return 400, "ValidationException", "1 validation error detected: " + constraint(member, value, text)


def test_a_layers_members_have_their_limits(raw):
    def publish(**members):
        return refusal(raw.publish_layer_version, **({"LayerName": "tools", "Content": {"ZipFile": LAYER}} | members))

    assert publish(Description="d" * 257) == one_error("description", "d" * 257, "Member must have length less than or equal to 256")
    assert publish(LicenseInfo="l" * 513) == one_error("licenseInfo", "l" * 513, "Member must have length less than or equal to 512")
    assert publish(CompatibleRuntimes=["python3.13"] * 16) == one_error(
        "compatibleRuntimes", f"[{', '.join(['python3.13'] * 16)}]", "Member must have length less than or equal to 15")
    assert publish(CompatibleArchitectures=["x86_64", "arm64", "x86_64"]) == one_error(
        "compatibleArchitectures", "[x86_64, arm64, x86_64]", "Member must have length less than or equal to 2")
    for name in ("a" * 141, "with blank", "ä", "a.b"):
        status, code, message = publish(LayerName=name)
        assert (status, code) == (400, "ValidationException")
        assert message.startswith(f"1 validation error detected: Value '{name}' at 'layerName' failed to satisfy constraint: ")
    assert raw.list_layers()["Layers"] == []
    raw.publish_layer_version(
        LayerName="a" * 140, Content={"ZipFile": LAYER}, Description="ä" * 256, LicenseInfo="l" * 512,
        CompatibleRuntimes=["python3.13"] * 15, CompatibleArchitectures=["x86_64", "arm64"])


def test_several_wrong_members_are_one_error(raw):
    assert refusal(
        raw.publish_layer_version, LayerName="tools", Content={"ZipFile": LAYER}, CompatibleRuntimes=["invalidruntime"],
        CompatibleArchitectures=["invalidarch"]) == (
        400, "ValidationException",
        "2 validation errors detected: "
        + constraint("compatibleRuntimes", "[invalidruntime]", f"Member must satisfy enum value set: {PUBLISH_RUNTIMES}") + "; "
        + constraint(
            "compatibleArchitectures", "[invalidarch]",
            "Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]"))


def test_deprecated_runtimes_are_taken(client):
    old = ["nodejs14.x", "nodejs12.x", "python3.7", "java8", "dotnetcore3.1", "go1.x", "ruby2.7", "provided"]
    assert client.publish_layer_version(LayerName="old", Content={"ZipFile": LAYER}, CompatibleRuntimes=old)["CompatibleRuntimes"] == old


def test_a_layer_needs_one_source(raw):
    raw.publish_layer_version(LayerName="tools", Content={"ZipFile": LAYER})
    status, code, message = refusal(raw.publish_layer_version, LayerName="tools", Content={})
    assert (status, code) == (400, "InvalidParameterValueException")
    assert "provide a source" in message
    both = {"ZipFile": LAYER, "S3Bucket": "bucket", "S3Key": "key"}
    assert refusal(raw.publish_layer_version, LayerName="tools", Content=both)[:2] == (400, "InvalidParameterValueException")
    assert refusal(raw.publish_layer_version, LayerName="tools", Content={"S3Bucket": "none", "S3Key": "key"})[2].startswith(
        "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist")
    assert len(raw.list_layer_versions(LayerName="tools")["LayerVersions"]) == 1


def test_an_object_that_is_missing_is_told(server, client):
    server.client("s3").create_bucket(Bucket="layers")
    assert refusal(client.publish_layer_version, LayerName="tools", Content={"S3Bucket": "layers", "S3Key": "none"}) == (
        400, "InvalidParameterValueException",
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.")


def test_a_request_beyond_the_limit_is_413(server):
    body = json.dumps({"Content": {"ZipFile": ""}, "Description": "x" * 70_167_211}).encode()
    answer = post(server, "/2018-10-31/layers/big/versions", body)
    assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == (413, "RequestEntityTooLargeException")
    assert "Request must be smaller than 70167211 bytes for the PublishLayerVersion operation" in answer.text


def test_a_layer_of_more_than_250_mb_unzipped_is_refused(client):
    assert refusal(client.publish_layer_version, LayerName="big", Content={"ZipFile": make_zip({"zeros": bytes(262_144_001)})}) == (
        400, "InvalidParameterValueException", "Unzipped size must be smaller than 262144000 bytes")


@pytest.mark.parametrize("arn, message", [
    ("", "Value null at 'arn' failed to satisfy constraint: Member must not be null"),
    ("tools", constraint("arn", "tools", f"Member must satisfy regular expression pattern: {ARN_PATTERN}")),
    ("arn:aws:lambda:us-east-1:000000000000:layer:tools:x", constraint(
        "arn", "arn:aws:lambda:us-east-1:000000000000:layer:tools:x", f"Member must satisfy regular expression pattern: {ARN_PATTERN}")),
])
def test_a_version_is_found_by_its_whole_arn_alone(raw, arn, message):
    assert refusal(raw.get_layer_version_by_arn, Arn=arn) == (400, "ValidationException", "1 validation error detected: " + message)


@pytest.mark.parametrize("place", ["aws-cn:lambda:us-east-1", "aws:lambda:eu-west-1"])
def test_a_version_of_another_partition_or_region_is_out_of_reach(client, runtime, place):
    client.publish_layer_version(LayerName="tools", Content={"ZipFile": LAYER})
    arn = f"arn:{place}:000000000000:layer:tools:1"
    status, code, message = refusal(client.get_layer_version_by_arn, Arn=arn)
    assert (status, code) == (403, "AccessDeniedException")
    assert f"not authorized to perform: lambda:GetLayerVersion on resource: {arn} " in message
    attach = lambda: client.create_function(
        FunctionName="f", Runtime=runtime, Handler="app.handler", Role=ROLE, Layers=[arn], Code={"ZipFile": make_zip({"app.py": ""})})
    assert refusal(attach)[0] in (400, 403)
    assert client.list_functions()["Functions"] == []


def damaged():
    """Zips of which the directory looks sound."""
    content = bytes(range(256)) * 40
    whole = make_zip({"python/data.bin": content})
    start = whole.index(b"data.bin") + len(b"data.bin")
    central = whole.index(b"PK\1\2")
    yield "bytes", whole[:start + 60] + bytes([whole[start + 60] ^ 0x55]) + whole[start + 61:]
    yield "checksum", whole[:central + 16] + bytes([whole[central + 16] ^ 1]) + whole[central + 17:]
    yield "size", whole[:central + 24] + len(content[:-9]).to_bytes(4, "little") + whole[central + 28:]


@pytest.mark.parametrize("content", [pytest.param(content, id=name) for name, content in damaged()])
def test_a_zip_that_would_not_unpack_is_not_published(client, server, content):
    assert refusal(client.publish_layer_version, LayerName="tools", Content={"ZipFile": content}) == (
        400, "InvalidParameterValueException", "Could not unzip uploaded file. Please check your file, then try to upload again.")
    s3 = server.client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="tools.zip", Body=content)
    assert refusal(client.publish_layer_version, LayerName="tools", Content={"S3Bucket": "code", "S3Key": "tools.zip"})[:2] == (
        400, "InvalidParameterValueException")
    assert client.list_layers()["Layers"] == []


@pytest.mark.parametrize("body", [
    b'{"Content": {"S3Bucket": "bucket", "S3Key": "k",}}', b"[1]", b'{"Description": 7}', b'{"CompatibleRuntimes": "python3.13"}', b'{"a": 01}'])
def test_a_request_that_is_no_sound_json_is_refused(server, body):
    answer = post(server, "/2018-10-31/layers/tools/versions", body)
    assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == (400, "SerializationException"), answer.text


def test_a_list_element_that_is_null_is_refused(server):
    answer = post(server, "/2018-10-31/layers/tools/versions", b'{"Content": {"ZipFile": ""}, "CompatibleRuntimes": [null]}')
    assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == (400, "ValidationException"), answer.text


@pytest.mark.parametrize("member, value", [("S3Bucket", "a"), ("S3Bucket", "a b"), ("S3Key", ""), ("S3Key", "k" * 1025)])
def test_an_object_that_cannot_be_is_a_members_error(raw, member, value):
    status, code, message = refusal(
        raw.publish_layer_version, LayerName="tools", Content={"S3Bucket": "bucket", "S3Key": "k"} | {member: value})
    assert (status, code) == (400, "ValidationException")
    assert f" at 'content.{member[0].lower()}{member[1:]}' failed to satisfy constraint: " in message


def test_version_numbers_begin_at_one(client):
    for number in (0, -1):
        for call in (client.get_layer_version, client.delete_layer_version, client.get_layer_version_policy):
            assert refusal(call, LayerName="tools", VersionNumber=number) == (
                400, "InvalidParameterValueException", "Layer Version Cannot be less than 1")


def test_a_grants_members_are_checked(raw):
    raw.publish_layer_version(LayerName="tools", Content={"ZipFile": LAYER})

    def grant(**members):
        valid = {"StatementId": "s1", "Action": "lambda:GetLayerVersion", "Principal": "*"}
        return refusal(raw.add_layer_version_permission, LayerName="tools", VersionNumber=1, **(valid | members))

    pattern = "Member must satisfy regular expression pattern: "
    assert grant(Action="*") == one_error("action", "*", pattern + "lambda:GetLayerVersion")
    assert grant(Principal="me") == one_error("principal", "me", pattern + r"\d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root")
    assert grant(OrganizationId="o-short") == one_error("organizationId", "o-short", pattern + "o-[a-z0-9]{10,32}")
    assert grant(StatementId="a b") == one_error("statementId", "a b", pattern + "([a-zA-Z0-9-_]+)")
    assert grant(StatementId="s" * 101) == one_error("statementId", "s" * 101, "Member must have length less than or equal to 100")
    assert grant(Principal="111122223333", OrganizationId="o-abcdefghij")[:2] == (400, "InvalidParameterValueException")
    assert grant(Action="*", Principal="me")[2].startswith("2 validation errors detected: ")


def test_what_a_function_cannot_be_given_as_layers_is_told(client, runtime):
    publish = lambda name: client.publish_layer_version(LayerName=name, Content={"ZipFile": LAYER})["LayerVersionArn"]
    base = "arn:aws:lambda:us-east-1:000000000000:layer:"

    def create(*layers):
        status, code, message = refusal(
            client.create_function, FunctionName="f", Runtime=runtime, Handler="app.handler", Role=ROLE, Layers=list(layers),
            Code={"ZipFile": make_zip({"app.py": ""})})
        assert status == 400
        return code, message

    invalid = "InvalidParameterValueException"
    assert create(*[publish(f"layer-{number}") for number in range(6)]) == (invalid, "Cannot reference more than 5 layers.")
    first, second = publish("two"), publish("two")
    for a, b in ((first, second), (first, first)):
        assert create(a, b) == (
            invalid, "Two different versions of the same layer are not allowed to be referenced in the same function. "
            f"{a} and {b} are versions of the same layer.")
    assert create(f"{base}two:3") == (invalid, f"Layer version {base}two:3 does not exist.")
    assert create("arn:aws:lambda:eu-west-1:000000000000:layer:two:1") == (
        invalid, "Layers are not in the same region as the function. Layers are expected to be in region us-east-1.")
    assert create(f"{base}two") == (
        "ValidationException", "1 validation error detected: " + constraint(
            "layers", f"[{base}two]", "Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have "
            f"length greater than or equal to 1, Member must satisfy regular expression pattern: {ARN_PATTERN}, Member must not be null]"))
    assert client.list_functions()["Functions"] == []
