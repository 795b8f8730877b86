"""Accounts and keys that are made, disabled and deleted beside a running server."""

import json
import os
import subprocess
import urllib.error
import urllib.request

import pytest
import yaml
from conftest import make_zip, refusal
from key_verbs import NUMBER, connect, make_key, run

ZIP = make_zip({"python/tool.py": "VALUE = 7\n"})


def test_a_key_is_taken_and_refused_at_once(server):
    key = make_key(server)
    client, s3 = connect(server, key), connect(server, key, "s3")
    assert connect(server, key, "sts").get_caller_identity()["Account"] == NUMBER
    for stop, start in (("disable", "enable"), ("delete", None)):
        assert client.list_layers()["Layers"] == []
        assert run(server, "key", stop, key["accessKeyId"]).returncode == 0
        assert refusal(client.list_layers)[:2] == (403, "UnrecognizedClientException")
        assert refusal(s3.list_buckets)[:2] == (403, "InvalidAccessKeyId")
        if start:
            assert run(server, "key", start, key["accessKeyId"]).returncode == 0
    assert key["accessKeyId"] not in run(server, "key", "list").stdout


def test_accounts_do_not_see_each_others_layers(server, client):
    client.publish_layer_version(LayerName="tools", Content={"ZipFile": ZIP})
    other = connect(server, make_key(server))
    assert other.list_layers()["Layers"] == []
    published = other.publish_layer_version(LayerName="tools", Content={"ZipFile": ZIP})
    assert published["LayerVersionArn"] == f"arn:aws:lambda:us-east-1:{NUMBER}:layer:tools:1"
    assert len(client.list_layer_versions(LayerName="tools")["LayerVersions"]) == 1


@pytest.mark.parametrize("form", ["table", "json", "yaml"])
def test_a_secret_is_shown_by_create_alone(server, form):
    run(server, "account", "create", NUMBER)
    made = run(server, "key", "create", "--account", NUMBER, "--access", "read", "--format", form).stdout
    if form == "table":
        shell = f"{made}\nprintf '%s %s' \"$AWS_ACCESS_KEY_ID\" \"$AWS_SECRET_ACCESS_KEY\""
        id, secret = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True).stdout.split()
    else:
        key = yaml.safe_load(made)
        id, secret = key["accessKeyId"], key["secretAccessKey"]
    assert server.client("lambda", key=id, secret=secret).list_layers()["Layers"] == []
    for other in ("table", "json", "yaml"):
        listed = run(server, "key", "list", "--format", other)
        assert listed.returncode == 0
        assert id in listed.stdout
        assert secret not in listed.stdout + listed.stderr
        assert server.environment["AWS_SECRET_ACCESS_KEY"] not in listed.stdout
    assert secret not in server.log.read_text()


@pytest.mark.parametrize("form, read", [("json", json.loads), ("yaml", yaml.safe_load)])
def test_programs_can_read_the_lists(server, form, read):
    assert read(run(server, "account", "create", "444455556666", "--organization", "o-abcdefghij", "--format", form).stdout)["accounts"]
    key = make_key(server, "publish")
    run(server, "key", "disable", key["accessKeyId"])
    accounts = read(run(server, "account", "list", "--format", form).stdout)["accounts"]
    assert [account["account"] for account in accounts] == ["000000000000", NUMBER, "444455556666"]
    assert accounts[2]["organization"] == "o-abcdefghij"
    all_keys = read(run(server, "key", "list", "--format", form).stdout)["keys"]
    assert [(key["account"], key["isRoot"], key["isDisabled"]) for key in all_keys] == [("000000000000", True, False), (NUMBER, False, True)]
    [own] = read(run(server, "key", "list", "--account", NUMBER, "--format", form).stdout)["keys"]
    assert (own["accessKeyId"], own["account"], own["access"]) == (key["accessKeyId"], NUMBER, "publish")


def test_an_account_without_a_number_gets_a_random_one(server):
    numbers = [json.loads(run(server, "account", "create", "--format", "json").stdout)["accounts"][0]["account"] for _ in range(2)]
    assert numbers[0] != numbers[1]
    assert all(len(number) == 12 and number.isdigit() for number in numbers)


def test_a_deleted_root_key_is_followed_by_a_new_one_that_env_prints(server, client):
    client.publish_layer_version(LayerName="tools", Content={"ZipFile": ZIP})
    old = server.environment["AWS_ACCESS_KEY_ID"]
    assert run(server, "key", "delete", old).returncode == 0
    assert refusal(client.list_layers)[:2] == (403, "UnrecognizedClientException")
    assert server.environment["AWS_ACCESS_KEY_ID"] != old
    new = server.client("lambda")
    assert [layer["LayerName"] for layer in new.list_layers()["Layers"]] == ["tools"]
    server.stop()
    server.start()
    assert server.client("lambda").get_layer_version(LayerName="tools", VersionNumber=1)["Version"] == 1


def test_content_locations_of_a_deleted_root_key_are_refused_at_once(server, client):
    """Whoever has the key's secret can make them."""
    def status(url):
        try:
            with urllib.request.urlopen(url) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    old = client.publish_layer_version(LayerName="tools", Content={"ZipFile": ZIP})["Content"]["Location"]
    assert status(old) == 200
    assert run(server, "key", "delete", server.environment["AWS_ACCESS_KEY_ID"]).returncode == 0
    assert status(old) == 403
    new = server.client("lambda").get_layer_version(LayerName="tools", VersionNumber=1)["Content"]["Location"]
    assert status(new) == 200


@pytest.mark.parametrize("arguments, status, message", [
    (["account", "create", "12"], 64, "an account has 12 digits"),
    (["account", "create", "11112222333x"], 64, "an account has 12 digits"),
    (["account", "create", NUMBER, "--organization", "acme"], 64, "an organization is o- and 10 to 32 of a-z and 0-9"),
    (["account", "create", "000000000000"], 1, "there is an account 000000000000 already"),
    (["key", "create", "--account", NUMBER], 1, f"there is no account {NUMBER}"),
    (["key", "create", "--account", "000000000000", "--access", "write"], 64, "write"),
    (["key", "create"], 64, "--account"),
    (["key", "disable", "AKIANONE"], 1, "there is no key AKIANONE"),
    (["key", "enable", "AKIANONE"], 1, "there is no key AKIANONE"),
    (["key", "delete", "AKIANONE"], 1, "there is no key AKIANONE"),
])
def test_what_is_wrong_is_said_and_changes_nothing(server, arguments, status, message):
    before = run(server, "account", "list").stdout + run(server, "key", "list").stdout
    done = run(server, *arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert message in done.stderr
    assert run(server, "account", "list").stdout + run(server, "key", "list").stdout == before


@pytest.mark.parametrize("account", ["12", "11112222333x"])
def test_a_key_for_what_is_no_account_number_is_told_what_one_is(server, account):
    done = run(server, "key", "create", "--account", account)
    assert done.returncode in (1, 64)
    assert "12 digits" in done.stderr


def test_a_key_is_changed_only_in_the_account_that_is_named(server):
    key = make_key(server)["accessKeyId"]
    for verb in ("disable", "enable", "delete"):
        done = run(server, "key", verb, key, "--account", "999999999999")
        assert (done.returncode, done.stdout) == (1, "")
        assert f"there is no key {key} of account 999999999999" in done.stderr
        done = run(server, "key", verb, key, "--account", NUMBER, "--format", "json")
        assert json.loads(done.stdout) == {"accessKeyId": key, "account": NUMBER, "change": verb.rstrip("e") + "ed"}
    assert key not in run(server, "key", "list").stdout


def test_a_key_whose_secret_was_not_written_is_not_made(server):
    run(server, "account", "create", NUMBER)
    create = server.command("key", "create", "--account", NUMBER, "--data", server.data)
    with open("/dev/full", "w") as full:
        assert subprocess.run(create, stdout=full, stderr=subprocess.PIPE).returncode == 1
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as pipe:
        assert subprocess.run(create, stdout=pipe, stderr=subprocess.PIPE).returncode == 1
    assert json.loads(run(server, "key", "list", "--account", NUMBER, "--format", "json").stdout)["keys"] == []
    done = run(server, "key", "list", "--account", "999999999999")
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no account 999999999999" in done.stderr


def test_env_takes_back_what_would_lead_clients_elsewhere(server):
    script = f'eval "$({server.lamina} env --data {server.data})"; ' + 'echo "$AWS_ENDPOINT_URL $AWS_ENDPOINT_URL_LAMBDA $AWS_PROFILE $AWS_USE_FIPS_ENDPOINT"'
    away = {"AWS_ENDPOINT_URL_LAMBDA": "http://elsewhere", "AWS_PROFILE": "other", "AWS_USE_FIPS_ENDPOINT": "true"}
    assert subprocess.run(["sh", "-c", script], capture_output=True, text=True, env=away).stdout.split() == [server.url]


def test_a_folder_without_a_server_has_no_accounts(lamina, tmp_path):
    done = subprocess.run([lamina, "account", "create", "--data", tmp_path / "none"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "holds nothing yet; start 'lamina serve" in done.stderr
    assert not (tmp_path / "none").exists()
