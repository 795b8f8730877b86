"""IAM roles: every deployment makes one before its function."""

import json
import re

import pytest
from conftest import make_zip, refusal

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "arn:aws:logs:*:*:*+ %"}]}
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
MISSING = (404, "NoSuchEntity", "The role with name none cannot be found.")


@pytest.fixture
def iam(server):
    return server.client("iam")


def create(iam, name="r", **members):
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST), **members)["Role"]


def test_a_role_is_made_and_read_back(iam, server):
    made = create(iam, Path="/team/", Description="d", MaxSessionDuration=7200, Tags=[{"Key": "a", "Value": "b"}])
    assert made["Arn"] == "arn:aws:iam::000000000000:role/team/r"
    assert re.fullmatch(r"AROA[A-Z0-9]{17}", made["RoleId"])
    assert (made["Path"], made["AssumeRolePolicyDocument"], made["Tags"]) == ("/team/", TRUST, [{"Key": "a", "Value": "b"}])
    assert "Description" not in made and "MaxSessionDuration" not in made
    server.stop()
    server.start()
    iam = server.client("iam")
    iam.get_waiter("role_exists").wait(RoleName="r")
    got = iam.get_role(RoleName="r")["Role"]
    assert (got["Description"], got["MaxSessionDuration"], got["RoleLastUsed"]) == ("d", 7200, {})
    assert {name: got[name] for name in made} == made
    assert "Tags" not in create(iam, "other")
    assert "Tags" not in iam.get_role(RoleName="other")["Role"]


def test_names_are_unique_whatever_their_case(iam):
    create(iam, "Deploy")
    trust = json.dumps(TRUST)
    assert refusal(iam.create_role, RoleName="Deploy", AssumeRolePolicyDocument=trust) == (
        409, "EntityAlreadyExists", "Role with name Deploy already exists.")
    assert refusal(iam.create_role, RoleName="deploy", AssumeRolePolicyDocument=trust)[:2] == (409, "EntityAlreadyExists")


def test_roles_are_listed_by_name_in_pages_and_under_a_path(iam):
    for name, path in (("c", "/"), ("a", "/team/"), ("b", "/team/sub/"), ("d", "/")):
        create(iam, name, Path=path, Tags=[{"Key": "k", "Value": "v"}])
    pages = list(iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 3}))
    assert [[role["RoleName"] for role in page["Roles"]] for page in pages] == [["a", "b", "c"], ["d"]]
    assert [page["IsTruncated"] for page in pages] == [True, False]
    assert all("Tags" not in role and role["MaxSessionDuration"] == 3600 for page in pages for role in page["Roles"])
    under = lambda prefix: [
        role["RoleName"] for page in iam.get_paginator("list_roles").paginate(PathPrefix=prefix, PaginationConfig={"PageSize": 1})
        for role in page["Roles"]]
    assert (under("/team/"), under("/team/sub/"), under("/none/")) == (["a", "b"], ["b"], [])


def test_a_role_is_changed(iam):
    create(iam, Description="old")
    iam.update_role(RoleName="r", MaxSessionDuration=3700)
    iam.update_assume_role_policy(RoleName="r", PolicyDocument=json.dumps(TRUST | {"Id": "new"}))
    role = iam.get_role(RoleName="r")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("old", 3700)
    assert role["AssumeRolePolicyDocument"] == TRUST | {"Id": "new"}
    assert iam.update_role_description(RoleName="r", Description="new")["Role"]["Description"] == "new"


def test_inline_policies_are_put_read_listed_and_deleted(iam):
    create(iam)
    for name in ("b", "a"):
        iam.put_role_policy(RoleName="r", PolicyName=name, PolicyDocument=json.dumps(POLICY))
    iam.put_role_policy(RoleName="r", PolicyName="a", PolicyDocument=json.dumps(POLICY | {"Id": "new"}))
    got = iam.get_role_policy(RoleName="r", PolicyName="a")
    assert (got["RoleName"], got["PolicyName"], got["PolicyDocument"]) == ("r", "a", POLICY | {"Id": "new"})
    assert iam.list_role_policies(RoleName="r")["PolicyNames"] == ["a", "b"]
    assert iam.list_role_policies(RoleName="r", MaxItems=1)["IsTruncated"] is True
    pages = iam.get_paginator("list_role_policies").paginate(RoleName="r", PaginationConfig={"PageSize": 1})
    assert [page["PolicyNames"] for page in pages] == [["a"], ["b"]]
    iam.delete_role_policy(RoleName="r", PolicyName="a")
    gone = (404, "NoSuchEntity", "The role policy with name a cannot be found.")
    assert refusal(iam.get_role_policy, RoleName="r", PolicyName="a") == gone
    assert refusal(iam.delete_role_policy, RoleName="r", PolicyName="a") == gone


def test_attached_policies_are_listed_once_each(iam):
    create(iam)
    for _ in range(2):
        iam.attach_role_policy(RoleName="r", PolicyArn=BASIC)
    assert iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"] == [
        {"PolicyName": "AWSLambdaBasicExecutionRole", "PolicyArn": BASIC}]
    iam.detach_role_policy(RoleName="r", PolicyArn=BASIC)
    assert iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"] == []
    assert refusal(iam.detach_role_policy, RoleName="r", PolicyArn=BASIC) == (404, "NoSuchEntity", f"Policy {BASIC} was not found.")
    assert refusal(iam.attach_role_policy, RoleName="r", PolicyArn="longpolicynamebutnoarn") == (
        400, "ValidationError", "ARN longpolicynamebutnoarn is not valid.")
    assert iam.list_instance_profiles_for_role(RoleName="r")["InstanceProfiles"] == []


def test_a_role_goes_when_its_policies_are_gone(iam):
    create(iam)
    iam.attach_role_policy(RoleName="r", PolicyArn=BASIC)
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=json.dumps(POLICY))
    assert refusal(iam.delete_role, RoleName="r") == (409, "DeleteConflict", "Cannot delete entity, must detach all policies first.")
    iam.detach_role_policy(RoleName="r", PolicyArn=BASIC)
    assert refusal(iam.delete_role, RoleName="r") == (409, "DeleteConflict", "Cannot delete entity, must delete policies first.")
    iam.delete_role_policy(RoleName="r", PolicyName="p")
    iam.delete_role(RoleName="r")
    assert iam.list_roles()["Roles"] == []
    for call in (iam.get_role, iam.delete_role, iam.list_role_policies, iam.list_attached_role_policies, iam.list_role_tags):
        assert refusal(call, RoleName="none") == MISSING


def test_tags_are_merged_and_taken_away(iam):
    create(iam, Tags=[{"Key": "a", "Value": "1"}])
    iam.tag_role(RoleName="r", Tags=[{"Key": "a", "Value": "2"}, {"Key": "b & <c>", "Value": ""}])
    tags = lambda: {tag["Key"]: tag["Value"] for tag in iam.list_role_tags(RoleName="r")["Tags"]}
    assert tags() == {"a": "2", "b & <c>": ""}
    iam.untag_role(RoleName="r", TagKeys=["a", "absent"])
    assert tags() == {"b & <c>": ""}
    assert refusal(iam.tag_role, RoleName="r", Tags=[{"Key": "x", "Value": ""}, {"Key": "X", "Value": ""}]) == (
        400, "InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    assert refusal(iam.tag_role, RoleName="none", Tags=[{"Key": "x", "Value": ""}]) == MISSING


def test_an_account_has_its_own_roles(accounts):
    mine, theirs = accounts("111122223333", "iam"), accounts("444455556666", "iam")
    assert create(mine)["Arn"] == "arn:aws:iam::111122223333:role/r"
    assert theirs.list_roles()["Roles"] == []
    assert create(theirs)["Arn"] == "arn:aws:iam::444455556666:role/r"


def test_the_aws_command_makes_a_role_for_a_function(server, tmp_path, runtime):
    (tmp_path / "trust.json").write_text(json.dumps(TRUST, indent=2))
    (tmp_path / "f.zip").write_bytes(make_zip({"app.py": "def handler(e, c): return 1\n"}))
    made = server.aws(
        "iam", "create-role", "--role-name", "r", "--assume-role-policy-document", f"file://{tmp_path}/trust.json",
        "--query", "Role.Arn", "--output", "text")
    assert made.returncode == 0, made.stderr
    assert server.aws("iam", "attach-role-policy", "--role-name", "r", "--policy-arn", BASIC).returncode == 0
    assert server.aws("iam", "wait", "role-exists", "--role-name", "r").returncode == 0
    done = server.aws(
        "lambda", "create-function", "--function-name", "f", "--runtime", runtime, "--handler", "app.handler", "--role", made.stdout.strip(),
        "--zip-file", f"fileb://{tmp_path}/f.zip", "--query", "Role", "--output", "text")
    assert done.stdout.strip() == "arn:aws:iam::000000000000:role/r", done.stderr
