"""The verbs that speak to Lambda, against our own server and against moto's."""

import base64
import hashlib
import io
import json
import os
import re
import subprocess
import urllib.request
import zipfile

import pytest
import yaml
from conftest import make_zip
from peers import Moto, Verbs, clean_environment
from server import Server

LAYER = make_zip({"python/tool.py": "VALUE = 7\n"})
OTHER = make_zip({"python/tool.py": "VALUE = 8\n"})
ACCOUNT = "444455556666"
ORGANIZATION = "o-a1b2c3d4e5"


@pytest.fixture(scope="session")
def moto():
    with Moto() as moto:
        yield moto


@pytest.fixture(params=["lamina", "moto"])
def peer(request, lamina, tmp_path):
    """Either server, empty."""
    if request.param == "moto":
        moto = request.getfixturevalue("moto")
        urllib.request.urlopen(urllib.request.Request(moto.url + "/moto-api/reset", method="POST"))
        yield moto
    else:
        with Server(lamina, tmp_path / "data") as server:
            yield server


@pytest.fixture
def verbs(peer, lamina, tmp_path):
    (tmp_path / "layer.zip").write_bytes(LAYER)
    (tmp_path / "other.zip").write_bytes(OTHER)
    return Verbs(lamina, peer.environment, tmp_path)


@pytest.fixture
def ours(server, lamina, tmp_path):
    (tmp_path / "layer.zip").write_bytes(LAYER)
    (tmp_path / "other.zip").write_bytes(OTHER)
    return Verbs(lamina, server.environment, tmp_path)


def sha256(content):
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def make_function(peer, name, layers):
    """A function that has layers."""
    role = "arn:aws:iam::000000000000:role/test"
    if isinstance(peer, Moto):
        role = peer.client("iam").create_role(RoleName=f"role-{name}", AssumeRolePolicyDocument="{}", Path="/")["Role"]["Arn"]
    peer.client("lambda").create_function(
        FunctionName=name, Runtime="python3.13", Handler="app.handler", Role=role, Layers=layers,
        Code={"ZipFile": make_zip({"app.py": "def handler(e, c): pass\n"})})


def test_a_published_version_is_listed_and_shown(verbs):
    made = verbs.json(
        "publish", "layer.zip", "--name", "tools", "--runtime", "python3.13", "--runtime", "python3.12", "--architecture", "arm64",
        "--license", "MIT", "--description", "Tools")
    assert re.fullmatch(r"arn:aws:lambda:us-east-1:\d{12}:layer:tools:1", made["arn"])
    assert (made["version"], made["isNew"], made["codeSize"], made["codeSha256"]) == (1, True, len(LAYER), sha256(LAYER))
    verbs("publish", "other.zip", "--name", "tools")

    layers = verbs.json("layers")["layers"]
    assert [(layer["name"], layer["latest"]["version"]) for layer in layers] == [("tools", 2)]
    versions = verbs.json("versions", "tools")["versions"]
    assert [version["version"] for version in versions] == [2, 1]
    assert versions[1]["runtimes"] == ["python3.13", "python3.12"]
    for reference in ("tools:1", made["arn"]):
        shown = verbs.json("show", reference)
        assert (shown["license"], shown["description"], shown["architectures"]) == ("MIT", "Tools", ["arm64"])
        assert shown["codeSha256"] == sha256(LAYER)
        assert shown["sharedWith"] == []


def test_the_same_result_comes_as_table_json_and_yaml(verbs):
    verbs("publish", "layer.zip", "--name", "tools")
    as_json = verbs.json("versions", "tools")
    as_yaml = yaml.load(verbs("versions", "tools", "--format", "yaml"), yaml.BaseLoader)
    assert as_yaml["versions"][0]["arn"] == as_json["versions"][0]["arn"]
    assert as_yaml["versions"][0]["created"] == as_json["versions"][0]["created"]
    assert verbs("versions", "tools").splitlines()[0].split()[0] == "VERSION"


def test_unchanged_bytes_make_no_version_when_told_so(verbs):
    arguments = ("publish", "layer.zip", "--name", "tools", "--unless-unchanged")
    first, second = verbs.json(*arguments), verbs.json(*arguments)
    assert (first["version"], first["isNew"]) == (1, True)
    assert (second["version"], second["isNew"], second["arn"]) == (1, False, first["arn"])
    other = verbs.json("publish", "other.zip", "--name", "tools", "--unless-unchanged")
    assert (other["version"], other["isNew"]) == (2, True)
    # The latest counts, not any.
    assert verbs.json(*arguments)["version"] == 3


def test_a_folder_gives_the_same_bytes_whatever_its_times(verbs, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name / "bin").mkdir(parents=True)
        (tmp_path / name / "bin/tool").write_text("#!/bin/sh\n")
        (tmp_path / name / "bin/tool").chmod(0o700)
        (tmp_path / name / "bin/alias").symlink_to("tool")
        (tmp_path / name / "notes").write_text("text")
        (tmp_path / name / "notes").chmod(0o600)
    os.utime(tmp_path / "two/notes", (0, 0))
    first = verbs.json("publish", "one", "--name", "folder")
    second = verbs.json("publish", "two/", "--name", "folder", "--unless-unchanged")
    assert (second["isNew"], second["codeSha256"]) == (False, first["codeSha256"])


def test_what_was_never_published_is_not_deleted(verbs):
    done = verbs.run("delete", "tools:7")
    assert (done.returncode, done.stdout) == (1, "")
    assert "tools:7" in done.stderr
    assert "no versions of tools" in verbs("prune", "tools", "--keep", "1")


@pytest.mark.parametrize("keep", [["--keep", "-1"], ["--keep=-1"]])
def test_fewer_than_no_versions_cannot_be_kept(verbs, keep):
    done = verbs.run("prune", "tools", *keep)
    assert done.returncode == 64
    assert "--keep is a count of versions, from 0" in done.stderr


def test_what_no_server_would_take_is_refused_before_it_is_sent(lamina, tmp_path):
    (tmp_path / "layer.zip").write_bytes(LAYER)
    nowhere = Verbs(lamina, clean_environment(AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x"), tmp_path)
    for arguments, says in (
        (["--description", "d" * 257], "the description has 257 characters, and 256 are allowed"),
        (["--license", "l" * 513], "the license has 513 characters, and 512 are allowed"),
        (["--architecture", "mips"], "'mips' is no architecture: give x86_64 or arm64"),
        (["--runtime", "r"] * 16, "16 runtimes were given, and 15 are allowed"),
    ):
        done = nowhere.run("publish", "layer.zip", "--name", "tools", "--s3-bucket", "b", *arguments)
        assert (done.returncode, done.stderr) == (1, f"lamina: {says}\n")


def test_control_characters_do_not_reach_the_terminal(ours):
    ours("publish", "layer.zip", "--name", "tools", "--description", "a\x1b[2Jb")
    for verb in (["versions", "tools"], ["show", "tools:1"], ["layers"]):
        assert "\x1b" not in ours(*verb)
    assert ours.json("show", "tools:1")["description"] == "a\x1b[2Jb"


def test_a_result_that_cannot_be_written_is_an_error(ours):
    ours("publish", "layer.zip", "--name", "tools")
    for form in ("table", "json", "yaml"):
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [ours.lamina, "layers", "--format", form], stdout=full, stderr=subprocess.PIPE, text=True, env=ours.environment)
        assert (done.returncode, done.stderr) == (1, "lamina: cannot write to the standard output: No space left on device\n")


def test_a_deleted_version_is_gone(verbs):
    verbs("publish", "layer.zip", "--name", "tools")
    verbs("delete", "tools:1")
    assert verbs.json("versions", "tools")["versions"] == []
    done = verbs.run("show", "tools:1")
    assert done.returncode == 1
    assert "ResourceNotFoundException" in done.stderr


@pytest.mark.parametrize("grantee", [ACCOUNT, ORGANIZATION, "public"])
def test_a_grant_is_made_once_shown_and_taken_back(verbs, grantee):
    verbs("publish", "layer.zip", "--name", "tools")
    first, second = (verbs.json("grant", "tools:1", "--to", grantee) for _ in range(2))
    assert (first["isNew"], second["isNew"]) == (True, False)
    assert [row["grantee"] for row in verbs.json("show", "tools:1")["sharedWith"]] == [grantee]
    assert verbs.json("revoke", "tools:1", "--from", grantee)["statements"] == [first["statement"]]
    assert verbs.json("show", "tools:1")["sharedWith"] == []
    done = verbs.run("revoke", "tools:1", "--from", grantee)
    assert done.returncode == 1
    assert f"tools:1 is not shared with {grantee}: it is shared with no one" in done.stderr


def test_a_statement_of_another_hand_is_found_by_its_grantee_and_by_its_id(verbs, peer):
    verbs("publish", "layer.zip", "--name", "tools")
    add = lambda sid: peer.client("lambda").add_layer_version_permission(
        LayerName="tools", VersionNumber=1, StatementId=sid, Action="lambda:GetLayerVersion", Principal=ACCOUNT)
    add("theirs")
    assert verbs.json("grant", "tools:1", "--to", ACCOUNT)["statement"] == "theirs"
    assert verbs.json("revoke", "tools:1", "--from", ACCOUNT)["statements"] == ["theirs"]
    add("again")
    assert verbs.json("revoke", "tools:1", "--statement", "again")["statements"] == ["again"]
    assert verbs.run("revoke", "tools:1", "--statement", "again").returncode == 1


def test_sharing_with_everyone_is_said_aloud(verbs):
    verbs("publish", "layer.zip", "--name", "tools")
    assert "everyone" in verbs("grant", "tools:1", "--to", "public")


def test_every_version_of_a_function_is_a_user(verbs, peer):
    first = verbs.json("publish", "layer.zip", "--name", "tools")["arn"]
    second = verbs.json("publish", "other.zip", "--name", "tools")["arn"]
    verbs("publish", "layer.zip", "--name", "unused")
    make_function(peer, "resize", [first])
    client = peer.client("lambda")
    client.publish_version(FunctionName="resize")
    client.update_function_configuration(FunctionName="resize", Layers=[second])
    users = lambda layer: {(user["function"], user["functionVersion"], user["layerVersion"]) for user in verbs.json("users", layer)["users"]}
    assert users("tools") == users(first.rpartition(":")[0]) == {("resize", "1", 1), ("resize", "$LATEST", 2)}
    assert users("tools:1") == users(first) == {("resize", "1", 1)}
    assert users("unused") == set()


def test_pruning_keeps_the_newest_and_those_in_use(verbs, peer):
    arns = [verbs.json("publish", "layer.zip", "--name", "tools")["arn"] for _ in range(5)]
    make_function(peer, "f", [arns[1]])
    listed = lambda: [version["version"] for version in verbs.json("versions", "tools")["versions"]]
    numbers = lambda rows: [row["version"] for row in rows]

    plan = verbs.json("prune", "tools", "--keep", "2")
    assert (plan["isApplied"], numbers(plan["deleted"]), numbers(plan["kept"])) == (False, [3, 1], [5, 4, 2])
    assert plan["kept"][2]["usedBy"] == ["f:$LATEST"]
    assert listed() == [5, 4, 3, 2, 1]
    assert verbs.json("prune", "tools", "--keep", "2", "--apply")["isApplied"]
    assert listed() == [5, 4, 2]
    verbs("prune", "tools", "--keep", "1", "--even-used", "--apply")
    assert listed() == [5]


def readable(name):
    """An entry that others than its owner may read: zipfile's own have the mode 0600."""
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o100644 << 16
    return entry


def test_what_would_fail_on_lambda_is_not_published_unless_it_is_allowed(ours, tmp_path):
    with zipfile.ZipFile(tmp_path / "private.zip", "w") as archive:
        archive.writestr("python/secret.py", "x = 1\n")
    refused = ours.run("publish", "private.zip", "--name", "private")
    assert refused.returncode == 1 and "python/secret.py has the mode 0600" in refused.stderr and "Give --allow" in refused.stderr
    (tmp_path / "old/python/lib/python3.9/site-packages").mkdir(parents=True)
    (tmp_path / "old/python/lib/python3.9/site-packages/a.py").write_text("")
    # What is wrong for one runtime is right for another.
    refused = ours.run("publish", "old", "--name", "old", "--runtime", "python3.9", "--runtime", "python3.13")
    assert refused.returncode == 1 and "is for another Python than python3.13" in refused.stderr
    assert [ours.json("versions", name)["versions"] for name in ("private", "old")] == [[], []]
    assert ours.json("publish", "old", "--name", "old", "--runtime", "python3.9")["version"] == 1
    assert ours.json("publish", "private.zip", "--name", "private", "--allow")["version"] == 1


def test_a_large_zip_goes_by_way_of_a_bucket(verbs, peer, tmp_path):
    with zipfile.ZipFile(tmp_path / "large.zip", "w") as archive:
        archive.writestr(readable("data"), bytes(53_000_000))
    done = verbs.run("publish", "large.zip", "--name", "large")
    assert done.returncode == 1
    assert "--s3-bucket" in done.stderr
    done = verbs.run("publish", "large.zip", "--name", "large", "--s3-bucket", "layers")
    assert done.returncode == 1
    assert "NoSuchBucket" in done.stderr and "aws s3 mb s3://layers" in done.stderr
    peer.client("s3").create_bucket(Bucket="layers")
    made = verbs.json("publish", "large.zip", "--name", "large", "--s3-bucket", "layers", "--s3-key", "a b/c+d.zip")
    content = (tmp_path / "large.zip").read_bytes()
    assert (made["codeSize"], made["codeSha256"]) == (len(content), sha256(content))
    assert peer.client("s3").head_object(Bucket="layers", Key="a b/c+d.zip")["ContentLength"] == len(content)


def test_a_zip_just_below_the_direct_limit_travels_in_the_request(ours, tmp_path):
    with zipfile.ZipFile(tmp_path / "near.zip", "w") as archive:
        archive.writestr(readable("data"), bytes(52_428_000))
    made = ours.json("publish", "near.zip", "--name", "near")
    assert made["codeSha256"] == sha256((tmp_path / "near.zip").read_bytes())


def test_a_download_is_the_published_zip(ours, tmp_path):
    ours("publish", "layer.zip", "--name", "tools")
    assert ours.json("download", "tools:1")["output"] == "tools-1.zip"
    assert (tmp_path / "tools-1.zip").read_bytes() == LAYER
    (tmp_path / "there.zip").write_text("old")
    ours("download", "arn:aws:lambda:us-east-1:000000000000:layer:tools:1", "--output", "there.zip")
    assert (tmp_path / "there.zip").read_bytes() == LAYER
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".partial")]


def test_a_server_without_downloads_is_an_error_that_says_so(moto, lamina, tmp_path):
    verbs = Verbs(lamina, moto.environment, tmp_path)
    (tmp_path / "layer.zip").write_bytes(LAYER)
    made = verbs.json("publish", "layer.zip", "--name", "without-downloads")
    done = verbs.run("download", f"without-downloads:{made['version']}")
    assert done.returncode == 1
    assert "gives no URL for it" in done.stderr


def versioned(version, package, **files):
    return make_zip({
        f"python/requests-{version}.dist-info/METADATA": f"Version: {version}\n",
        "nodejs/node_modules/@scope/left/package.json": json.dumps({"name": "@scope/left", "version": package}),
        "nodejs/node_modules/@scope/left/node_modules/deep/package.json": json.dumps({"name": "deep", "version": package}),
        "python/same.py": "", **files})


def test_two_versions_are_compared_by_packages_files_and_sizes(ours, tmp_path):
    (tmp_path / "a.zip").write_bytes(versioned("2.0", "1.0.0", **{"python/gone.py": "1", "python/changed.py": "12"}))
    (tmp_path / "b.zip").write_bytes(versioned("2.1", "1.1.0", **{"python/new.py": "1", "python/changed.py": "123"}))
    for name in "ab":
        ours("publish", f"{name}.zip", "--name", "tools")
    for sides in (("tools:1", "tools:2"), ("a.zip", "tools:2"), ("a.zip", "b.zip")):
        diff = ours.json("diff", *sides)
        assert [(c["language"], c["name"], c["before"], c["after"]) for c in diff["packages"]] == [
            ("node", "@scope/left", "1.0.0", "1.1.0"), ("python", "requests", "2.0", "2.1")]
        assert diff["added"][0] == {"path": "python/new.py", "size": 1}
        assert [file["path"] for file in diff["removed"]] == ["python/gone.py", "python/requests-2.0.dist-info/METADATA"]
        assert {"path": "python/changed.py", "sizeBefore": 2, "sizeAfter": 3} in diff["changed"]
        assert diff["after"]["zippedSize"] == (tmp_path / "b.zip").stat().st_size
        assert diff["after"]["unzippedSize"] - diff["before"]["unzippedSize"] == 1
    assert "~ requests" in ours("diff", "tools:1", "tools:2")


def test_a_change_of_mode_alone_is_a_change(lamina, tmp_path):
    for name, mode in (("a", 0o644), ("b", 0o755)):
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            entry = zipfile.ZipInfo("bin/tool")
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, "x")
    # Two zips of this machine need no credentials.
    verbs = Verbs(lamina, clean_environment(), tmp_path)
    diff = verbs.json("diff", "a.zip", "b.zip")
    assert diff["changed"] == [{"path": "bin/tool", "sizeBefore": 1, "sizeAfter": 1, "modeBefore": "644", "modeAfter": "755"}]
    assert "the same files" in verbs("diff", "a.zip", "a.zip")


def test_a_denied_layer_is_explained(ours):
    arn = "arn:aws:lambda:eu-west-1:111122223333:layer:x"
    done = ours.run("show", arn + ":1")
    assert done.returncode == 1
    assert "AccessDeniedException" in done.stderr
    assert "add --region eu-west-1" in done.stderr
    assert f"lamina grant {arn}:1 --to 000000000000" in done.stderr
    assert "may not exist" in done.stderr


def test_an_arn_names_the_region_where_nothing_else_does(ours, server):
    ours("publish", "layer.zip", "--name", "tools", "--region", "eu-west-1")
    arn = "arn:aws:lambda:eu-west-1:000000000000:layer:tools:1"
    assert ours.json("show", arn, AWS_REGION="", AWS_DEFAULT_REGION="")["arn"] == arn
    assert ours.run("show", "tools:1", AWS_REGION="", AWS_DEFAULT_REGION="").returncode == 1


@pytest.mark.parametrize("arguments", [
    ("show", "tools"), ("show", "tools:0"), ("versions", "tools:1"), ("grant", "tools:1", "--to", "me"), ("grant", "tools:1"),
    ("revoke", "tools:1"), ("revoke", "tools:1", "--from", "public", "--statement", "s"), ("prune", "tools"),
    ("prune", "tools", "--keep", "-1"), ("publish", "layer.zip"), ("publish", "layer.zip", "--name", "a b"),
    ("publish", "layer.zip", "--name", "x", "--s3-key", "k"), ("layers", "--format", "xml"), ("diff", "absent.zip", "absent.zip"),
])
def test_a_wrong_command_line_exits_with_64(lamina, tmp_path, arguments):
    done = Verbs(lamina, clean_environment(), tmp_path).run(*arguments)
    assert done.returncode == 64, done.stderr


@pytest.mark.parametrize(("source", "says"), [("absent.zip", "does not exist"), ("empty", "is empty"), ("text", "text")])
def test_what_cannot_be_published_is_named(lamina, tmp_path, source, says):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").write_text("no zip")
    done = Verbs(lamina, clean_environment(), tmp_path).run("publish", source, "--name", "x")
    assert done.returncode == 1
    assert says in done.stderr


@pytest.mark.parametrize("verb", "publish layers versions show download delete grant revoke users prune diff".split())
def test_each_verb_has_help_with_examples(lamina, tmp_path, verb):
    text = Verbs(lamina, clean_environment(), tmp_path)(verb, "--help")
    for part in ("OVERVIEW", "EXAMPLES", f"lamina {verb}", "--endpoint-url", "--region", "--profile", "--format"):
        assert part in text
