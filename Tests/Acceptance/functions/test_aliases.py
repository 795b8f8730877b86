"""Names for versions: their five operations, and where their invocations go."""

import json

import pytest
from conftest import ROLE, make_zip, refusal

ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
CODE = "import os\ndef handler(e, c): return [os.environ['AWS_LAMBDA_FUNCTION_VERSION'], c.invoked_function_arn]\n"
INVALID = "InvalidParameterValueException"


@pytest.fixture
def made(server, runtime):
    """A function f with versions 1 and 2."""
    client = server.client("lambda", read_timeout=60)
    client.create_function(
        FunctionName="f", Runtime=runtime, Handler="app.handler", Role=ROLE, Code={"ZipFile": make_zip({"app.py": CODE})}, Publish=True)
    client.update_function_configuration(FunctionName="f", Timeout=5)
    assert client.publish_version(FunctionName="f")["Version"] == "2"
    return client


@pytest.fixture
def raw(server):
    return server.client("lambda", parameter_validation=False)


def route(version, weight):
    return {"AdditionalVersionWeights": {version: weight}}


def executed(client, times):
    return {client.invoke(FunctionName="f", Qualifier="live")["ExecutedVersion"] for _ in range(times)}


def test_an_alias_is_made_read_changed_and_deleted(made):
    made_alias = made.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    revision = made_alias.pop("RevisionId")
    assert made_alias.pop("ResponseMetadata")["HTTPStatusCode"] == 201
    assert made_alias == {"AliasArn": f"{ARN}:live", "Name": "live", "FunctionVersion": "1", "Description": ""}
    assert made.get_alias(FunctionName="f", Name="live")["RevisionId"] == revision
    changed = made.update_alias(FunctionName="f", Name="live", Description="now", RoutingConfig=route("2", 0.25), RevisionId=revision)
    assert (changed["FunctionVersion"], changed["Description"], changed["RoutingConfig"]) == ("1", "now", route("2", 0.25))
    assert changed["RevisionId"] != revision
    cleared = made.update_alias(FunctionName="f", Name="live", FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {}})
    assert (cleared["FunctionVersion"], cleared["Description"]) == ("2", "now")
    assert "RoutingConfig" not in cleared
    for _ in range(2):
        assert made.delete_alias(FunctionName="f", Name="live")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refusal(made.get_alias, FunctionName="f", Name="live") == (
        404, "ResourceNotFoundException", f"Cannot find alias arn: {ARN}:live")


def test_an_alias_leaves_the_functions_revision_alone(made):
    revision = made.get_function_configuration(FunctionName="f")["RevisionId"]
    made.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    assert made.get_function_configuration(FunctionName="f")["RevisionId"] == revision


def test_a_function_is_reached_by_its_alias(made):
    made.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    for members in ({"FunctionName": "f", "Qualifier": "live"}, {"FunctionName": "f:live"}, {"FunctionName": f"{ARN}:live"}):
        answer = made.invoke(**members)
        assert answer["ExecutedVersion"] == "1"
        assert json.loads(answer["Payload"].read()) == ["1", f"{ARN}:live"]
        found = made.get_function(**members)["Configuration"]
        assert (found["FunctionArn"], found["Version"], found["Timeout"]) == (f"{ARN}:live", "1", 3)
    made.update_alias(FunctionName="f", Name="live", FunctionVersion="2")
    assert executed(made, 2) == {"2"}
    latest = made.create_alias(FunctionName="f", Name="latest", FunctionVersion="$LATEST")
    assert latest["FunctionVersion"] == "$LATEST"
    assert made.invoke(FunctionName="f", Qualifier="latest")["ExecutedVersion"] == "$LATEST"
    assert refusal(made.invoke, FunctionName="f", Qualifier="none") == (404, "ResourceNotFoundException", f"Function not found: {ARN}:none")


@pytest.mark.parametrize("weight, times, expected", [(0.0, 8, {"1"}), (1.0, 8, {"2"}), (0.5, 60, {"1", "2"})])
def test_the_weights_choose_the_version_of_an_invocation(made, weight, times, expected):
    made.create_alias(FunctionName="f", Name="live", FunctionVersion="1", RoutingConfig=route("2", weight))
    assert executed(made, times) == expected


def test_aliases_are_listed_by_name_in_pages_and_by_version(made):
    for name, version in (("c", "1"), ("a", "2"), ("b", "1"), ("d", "2")):
        made.create_alias(FunctionName="f", Name=name, FunctionVersion=version)
    pages = made.get_paginator("list_aliases").paginate(FunctionName="f", PaginationConfig={"PageSize": 3})
    assert [[alias["Name"] for alias in page["Aliases"]] for page in pages] == [["a", "b", "c"], ["d"]]
    pages = made.get_paginator("list_aliases").paginate(FunctionName="f", FunctionVersion="1", PaginationConfig={"PageSize": 1})
    assert [alias["Name"] for page in pages for alias in page["Aliases"]] == ["b", "c"]
    assert refusal(made.list_aliases, FunctionName="none") == (404, "ResourceNotFoundException", f"Function not found: {ARN[:-1]}none")


def test_what_is_missing_or_there_twice_is_told(made):
    made.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    create = lambda **members: refusal(made.create_alias, **({"FunctionName": "f", "Name": "new", "FunctionVersion": "1"} | members))
    assert create(Name="live") == (409, "ResourceConflictException", f"Alias already exists: {ARN}:live")
    assert create(FunctionVersion="9") == (404, "ResourceNotFoundException", f"Function not found: {ARN}:9")
    assert create(RoutingConfig=route("9", 0.5)) == (404, "ResourceNotFoundException", f"Function not found: {ARN}:9")
    assert create(FunctionName="none") == (404, "ResourceNotFoundException", f"Function not found: {ARN[:-1]}none:1")
    assert refusal(made.update_alias, FunctionName="f", Name="new") == (
        404, "ResourceNotFoundException", f"Cannot find alias arn: {ARN}:new")
    assert refusal(made.update_alias, FunctionName="f", Name="live", RevisionId="11111111-2222-3333-4444-555555555555") == (
        412, "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id")
    assert [alias["Name"] for alias in made.list_aliases(FunctionName="f")["Aliases"]] == ["live"]


def test_routes_that_cannot_be_are_told(made, raw):
    create = lambda **members: refusal(raw.create_alias, **({"FunctionName": "f", "Name": "new", "FunctionVersion": "1"} | members))
    weights = "1 validation error detected: Value '{%s}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: "
    assert create(RoutingConfig={"AdditionalVersionWeights": {"1": 0.1, "2": 0.2}}) == (
        400, INVALID, "Number of items in AdditionalVersionWeights cannot be greater than 1")
    assert create(RoutingConfig=route("1", 0.5)) == (
        400, INVALID, "Invalid function version 1. Function version 1 is already included in routing configuration.")
    assert create(FunctionVersion="$LATEST", RoutingConfig=route("1", 0.5)) == (
        400, INVALID, "$LATEST is not supported for an alias pointing to more than 1 version")
    assert create(RoutingConfig=route("2", 2.0)) == (
        400, "ValidationException", weights % "2=2.0" + "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, "
        "Member must have value greater than or equal to 0.0, Member must not be null]")
    assert create(RoutingConfig=route("$LATEST", 0.5)) == (
        400, "ValidationException", weights % "$LATEST=0.5" + "Map keys must satisfy constraint: [Member must have length less than or equal "
        "to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+, "
        "Member must not be null]")
    assert create(Name="2024") == (
        400, "ValidationException", "1 validation error detected: Value '2024' at 'name' failed to satisfy constraint: Member must satisfy "
        "regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)")


@pytest.mark.parametrize("name", ["1", "a b", "ä", "a.b", "a" * 129])
def test_a_name_that_no_alias_can_have_is_refused(raw, made, name):
    status, code, message = refusal(raw.create_alias, FunctionName="f", Name=name, FunctionVersion="1")
    assert (status, code) == (400, "ValidationException")
    assert message.startswith(f"1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: ")
    assert made.list_aliases(FunctionName="f")["Aliases"] == []


def test_a_new_alias_has_nothing_of_a_deleted_one_of_its_name(made):
    made.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    made.add_permission(FunctionName="f", Qualifier="live", StatementId="s", Action="lambda:InvokeFunction", Principal="*")
    made.put_function_event_invoke_config(FunctionName="f", Qualifier="live", MaximumRetryAttempts=0)
    made.delete_alias(FunctionName="f", Name="live")
    made.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    assert refusal(made.get_policy, FunctionName="f", Qualifier="live")[0] == 404
    assert refusal(made.get_function_event_invoke_config, FunctionName="f", Qualifier="live")[0] == 404


def test_the_aws_command_moves_an_alias(server, made):
    aws = lambda *arguments: server.aws("lambda", *arguments, "--function-name", "f", "--name", "live", "--query", "FunctionVersion", "--output", "text")
    assert aws("create-alias", "--function-version", "1").stdout.strip() == "1"
    assert aws("update-alias", "--function-version", "2", "--routing-config", "AdditionalVersionWeights={1=0.5}").stdout.strip() == "2"
    assert made.get_alias(FunctionName="f", Name="live")["RoutingConfig"] == route("1", 0.5)
