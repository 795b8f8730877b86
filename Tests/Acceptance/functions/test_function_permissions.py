"""Grants on functions, versions and aliases, and what they open to other accounts."""

import json

import pytest
from conftest import ROLE, make_zip, refusal

OWNER, FRIEND, STRANGER = "111122223333", "444455556666", "777788889999"
ARN = f"arn:aws:lambda:us-east-1:{OWNER}:function:f"
INVALID = "InvalidParameterValueException"
INVOKE = {"Action": "lambda:InvokeFunction"}


@pytest.fixture
def owner(accounts, runtime):
    """The owner of a function f with version 1 and the alias live."""
    owner = accounts(OWNER, read_timeout=60)
    owner.create_function(
        FunctionName="f", Runtime=runtime, Handler="app.handler", Role=ROLE, Publish=True,
        Code={"ZipFile": make_zip({"app.py": "def handler(e, c): return c.invoked_function_arn\n"})})
    owner.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    return owner


def grant(client, sid="s1", principal="*", **members):
    return client.add_permission(**({"FunctionName": "f", "StatementId": sid, "Principal": principal} | INVOKE | members))


@pytest.mark.parametrize("principal, members, written, condition", [
    ("s3.amazonaws.com", {}, '{"Service":"s3.amazonaws.com"}', ""),
    ("*", {}, '"*"', ""),
    (FRIEND, {}, f'{{"AWS":"arn:aws:iam::{FRIEND}:root"}}', ""),
    (f"arn:aws:iam::{FRIEND}:role/deploy", {}, f'{{"AWS":"arn:aws:iam::{FRIEND}:role/deploy"}}', ""),
    ("s3.amazonaws.com", {"SourceAccount": OWNER}, '{"Service":"s3.amazonaws.com"}', f'"StringEquals":{{"AWS:SourceAccount":"{OWNER}"}}'),
    ("s3.amazonaws.com", {"SourceArn": "arn:aws:s3:::b", "SourceAccount": OWNER}, '{"Service":"s3.amazonaws.com"}',
     f'"StringEquals":{{"AWS:SourceAccount":"{OWNER}"}},"ArnLike":{{"AWS:SourceArn":"arn:aws:s3:::b"}}'),
    ("alexa-appkit.amazon.com", {"EventSourceToken": "t"}, '{"Service":"alexa-appkit.amazon.com"}',
     '"StringEquals":{"lambda:EventSourceToken":"t"}'),
    ("*", {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}, '"*"',
     '"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}'),
    ("*", {"PrincipalOrgID": "o-abcdefghij"}, '"*"', '"StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}'),
])
def test_a_grant_is_a_statement_in_awss_very_text(owner, principal, members, written, condition):
    answer = grant(owner, principal=principal, **members)
    action = members.get("Action", "lambda:InvokeFunction")
    tail = f',"Condition":{{{condition}}}' if condition else ""
    statement = f'{{"Sid":"s1","Effect":"Allow","Principal":{written},"Action":"{action}","Resource":"{ARN}"{tail}}}'
    assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Statement"]) == (201, statement)
    assert owner.get_policy(FunctionName="f")["Policy"] == f'{{"Version":"2012-10-17","Id":"default","Statement":[{statement}]}}'


def test_each_qualifier_has_its_own_policy(owner):
    for sid, qualifier in (("own", {}), ("version", {"Qualifier": "1"}), ("alias", {"Qualifier": "live"})):
        statement = json.loads(grant(owner, sid, **qualifier)["Statement"])
        assert statement["Resource"] == ":".join([ARN, *qualifier.values()])
        statements = json.loads(owner.get_policy(FunctionName="f", **qualifier)["Policy"])["Statement"]
        assert [statement["Sid"] for statement in statements] == [sid]
    owner.remove_permission(FunctionName="f", StatementId="version", Qualifier="1")
    assert refusal(owner.get_policy, FunctionName="f", Qualifier="1") == (
        404, "ResourceNotFoundException", "The resource you requested does not exist.")
    assert owner.get_policy(FunctionName="f:live")["RevisionId"] == owner.get_alias(FunctionName="f", Name="live")["RevisionId"]


def test_the_policys_revision_is_the_functions(owner):
    before = owner.get_function_configuration(FunctionName="f")["RevisionId"]
    grant(owner, RevisionId=before)
    after = owner.get_policy(FunctionName="f")["RevisionId"]
    assert after == owner.get_function_configuration(FunctionName="f")["RevisionId"] != before
    stale = (
        412, "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id")
    members = {"FunctionName": "f", "Principal": "*", "RevisionId": before}
    assert refusal(owner.add_permission, StatementId="s2", **members, **INVOKE) == stale
    assert refusal(owner.remove_permission, FunctionName="f", StatementId="s1", RevisionId=before) == stale
    owner.remove_permission(FunctionName="f", StatementId="s1", RevisionId=after)
    assert owner.get_function_configuration(FunctionName="f")["RevisionId"] != after


def test_what_cannot_be_granted_is_told(owner):
    grant(owner)
    add = lambda **members: refusal(owner.add_permission, **({"FunctionName": "f", "StatementId": "s2", "Principal": "*"} | INVOKE | members))
    missing = "ResourceNotFoundException"
    assert add(Qualifier="$LATEST") == (400, INVALID, "We currently do not support adding policies for $LATEST.")
    assert add(Principal="nobody") == (400, INVALID, "The provided principal was invalid. Please check the principal and try again.")
    assert add(StatementId="s1") == (
        409, "ResourceConflictException",
        "The statement id (s1) provided already exists. Please provide a new statement id, or remove the existing statement.")
    assert add(Qualifier="42") == (404, missing, f"Function not found: {ARN}:42")
    assert add(Qualifier="none") == (404, missing, f"Cannot find alias arn: {ARN}:none")
    assert add(FunctionName="none") == (404, missing, f"Function not found: {ARN[:-1]}none")
    assert add(Action="s3:GetObject") == (
        400, "ValidationException", "1 validation error detected: Value 's3:GetObject' at 'action' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])")


def test_what_cannot_be_read_or_revoked_is_told(owner):
    missing, remove = "ResourceNotFoundException", lambda **members: refusal(owner.remove_permission, **({"FunctionName": "f"} | members))
    assert refusal(owner.get_policy, FunctionName="f") == (404, missing, "The resource you requested does not exist.")
    assert refusal(owner.get_policy, FunctionName="none") == (404, missing, f"Function not found: {ARN[:-1]}none")
    assert refusal(owner.get_policy, FunctionName="f", Qualifier="42") == (404, missing, "The resource you requested does not exist.")
    assert remove(StatementId="s1") == (404, missing, "No policy is associated with the given resource.")
    grant(owner)
    assert remove(StatementId="s2") == (404, missing, "Statement s2 is not found in resource policy.")
    assert remove(FunctionName="none", StatementId="s1") == (404, missing, f"No policy found for: {ARN[:-1]}none")
    assert remove(StatementId="s1", Qualifier="none") == (404, missing, f"Cannot find alias arn: {ARN}:none")
    owner.remove_permission(FunctionName="f", StatementId="s1")
    assert refusal(owner.get_policy, FunctionName="f")[0] == 404


def test_another_account_invokes_what_it_was_granted(owner, accounts):
    friend, stranger = accounts(FRIEND, read_timeout=60), accounts(STRANGER)
    invoke = lambda client, arn=ARN: json.loads(client.invoke(FunctionName=arn)["Payload"].read())
    denied = (
        403, "AccessDeniedException",
        f"User: arn:aws:iam::{FRIEND}:root is not authorized to perform: lambda:InvokeFunction on resource: {ARN} "
        "because no resource-based policy allows the lambda:InvokeFunction action")
    assert refusal(friend.invoke, FunctionName=ARN) == denied
    grant(owner, principal=FRIEND)
    assert invoke(friend) == ARN
    assert friend.invoke(FunctionName=ARN, InvocationType="Event")["StatusCode"] == 202
    assert refusal(stranger.invoke, FunctionName=ARN)[0] == 403
    # The grant is for the function's own name, not for its versions and aliases.
    assert refusal(friend.invoke, FunctionName=f"{ARN}:live")[0] == 403
    grant(owner, "s2", FRIEND, Qualifier="live")
    assert invoke(friend, f"{ARN}:live") == f"{ARN}:live"
    owner.remove_permission(FunctionName="f", StatementId="s1")
    assert refusal(friend.invoke, FunctionName=ARN) == denied
    # Nothing but an invocation is open to others.
    assert refusal(friend.get_function, FunctionName=ARN)[:2] == (403, "AccessDeniedException")


@pytest.mark.parametrize("members", [
    {"Principal": "s3.amazonaws.com"}, {"Principal": f"arn:aws:iam::{FRIEND}:role/deploy"}, {"Principal": "*", "SourceAccount": OWNER},
    {"Principal": "*", "Action": "lambda:GetFunction"}, {"Principal": "*", "PrincipalOrgID": "o-abcdefghij"}])
def test_a_grant_for_something_else_opens_nothing(owner, accounts, members):
    owner.add_permission(**({"FunctionName": "f", "StatementId": "s1"} | INVOKE | members))
    assert refusal(accounts(FRIEND).invoke, FunctionName=ARN)[:2] == (403, "AccessDeniedException")


def test_another_account_does_what_it_was_granted_and_no_more(owner, accounts):
    friend = accounts(FRIEND)
    read = lambda client: client.get_function_configuration(FunctionName=ARN)
    assert refusal(read, client=friend)[:2] == (403, "AccessDeniedException")
    grant(owner, principal=FRIEND, Action="lambda:GetFunctionConfiguration")
    assert read(friend)["FunctionArn"] == ARN
    assert refusal(friend.invoke, FunctionName=ARN)[:2] == (403, "AccessDeniedException")
    assert refusal(friend.delete_function, FunctionName=ARN)[:2] == (403, "AccessDeniedException")
    grant(owner, "all", FRIEND, Action="lambda:*")
    assert friend.publish_version(FunctionName=ARN)["Version"] == "1"
    # AWS has no grant for this one.
    assert refusal(friend.update_function_configuration, FunctionName=ARN, Timeout=9)[:2] == (403, "AccessDeniedException")
    assert refusal(read, client=accounts(STRANGER))[:2] == (403, "AccessDeniedException")


@pytest.mark.parametrize("members", [
    {"StatementId": "a b"}, {"StatementId": "s" * 101}, {"Action": "s3:GetObject"}, {"Action": "lambda:Invoke*"}, {"Principal": "a b"},
    {"SourceAccount": "1"}, {"SourceArn": "bucket"}, {"EventSourceToken": "a b"}, {"PrincipalOrgID": "o-ABCDEFGHIJ"}, {"FunctionUrlAuthType": "SOME"}])
def test_a_grant_of_another_form_is_refused(owner, accounts, members):
    [(member, value)] = members.items()
    raw = accounts(OWNER, parameter_validation=False)
    status, code, message = refusal(
        raw.add_permission, **({"FunctionName": "f", "StatementId": "s", "Principal": "*"} | INVOKE | members))
    assert (status, code) == (400, "ValidationException")
    assert message.startswith(f"1 validation error detected: Value '{value}' at '{member[0].lower()}{member[1:]}' failed to satisfy")
    assert refusal(owner.get_policy, FunctionName="f")[:2] == (404, "ResourceNotFoundException")
