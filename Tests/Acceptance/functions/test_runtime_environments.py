"""What a function of each runtime finds: its variables, as Lambda has them, and where it looks for modules, programs and libraries."""

import base64
import json
import pathlib
import re
import shutil
import subprocess

import pytest
from conftest import ROLE, make_zip
from server import Server
from test_os_only_runtimes import make_package, program  # noqa: F401

FACTS = json.loads(pathlib.Path(__file__).with_name("environment_variables.json").read_text())

PYTHON = "app.handler", {"app.py": "import os\ndef handler(event, context): return dict(os.environ)\n"}
NODE = "app.handler", {"app.js": "exports.handler = async () => process.env;\n"}
RUBY = "app.handler", {"app.rb": "def handler(event:, context:) = ENV.to_h\n"}
JAVA = "App::handler", {"App.java": "public class App { public Object handler(Object event) { return System.getenv(); } }\n"}
# The compiled program.
OS_ONLY = "function.handler", None

# A runtime, and the handler and the files of a function that answers with its variables.
FUNCTIONS = (
    {f"python3.{minor}": PYTHON for minor in range(8, 15)} | {f"nodejs{major}.x": NODE for major in (16, 18, 20, 22, 24)}
    | {runtime: RUBY for runtime in ("ruby3.2", "ruby3.3", "ruby3.4")}
    | {runtime: JAVA for runtime in ("java8.al2", "java11", "java17", "java21", "java25")}
    | {"provided.al2": OS_ONLY, "provided.al2023": OS_ONLY})


@pytest.fixture(scope="module", autouse=True)
def added(lamina, tmp_path_factory):
    """Lets another Ruby stand for one that no distribution brings, but for where the machine has it."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("environments-config")
        patch.setenv("LAMINA_CONFIG_DIR", str(folder))
        # Images that nobody refers to are removed with each addition.
        patch.setenv("XDG_DATA_HOME", str(folder))
        if "ruby3.2" not in found(lamina) and (ruby := shutil.which("ruby")):
            subprocess.run([lamina, "runtime", "add", "ruby3.2", "--interpreter", ruby], check=True, capture_output=True)
        yield


def found(lamina):
    """The runtimes that this machine has."""
    listed = subprocess.run([lamina, "runtimes", "--format", "json"], check=True, capture_output=True, text=True)
    return {item["runtime"] for item in json.loads(listed.stdout)["runtimes"] if item["state"] in ("prepared", "found")}


@pytest.fixture(scope="module")
def server(added, lamina, tmp_path_factory):
    with Server(lamina, tmp_path_factory.mktemp("environments") / "data") as server:
        yield server


@pytest.fixture(scope="module")
def client(server):
    return server.client("lambda", read_timeout=120)


@pytest.fixture(scope="module")
def there(added, lamina):
    return found(lamina)


@pytest.fixture(scope="module")
def package(program, tmp_path_factory):  # noqa: F811
    """The zip of a function's files, compiled where they are Java's."""

    def make(files):
        if files is None:
            return make_package({"bootstrap": (0o755, program)})
        if "App.java" not in files:
            return make_zip(files)
        folder = tmp_path_factory.mktemp("java")
        (folder / "App.java").write_text(files["App.java"])
        subprocess.run(["javac", "-nowarn", "--release", "8", "-Xlint:-options", folder / "App.java"], check=True)
        return make_zip({"App.class": (folder / "App.class").read_bytes()})

    return make


@pytest.fixture
def invoke(client, there):
    """Makes a function and invokes it once: (answer, log)."""

    def make(name, runtime, code, **options):
        if runtime not in there:
            pytest.skip(f"{runtime} is not on this machine")
        settings = {"Handler": "app.handler", "Timeout": 10, "MemorySize": 1024} | options
        client.create_function(FunctionName=name, Runtime=runtime, Role=ROLE, Code={"ZipFile": code}, **settings)
        answer = client.invoke(FunctionName=name, LogType="Tail")
        log = base64.b64decode(answer["LogResult"]).decode()
        assert "FunctionError" not in answer, log
        return json.loads(answer["Payload"].read()), log

    return make


def expected(runtime, name, handler):
    """The variables of a runtime, the placeholders filled, as patterns."""
    placeholders = {
        "<region>": "us-east-1", "<function-name:1>": re.escape(name), "<aws-access-key-id:1>": "ASIA[A-Z0-9]{16}",
        "<aws-secret-access-key:1>": r"[A-Za-z0-9/+=]{40}", "<aws-session-token:1>": r"\S{16,}",
        "<log-stream-name:1>": r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}",
        "<x-amzn-trace-id:1>": r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=[01].*",
    }
    variables = FACTS["all"] | FACTS["runtimes"][runtime] | {"_HANDLER": handler}
    patterns = {}
    for variable, value in variables.items():
        pattern = re.escape(value)
        for placeholder, meaning in placeholders.items():
            pattern = pattern.replace(re.escape(placeholder), meaning)
        patterns[variable] = pattern
    # What a custom runtime makes of a header is its own affair (AWS: "This environment variable is not defined for OS-only runtimes").
    if runtime.startswith("provided"):
        del patterns["_X_AMZN_TRACE_ID"]
    # bubblewrap sets it, also where AWS's start has no shell that would.
    return patterns | {"PWD": "/var/task"}


@pytest.mark.parametrize("runtime", FUNCTIONS)
def test_a_function_has_lambdas_variables(invoke, there, package, runtime):
    if runtime not in there:
        pytest.skip(f"{runtime} is not on this machine")
    handler, files = FUNCTIONS[runtime]
    name = "variables-" + runtime.replace(".", "-")
    variables, _ = invoke(name, runtime, package(files), Handler=handler)
    patterns = expected(runtime, name, handler)
    assert sorted(variables) == sorted(patterns)
    different = {variable: value for variable, value in variables.items() if not re.fullmatch(patterns[variable], value)}
    assert different == {}


def test_older_nodes_find_the_certificates_that_their_variable_names(lamina, client):
    node = shutil.which("node")
    subprocess.run([lamina, "runtime", "add", "nodejs14.x", "--interpreter", node], check=True, capture_output=True)
    client.create_function(
        FunctionName="certificates", Runtime="nodejs14.x", Role=ROLE, Handler=NODE[0], Code={"ZipFile": make_zip(NODE[1])}, Timeout=10)
    answer = client.invoke(FunctionName="certificates", LogType="Tail")
    variables, log = json.loads(answer["Payload"].read()), base64.b64decode(answer["LogResult"]).decode()
    assert variables["NODE_EXTRA_CA_CERTS"] == "/var/runtime/ca-cert.pem"
    assert "Warning" not in log


def test_a_function_sets_what_lambda_lets_it(invoke, runtime):
    own = {"LD_LIBRARY_PATH": "/var/lang/lib:/opt/own", "LANG": "C", "TZ": "Europe/Berlin", "AWS_XRAY_CONTEXT_MISSING": "IGNORE_ERROR", "GREETING": "good day"}
    variables, _ = invoke("own", runtime, make_zip(PYTHON[1]), Environment={"Variables": own})
    assert {name: variables[name] for name in own} == own
    assert (variables["_HANDLER"], variables["PWD"]) == ("app.handler", "/var/task")


def test_logs_in_json_are_told_to_the_function(invoke, runtime):
    logging = {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG"}
    variables, _ = invoke("json-logs", runtime, make_zip(PYTHON[1]), LoggingConfig=logging)
    assert (variables["AWS_LAMBDA_LOG_FORMAT"], variables["AWS_LAMBDA_LOG_LEVEL"]) == ("JSON", "DEBUG")


def test_what_a_function_starts_has_its_variables(invoke, runtime):
    code = "import subprocess\ndef handler(e, c): return subprocess.check_output(['/bin/printenv', 'PYTHONPATH', 'AWS_REGION'], text=True)\n"
    assert invoke("child", runtime, make_zip({"app.py": code}))[0] == "/var/runtime\nus-east-1\n"


LOOK = """
import importlib, sys
def handler(event, context):
    names = ["tool", "boto3", "both", "task", "by_task_pth", "by_layer_pth"]
    found = {}
    for name in names:
        try:
            found[name] = importlib.import_module(name).__file__
        except ImportError as error:
            found[name] = str(error)
    return [sys.path, found]
"""


def python_layer(runtime):
    """A layer with a module at every place that counts, and one that two places have."""
    packages = f"python/lib/{runtime}/site-packages"
    return {
        "python/tool.py": "", "python/both.py": "", f"{packages}/both.py": "", "python/task.py": "", "python/boto3/__init__.py": "",
        f"{packages}/more.pth": "/opt/elsewhere\n", "elsewhere/by_layer_pth.py": "",
    }


def publish(client, files):
    return client.publish_layer_version(LayerName="search", Content={"ZipFile": make_zip(files)})["LayerVersionArn"]


@pytest.mark.parametrize("runtime", [runtime for runtime in FUNCTIONS if FUNCTIONS[runtime] is PYTHON])
def test_python_looks_where_lambda_does(client, invoke, runtime):
    task = {"app.py": LOOK, "task.py": "", "own.pth": "vendor\n", "vendor/by_task_pth.py": ""}
    (path, modules), _ = invoke(
        "search-" + runtime.replace(".", "-"), runtime, make_zip(task), Layers=[publish(client, python_layer(runtime))])
    packages = f"/opt/python/lib/{runtime}/site-packages"
    minor = runtime.removeprefix("python3.")
    own = f"/var/lang/lib/{runtime}/site-packages"
    assert path == ["/var/task", packages, "/opt/python"] + ([own] if int(minor) > 10 else []) + [
        "/var/runtime", f"/var/lang/lib/python3{minor}.zip", f"/var/lang/lib/{runtime}", f"/var/lang/lib/{runtime}/lib-dynload", own,
        "/var/task/vendor", "/opt/elsewhere"]
    assert modules == {
        "task": "/var/task/task.py", "both": f"{packages}/both.py", "tool": "/opt/python/tool.py", "boto3": "/opt/python/boto3/__init__.py",
        "by_task_pth": "/var/task/vendor/by_task_pth.py", "by_layer_pth": "/opt/elsewhere/by_layer_pth.py"}


def test_python_brings_the_sdk_where_no_layer_does(invoke, runtime):
    (_, modules), _ = invoke("sdk", runtime, make_zip({"app.py": LOOK}))
    assert modules["boto3"] in ("/var/runtime/boto3/__init__.py", f"/var/lang/lib/{runtime}/site-packages/boto3/__init__.py")


def test_python_has_nothing_that_this_machines_user_installed(invoke, runtime):
    code = "import pkgutil\ndef handler(e, c): return [m.name for m in pkgutil.iter_modules(['/var/lang/lib/%s/site-packages'])]\n" % runtime
    names, _ = invoke("installed", runtime, make_zip({"app.py": code}))
    assert set(names) <= {
        "_awslambdaric", "awslambdaric", "boto3", "bootstrap", "botocore", "dateutil", "jmespath", "runtime_client", "s3transfer",
        "simplejson", "six", "snapshot_restore_py", "urllib3"}


def test_a_python_function_that_sets_pythonpath_names_its_layers_there(client, invoke, runtime):
    layer = {"python/tool.py": "", "own/both.py": ""}
    (path, modules), _ = invoke(
        "pythonpath", runtime, make_zip({"app.py": LOOK}), Layers=[publish(client, layer)],
        Environment={"Variables": {"PYTHONPATH": "/opt/own:/var/runtime"}})
    assert path[:3] == ["/var/task", "/var/runtime", "/opt/own"]
    assert (modules["tool"], modules["both"]) == ("No module named 'tool'", "/opt/own/both.py")


def test_programs_are_looked_for_in_the_layers_last(client, invoke, runtime):
    layer = {"bin/tool": (0o755, b"#!/bin/sh\necho layer\n"), "bin/ls": (0o755, b"#!/bin/sh\necho layer\n")}
    arn = client.publish_layer_version(LayerName="programs", Content={"ZipFile": make_package(layer)})["LayerVersionArn"]
    code = "import shutil\ndef handler(e, c): return [shutil.which('tool'), shutil.which('ls')]\n"
    (tool, ls), _ = invoke("programs", runtime, make_zip({"app.py": code}), Layers=[arn])
    assert tool == "/opt/bin/tool"
    assert ls.startswith("/usr/bin/")
