"""ListLayers and ListLayerVersions: what they show, in which order, and page by page."""

import base64

import pytest
from conftest import make_zip, refusal

LAYER = make_zip({"python/tool.py": "VALUE = 7\n"})


def publish(client, name, runtimes=None, architectures=None):
    members = {"CompatibleRuntimes": runtimes, "CompatibleArchitectures": architectures}
    return client.publish_layer_version(
        LayerName=name, Content={"ZipFile": LAYER}, **{k: v for k, v in members.items() if v is not None})["Version"]


def latest(client, **filters):
    return [(layer["LayerName"], layer["LatestMatchingVersion"]["Version"]) for layer in client.list_layers(**filters)["Layers"]]


def versions(client, name, **filters):
    return [version["Version"] for version in client.list_layer_versions(LayerName=name, **filters)["LayerVersions"]]


def test_a_filter_shows_the_newest_version_that_matches(client):
    publish(client, "tools", ["python3.12"], ["x86_64"])
    publish(client, "tools", ["python3.12", "python3.13"], ["arm64"])
    publish(client, "tools", ["python3.13"], ["x86_64", "arm64"])
    assert latest(client) == [("tools", 3)]
    assert latest(client, CompatibleRuntime="python3.12") == [("tools", 2)]
    assert latest(client, CompatibleRuntime="python3.12", CompatibleArchitecture="x86_64") == [("tools", 1)]
    assert versions(client, "tools", CompatibleRuntime="python3.13") == [3, 2]
    assert versions(client, "tools", CompatibleArchitecture="arm64", CompatibleRuntime="python3.12") == [2]


def test_a_layer_without_a_matching_version_is_left_out(client):
    publish(client, "other", ["python3.12"], ["arm64"])
    publish(client, "unsaid")
    publish(client, "none", [], [])
    assert latest(client, CompatibleRuntime="python3.13") == []
    assert latest(client, CompatibleArchitecture="x86_64") == []
    assert versions(client, "unsaid", CompatibleRuntime="python3.13") == []
    # No runtime's name is a part of another's.
    assert latest(client, CompatibleRuntime="python3.10") == []


def test_a_list_item_leaves_out_content_and_what_was_not_given(client):
    publish(client, "tools")
    layer = client.list_layers()["Layers"][0]
    arn = "arn:aws:lambda:us-east-1:000000000000:layer:tools"
    assert (layer["LayerName"], layer["LayerArn"]) == ("tools", arn)
    assert set(layer["LatestMatchingVersion"]) == {"LayerVersionArn", "Version", "CreatedDate"}
    assert layer["LatestMatchingVersion"]["LayerVersionArn"] == f"{arn}:1"
    publish(client, "tools", [], [])
    newest = client.list_layer_versions(LayerName=arn)["LayerVersions"][0]
    assert (newest["CompatibleRuntimes"], newest["CompatibleArchitectures"]) == ([], [])


def test_pages_join_to_the_whole_list_under_a_filter_too(client):
    for number in range(5):
        publish(client, f"layer-{number}", ["python3.12"] if number % 2 == 0 else ["python3.13"])
        publish(client, "many", ["python3.12"] if number % 2 == 0 else ["python3.13"])
    pages = list(client.get_paginator("list_layers").paginate(CompatibleRuntime="python3.12", PaginationConfig={"PageSize": 2}))
    assert [[layer["LayerName"] for layer in page["Layers"]] for page in pages] == [["layer-0", "layer-2"], ["layer-4", "many"]]
    assert "NextMarker" not in pages[-1]
    pages = client.get_paginator("list_layer_versions").paginate(
        LayerName="many", CompatibleRuntime="python3.12", PaginationConfig={"PageSize": 2})
    assert [[version["Version"] for version in page["LayerVersions"]] for page in pages] == [[5, 3], [1]]


def test_a_page_has_fifty_items_where_no_number_is_asked(client):
    for _ in range(51):
        publish(client, "many")
    first = client.list_layer_versions(LayerName="many")
    assert [version["Version"] for version in first["LayerVersions"]] == list(range(51, 1, -1))
    assert versions(client, "many", Marker=first["NextMarker"]) == [1]


@pytest.mark.parametrize("marker", ["no marker", base64.b64encode(b"tools").decode(), base64.b64encode(b"7").decode()])
def test_a_marker_that_was_not_given_out_is_refused(client, marker):
    expected = (400, "InvalidParameterValueException", "Invalid pagination key.")
    assert refusal(client.list_layers, Marker=marker) == expected
    assert refusal(client.list_layer_versions, LayerName="tools", Marker=marker) == expected


def test_all_that_is_wrong_with_a_list_is_one_error(server):
    client = server.client("lambda", parameter_validation=False)
    status, code, message = refusal(client.list_layers, MaxItems=0, CompatibleRuntime="cobol", CompatibleArchitecture="mips")
    assert (status, code) == (400, "ValidationException")
    first, second, third = message.split("; ")
    assert first == (
        "3 validation errors detected: Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1")
    assert second.startswith("Value 'cobol' at 'compatibleRuntime' failed to satisfy constraint: Member must satisfy enum value set: [")
    assert third == "Value 'mips' at 'compatibleArchitecture' failed to satisfy constraint: Member must satisfy enum value set: [x86_64, arm64]"
    assert refusal(client.list_layer_versions, LayerName="tools", MaxItems=51)[2] == (
        "1 validation error detected: Value '51' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 50")
    assert refusal(client.list_layers, MaxItems="abc") == (400, "SerializationException", "'abc' can not be converted to Integer")
    assert client.list_layers(MaxItems="")["Layers"] == []


def test_a_list_shows_one_account_in_one_region(accounts):
    mine, theirs = accounts("111122223333"), accounts("444455556666")
    publish(mine, "mine")
    publish(accounts("111122223333", region="eu-west-1"), "european")
    assert latest(mine) == [("mine", 1)]
    assert latest(theirs) == []
    arn = "arn:aws:lambda:us-east-1:111122223333:layer:mine"
    assert refusal(theirs.list_layer_versions, LayerName=arn) == (
        403, "AccessDeniedException",
        f"User: arn:aws:iam::444455556666:root is not authorized to perform: lambda:ListLayerVersions on resource: {arn} "
        "because no resource-based policy allows the lambda:ListLayerVersions action")


def test_the_aws_command_pages_through_layers(server, client):
    for name in ("a", "b", "c"):
        publish(client, name)
    every = server.aws("lambda", "list-layers", "--page-size", "1", "--query", "Layers[].LayerName", "--output", "text")
    assert every.stdout.split() == ["a", "b", "c"], every.stderr
    newest = server.aws("lambda", "list-layer-versions", "--layer-name", "b", "--max-items", "1", "--query", "LayerVersions[0].Version")
    assert newest.stdout.strip() == "1", newest.stderr


def test_a_marker_is_good_for_its_own_operation_alone(client):
    for _ in range(2): publish(client, "tools")
    marker = client.list_layer_versions(LayerName="tools", MaxItems=1)["NextMarker"]
    assert versions(client, "tools", Marker=marker) == [1]
    for call in (client.list_layers, client.list_functions):
        assert refusal(call, Marker=marker) == (400, "InvalidParameterValueException", "Invalid pagination key.")
    assert latest(client, Marker="") == [("tools", 2)]
