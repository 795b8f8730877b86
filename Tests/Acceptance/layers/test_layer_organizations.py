"""A layer that is shared with an organization is open to its accounts alone."""

import json
import subprocess

import pytest
from conftest import make_zip, refusal

MEMBER, OUTSIDER = "111122223333", "444455556666"
ARN = "arn:aws:lambda:us-east-1:000000000000:layer:tools:1"
VERSION = {"LayerName": "tools", "VersionNumber": 1}


@pytest.fixture
def account(server):
    """Makes an account with a key of some access; gives a client by its key."""
    def make(number, organization=None, access="full"):
        run = lambda *arguments: subprocess.run(
            server.command(*arguments, "--data", server.data), check=True, capture_output=True, text=True).stdout
        run("account", "create", number, *(["--organization", organization] if organization else []))
        key = json.loads(run("key", "create", "--account", number, "--access", access, "--format", "json"))
        assert (key["account"], key["access"]) == (number, access)
        return server.client("lambda", key=key["accessKeyId"], secret=key["secretAccessKey"])

    return make


def test_an_organizations_accounts_get_what_it_was_granted(client, account):
    member, outsider = account(MEMBER, "o-abcdefghij"), account(OUTSIDER, "o-zyxwvutsrq")
    client.publish_layer_version(LayerName="tools", Content={"ZipFile": make_zip({"python/tool.py": ""})})
    client.add_layer_version_permission(
        **VERSION, StatementId="org", Action="lambda:GetLayerVersion", Principal="*", OrganizationId="o-abcdefghij")
    assert member.get_layer_version_by_arn(Arn=ARN)["Version"] == 1
    assert refusal(outsider.get_layer_version_by_arn, Arn=ARN)[:2] == (403, "AccessDeniedException")
    client.remove_layer_version_permission(**VERSION, StatementId="org")
    assert refusal(member.get_layer_version_by_arn, Arn=ARN)[:2] == (403, "AccessDeniedException")


def test_an_account_without_an_organization_is_outside_of_all(client, account):
    alone = account(OUTSIDER)
    client.publish_layer_version(LayerName="tools", Content={"ZipFile": make_zip({"python/tool.py": ""})})
    client.add_layer_version_permission(
        **VERSION, StatementId="org", Action="lambda:GetLayerVersion", Principal="*", OrganizationId="o-abcdefghij")
    assert refusal(alone.get_layer_version_by_arn, Arn=ARN)[0] == 403


def test_a_reading_key_reads_and_changes_nothing(account):
    reader = account(MEMBER, access="read")
    assert reader.list_layers()["Layers"] == []
    status, code, message = refusal(reader.publish_layer_version, LayerName="tools", Content={"ZipFile": make_zip({"x": "y"})})
    assert (status, code) == (403, "AccessDeniedException")
    assert "is not authorized to perform: lambda:PublishLayerVersion" in message
    assert reader.list_layers()["Layers"] == []


def test_a_publishing_key_publishes_and_deletes_nothing(account):
    publisher = account(MEMBER, access="publish")
    assert publisher.publish_layer_version(LayerName="tools", Content={"ZipFile": make_zip({"x": "y"})})["Version"] == 1
    for call, members in (
        (publisher.delete_layer_version, VERSION),
        (publisher.add_layer_version_permission, VERSION | {"StatementId": "s", "Action": "lambda:GetLayerVersion", "Principal": "*"}),
    ):
        assert refusal(call, **members)[:2] == (403, "AccessDeniedException")
    assert publisher.get_layer_version(**VERSION)["Version"] == 1
