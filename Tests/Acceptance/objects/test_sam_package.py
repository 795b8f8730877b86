"""SAM's own packaging against a bucket of ours, and what it packaged as code."""

import io
import os
import re
import subprocess
import zipfile

import pytest
from conftest import ROLE

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Tools:
    Type: AWS::Serverless::LayerVersion
    Properties:
      ContentUri: layer/
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: function/
      Layers: [!Ref Tools]
"""


@pytest.fixture
def project(tmp_path):
    files = {
        "template.yaml": TEMPLATE, "layer/python/tool.py": "VALUE = 7\n", "layer/python/large.bin": os.urandom(12 << 20),
        "function/app.py": "import tool\ndef handler(event, context):\n    return tool.VALUE\n",
    }
    for name, content in files.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path / "project"


def package(server, project, *arguments):
    """Runs `sam package` and gives where it says that the zips are: (bucket, key) by the template's property."""
    # sam forgets files in the temporary folder.
    home = {"HOME": str(project), "TMPDIR": str(project), "SAM_CLI_TELEMETRY": "0"}
    done = subprocess.run(
        ["sam", "package", "--s3-bucket", "code", "--output-template-file", "packaged.yaml", "--no-progressbar", *arguments],
        cwd=project, env=server.environment | home, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    text = (project / "packaged.yaml").read_text()
    return {name: re.search(name + r": s3://([^/]+)/(.+)", text).groups() for name in ("ContentUri", "CodeUri")}


def test_what_sam_packages_is_published_and_runs(server, client, runtime, project):
    s3 = server.client("s3")
    s3.create_bucket(Bucket="code")
    located = package(server, project, "--s3-prefix", "a prefix/of mine", "--metadata", "who=me")
    assert all(bucket == "code" and key.startswith("a prefix/of mine/") for bucket, key in located.values())
    keys = {kind: key for kind, (_, key) in located.items()}
    layer = s3.get_object(Bucket="code", Key=keys["ContentUri"])
    assert layer["Metadata"] == {"who": "me"}
    with zipfile.ZipFile(io.BytesIO(layer["Body"].read())) as archive:
        assert archive.read("python/tool.py") == b"VALUE = 7\n"
    published = client.publish_layer_version(LayerName="tools", Content={"S3Bucket": "code", "S3Key": keys["ContentUri"]})
    client.create_function(
        FunctionName="f", Runtime=runtime, Handler="app.handler", Role=ROLE, Code={"S3Bucket": "code", "S3Key": keys["CodeUri"]},
        Layers=[published["LayerVersionArn"]])
    assert client.invoke(FunctionName="f")["Payload"].read() == b"7"


def test_sam_uploads_again_only_what_has_changed(server, project):
    s3 = server.client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_bucket_versioning(Bucket="code", VersioningConfiguration={"Status": "Enabled"})
    first = package(server, project)
    assert package(server, project) == first
    (project / "function/app.py").write_text("def handler(event, context):\n    return 8\n")
    second = package(server, project)
    assert second["ContentUri"] == first["ContentUri"] and second["CodeUri"] != first["CodeUri"]
    assert len(s3.list_object_versions(Bucket="code")["Versions"]) == 3
    package(server, project, "--force-upload")
    assert len(s3.list_object_versions(Bucket="code")["Versions"]) == 5


def test_sams_encryption_key_is_kept_with_what_it_uploads(server, project):
    s3 = server.client("s3")
    s3.create_bucket(Bucket="code")
    _, key = package(server, project, "--kms-key-id", "alias/mine")["CodeUri"]
    kept = s3.head_object(Bucket="code", Key=key)
    assert (kept["ServerSideEncryption"], kept["SSEKMSKeyId"]) == ("aws:kms", "alias/mine")
