"""Extensions of layers, which run as processes beside the runtime."""

import json
import re
import subprocess
import time

from conftest import eventually
from extension_programs import LISTENER, READER, environment_folder, lines


def test_an_extension_gets_the_events_that_it_registered_for(function, layers):
    layer = layers.extensions(
        watcher=layers.script(LISTENER, "INVOKE", "SHUTDOWN"), sleeper=layers.script(LISTENER, "SHUTDOWN"),
        idler=layers.script(LISTENER))
    invoke = function(READER, Layers=[layer], Timeout=5)
    begin = time.time()
    first, error, log = invoke()
    assert error is None, log
    second, _, second_log = invoke()
    assert second["count"] == 2
    # Of the second invocation it may not have told yet.
    event = second["told"]["watcher.events"][0]
    assert event["eventType"] == "INVOKE"
    assert event["requestId"] == first["id"]
    assert event["invokedFunctionArn"].endswith(":function:f")
    assert event["tracing"]["type"] == "X-Amzn-Trace-Id" and event["tracing"]["value"].startswith("Root=1-")
    assert begin + 5 <= event["deadlineMs"] / 1000 <= time.time() + 5
    assert set(second["told"]) == {"watcher.events"}
    assert sorted(lines(log, "EXTENSION")) == [
        ["EXTENSION", "Name: idler", "State: Ready", "Events: []"],
        ["EXTENSION", "Name: sleeper", "State: Ready", "Events: [SHUTDOWN]"],
        ["EXTENSION", "Name: watcher", "State: Ready", "Events: [INVOKE, SHUTDOWN]"],
    ]
    assert not lines(second_log, "EXTENSION")


def test_an_extension_sees_its_function_and_not_what_is_the_runtimes(function, layers):
    pipes = """
def pipes():
    links = {int(name): os.path.join("/proc/self/fd", name) for name in os.listdir("/proc/self/fd")}
    return sorted(name for name, link in links.items() if os.path.lexists(link) and os.readlink(link).startswith("pipe:"))
"""
    code = pipes + """
tell("seen", {"environment": dict(os.environ), "folder": os.getcwd(), "user": os.getuid(),
    "pipes": pipes()})
status, headers, body = call("POST", "/2020-01-01/extension/register", {"events": []},
    Lambda_Extension_Name=NAME, Lambda_Extension_Accept_Feature="accountId")
tell("seen", body)
next_event(headers["Lambda-Extension-Identifier"])
"""
    runtime = READER + pipes + """
reader, seen = handler, dict(os.environ)
def handler(event, context): return reader(event, context) | {"environment": seen, "pipes": pipes(), "user": os.getuid()}
"""
    invoke = function(runtime, Layers=[layers.extensions(seer=layers.script(code))], Environment={"Variables": {"OWN": "1"}})
    answer, _, log = invoke()
    seen, registered = answer["told"]["seen"]
    assert registered == {"functionName": "f", "functionVersion": "$LATEST", "handler": "app.handler", "accountId": "000000000000"}
    lacking = {name for name in answer["environment"] if name not in seen["environment"]}
    assert lacking == {
        "AWS_EXECUTION_ENV", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_XRAY_CONTEXT_MISSING",
        "AWS_XRAY_DAEMON_ADDRESS", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_AWS_XRAY_DAEMON_ADDRESS", "_AWS_XRAY_DAEMON_PORT", "_HANDLER",
    } | ({"LC_CTYPE", "PYTHONPATH"} & lacking)
    assert seen["environment"]["OWN"] == "1"
    assert "OLDPWD" not in seen["environment"] and "OLDPWD" not in answer["environment"]
    assert (seen["folder"], seen["user"]) == ("/", answer["user"])
    # Its own output, and no one else's.
    assert seen["pipes"] == answer["pipes"] == [1, 2]


def test_the_functions_variables_are_for_its_own_shells_only(function, layers):
    # What ends a bash that heeds one of them, a name that a script may use for itself, and a time that reads may take.
    variables = {"BASH_ENV": "/opt/end", "SHELLOPTS": "noexec", "TMOUT": "1", "count": "7", "extension": "8", "path": "9"}
    code = 'time.sleep(1.1)\ntell("seen", dict(os.environ))\n' + LISTENER
    layer = layers.publish({"extensions/seer": layers.script(code), "end": "exit 3\n"})
    runtime = READER + "reader, seen = handler, dict(os.environ)\ndef handler(event, context): return reader(event, context) | {'seen': seen}\n"
    answer, error, log = function(runtime, Layers=[layer], Environment={"Variables": variables})()
    assert error is None, log
    variables.pop("SHELLOPTS")
    for seen in (answer["seen"], answer["told"]["seen"][0]):
        assert {name: seen[name] for name in variables} == variables


def test_the_runtime_starts_when_all_extensions_have_registered(function, layers):
    code = 'time.sleep(0.3)\ntell("secret", "fetched")\n' + LISTENER
    invoke = function(READER + "early = told()\ndef handler(event, context): return early\n", Layers=[
        layers.extensions(fetcher=layers.script(code), other=layers.script(LISTENER))])
    answer, _, log = invoke()
    assert answer == {"secret": ["fetched"]}, log


def test_what_an_extension_prints_is_in_the_log(function, layers):
    code = 'print("registering", flush=True)\n' + LISTENER.replace("    tell", '    print("got", event["eventType"], flush=True)\n    tell')
    invoke = function(READER, Layers=[layers.extensions(printer=layers.script(code, "INVOKE"))])
    _, _, log = invoke()
    found = [line for line in log.splitlines() if line in ("registering", "got INVOKE")]
    assert found == ["registering", "got INVOKE"]
    assert log.index("registering") < log.index("START") < log.index("got INVOKE") < log.index("END")


# Is at work behind each event until a file lets it go on.
SLOW = """
id = register("INVOKE", "SHUTDOWN")
while True:
    event = next_event(id)
    tell(NAME + ".events", event)
    if event["eventType"] == "SHUTDOWN":
        break
    while not (HERE / "go").exists():
        time.sleep(0.01)
"""


def test_a_caller_does_not_wait_for_extensions_and_the_next_invocation_does(server, client, function, layers):
    function(READER, Layers=[layers.extensions(slow=layers.script(SLOW))])
    first = json.loads(client.invoke(FunctionName="f")["Payload"].read())
    assert first["count"] == 1
    # Its environment is not free, and another invocation gets one of its own.
    (environment_folder(server) / "go").touch()
    second = eventually(lambda: (answer := json.loads(client.invoke(FunctionName="f")["Payload"].read()))["count"] > 1 and answer)
    assert "go" in second["told"] and len(second["told"]["slow.events"]) >= second["count"] - 1


def test_what_extensions_take_is_billed_and_is_not_the_functions_duration(function, layers):
    code = LISTENER.replace("    tell", "    time.sleep(0.4)\n    tell")
    invoke = function(READER, Layers=[layers.extensions(slow=layers.script(code, "INVOKE"))])
    invoke()
    _, _, log = invoke()
    report = re.search(r"Duration: ([\d.]+) ms\tBilled Duration: (\d+) ms", log)
    # An extension may have its event a little before the function.
    assert float(report[1]) < 380 <= int(report[2]), log


def test_an_extension_that_is_late_ends_with_its_environment_and_the_caller_has_its_answer(function, layers):
    invoke = function(READER, Layers=[layers.extensions(slow=layers.script(SLOW))], Timeout=1)
    answer, error, log = invoke()
    assert (answer["count"], error) == (1, None)
    assert re.search(r"Task timed out after 1.00 seconds", log)
    assert "Status: timeout" in log
    # A new process, in the environment whose /tmp stays: what slow was told is there.
    answer, _, _ = invoke()
    assert answer["count"] == 1
    assert [event["eventType"] for event in answer["told"]["slow.events"]][0] == "INVOKE"


def test_a_program_without_any_library_can_be_an_extension(function, layers, tmp_path):
    source = tmp_path / "watcher.c"
    source.write_text(r"""
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static char answer[8192];
static void ask(const char *request) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9001)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    connect(connection, (struct sockaddr *)&address, sizeof address);
    write(connection, request, strlen(request));
    ssize_t size = 0, count;
    while (size < (ssize_t)sizeof answer - 1 && (count = read(connection, answer + size, sizeof answer - 1 - size)) > 0) {
        answer[size += count] = 0;
        if (strstr(answer, "\r\n\r\n") && answer[size - 1] == '}') break;
    }
    close(connection);
}
int main(void) {
    char request[512], id[64];
    ask("POST /2020-01-01/extension/register HTTP/1.1\r\nHost: x\r\nLambda-Extension-Name: compiled\r\nContent-Length: 21\r\n\r\n{\"events\":[\"INVOKE\"]}");
    sscanf(strstr(answer, "Lambda-Extension-Identifier: ") + 29, "%36s", id);
    for (;;) {
        snprintf(request, sizeof request, "GET /2020-01-01/extension/event/next HTTP/1.1\r\nHost: x\r\nLambda-Extension-Identifier: %s\r\n\r\n", id);
        ask(request);
        printf("compiled: %s\n", strstr(answer, "INVOKE") ? "INVOKE" : answer);
        fflush(stdout);
    }
}
""")
    program = tmp_path / "watcher"
    subprocess.run(["gcc", "-static", "-Os", "-o", program, source], check=True)
    invoke = function(READER, Layers=[layers.extensions(compiled=program.read_bytes())])
    _, _, log = invoke()
    assert "compiled: INVOKE" in log
    assert ["EXTENSION", "Name: compiled", "State: Ready", "Events: [INVOKE]"] in lines(log, "EXTENSION")
