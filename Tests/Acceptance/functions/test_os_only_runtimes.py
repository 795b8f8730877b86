"""provided.al2 and provided.al2023: functions whose program, bootstrap, is their own or a layer's."""

import base64
import io
import json
import os
import platform
import stat
import subprocess
import zipfile

import pytest
from conftest import ROLE

RUNTIMES = ["provided.al2", "provided.al2023"]

# Answers each event with itself, by the shell's own sockets.
SHELL = r"""#!/bin/bash
host=${AWS_LAMBDA_RUNTIME_API%:*} port=${AWS_LAMBDA_RUNTIME_API#*:}
# request METHOD PATH [BODY]: leaves the answer at descriptor 3, behind its headers, of which it keeps two.
request() {
    exec 3<>"/dev/tcp/$host/$port"
    printf '%s /2018-06-01/runtime/invocation/%s HTTP/1.1\r\nHost: %s\r\nContent-Length: %s\r\n\r\n%s' "$1" "$2" "$host" "${#3}" "$3" >&3
    while IFS= read -r line <&3; line=${line%$'\r'}; [ -n "$line" ]; do
        case ${line,,} in
            lambda-runtime-aws-request-id:*) id=${line#*: } ;;
            content-length:*) length=${line#*: } ;;
        esac
    done
}
while true; do
    request GET next
    IFS= read -r -N "$length" event <&3
    request POST "$id/response" "{\"event\": $event, \"bootstrap\": \"$0\", \"arguments\": $#, \"folder\": \"$PWD\", \"handler\": \"$_HANDLER\"}"
done
"""

# The same in C, without a library of its own to be found: it is linked statically. The answer is its environment.
PROGRAM = r"""
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static char answer[65536], body[32768];

static void exchange(const char *request) {
    char host[64];
    strcpy(host, getenv("AWS_LAMBDA_RUNTIME_API"));
    char *colon = strchr(host, ':');
    *colon = 0;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(colon + 1)), .sin_addr.s_addr = inet_addr(host)};
    int socket_ = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(socket_, (struct sockaddr *)&address, sizeof address) != 0) exit(3);
    if (write(socket_, request, strlen(request)) < 0) exit(4);
    size_t length = 0;
    for (ssize_t count; (count = read(socket_, answer + length, sizeof answer - 1 - length)) > 0;) {
        answer[length += count] = 0;
        char *size = strcasestr(answer, "content-length: ");
        char *end = strstr(answer, "\r\n\r\n");
        if (end && size && answer + length >= end + 4 + atoi(size + 16)) break;
    }
    close(socket_);
}

int main(void) {
    extern char **environ;
    char *end = body;
    *end++ = '{';
    for (char **variable = environ; *variable; variable++) {
        char *value = strchr(*variable, '=');
        end += sprintf(end, "%s\"%.*s\": \"%s\"", variable == environ ? "" : ", ", (int)(value - *variable), *variable, value + 1);
    }
    *end++ = '}';
    for (;;) {
        exchange("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: api\r\n\r\n");
        char *id = strcasestr(answer, "lambda-runtime-aws-request-id: ") + 31;
        id[strcspn(id, "\r")] = 0;
        static char request[40000];
        sprintf(request, "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: api\r\n"
                "Content-Length: %zu\r\n\r\n%s", id, strlen(body), body);
        exchange(request);
    }
}
"""


def make_package(files):
    """A zip of (mode, bytes) by path."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, (mode, content) in files.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (mode if stat.S_IFMT(mode) else stat.S_IFREG | mode) << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """The C program's bytes."""
    folder = tmp_path_factory.mktemp("program")
    (folder / "main.c").write_text(PROGRAM)
    subprocess.run(["gcc", "-static", "-O1", "-D_GNU_SOURCE", "-o", folder / "bootstrap", folder / "main.c"], check=True)
    return (folder / "bootstrap").read_bytes()


@pytest.fixture
def invoke(client):
    """Makes a function of files, layers and a runtime, and invokes it: (answer, kind of error or None, log)."""

    def make(files, runtime="provided.al2023", layers=(), event=None, name="f"):
        arns = [
            client.publish_layer_version(LayerName=f"{name}-{number}", Content={"ZipFile": make_package(layer)})["LayerVersionArn"]
            for number, layer in enumerate(layers)
        ]
        client.create_function(
            FunctionName=name, Runtime=runtime, Handler="function.handler", Role=ROLE, Timeout=10, MemorySize=1024, Layers=arns,
            Code={"ZipFile": make_package(files)})
        answer = client.invoke(FunctionName=name, Payload=json.dumps(event), LogType="Tail")
        return json.loads(answer["Payload"].read()), answer.get("FunctionError"), base64.b64decode(answer["LogResult"]).decode()

    return make


def script(text, mode=0o755):
    return mode, text.encode()


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_script_is_a_function(invoke, runtime):
    event = {"greeting": "good morning"}
    answer, error, log = invoke({"bootstrap": script(SHELL)}, runtime, event=event)
    assert error is None, log
    assert answer == {"event": event, "bootstrap": "/var/task/bootstrap", "arguments": 0, "folder": "/var/task", "handler": "function.handler"}


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_compiled_program_is_a_function(invoke, runtime, program):
    answer, error, log = invoke({"bootstrap": (0o755, program)}, runtime)
    assert error is None, log
    assert answer["_HANDLER"] == "function.handler"


def test_a_layer_brings_the_bootstrap(invoke):
    answer, _, _ = invoke({"main.sh": script("")}, layers=[{"bootstrap": script("#!/bin/false\n")}, {"bootstrap": script(SHELL)}], event=1)
    assert (answer["bootstrap"], answer["event"]) == ("/opt/bootstrap", 1)


def test_the_functions_own_bootstrap_comes_before_a_layers(invoke):
    answer, _, _ = invoke({"bootstrap": script(SHELL)}, layers=[{"bootstrap": script("#!/bin/false\n")}])
    assert answer["bootstrap"] == "/var/task/bootstrap"


def test_a_folder_of_that_name_is_passed_over(invoke):
    answer, _, _ = invoke({"bootstrap/readme": script("", 0o644)}, layers=[{"bootstrap": script(SHELL)}])
    assert answer["bootstrap"] == "/opt/bootstrap"


def test_it_may_be_a_link(invoke):
    answer, _, _ = invoke({"bootstrap": (stat.S_IFLNK | 0o777, b"bin/start"), "bin/start": script(SHELL)})
    assert answer["bootstrap"] == "/var/task/bootstrap"


def other_machine(program):
    """The program, said to be for the other architecture."""
    return program[:18] + ({"x86_64": 183, "aarch64": 62}[platform.machine()]).to_bytes(2, "little") + program[20:]


REFUSED = {
    "none": (lambda program: {"main.sh": script(SHELL)}, "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"),
    "a link to nothing": (
        lambda program: {"bootstrap": (stat.S_IFLNK | 0o777, b"bin/none")},
        "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"),
    "not executable": (lambda program: {"bootstrap": script(SHELL, 0o644)}, "fork/exec /var/task/bootstrap: permission denied"),
    "for its owner only": (lambda program: {"bootstrap": script(SHELL, 0o700)}, "fork/exec /var/task/bootstrap: permission denied"),
    "of another machine": (lambda program: {"bootstrap": (0o755, other_machine(program))}, "fork/exec /var/task/bootstrap: exec format error"),
    "of no format": (lambda program: {"bootstrap": script("echo hello\n")}, "fork/exec /var/task/bootstrap: exec format error"),
    "empty": (lambda program: {"bootstrap": script("")}, "fork/exec /var/task/bootstrap: exec format error"),
    "with Windows' line ends": (
        lambda program: {"bootstrap": script(SHELL.replace("\n", "\r\n"))}, "fork/exec /var/task/bootstrap: no such file or directory"),
    "of an interpreter that is not there": (
        lambda program: {"bootstrap": script("#!/usr/bin/python3\n")}, "fork/exec /var/task/bootstrap: no such file or directory"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_started_is_told_in_awss_words(client, invoke, program, case):
    files, reason = REFUSED[case]
    answer, error, log = invoke(files(program))
    assert error == "Unhandled"
    request = log.split("RequestId: ")[1].split()[0]
    assert answer == {"errorType": "Runtime.InvalidEntrypoint", "errorMessage": f"RequestId: {request} Error: {reason}"}
    assert f"RequestId: {request} Error: {reason}\nRuntime.InvalidEntrypoint\n" in log
    assert f"END RequestId: {request}\nREPORT RequestId: {request}\t" in log


def test_a_function_that_is_mended_runs(client, invoke):
    assert invoke({"bootstrap": script(SHELL, 0o644)})[1] == "Unhandled"
    client.update_function_code(FunctionName="f", ZipFile=make_package({"bootstrap": script(SHELL)}))
    assert json.loads(client.invoke(FunctionName="f", Payload=b"7")["Payload"].read())["event"] == 7
