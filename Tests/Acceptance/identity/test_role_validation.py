"""What IAM refuses about roles, in its words."""

import json

import pytest
from conftest import refusal

TRUST = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


@pytest.fixture
def iam(server):
    return server.client("iam", parameter_validation=False)


@pytest.fixture
def role(iam):
    """The name of a role."""
    return iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]["RoleName"]


def one_error(member, text):
    return 400, "ValidationError", f"1 validation error detected: Value at '{member}' failed to satisfy constraint: {text}"


@pytest.mark.parametrize("members, member, text", [
    ({"RoleName": "r" * 65}, "roleName", "Member must have length less than or equal to 64"),
    ({"RoleName": None}, "roleName", "Member must not be null"),
    ({"Description": "d" * 1001}, "description", "Member must have length less than or equal to 1000"),
    ({"MaxSessionDuration": 3599}, "maxSessionDuration", "Member must have value greater than or equal to 3600"),
    ({"MaxSessionDuration": 43_201}, "maxSessionDuration", "Member must have value less than or equal to 43200"),
    ({"Tags": [{"Key": f"k{number}", "Value": ""} for number in range(51)]}, "tags", "Member must have length less than or equal to 50"),
    ({"Tags": [{"Key": "k" * 129, "Value": ""}]}, "tags.1.member.key", "Member must have length less than or equal to 128"),
    ({"Tags": [{"Key": "k", "Value": "v" * 257}]}, "tags.1.member.value", "Member must have length less than or equal to 256"),
])
def test_a_members_limit_is_told(iam, members, member, text):
    members = {"RoleName": "r", "AssumeRolePolicyDocument": TRUST} | members
    assert refusal(iam.create_role, **{name: value for name, value in members.items() if value is not None}) == one_error(member, text)
    assert iam.list_roles()["Roles"] == []


@pytest.mark.parametrize("members", [{"RoleName": "a b"}, {"Path": "team"}, {"Path": "/with blank/"}])
def test_a_name_or_path_of_other_letters_is_refused(iam, members):
    members = {"RoleName": "r", "AssumeRolePolicyDocument": TRUST} | members
    assert refusal(iam.create_role, **members)[:2] == (400, "ValidationError")


def test_a_page_of_roles_has_one_to_a_thousand(iam):
    for count in (0, 1001):
        assert refusal(iam.list_roles, MaxItems=count)[:2] == (400, "ValidationError")


def test_a_policy_that_is_none_is_refused(iam, role):
    for document in ("no json", "[]", "{"):
        assert refusal(iam.create_role, RoleName="x", AssumeRolePolicyDocument=document) == (
            400, "MalformedPolicyDocument", "This policy contains invalid Json")
        assert refusal(iam.update_assume_role_policy, RoleName=role, PolicyDocument=document)[:2] == (400, "MalformedPolicyDocument")
        assert refusal(iam.put_role_policy, RoleName=role, PolicyName="p", PolicyDocument=document) == (
            400, "MalformedPolicyDocument", "Syntax errors in policy.")
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == []


def test_a_role_never_gets_more_than_fifty_tags(iam, role):
    for start in (0, 25):
        iam.tag_role(RoleName=role, Tags=[{"Key": f"k{number}", "Value": ""} for number in range(start, start + 25)])
    assert refusal(iam.tag_role, RoleName=role, Tags=[{"Key": "one more", "Value": ""}])[0] in (400, 409)
    assert len(iam.list_role_tags(RoleName=role)["Tags"]) == 50


def test_a_role_takes_ten_policies(iam, role):
    for number in range(10):
        iam.attach_role_policy(RoleName=role, PolicyArn=f"arn:aws:iam::aws:policy/Policy{number}")
    assert refusal(iam.attach_role_policy, RoleName=role, PolicyArn="arn:aws:iam::aws:policy/Policy10") == (
        409, "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10")


def test_a_roles_own_policies_have_ten_kilobytes(iam, role):
    large = lambda size: json.dumps({
        "Version": "2012-10-17", "Statement": [{"Sid": "s" * size, "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
    iam.put_role_policy(RoleName=role, PolicyName="a", PolicyDocument=large(6000))
    assert refusal(iam.put_role_policy, RoleName=role, PolicyName="b", PolicyDocument=large(6000)) == (
        409, "LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role r")
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == ["a"]


def test_an_unknown_operation_and_none_are_told(iam, server):
    status, code, message = refusal(iam.list_users)
    assert (status, code) == (400, "InvalidAction")
    assert message == "Could not find operation ListUsers for version 2010-05-08"


def test_a_wrong_signature_makes_no_role(server, iam):
    wrong = server.client("iam", secret="wrong")
    assert refusal(wrong.create_role, RoleName="r", AssumeRolePolicyDocument=TRUST)[:2] == (403, "SignatureDoesNotMatch")
    assert iam.list_roles()["Roles"] == []


def test_a_name_of_other_letters_is_told_in_iams_words(iam):
    assert refusal(iam.get_role, RoleName="a b") == (
        400, "ValidationError", "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the "
        "following: +=,.@_-")


def test_a_marker_that_was_not_given_out_is_refused(iam, role):
    for name in "a", "b": iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=TRUST)
    marker = iam.list_role_policies(RoleName=role, MaxItems=1)["Marker"]
    assert iam.list_role_policies(RoleName=role, Marker=marker)["PolicyNames"] == ["b"]
    for call in (lambda: iam.list_roles(Marker=marker), lambda: iam.list_roles(Marker="x")):
        assert refusal(call) == (400, "ValidationError", "Invalid Marker.")
