"""Functions in Java, as Lambda runs them: their handlers, their class path, their errors and their log."""

import base64
import ctypes
import json
import pathlib
import re
import shutil
import subprocess
import uuid

import pytest
from conftest import ROLE, ROOT, eventually, make_zip
from server import Server

API = ROOT / "Sources/Execution/Runtimes/Clients/java"
SOURCES = pathlib.Path(__file__).parent / "java/example"


def java_versions(lamina):
    """The runtimes whose Java this machine has, by their major versions."""
    homes = [path for path in pathlib.Path("/usr/lib/jvm").iterdir() if (path / "bin/java").exists() and (path / "release").exists()]
    versions = {int(re.search(r'JAVA_VERSION="(\d+)', (home / "release").read_text())[1]) for home in homes}
    return {11: "java11", 17: "java17", 21: "java21", 25: "java25"}, versions


@pytest.fixture(scope="module")
def runtimes(lamina):
    names, versions = java_versions(lamina)
    found = [names[version] for version in sorted(versions) if version in names]
    assert found, "there is no Java that Lambda has"
    return found


@pytest.fixture(scope="module")
def runtime(runtimes):
    """java17 where there is one, which is Debian's; it keeps parts of its JDK in /etc."""
    return "java17" if "java17" in runtimes else runtimes[0]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """Compiles sources by their paths; gives the classes' bytes by their paths."""

    def compile(sources, *options):
        folder = tmp_path_factory.mktemp("java")
        for path, text in sources.items():
            (folder / "src" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "src" / path).write_text(text)
        command = ["javac", "-nowarn", "-encoding", "UTF-8", "--release", "11", *options, "-sourcepath", API, "-implicit:none"]
        subprocess.run([*command, "-d", folder / "out", *(folder / "src" / path for path in sources)], check=True, stderr=subprocess.PIPE)
        return {str(path.relative_to(folder / "out")): path.read_bytes() for path in (folder / "out").rglob("*.class")}

    return compile


@pytest.fixture(scope="module")
def classes(compiled):
    """The classes of the package example, beside this file."""
    return compiled({f"example/{path.name}": path.read_text() for path in SOURCES.glob("*.java")})


@pytest.fixture(scope="module")
def server(lamina, tmp_path_factory):
    with Server(lamina, tmp_path_factory.mktemp("java") / "data") as server:
        yield server


@pytest.fixture(scope="module")
def client(server):
    return server.client("lambda", read_timeout=60)


@pytest.fixture
def function(client, runtime, classes):
    """Makes a function of the package example and gives a way to invoke it: (answer, error kind or None, log)."""
    def make(handler, files=classes, **options):
        name = f"java-{uuid.uuid4().hex}"
        settings = {"Runtime": runtime, "Handler": handler, "Role": ROLE, "Timeout": 20, "MemorySize": 512} | options
        client.create_function(FunctionName=name, Code={"ZipFile": make_zip(files)}, **settings)

        def invoke(event=None, **arguments):
            answer = client.invoke(FunctionName=name, Payload=json.dumps(event), LogType="Tail", **arguments)
            log = base64.b64decode(answer["LogResult"]).decode()
            return json.loads(answer["Payload"].read() or b'"nothing"'), answer.get("FunctionError"), log

        invoke.name = name
        return invoke

    return make


def jar(files):
    return make_zip({"META-INF/MANIFEST.MF": "Manifest-Version: 1.0\r\n\r\n"} | files)


def publish(client, name, files):
    return client.publish_layer_version(LayerName=name, Content={"ZipFile": make_zip(files)})["LayerVersionArn"]


# Handlers


def test_a_request_handler_answers_and_logs_as_on_lambda(function):
    invoke = function("example.Greeting")
    answer, error, log = invoke({"name": "Zoë", "list": [1, 2.5, None]})
    assert (answer, error) == ({"greeting": "hello Zoë", "list": [1, 2.5, None]}, None)
    assert re.fullmatch(
        r"(INIT_START .*\n)?START RequestId: (\S+) Version: \$LATEST\nlogged Zoë\nprinted Zoë\nto stderr\nbytes\n"
        r"END RequestId: \2\nREPORT RequestId: \2\tDuration: .*\tInit Duration: .*\t\n", log), log
    assert invoke({"name": "x"})[0] == {"greeting": "hello x"}


HANDLERS = [
    ("example.Greeting::handleRequest", {"name": "x"}, {"greeting": "hello x"}),
    ("example.Streams", "ab", "AB"),
    ("example.Streams::handleRequest", "ab", "AB"),
    ("example.Inherited", [1, 2], 3),
    ("example.Methods::text", "a", "a!"),
    ("example.Methods::textWithContext", "a", "a example.Methods::textWithContext"),
    ("example.Methods::fixed", 4, 8),
    ("example.Methods::nothing", {"ignored": True}, "nothing"),
    ("example.Methods::contextOnly", "x", 512),
    ("example.Methods::streams", {"a": 1}, {"a": 1}),
    ("example.Methods::streamsWithContext", {"a": 1}, {"a": 1}),
    ("example.Methods::inputOnly", "abc", None),
    ("example.Methods::outputOnly", "abc", "written"),
    ("example.Methods::empty", "abc", None),
    ("example.Methods::overloaded", "a", "with context"),
    ("example.Methods::number", 1.5, 3.0),
    ("example.Methods::truth", True, False),
    ("example.Methods::strings", ["b", "a"], ["a", "b"]),
    ("example.Methods::generic", {"x": [1, 2], "y": []}, {"x": 3, "y": 0}),
    ("example.Methods::pojo", {"name": "n", "nested": {"amount": 2, "tags": ["t"]}, "unknown": 1},
     {"name": "N", "nested": {"amount": 3, "tags": ["t", "new"]}, "color": "RED"}),
]


@pytest.mark.parametrize("handler, event, expected", HANDLERS, ids=[case[0] for case in HANDLERS])
def test_a_handler_of_each_shape_is_called(function, handler, event, expected):
    answer, error, log = function(handler, Description=handler)(event)
    assert (answer, error) == (expected, None), log


def test_a_record_is_read_and_written(function, runtimes, compiled):
    runtime = next((name for name in runtimes if int(name[4:]) >= 17), None)
    if not runtime:
        pytest.skip("no Java with records is here")
    code = """
package example;
public class Records {
    public record Point(int x, double y, Point next) {}
    public Point handle(Point point) { return new Point(point.x() + 1, point.y(), point.next()); }
}
"""
    files = compiled({"example/Records.java": code}, "--release", "17")
    answer = function("example.Records::handle", files, Runtime=runtime)({"x": 1, "next": {"x": 5, "y": 0.5}})
    assert answer[:2] == ({"x": 2, "y": 0.0, "next": {"x": 5, "y": 0.5}}, None)


def test_every_java_of_this_machine_runs_functions(function, runtimes):
    for runtime in runtimes:
        answer, error, log = function("example.Machine", Runtime=runtime)()
        assert error is None, log
        assert answer["major"] == int(runtime[4:]) and answer["home"] == "/var/lang"
        # Java 17 is the first whose client comes with an archive of its classes.
        assert answer["archive"] == (answer["major"] >= 17)


def test_a_runtime_without_its_java_is_a_clear_error(client, function, lamina):
    names, versions = java_versions(lamina)
    missing = next((number for number in names if number not in versions), None)
    if not missing:
        pytest.skip("this machine has every Java")
    invoke = function("example.Greeting", Runtime=names[missing])
    with pytest.raises(client.exceptions.ClientError, match=f"no Java {missing} is installed, which java{missing} needs .*17"):
        invoke()


def test_the_functions_own_serializer_is_used(function, classes):
    service = {"META-INF/services/com.amazonaws.services.lambda.runtime.CustomPojoSerializer": "example.Serializer\n"}
    assert function("example.Methods::text", classes | service)("a")[0] == "read!, written"


# Class path


def value_class(compiled, value):
    return compiled({"example/Value.java": f'package example; public class Value {{ public static final Object IS = "{value}"; }}'})


def test_the_class_path_is_the_package_its_jars_and_the_layers_jars(client, function, classes, compiled):
    def value(text):
        return jar(value_class(compiled, text))

    layer = publish(client, "jars", {
        "java/lib/b.jar": value("layer b"), "java/lib/a.jar": value("layer a"), "java/lib/a.zip": value("zip"),
        "java/lib/deep/0.jar": value("deep"), "java/0.jar": value("beside")})
    own = classes | {"lib/z.jar": value("own z"), "lib/y.jar": value("own y"), "lib/deep/0.jar": value("deep")}
    assert function("example.ReadsValue", classes, Layers=[layer])()[0] == ["layer a", [
        "file:/var/task/", "file:/opt/java/lib/a.jar", "file:/opt/java/lib/b.jar"]]
    assert function("example.ReadsValue", own, Layers=[layer])()[0] == ["own y", [
        "file:/var/task/", "file:/var/task/lib/y.jar", "file:/var/task/lib/z.jar", "file:/opt/java/lib/a.jar", "file:/opt/java/lib/b.jar"]]
    assert function("example.ReadsValue", own | value_class(compiled, "package"), Layers=[layer])()[0][0] == "package"


def test_of_two_layers_the_later_one_has_the_jar(client, function, compiled):
    layers = [publish(client, f"jar-{text}", {"java/lib/value.jar": jar(value_class(compiled, text))}) for text in ("first", "second")]
    assert function("example.ReadsValue", Layers=layers)()[0][0] == "second"
    assert function("example.ReadsValue", Layers=layers[::-1])()[0][0] == "first"


def test_a_functions_own_copy_of_the_core_interfaces_does_no_harm(function, classes, compiled):
    path = "com/amazonaws/services/lambda/runtime"
    names = ["Client", "ClientContext", "CognitoIdentity", "Context", "LambdaLogger", "RequestHandler", "RequestStreamHandler"]
    core = compiled({f"{path}/{name}.java": (API / path / f"{name}.java").read_text() for name in names})
    for files in (classes | {"lib/core.jar": jar(core)}, classes | core):
        assert function("example.Greeting", files)({"name": "x"})[:2] == ({"greeting": "hello x"}, None)


def test_resources_of_a_layers_jar_are_found(client, function):
    layer = publish(client, "resource", {"java/lib/resource.jar": jar({"example/text.txt": "from the layer"})})
    assert function("example.ReadsValue::resource", Layers=[layer])()[0] == "from the layer"


# What a function sees


def test_the_context_is_complete(client, function):
    told = {"client": {"app_title": "t", "installation_id": "i"}, "custom": {"k": "ü"}, "env": {"e": "1"}}
    context = base64.b64encode(json.dumps(told).encode())
    invoke = function("example.ReadsContext")
    answer, error, log = invoke("x", ClientContext=context.decode())
    assert error is None, log
    remaining = answer.pop("remaining")
    assert 0 < remaining <= 20_000
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", answer.pop("stream"))
    assert f"START RequestId: {answer.pop('request')}" in log
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=[01].*", answer.pop("trace"))
    assert answer == {
        "function": invoke.name, "version": "$LATEST", "group": f"/aws/lambda/{invoke.name}", "memory": 512,
        "arn": f"arn:aws:lambda:us-east-1:000000000000:function:{invoke.name}",
        "title": "t", "installation": "i", "custom": "ü", "env": "1"}
    assert invoke("x")[0].keys() == {"remaining", "stream", "request", "trace", "function", "version", "group", "memory", "arn"}


def test_the_jvm_is_set_up_as_on_lambda(function):
    answer, error, log = function("example.Machine", Environment={"Variables": {"JAVA_TOOL_OPTIONS": "-Dof.mine=yes"}})()
    assert error is None, log
    assert 512 * 0.85 * 0.95 < answer["heap"] <= 512 * 0.85
    assert (answer["home"], answer["folder"], answer["encoding"], answer["mine"]) == ("/var/lang", "/var/task", "UTF-8", "yes")
    assert {"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-XX:MaxHeapSize=445645k"} <= set(answer["options"])
    # What distributions keep in /etc is there.
    assert answer["certificates"] > 0 and answer["tls"] == "TLS" and answer["security"] > 10
    assert "SEVERE: from java.util.logging" in log


def test_before_java_17_the_trace_is_a_variable_too(lamina, tmp_path, monkeypatch, classes, runtime):
    java = shutil.which("java")
    monkeypatch.setenv("LAMINA_CONFIG_DIR", str(tmp_path))
    for name in ("java11", "java17"):
        subprocess.run([lamina, "runtime", "add", name, "--interpreter", java], check=True, capture_output=True)
    with Server(lamina, tmp_path / "data") as server:
        client = server.client("lambda", read_timeout=60)
        for name in ("java11", "java17"):
            client.create_function(
                FunctionName=name, Runtime=name, Handler="example.Machine", Role=ROLE, Timeout=20, MemorySize=512,
                Code={"ZipFile": make_zip(classes)})
            traces = set()
            for _ in range(2):
                answer = json.loads(client.invoke(FunctionName=name)["Payload"].read())
                assert answer["trace"].startswith("Root=1-")
                assert answer.get("traceVariable") == (answer["trace"] if name == "java11" else None)
                traces.add(answer["trace"])
            assert len(traces) == 2


ABSENT = ["libX11.so.6", "libasound.so.2", "libjpeg.so.62", "libharfbuzz.so.0", "libpcsclite.so.1", "libglib-2.0.so.0"]


def is_on_this_machine(name):
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def test_a_library_that_the_jdk_of_this_machine_needs_and_lambda_lacks_is_not_there_for_layers(client, function, tmp_path):
    names = [name for name in ABSENT if is_on_this_machine(name)] + ["libz.so.1"]
    libraries = {}
    for name in names:
        path = tmp_path / f"needs-{name}"
        stub = tmp_path / name
        subprocess.run(["cc", "-shared", "-nostdlib", f"-Wl,-soname,{name}", "-o", stub, "-xc", "/dev/null"], check=True)
        subprocess.run(["cc", "-shared", "-nostdlib", "-Wl,--no-as-needed", stub, "-o", path, "-xc", "/dev/null"], check=True)
        libraries[f"lib/{path.name}"] = path.read_bytes()
    layer = publish(client, "needs", libraries)
    answer = function("example.LoadsLibraries", Layers=[layer])([f"/opt/{path}" for path in libraries])[0]
    assert answer.pop() == "loaded"
    assert [name for name, text in zip(names, answer) if f"{name}: cannot open shared object file" not in text] == []


# Errors


def test_an_exception_has_its_type_its_stack_trace_and_its_cause(function):
    invoke = function("example.Failing")
    answer, error, log = invoke("state")
    assert error == "Unhandled"
    assert list(answer) == ["errorMessage", "errorType", "stackTrace", "cause"]
    assert (answer["errorMessage"], answer["errorType"]) == ("outer", "java.lang.IllegalStateException")
    assert [re.sub(r"\d+\)", "N)", line) for line in answer["stackTrace"]] == [
        "example.Failing.fail(Failing.java:N)", "example.Failing.handleRequest(Failing.java:N)",
        "example.Failing.handleRequest(Failing.java:N)"]
    assert (answer["cause"]["errorMessage"], answer["cause"]["errorType"]) == ("inner", "java.io.IOException")
    assert "outer: java.lang.IllegalStateException\njava.lang.IllegalStateException: outer\n\tat example.Failing.fail(Failing.java:" in log
    assert re.search(r"Caused by: java.io.IOException: inner\n\t\.\.\. \d more\n", log), log
    assert log.index("Caused by") < log.index("END RequestId")
    # It goes on in the same process.
    assert invoke("ok")[0] == 2


def test_an_exception_without_a_message_has_its_class_for_one(function):
    answer = function("example.Failing")("null")[0]
    assert (answer["errorMessage"], answer["errorType"]) == ("example.Failing$Custom", "example.Failing$Custom")


def test_a_method_fails_as_an_interface_does(function):
    answer = function("example.Methods::failing")("x")[0]
    assert answer["errorType"] == "java.lang.UnsupportedOperationException"
    assert answer["stackTrace"][0].startswith("example.Methods.failing(Methods.java:")
    assert not any("lamina" in line for line in answer["stackTrace"])


def test_an_event_that_does_not_fit_is_told(function):
    answer, error, log = function("example.Methods::fixed")("1000,10")
    assert error == "Unhandled"
    assert (answer["errorMessage"], answer["errorType"], answer["stackTrace"]) == (
        "An error occurred during JSON parsing", "java.lang.RuntimeException", [])
    assert answer["cause"]["errorType"] == "java.io.UncheckedIOException"
    assert answer["cause"]["cause"]["errorMessage"].startswith(
        'Cannot deserialize value of type `java.lang.Integer` from String "1000,10": not a valid `java.lang.Integer` value')
    assert "An error occurred during JSON parsing: java.lang.RuntimeException" in log


def test_an_answer_that_cannot_be_written_is_told(function):
    answer = function("example.Methods::endless")("x")[0]
    assert (answer["errorMessage"], answer["errorType"]) == (
        "An error occurred during JSON serialization of response", "java.lang.RuntimeException")


BROKEN = [
    ("example.Missing", {"errorMessage": "Class not found: example.Missing", "errorType": "java.lang.ClassNotFoundException"}),
    ("example.Missing::run", {"errorMessage": "Class not found: example.Missing", "errorType": "java.lang.ClassNotFoundException"}),
    ("example.Methods::missing",
     {"errorMessage": "No public method named missing with appropriate method signature found on class example.Methods"}),
    ("example.Methods::unfit",
     {"errorMessage": "No public method named unfit with appropriate method signature found on class example.Methods"}),
    ("example.Methods", {"errorMessage": "Class does not implement an appropriate handler interface: example.Methods"}),
    ("example.Greeting::", {"errorMessage": "Invalid handler: `example.Greeting::'"}),
    ("example.Raw", {"errorMessage": "Class example.Raw does not implement RequestHandler with concrete type parameters"}),
    ("example.Methods$Inner::run",
     {"errorMessage": "Class example.Methods$Inner cannot be instantiated because it is a non-static inner class",
      "errorType": "java.lang.Exception"}),
    ("example.NoConstructor",
     {"errorMessage": "Class example.NoConstructor has no public zero-argument constructor", "errorType": "java.lang.Exception"}),
    ("example.FailsInConstructor", {"errorMessage": "constructor", "errorType": "java.lang.IllegalArgumentException"}),
    ("example.FailsInClass",
     {"errorMessage": "Error loading class example.FailsInClass", "errorType": "java.lang.ExceptionInInitializerError"}),
]


@pytest.mark.parametrize("handler, expected", BROKEN, ids=[case[0] for case in BROKEN])
def test_a_function_that_cannot_be_run_says_why_at_each_invocation(function, handler, expected):
    invoke = function(handler)
    for _ in range(2):
        answer, error, log = invoke()
        assert (answer, error) == (expected, "Unhandled"), log
        assert expected["errorMessage"] in log


def test_a_class_of_a_newer_java_says_so(function, compiled, runtime):
    files = compiled({"example/Newer.java": "package example; public class Newer { public String run() { return null; } }"})
    files = {path: content[:6] + (99).to_bytes(2, "big") + content[8:] for path, content in files.items()}
    answer = function("example.Newer::run", files)()[0]
    assert answer["errorType"] == "java.lang.UnsupportedClassVersionError"
    assert answer["errorMessage"].startswith(
        "Error loading class example.Newer: example/Newer has been compiled by a more recent version of the Java Runtime "
        "(class file version 99.0), this version of the Java Runtime only recognizes class file versions up to ")


def test_a_class_that_is_missing_later_is_told(function, classes):
    files = {path: content for path, content in classes.items() if path != "example/Methods$Nested.class"}
    assert function("example.UsesMissing", files)()[0]["errorType"] == "java.lang.NoClassDefFoundError"


def test_exit_ends_the_process_and_the_next_invocation_starts_another(function):
    invoke = function("example.Failing")
    answer, error, log = invoke("exit")
    assert (answer["errorType"], error) == ("Runtime.ExitError", "Unhandled")
    assert answer["errorMessage"].endswith("Error: Runtime exited with error: exit status 3")
    assert invoke("ok")[0] == 1


@pytest.mark.parametrize("event, kind", [("stack", "java.lang.StackOverflowError"), ("heap", "java.lang.OutOfMemoryError")])
def test_the_virtual_machines_errors_are_told_and_end_it(function, event, kind):
    invoke = function("example.Failing")
    assert invoke("ok")[0] == 1
    answer, error, log = invoke(event)
    assert (answer["errorType"], error) == (kind, "Unhandled"), log
    assert "\tat example.Failing.handleRequest(Failing.java:" in log
    # An invocation that comes while the process ends may end with it.
    assert eventually(lambda: invoke("ok")[0] == 1)


def test_log_events_have_levels_and_a_structure(function):
    invoke = function("example.Levels", Environment={"Variables": {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "WARN"}})
    log = invoke()[2]
    events = [json.loads(line) for line in log.splitlines() if line.startswith("{") and "AWSRequestId" in line]
    assert [(event["level"], event["message"]) for event in events] == [("UNDEFINED", "plain"), ("ERROR", 'two\n"lines"')]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", events[0]["timestamp"])
    assert f"START RequestId: {events[0]['AWSRequestId']}" in log
    text = function("example.Levels")()[2]
    assert "\nplain\n[INFO] info\n[ERROR] two\n" in text


def test_an_event_of_six_megabytes_goes_both_ways(function):
    event = ["x" * 1_000_000] * 5
    assert function("example.Methods::echo", MemorySize=1024)(event)[0] == event
