"""The states that a function goes through, as clients and their waiters see them."""

import pytest
from conftest import ROLE, make_zip

ZIP = make_zip({"app.py": "def handler(e, c): return 1\n"})
REASON = "The function is being created."


@pytest.fixture
def create(client, runtime):
    return lambda **options: client.create_function(
        FunctionName="f", Runtime=runtime, Handler="app.handler", Role=ROLE, Code={"ZipFile": ZIP}, **options)


def states(configuration):
    return {name: value for name, value in configuration.items() if name.startswith(("State", "LastUpdateStatus"))}


def test_a_new_function_is_pending_then_active(client, create):
    created = create()
    assert created["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert states(created) == {"State": "Pending", "StateReason": REASON, "StateReasonCode": "Creating"}
    client.get_waiter("function_exists").wait(FunctionName="f")
    client.get_waiter("function_active_v2").wait(FunctionName="f")
    assert states(client.get_function(FunctionName="f")["Configuration"]) == {"State": "Active", "LastUpdateStatus": "Successful"}


def test_a_changed_function_is_being_updated_then_successful(client, create):
    create()
    expected = {
        "State": "Active", "LastUpdateStatus": "InProgress", "LastUpdateStatusReason": REASON, "LastUpdateStatusReasonCode": "Creating"}
    for change in (
        lambda: client.update_function_configuration(FunctionName="f", Timeout=4),
        lambda: client.update_function_code(FunctionName="f", ZipFile=make_zip({"app.py": "def handler(e, c): return 2\n"})),
        # Even when nothing changes.
        lambda: client.update_function_configuration(FunctionName="f"),
    ):
        assert states(change()) == expected
        client.get_waiter("function_updated_v2").wait(FunctionName="f")
        assert states(client.get_function_configuration(FunctionName="f")) == {"State": "Active", "LastUpdateStatus": "Successful"}


def test_a_published_version_is_pending_then_active(client, create):
    assert states(create(Publish=True))["State"] == "Pending"
    published = client.update_function_code(FunctionName="f", ZipFile=make_zip({"app.py": "def handler(e, c): return 2\n"}), Publish=True)
    assert states(published) == {"State": "Pending", "StateReason": REASON, "StateReasonCode": "Creating"}
    client.get_waiter("published_version_active").wait(FunctionName="f", Qualifier="2")
    assert states(client.publish_version(FunctionName="f"))["State"] == "Active"


def test_lists_leave_the_states_out(client, create):
    create(Publish=True)
    for listed in (
        client.list_functions()["Functions"], client.list_functions(FunctionVersion="ALL")["Functions"],
        client.list_versions_by_function(FunctionName="f")["Versions"],
    ):
        assert listed and all(states(configuration) == {} and "RuntimeVersionConfig" not in configuration for configuration in listed)


def test_the_aws_commands_waiters_end(server, create):
    create(Publish=True)
    for waiter in ("function-exists", "function-active-v2", "function-updated-v2"):
        assert server.aws("lambda", "wait", waiter, "--function-name", "f").returncode == 0
    done = server.aws("lambda", "wait", "published-version-active", "--function-name", "f", "--qualifier", "1")
    assert done.returncode == 0, done.stderr
