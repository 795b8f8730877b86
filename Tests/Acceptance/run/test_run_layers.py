"""`lamina run --layer`: zips, folders and layer versions at /opt."""

import hashlib
import os
import uuid

import pytest
from conftest import cache_folder, make_zip

VALUE = "import tool\ndef handler(event, context): return tool.VALUE\n"


def layer(value):
    return make_zip({"python/tool.py": f"VALUE = {value!r}\n"})


def test_of_two_layers_the_later_one_wins(runner):
    runner.write("zipped.zip", layer("zip"))
    runner.write("folder/python/tool.py", "VALUE = 'folder'\n")
    folder = runner.code(VALUE)
    assert runner.answers(folder, "--layer", "zipped.zip", "--layer", "folder") == ["folder"]
    assert runner.answers(folder, "--layer", "folder", "--layer", "zipped.zip") == ["zip"]


def test_a_layers_folder_is_used_as_it_lies(runner):
    folder = runner.code(VALUE)
    for value in ("first", "edited"):
        runner.write("layer/python/tool.py", f"VALUE = {value!r}\n")
        assert runner.answers(folder, "--layer", "layer") == [value]


def test_a_zip_that_was_changed_is_used_as_it_is_now(runner):
    folder = runner.code(VALUE)
    for value in ("one", "two"):
        # The same size, and times of long ago, as a build sets them.
        os.utime(runner.write("layer.zip", layer(value)), (1_000_000_000, 1_000_000_000))
        assert runner.answers(folder, "--layer", "layer.zip") == [value]


def test_a_folder_may_have_any_name(runner):
    runner.write("a,b:c\\d e/python/tool.py", "VALUE = 1\n")
    runner.write("x=y,z/python/other.py", "")
    assert runner.answers(runner.code(VALUE), "--layer", "a,b:c\\d e", "--layer", "x=y,z") == [1]


def test_a_layer_cannot_be_written(runner):
    runner.write("layer/python/tool.py", "VALUE = 1\n")
    code = "import os\ndef handler(event, context): return [os.access(path, os.W_OK) for path in ('/opt/python', '/var/task')]\n"
    assert runner.answers(runner.code(code), "--layer", "layer") == [[False, False]]


def test_a_sixth_layer_is_refused(runner):
    runner.write("layer.zip", layer(1))
    done = runner(runner.code(VALUE), *["--layer", "layer.zip"] * 6)
    assert (done.returncode, done.stderr) == (1, "lamina: Cannot reference more than 5 layers.\n")
    assert runner.answers(runner.code(VALUE), *["--layer", "layer.zip"] * 5) == [1]


@pytest.fixture
def published(server):
    """A layer version that no other test has: its ARN, and the file in which it is kept."""
    value = str(uuid.uuid4())
    content = layer(value)
    made = server.client("lambda").publish_layer_version(LayerName="tools", Content={"ZipFile": content})
    kept = cache_folder() / f"layers/{hashlib.sha256(content).hexdigest()}.zip"
    yield made["LayerVersionArn"], value, kept
    kept.unlink(missing_ok=True)


def aws(server):
    """The variables by which AWS's tools find the server."""
    return {name: text for name, text in server.environment.items() if name.startswith("AWS_")}


def test_a_layer_version_is_downloaded_once(runner, server, published):
    arn, value, kept = published
    environment = aws(server)
    folder = runner.code(VALUE)
    assert runner.answers(folder, "--layer", arn, environment=environment) == [value]
    before = kept.stat().st_ino
    for name in (arn, "tools:1"):
        assert runner.answers(folder, "--layer", name, environment=environment) == [value]
    # A download would have put another file in its place.
    assert kept.stat().st_ino == before


def test_a_layer_version_is_asked_for_at_the_endpoint_that_is_named(runner, server, published):
    arn, value, _ = published
    keys = {name: server.environment[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    elsewhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    assert runner.answers(runner.code(VALUE), "--layer", arn, "--endpoint-url", server.url, environment=keys | elsewhere) == [value]


def test_a_function_is_in_the_region_of_its_layer_versions(runner, server, published):
    arn, _, _ = published
    environment = aws(server)
    code = "import os\ndef handler(event, context): return os.environ['AWS_REGION']\n"
    assert runner.answers(runner.code(code), "--layer", arn, environment=environment | {"AWS_REGION": "eu-west-1"}) == ["us-east-1"]
    done = runner(runner.code(code), "--layer", arn, "--region", "eu-west-1", environment=environment)
    assert done.returncode == 1 and "give no --region, or --region us-east-1" in done.stderr


def test_a_layer_version_that_is_not_there_is_told(runner, server):
    environment = aws(server)
    done = runner(runner.code(VALUE), "--layer", "tools:7", environment=environment)
    assert (done.returncode, done.stdout) == (1, "") and "tools:7" in done.stderr
    done = runner(runner.code(VALUE), "--layer", "tools:1", "--layer", "tools:2", environment=environment)
    assert "Two different versions of the same layer are not allowed" in done.stderr


def test_a_layer_version_and_its_name_are_of_the_same_layer(runner, server, published):
    arn, _, _ = published
    done = runner(runner.code(VALUE), "--layer", arn, "--layer", "tools:1", environment=aws(server))
    assert (done.returncode, done.stdout) == (1, "")
    assert "Two different versions of the same layer are not allowed" in done.stderr


def test_layers_of_two_regions_are_refused(runner):
    arns = [f"arn:aws:lambda:{region}:000000000000:layer:{region}:1" for region in ("us-east-1", "eu-west-1")]
    done = runner(runner.code(VALUE), "--layer", arns[0], "--layer", arns[1])
    assert (done.returncode, done.stderr) == (
        1, "lamina: Layers are not in the same region as the function. Layers are expected to be in region us-east-1.\n")
