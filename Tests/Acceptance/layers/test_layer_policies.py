"""Who else may use a layer version: grants, their revisions, and what they open."""

import json

import pytest
from conftest import ROLE, make_zip, refusal

OWNER, FRIEND, STRANGER = "111122223333", "444455556666", "777788889999"
ARN = f"arn:aws:lambda:us-east-1:{OWNER}:layer:tools:1"
VERSION = {"LayerName": "tools", "VersionNumber": 1}
CODE = "import tool\ndef handler(e, c): return tool.VALUE\n"


@pytest.fixture
def owner(accounts):
    owner = accounts(OWNER)
    owner.publish_layer_version(LayerName="tools", Content={"ZipFile": make_zip({"python/tool.py": "VALUE = 7\n"})})
    return owner


def grant(owner, sid="s1", principal="*", **members):
    return owner.add_layer_version_permission(
        **VERSION, StatementId=sid, Action="lambda:GetLayerVersion", Principal=principal, **members)


def denied(account, action="lambda:GetLayerVersion", resource=ARN):
    return (
        403, "AccessDeniedException",
        f"User: arn:aws:iam::{account}:root is not authorized to perform: {action} on resource: {resource} "
        f"because no resource-based policy allows the {action} action")


@pytest.mark.parametrize("principal, organization, written, condition", [
    ("*", {}, '"*"', ""),
    (FRIEND, {}, f'{{"AWS":"arn:aws:iam::{FRIEND}:root"}}', ""),
    (f"arn:aws:iam::{FRIEND}:root", {}, f'{{"AWS":"arn:aws:iam::{FRIEND}:root"}}', ""),
    ("*", {"OrganizationId": "o-abcdefghij"}, '"*"', ',"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}}'),
])
def test_a_grant_is_a_statement_in_awss_very_text(owner, principal, organization, written, condition):
    answer = grant(owner, principal=principal, **organization)
    statement = f'{{"Sid":"s1","Effect":"Allow","Principal":{written},"Action":"lambda:GetLayerVersion","Resource":"{ARN}"{condition}}}'
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert answer["Statement"] == statement
    policy = owner.get_layer_version_policy(**VERSION)
    assert policy["Policy"] == f'{{"Version":"2012-10-17","Id":"default","Statement":[{statement}]}}'
    assert policy["RevisionId"] == answer["RevisionId"]


def test_a_grant_opens_one_version_to_one_account(owner, accounts):
    owner.publish_layer_version(LayerName="tools", Content={"ZipFile": make_zip({"python/tool.py": "VALUE = 8\n"})})
    friend, stranger = accounts(FRIEND), accounts(STRANGER)
    assert refusal(friend.get_layer_version_by_arn, Arn=ARN) == denied(FRIEND)
    grant(owner, principal=FRIEND)
    assert friend.get_layer_version_by_arn(Arn=ARN)["Version"] == 1
    assert friend.get_layer_version(LayerName=ARN[:-2], VersionNumber=1)["LayerVersionArn"] == ARN
    assert refusal(friend.get_layer_version_by_arn, Arn=ARN[:-1] + "2") == denied(FRIEND, resource=ARN[:-1] + "2")
    assert refusal(stranger.get_layer_version_by_arn, Arn=ARN) == denied(STRANGER)
    # What is not there looks like what is closed.
    assert refusal(stranger.get_layer_version_by_arn, Arn=ARN[:-1] + "9")[0] == 403


def test_only_the_owner_changes_and_reads_a_policy_and_deletes(owner, accounts):
    grant(owner)
    friend, version = accounts(FRIEND), {"LayerName": ARN[:-2], "VersionNumber": 1}
    assert friend.get_layer_version_by_arn(Arn=ARN)["Version"] == 1
    members = {"StatementId": "s2", "Action": "lambda:GetLayerVersion", "Principal": "*"}
    assert refusal(friend.add_layer_version_permission, **version, **members) == denied(FRIEND, "lambda:AddLayerVersionPermission")
    assert refusal(friend.remove_layer_version_permission, **version, StatementId="s1")[0] == 403
    assert refusal(friend.get_layer_version_policy, **version) == denied(FRIEND, "lambda:GetLayerVersionPolicy")
    assert refusal(friend.delete_layer_version, **version) == denied(FRIEND, "lambda:DeleteLayerVersion")
    assert refusal(friend.publish_layer_version, LayerName=ARN[:-2], Content={"ZipFile": make_zip({"x": "y"})})[0] == 403
    assert owner.get_layer_version(**VERSION)["Version"] == 1


def test_a_revoked_layer_stays_with_the_functions_that_have_it(owner, accounts, runtime):
    friend, invoke = accounts(FRIEND, read_timeout=60), lambda: json.loads(friend.invoke(FunctionName="f")["Payload"].read())
    settings = {"Runtime": runtime, "Handler": "app.handler", "Role": ROLE, "Code": {"ZipFile": make_zip({"app.py": CODE})}}
    assert refusal(friend.create_function, FunctionName="f", Layers=[ARN], **settings) == denied(FRIEND)
    grant(owner, principal=FRIEND)
    friend.create_function(FunctionName="f", Layers=[ARN], **settings)
    owner.remove_layer_version_permission(**VERSION, StatementId="s1")
    assert invoke() == 7
    assert refusal(friend.create_function, FunctionName="g", Layers=[ARN], **settings) == denied(FRIEND)
    # The list as it is stays; a changed one must do without the layer.
    friend.update_function_configuration(FunctionName="f", Layers=[ARN], MemorySize=256)
    friend.publish_layer_version(LayerName="own", Content={"ZipFile": make_zip({"python/own.py": ""})})
    own = f"arn:aws:lambda:us-east-1:{FRIEND}:layer:own:1"
    assert refusal(friend.update_function_configuration, FunctionName="f", Layers=[ARN, own]) == denied(FRIEND)
    assert invoke() == 7
    friend.update_function_configuration(FunctionName="f", Layers=[own])
    assert refusal(friend.update_function_configuration, FunctionName="f", Layers=[ARN]) == denied(FRIEND)


def test_a_change_needs_the_latest_revision_where_it_names_one(owner):
    first = grant(owner, "s1")["RevisionId"]
    stale = (
        412, "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the latest Revision Id")
    second = grant(owner, "s2", RevisionId=first)["RevisionId"]
    assert second != first
    members = {"StatementId": "s3", "Action": "lambda:GetLayerVersion", "Principal": "*"}
    assert refusal(owner.add_layer_version_permission, **VERSION, **members, RevisionId=first) == stale
    assert refusal(owner.remove_layer_version_permission, **VERSION, StatementId="s1", RevisionId=first) == stale
    assert owner.remove_layer_version_permission(**VERSION, StatementId="s1", RevisionId=second)["ResponseMetadata"]["HTTPStatusCode"] == 204
    policy = owner.get_layer_version_policy(**VERSION)
    assert [statement["Sid"] for statement in json.loads(policy["Policy"])["Statement"]] == ["s2"]
    assert policy["RevisionId"] not in (first, second)


def test_what_is_missing_or_there_twice_is_told(owner):
    none = (404, "ResourceNotFoundException", "No policy is associated with the given resource.")
    assert refusal(owner.get_layer_version_policy, **VERSION) == none
    grant(owner)
    members = {"StatementId": "s1", "Action": "lambda:GetLayerVersion", "Principal": FRIEND}
    assert refusal(owner.add_layer_version_permission, **VERSION, **members) == (
        409, "ResourceConflictException",
        "The statement id (s1) provided already exists. Please provide a new statement id, or remove the existing statement.")
    assert refusal(owner.remove_layer_version_permission, **VERSION, StatementId="s2") == (
        404, "ResourceNotFoundException", "Statement s2 is not found in resource policy.")
    absent = {"LayerName": "tools", "VersionNumber": 9}
    missing = (404, "ResourceNotFoundException", f"Layer version {ARN[:-1]}9 does not exist.")
    assert refusal(owner.add_layer_version_permission, **absent, **members) == missing
    assert refusal(owner.remove_layer_version_permission, **absent, StatementId="s1") == missing
    owner.remove_layer_version_permission(**VERSION, StatementId="s1")
    assert refusal(owner.get_layer_version_policy, **VERSION) == none


def test_a_policy_ends_at_20_kilobytes(owner):
    sids = [f"{number:03}{'x' * 97}" for number in range(100)]
    for taken, sid in enumerate(sids):
        members = {"StatementId": sid, "Action": "lambda:GetLayerVersion", "Principal": FRIEND}
        try:
            owner.add_layer_version_permission(**VERSION, **members)
        except owner.exceptions.PolicyLengthExceededException as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
            break
    else:
        pytest.fail("the policy never ends")
    policy = owner.get_layer_version_policy(**VERSION)["Policy"]
    assert len(json.loads(policy)["Statement"]) == taken
    statement = len(policy) // taken
    assert 20_480 - 2 * statement < len(policy) <= 20_480


def test_a_deleted_version_takes_its_policy_along(owner, accounts):
    grant(owner)
    owner.delete_layer_version(**VERSION)
    assert refusal(owner.get_layer_version_policy, **VERSION)[0] == 404
    assert refusal(accounts(FRIEND).get_layer_version_by_arn, Arn=ARN) == denied(FRIEND)
