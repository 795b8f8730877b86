"""Published versions: what makes one, what it keeps, how it is listed, invoked and deleted."""

import base64
import hashlib
import json

import pytest
from conftest import ROLE, make_zip, refusal

ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
STALE = (
    412, "PreconditionFailedException",
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id")


def zip_of(value):
    return make_zip({"app.py": (
        "import os\ndef handler(e, c):\n"
        f"    return [{value!r}, os.environ['AWS_LAMBDA_FUNCTION_VERSION'], c.function_version, c.invoked_function_arn]\n")})


@pytest.fixture
def made(client, runtime):
    """A function f, not published."""
    client.create_function(FunctionName="f", Runtime=runtime, Handler="app.handler", Role=ROLE, Code={"ZipFile": zip_of("one")})
    return client


def numbers(client, **arguments):
    return [version["Version"] for version in client.list_versions_by_function(FunctionName="f", **arguments)["Versions"]]


def test_a_published_version_keeps_its_code_and_settings(made):
    answer = made.publish_version(FunctionName="f", Description="first")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert (answer["Version"], answer["FunctionArn"], answer["Description"]) == ("1", f"{ARN}:1", "first")
    made.update_function_code(FunctionName="f", ZipFile=zip_of("two"))
    made.update_function_configuration(FunctionName="f", Timeout=9, Description="latest")
    kept = made.get_function_configuration(FunctionName="f", Qualifier="1")
    assert (kept["Timeout"], kept["Description"], kept["CodeSha256"]) == (3, "first", answer["CodeSha256"])
    assert made.get_function_configuration(FunctionName=f"{ARN}:1")["RevisionId"] == kept["RevisionId"]
    for qualifier, expected in (("1", ["one", "1", "1", f"{ARN}:1"]), ("$LATEST", ["two", "$LATEST", "$LATEST", f"{ARN}:$LATEST"])):
        invoked = made.invoke(FunctionName="f", Qualifier=qualifier, LogType="Tail")
        assert json.loads(invoked["Payload"].read()) == expected
        assert invoked["ExecutedVersion"] == qualifier
        assert f" Version: {qualifier}\n" in base64.b64decode(invoked["LogResult"]).decode()
    assert made.invoke(FunctionName="f")["ExecutedVersion"] == "$LATEST"
    assert json.loads(made.invoke(FunctionName="f:1")["Payload"].read())[0] == "one"


def test_publishing_what_has_not_changed_gives_the_same_version(made):
    first = made.publish_version(FunctionName="f")
    assert made.publish_version(FunctionName="f")["RevisionId"] == first["RevisionId"]
    made.update_function_code(FunctionName="f", ZipFile=zip_of("one"))
    assert made.publish_version(FunctionName="f")["Version"] == "1"
    made.update_function_configuration(FunctionName="f", Environment={"Variables": {"STAGE": "test"}})
    assert made.publish_version(FunctionName="f")["Version"] == "2"
    assert numbers(made) == ["$LATEST", "1", "2"]


def test_a_publication_may_require_code_and_revision(made):
    sha256 = base64.b64encode(hashlib.sha256(zip_of("one")).digest()).decode()
    assert refusal(made.publish_version, FunctionName="f", CodeSha256="wrong") == (
        400, "InvalidParameterValueException",
        f"CodeSHA256 (wrong) is different from current CodeSHA256 in $LATEST ({sha256}). Please try again with the CodeSHA256 in $LATEST.")
    assert refusal(made.publish_version, FunctionName="f", RevisionId="11111111-2222-3333-4444-555555555555") == STALE
    assert numbers(made) == ["$LATEST"]
    revision = made.get_function_configuration(FunctionName="f")["RevisionId"]
    assert made.publish_version(FunctionName="f", CodeSha256=sha256, RevisionId=revision)["Version"] == "1"
    assert made.get_function_configuration(FunctionName="f")["RevisionId"] != revision
    assert refusal(made.publish_version, FunctionName="none") == (
        404, "ResourceNotFoundException", f"Function not found: {ARN[:-1]}none")


def test_creating_and_updating_publish_when_asked(client, runtime):
    settings = {"Runtime": runtime, "Handler": "app.handler", "Role": ROLE}
    created = client.create_function(FunctionName="f", Code={"ZipFile": zip_of("one")}, Publish=True, **settings)
    assert (created["Version"], created["FunctionArn"]) == ("1", ARN)
    latest = client.get_function(FunctionName="f")["Configuration"]
    assert (latest["Version"], latest["FunctionArn"]) == ("$LATEST", ARN)
    updated = client.update_function_code(FunctionName="f", ZipFile=zip_of("two"), Publish=True)
    assert (updated["Version"], updated["FunctionArn"]) == ("2", f"{ARN}:2")
    client.get_waiter("published_version_active").wait(FunctionName="f", Qualifier="2")


def test_versions_are_listed_latest_first_and_in_pages(made):
    for number in range(1, 4):
        made.update_function_configuration(FunctionName="f", Timeout=number)
        made.publish_version(FunctionName="f")
    versions = made.list_versions_by_function(FunctionName="f")["Versions"]
    assert [(v["Version"], v["FunctionArn"]) for v in versions] == [(n, f"{ARN}:{n}") for n in ("$LATEST", "1", "2", "3")]
    assert all("State" not in version and "LastUpdateStatus" not in version for version in versions)
    pages = made.get_paginator("list_versions_by_function").paginate(FunctionName="f", PaginationConfig={"PageSize": 3})
    assert [[v["Version"] for v in page["Versions"]] for page in pages] == [["$LATEST", "1", "2"], ["3"]]
    assert refusal(made.list_versions_by_function, FunctionName="f", Marker="no marker") == (
        400, "InvalidParameterValueException", "Invalid pagination key.")
    assert refusal(made.list_versions_by_function, FunctionName="none") == (
        404, "ResourceNotFoundException", f"Function not found: {ARN[:-1]}none")


def test_a_list_of_all_versions_has_every_function_in_all_of_them(server, made, runtime):
    made.create_function(FunctionName="a", Runtime=runtime, Handler="app.handler", Role=ROLE, Code={"ZipFile": zip_of("a")}, Publish=True)
    made.publish_version(FunctionName="f")
    base = ARN[:-1]
    every = [f"{base}{name}:{version}" for name in ("a", "f") for version in ("$LATEST", "1")]
    for size in (1, 2, 50):
        pages = made.get_paginator("list_functions").paginate(FunctionVersion="ALL", PaginationConfig={"PageSize": size})
        assert [function["FunctionArn"] for page in pages for function in page["Functions"]] == every
    assert [f["FunctionArn"] for f in made.list_functions()["Functions"]] == [f"{base}a", f"{base}f"]
    assert refusal(server.client("lambda", parameter_validation=False).list_functions, FunctionVersion="invalid") == (
        400, "ValidationException",
        "1 validation error detected: Value 'invalid' at 'functionVersion' failed to satisfy constraint: Member must satisfy enum value set: [ALL]")


def test_a_function_that_is_made_again_goes_on_counting(made, runtime):
    for expected in ("1", "2"):
        made.update_function_code(FunctionName="f", ZipFile=zip_of(expected))
        assert made.publish_version(FunctionName="f")["Version"] == expected
    made.delete_function(FunctionName="f")
    created = made.create_function(
        FunctionName="f", Runtime=runtime, Handler="app.handler", Role=ROLE, Code={"ZipFile": zip_of("three")}, Publish=True)
    assert created["Version"] == "3"
    assert refusal(made.get_function, FunctionName="f", Qualifier="1")[0] == 404


def test_a_deleted_versions_number_is_not_given_again(made):
    made.publish_version(FunctionName="f")
    assert made.delete_function(FunctionName="f", Qualifier="1")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert made.delete_function(FunctionName="f", Qualifier="1")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refusal(made.invoke, FunctionName="f", Qualifier="1") == (404, "ResourceNotFoundException", f"Function not found: {ARN}:1")
    made.update_function_configuration(FunctionName="f", Timeout=5)
    assert made.publish_version(FunctionName="f")["Version"] == "2"
    made.delete_function(FunctionName="f")
    assert refusal(made.get_function, FunctionName="f", Qualifier="2")[2] == f"Function not found: {ARN}:2"


def test_what_cannot_be_deleted_is_told(made):
    made.publish_version(FunctionName="f")
    made.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    made.create_alias(FunctionName="f", Name="beta", FunctionVersion="1")
    invalid = "InvalidParameterValueException"
    assert refusal(made.delete_function, FunctionName="f", Qualifier="live") == (
        400, invalid, "Deletion of aliases is not currently supported.")
    assert refusal(made.delete_function, FunctionName="f", Qualifier="$LATEST") == (
        400, invalid, "$LATEST version cannot be deleted without deleting the function.")
    assert refusal(made.delete_function, FunctionName="none", Qualifier="1") == (
        404, "ResourceNotFoundException", f"Function not found: {ARN[:-1]}none")
    status, code, message = refusal(made.delete_function, FunctionName="f", Qualifier="1")
    assert (status, code) == (409, "ResourceConflictException")
    assert message.startswith("Unable to delete version because the following aliases reference it: [")
    assert sorted(message.split("[")[1].rstrip("]").split(", ")) == ["beta", "live"]
    assert refusal(made.get_function, FunctionName="f:1", Qualifier="2") == (
        400, invalid, "The derived qualifier from the function name does not match the specified qualifier.")
    assert numbers(made) == ["$LATEST", "1"]


def test_a_version_and_its_layers_outlive_a_restart(server, made):
    layer = made.publish_layer_version(LayerName="tools", Content={"ZipFile": make_zip({"python/tool.py": "VALUE = 7\n"})})
    made.update_function_code(FunctionName="f", ZipFile=make_zip({"app.py": "import tool\ndef handler(e, c): return tool.VALUE\n"}))
    made.update_function_configuration(FunctionName="f", Layers=[layer["LayerVersionArn"]])
    made.publish_version(FunctionName="f")
    made.update_function_configuration(FunctionName="f", Layers=[])
    made.delete_layer_version(LayerName="tools", VersionNumber=1)
    server.stop()
    server.start()
    assert json.loads(server.client("lambda").invoke(FunctionName="f", Qualifier="1")["Payload"].read()) == 7


def test_a_number_is_written_in_one_way(made):
    made.publish_version(FunctionName="f")
    for qualifier in "01", "0":
        assert refusal(made.get_function, FunctionName="f", Qualifier=qualifier)[:2] == (404, "ResourceNotFoundException")
