"""What CreateFunction and UpdateFunctionConfiguration keep, and how FunctionConfiguration shows it."""

import json
import re

import pytest
from conftest import ROLE, make_zip, refusal

ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
ZIP = make_zip({"app.py": "def handler(e, c): return 1\n"})
KEY = "arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"
QUEUE = "arn:aws:sqs:us-east-1:000000000000:dead"


@pytest.fixture
def make(client, runtime):
    """Creates f, and gives the settings that GetFunctionConfiguration then shows."""
    def make(**options):
        settings = {"Runtime": runtime, "Handler": "app.handler", "Role": ROLE, "Code": {"ZipFile": ZIP}} | options
        client.create_function(FunctionName="f", **settings)
        return client.get_function_configuration(FunctionName="f")

    return make


def test_what_is_not_given_has_awss_defaults(client, make, runtime):
    shown = make()
    uuid = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    assert re.fullmatch(uuid, shown.pop("RevisionId"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", shown.pop("LastModified"))
    assert re.fullmatch(r"arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}", shown.pop("RuntimeVersionConfig", {}).get("RuntimeVersionArn", ""))
    assert len(shown.pop("CodeSha256")) == 44
    del shown["ResponseMetadata"]
    assert shown == {
        "FunctionName": "f", "FunctionArn": ARN, "Runtime": runtime, "Role": ROLE, "Handler": "app.handler", "CodeSize": len(ZIP),
        "Description": "", "Timeout": 3, "MemorySize": 128, "Version": "$LATEST", "TracingConfig": {"Mode": "PassThrough"},
        "PackageType": "Zip", "Architectures": ["x86_64"], "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/f"}, "State": "Active", "LastUpdateStatus": "Successful"}


def test_what_is_given_is_kept_through_a_restart(server, make):
    network = {"SubnetIds": ["subnet-1a"], "SecurityGroupIds": ["sg-1a"]}
    given = {
        "Description": "d", "Timeout": 900, "MemorySize": 10_240, "EphemeralStorage": {"Size": 10_240}, "Architectures": ["arm64"],
        "TracingConfig": {"Mode": "Active"}, "KMSKeyArn": KEY, "DeadLetterConfig": {"TargetArn": QUEUE},
        "Environment": {"Variables": {"STAGE": "test", "EMPTY": ""}}}
    make(**given, VpcConfig=network, SnapStart={"ApplyOn": "PublishedVersions"}, Tags={"a": "b"})
    server.stop()
    server.start()
    client = server.client("lambda")
    shown = client.get_function(FunctionName="f")
    assert shown["Tags"] == {"a": "b"}
    assert {name: shown["Configuration"][name] for name in given} == given
    vpc = shown["Configuration"]["VpcConfig"]
    assert {name: vpc[name] for name in network} == network and vpc["Ipv6AllowedForDualStack"] is False
    assert shown["Configuration"]["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}
    assert client.publish_version(FunctionName="f")["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "On"}


def test_an_update_changes_what_it_names_and_clears_what_it_empties(client, make):
    make(
        Description="d", Timeout=5, KMSKeyArn=KEY, DeadLetterConfig={"TargetArn": QUEUE}, Environment={"Variables": {"STAGE": "test"}},
        VpcConfig={"SubnetIds": ["subnet-1a"], "SecurityGroupIds": ["sg-1a"]})
    update = lambda **members: client.update_function_configuration(FunctionName="f", **members)
    changed = update(MemorySize=256)
    assert (changed["MemorySize"], changed["Timeout"], changed["Description"]) == (256, 5, "d")
    assert changed["Environment"] == {"Variables": {"STAGE": "test"}}
    cleared = update(
        Description="", KMSKeyArn="", DeadLetterConfig={"TargetArn": ""}, Environment={"Variables": {}},
        VpcConfig={"SubnetIds": [], "SecurityGroupIds": []})
    assert (cleared["Description"], cleared["Environment"]) == ("", {"Variables": {}})
    assert "KMSKeyArn" not in cleared and "DeadLetterConfig" not in cleared
    assert cleared["VpcConfig"] == {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": "", "Ipv6AllowedForDualStack": False}
    assert json.loads(client.invoke(FunctionName="f")["Payload"].read()) == 1


def test_log_levels_go_with_json(client, make):
    assert make(LoggingConfig={"LogGroup": "/my/group"})["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "/my/group"}
    update = lambda **logging: client.update_function_configuration(FunctionName="f", LoggingConfig=logging)["LoggingConfig"]
    assert update(LogFormat="JSON") == {
        "LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO", "LogGroup": "/my/group"}
    assert update(LogFormat="JSON", ApplicationLogLevel="TRACE", SystemLogLevel="WARN") == {
        "LogFormat": "JSON", "ApplicationLogLevel": "TRACE", "SystemLogLevel": "WARN", "LogGroup": "/my/group"}
    assert update(LogFormat="Text") == {"LogFormat": "Text", "LogGroup": "/my/group"}


def test_layers_are_absent_where_there_are_none(client, make):
    layer = client.publish_layer_version(LayerName="tools", Content={"ZipFile": ZIP})["LayerVersionArn"]
    assert make(Layers=[layer])["Layers"] == [{"Arn": layer, "CodeSize": len(ZIP)}]
    assert client.update_function_configuration(FunctionName="f", Timeout=4)["Layers"] == [{"Arn": layer, "CodeSize": len(ZIP)}]
    assert "Layers" not in client.update_function_configuration(FunctionName="f", Layers=[])


def test_a_dry_run_of_new_code_answers_and_changes_nothing(client, make):
    before = make()
    other = make_zip({"app.py": "def handler(e, c): return 2\n"})
    tried = client.update_function_code(FunctionName="f", ZipFile=other, DryRun=True)
    assert tried["CodeSize"] == len(other) and tried["CodeSha256"] != before["CodeSha256"]
    after = client.get_function_configuration(FunctionName="f")
    assert (after["CodeSha256"], after["RevisionId"]) == (before["CodeSha256"], before["RevisionId"])
    assert json.loads(client.invoke(FunctionName="f")["Payload"].read()) == 1
    assert refusal(client.update_function_code, FunctionName="f", ZipFile=b"no zip", DryRun=True)[2] == (
        "Could not unzip uploaded file. Please check your file, then try to upload again.")


def test_a_change_needs_the_latest_revision_where_it_names_one(client, make):
    stale = make()["RevisionId"]
    changed = client.update_function_configuration(FunctionName="f", Timeout=4, RevisionId=stale)
    expected = (
        412, "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id")
    assert refusal(client.update_function_configuration, FunctionName="f", Timeout=5, RevisionId=stale) == expected
    assert refusal(client.update_function_code, FunctionName="f", ZipFile=ZIP, RevisionId=stale) == expected
    assert changed["Timeout"] == client.get_function_configuration(FunctionName="f")["Timeout"] == 4


def test_what_no_function_has_here_is_answered_as_unset(client, make):
    make()
    assert "CodeSigningConfigArn" not in client.get_function_code_signing_config(FunctionName="f")
    assert client.get_runtime_management_config(FunctionName="f")["UpdateRuntimeOn"] == "Auto"
    assert client.get_function_recursion_config(FunctionName="f")["RecursiveLoop"] == "Terminate"
    assert client.list_provisioned_concurrency_configs(FunctionName="f")["ProvisionedConcurrencyConfigs"] == []
    assert client.list_function_url_configs(FunctionName="f")["FunctionUrlConfigs"] == []
    assert client.list_event_source_mappings(FunctionName="f")["EventSourceMappings"] == []
    assert refusal(client.get_function_url_config, FunctionName="f") == (
        404, "ResourceNotFoundException", "The resource you requested does not exist.")
    assert refusal(client.get_function_code_signing_config, FunctionName="none")[2] == f"Function not found: {ARN[:-1]}none"
