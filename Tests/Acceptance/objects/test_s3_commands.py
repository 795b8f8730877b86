"""The aws command on whole folders."""

import json
import os
import subprocess
import time

import pytest

FILES = {
    "top.zip": b"top", "a b/ü+%.zip": b"odd", "a b/deep/er/x": b"deep", "empty": b"", "large.zip": os.urandom(9 << 20),
}


@pytest.fixture
def folder(tmp_path):
    for name, content in FILES.items():
        path = tmp_path / "up" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "up"


@pytest.fixture
def aws(server):
    """Runs `aws s3 …`; its output."""
    def run(*arguments, service="s3"):
        done = server.aws(service, *arguments)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    run("mb", "s3://layers")
    return run


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def keys(server, bucket="layers"):
    return {o["Key"]: o["Size"] for o in server.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])}


def test_a_folder_goes_up_is_listed_and_comes_down(server, aws, folder, tmp_path):
    aws("cp", "--recursive", "--no-progress", folder, "s3://layers/pre fix")
    assert keys(server) == {f"pre fix/{name}": len(body) for name, body in FILES.items()}
    assert aws("ls", "s3://layers").split(maxsplit=1) == ["PRE", "pre fix/\n"]
    listed = aws("ls", "s3://layers/pre fix/").splitlines()
    assert listed[0].split(maxsplit=1) == ["PRE", "a b/"]
    assert [line.split()[2:] for line in listed[1:]] == [["0", "empty"], ["9437184", "large.zip"], ["3", "top.zip"]]
    summary = aws("ls", "--recursive", "--summarize", "s3://layers")
    assert "Total Objects: 5" in summary and f"Total Size: {sum(map(len, FILES.values()))}" in summary
    assert aws("ls").split()[-1] == "layers"
    aws("cp", "--recursive", "--no-progress", "s3://layers/pre fix/", tmp_path / "down")
    assert content(tmp_path / "down") == FILES


def test_sync_moves_what_differs_and_nothing_else(server, aws, folder, tmp_path):
    # S3 tells times in whole seconds: a file of the same second as its upload would count as newer.
    for path in folder.rglob("*"):
        os.utime(path, (time.time() - 10, time.time() - 10))
    assert aws("sync", "--no-progress", folder, "s3://layers").count("upload:") == 5
    assert aws("sync", "--no-progress", folder, "s3://layers") == ""
    (folder / "top.zip").write_bytes(b"another top")
    (folder / "empty").unlink()
    out = aws("sync", "--no-progress", "--delete", folder, "s3://layers")
    assert sorted(line.split(":")[0] for line in out.splitlines()) == ["delete", "upload"]
    aws("mb", "s3://mirror")
    assert aws("sync", "--no-progress", "s3://layers", "s3://mirror").count("copy:") == 4
    aws("sync", "--no-progress", "s3://mirror", tmp_path / "down")
    assert content(tmp_path / "down") == content(folder)


def test_mv_leaves_nothing_behind(server, aws, folder):
    aws("mv", "--no-progress", folder / "large.zip", "s3://layers/one")
    assert not (folder / "large.zip").exists()
    aws("mv", "--no-progress", "s3://layers/one", "s3://layers/two")
    assert keys(server) == {"two": 9 << 20}
    aws("mv", "--no-progress", "s3://layers/two", folder / "back")
    assert (folder / "back").read_bytes() == FILES["large.zip"]
    assert keys(server) == {}


def test_streams_go_up_and_down(server, aws):
    done = subprocess.run(["aws", "s3", "cp", "-", "s3://layers/stream"], input=FILES["large.zip"], env=server.environment, capture_output=True)
    assert done.returncode == 0, done.stderr
    done = subprocess.run(["aws", "s3", "cp", "s3://layers/stream", "-"], env=server.environment, capture_output=True)
    assert (done.returncode, done.stdout) == (0, FILES["large.zip"])


def test_rm_and_rb_take_away_and_free_the_disk(server, aws, folder):
    aws("sync", "--no-progress", folder, "s3://layers")
    aws("rm", "--recursive", "s3://layers/a b/")
    assert keys(server).keys() == {"top.zip", "empty", "large.zip"}
    aws("rm", "s3://layers/top.zip")
    refused = server.aws("s3", "rb", "s3://layers")
    assert refused.returncode == 1 and "BucketNotEmpty" in refused.stderr
    aws("rb", "--force", "s3://layers")
    assert aws("ls") == ""
    assert list((server.data / "blobs/sha256").glob("*/*")) == []


def test_versions_are_listed_and_restored_by_id(server, aws, folder, tmp_path):
    aws("put-bucket-versioning", "--bucket", "layers", "--versioning-configuration", "Status=Enabled", service="s3api")
    for text in ("old", "new"):
        (folder / "top.zip").write_text(text)
        aws("cp", "--no-progress", folder / "top.zip", "s3://layers/top.zip")
    aws("rm", "s3://layers/top.zip")
    listed = json.loads(aws("list-object-versions", "--bucket", "layers", "--output", "json", service="s3api"))
    assert [v["IsLatest"] for v in listed["Versions"]] == [False, False]
    assert [m["IsLatest"] for m in listed["DeleteMarkers"]] == [True]
    old = listed["Versions"][1]["VersionId"]
    aws("get-object", "--bucket", "layers", "--key", "top.zip", "--version-id", old, tmp_path / "old", service="s3api")
    assert (tmp_path / "old").read_text() == "old"
    aws("wait", "bucket-exists", "--bucket", "layers", service="s3api")


def test_a_missing_bucket_or_key_is_told_in_aws_words(server, aws, tmp_path):
    for arguments, text in (
        (("ls", "s3://none"), "An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation: The specified bucket does not exist"),
        (("cp", "s3://layers/none", tmp_path / "x"), "An error occurred (404) when calling the HeadObject operation: "),
        (("rb", "s3://none"), "An error occurred (NoSuchBucket) when calling the DeleteBucket operation: The specified bucket does not exist"),
    ):
        done = server.aws("s3", *arguments)
        assert done.returncode != 0 and text in done.stderr
