"""How a function's asynchronous invocations are to be treated: the event-invoke configurations."""

import pytest
from conftest import ROLE, make_zip, refusal

BASE = "arn:aws:lambda:us-east-1:000000000000:function:"
ARN = BASE + "f"
INVALID, MISSING = "InvalidParameterValueException", "ResourceNotFoundException"
EMPTY = {"OnSuccess": {}, "OnFailure": {}}


@pytest.fixture
def made(client):
    """Functions f, with version 1 and the alias live, and told."""
    for name in ("f", "told"):
        client.create_function(
            FunctionName=name, Runtime="python3.13", Handler="app.handler", Role=ROLE, Code={"ZipFile": make_zip({"app.py": ""})}, Publish=True)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    return client


def test_put_replaces_all_and_update_what_is_named(made):
    put = made.put_function_event_invoke_config(
        FunctionName="f", MaximumRetryAttempts=1, DestinationConfig={"OnFailure": {"Destination": BASE + "told"}})
    assert put["FunctionArn"] == f"{ARN}:$LATEST"
    assert put["DestinationConfig"] == EMPTY | {"OnFailure": {"Destination": BASE + "told"}}
    assert "MaximumEventAgeInSeconds" not in put
    updated = made.update_function_event_invoke_config(FunctionName="f", MaximumEventAgeInSeconds=60)
    assert (updated["MaximumRetryAttempts"], updated["MaximumEventAgeInSeconds"]) == (1, 60)
    assert updated["DestinationConfig"] == put["DestinationConfig"]
    assert updated["LastModified"] >= put["LastModified"]
    put = made.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=0)
    got = made.get_function_event_invoke_config(FunctionName="f")
    for config in (put, got):
        assert (config["MaximumRetryAttempts"], config["DestinationConfig"]) == (0, EMPTY)
        assert "MaximumEventAgeInSeconds" not in config


def test_each_qualifier_has_its_own_and_all_are_listed_in_pages(made):
    for qualifier in ({}, {"Qualifier": "1"}, {"Qualifier": "live"}):
        made.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=len(qualifier), **qualifier)
    assert made.get_function_event_invoke_config(FunctionName="f")["MaximumRetryAttempts"] == 0
    assert made.get_function_event_invoke_config(FunctionName=f"{ARN}:live")["FunctionArn"] == f"{ARN}:live"
    pages = made.get_paginator("list_function_event_invoke_configs").paginate(FunctionName="f", PaginationConfig={"PageSize": 2})
    pages = [[config["FunctionArn"] for config in page["FunctionEventInvokeConfigs"]] for page in pages]
    assert [len(page) for page in pages] == [2, 1]
    assert sorted(sum(pages, [])) == [f"{ARN}:{qualifier}" for qualifier in ("$LATEST", "1", "live")]
    assert made.delete_function_event_invoke_config(FunctionName="f", Qualifier="1")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert len(made.list_function_event_invoke_configs(FunctionName="f")["FunctionEventInvokeConfigs"]) == 2


def test_what_is_missing_is_told(made):
    none = (404, MISSING, f"The function {ARN}:$LATEST doesn't have an EventInvokeConfig")
    assert refusal(made.get_function_event_invoke_config, FunctionName="f") == none
    assert refusal(made.delete_function_event_invoke_config, FunctionName="f") == none
    assert refusal(made.update_function_event_invoke_config, FunctionName="f", MaximumRetryAttempts=1) == none
    assert refusal(made.get_function_event_invoke_config, FunctionName="none") == (
        404, MISSING, f"The function {BASE}none:$LATEST doesn't have an EventInvokeConfig")
    gone = (404, MISSING, "The function doesn't exist.")
    assert refusal(made.put_function_event_invoke_config, FunctionName="none", MaximumRetryAttempts=1) == gone
    assert refusal(made.put_function_event_invoke_config, FunctionName="f", Qualifier="none", MaximumRetryAttempts=1) == gone
    assert refusal(made.update_function_event_invoke_config, FunctionName="none", MaximumRetryAttempts=1) == gone
    assert refusal(made.list_function_event_invoke_configs, FunctionName="none") == gone


def test_what_cannot_be_set_is_told(made, server):
    raw = server.client("lambda", parameter_validation=False)
    put = lambda **members: refusal(raw.put_function_event_invoke_config, FunctionName="f", **members)
    success = lambda arn: put(DestinationConfig={"OnSuccess": {"Destination": arn}})
    error = "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must have value %s"
    assert put() == (400, INVALID, "You must specify at least one of error handling or destination setting.")
    assert put(MaximumRetryAttempts=3) == (400, "ValidationException", error % (3, "maximumRetryAttempts", "less than or equal to 2"))
    assert put(MaximumEventAgeInSeconds=59) == (
        400, "ValidationException", error % (59, "maximumEventAgeInSeconds", "greater than or equal to 60"))
    assert put(MaximumEventAgeInSeconds=21_601, MaximumRetryAttempts=-1)[2].startswith("2 validation errors detected: ")
    assert success(BASE + "none") == (400, INVALID, f"The destination ARN {BASE}none is invalid.")
    assert success(ARN) == (400, INVALID, "You can't specify the function as a destination for itself.")
    queue = "arn:aws:ec2:us-east-1:000000000000:x"
    assert success(queue) == (
        400, INVALID,
        f"The provided destination config DestinationConfig(onSuccess=OnSuccess(destination={queue}), onFailure=null) is invalid.")
    status, code, message = success("no arn")
    assert (status, code) == (400, "ValidationException")
    assert message.startswith("1 validation error detected: Value 'no arn' at 'destinationConfig.onSuccess.destination' failed to satisfy")
    assert made.list_function_event_invoke_configs(FunctionName="f")["FunctionEventInvokeConfigs"] == []


def test_a_function_of_another_account_is_a_destination_only_where_its_policy_says_so(accounts, runtime):
    one, other = accounts("000000000000"), accounts("111122223333")
    for client in (one, other):
        client.create_function(FunctionName="f", Runtime=runtime, Handler="app.handler", Role=ROLE, Code={"ZipFile": make_zip({"app.py": ""})})
    set_destination = lambda: other.put_function_event_invoke_config(
        FunctionName="f", DestinationConfig={"OnSuccess": {"Destination": ARN}})
    assert refusal(set_destination) == (400, INVALID, f"The destination ARN {ARN} is invalid.")
    one.add_permission(FunctionName="f", StatementId="s", Action="lambda:InvokeFunction", Principal="111122223333")
    assert set_destination()["DestinationConfig"]["OnSuccess"] == {"Destination": ARN}


def test_the_aws_command_sets_and_reads(server, made):
    done = server.aws(
        "lambda", "put-function-event-invoke-config", "--function-name", "f", "--maximum-retry-attempts", "0", "--destination-config",
        f"OnSuccess={{Destination={BASE}told}}")
    assert done.returncode == 0, done.stderr
    query = "[MaximumRetryAttempts, DestinationConfig.OnSuccess.Destination]"
    got = server.aws("lambda", "get-function-event-invoke-config", "--function-name", "f", "--query", query, "--output", "text")
    assert got.stdout.split() == ["0", BASE + "told"]
