"""The Telemetry API and the Logs API: what an environment's extensions are told of it."""

import json

from conftest import eventually
from extension_programs import COLLECTOR, LIBRARY, LOOP, READER, environment_folder, lines, logged_until_the_stop


def told(server, file, of_type, count=1):
    """Waits for events of a type in a file of /tmp, and gives all that are there."""
    path = environment_folder(server) / file

    def found():
        events = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return events if sum(event["type"] == of_type for event in events) >= count else None

    return eventually(found)


def records(events, kind):
    return [event["record"] for event in events if event["type"] == kind]


def test_an_extension_is_told_of_each_phase_and_of_what_is_printed(server, function, layers):
    code = COLLECTOR + 'subscribe(id, ["platform", "function", "extension"], HTTP)\nprint("I am here", flush=True)\n' + LOOP
    function_code = READER + "print('importing')\nreader = handler\ndef handler(event, context):\n    print('héllo'); return reader(event, context)\n"
    answer, error, log = function(function_code, Layers=[layers.extensions(collector=layers.script(code))])()
    assert error is None, log
    events = told(server, "http", "platform.report")
    assert {event["time"][-1] for event in events} == {"Z"}
    assert [event["type"] for event in events if event["type"] not in ("function", "extension")] == [
        "platform.initStart", "platform.telemetrySubscription", "platform.initRuntimeDone", "platform.extension", "platform.initReport",
        "platform.start", "platform.runtimeDone", "platform.report"]
    (start,) = records(events, "platform.initStart")
    version = start.pop("runtimeVersion")
    assert version.startswith("python:3.")
    assert start == {"initializationType": "on-demand", "phase": "init", "functionName": "f", "functionVersion": "$LATEST"}
    assert records(events, "platform.telemetrySubscription") == [
        {"name": "collector", "state": "Subscribed", "types": ["platform", "function", "extension"]}]
    assert records(events, "platform.initRuntimeDone") == [{"initializationType": "on-demand", "phase": "init", "status": "success"}]
    (report,) = records(events, "platform.initReport")
    assert report["metrics"].keys() == {"durationMs"} and report["metrics"]["durationMs"] > 0
    assert records(events, "platform.extension") == [{"name": "collector", "state": "Ready", "events": ["INVOKE", "SHUTDOWN"]}]
    assert records(events, "platform.start") == [{"requestId": answer["id"], "version": "$LATEST"}]
    (done,) = records(events, "platform.runtimeDone")
    assert (done["requestId"], done["status"]) == (answer["id"], "success")
    assert done["metrics"]["producedBytes"] > 0 and done["metrics"]["durationMs"] > 0
    (report,) = records(events, "platform.report")
    assert (report["requestId"], report["status"]) == (answer["id"], "success")
    assert report["metrics"].keys() == {"durationMs", "billedDurationMs", "memorySizeMB", "maxMemoryUsedMB", "initDurationMs"}
    assert report["metrics"]["memorySizeMB"] == 256
    assert records(events, "function") == ["importing\n", "héllo\n"]
    assert records(events, "extension") == ["I am here\n"]
    assert lines(log, "TELEMETRY") == [
        ["TELEMETRY", "Name: collector", "State: Subscribed", "Types: [Platform, Function, Extension]"]]
    requests = [json.loads(line) for line in (environment_folder(server) / "requests").read_text().splitlines()]
    assert {tuple(request) for request in requests} == {("POST", "/events", "sandbox.localdomain:8080", "application/json")}


def test_telemetry_by_tcp_is_a_line_for_each_event(server, function, layers):
    code = COLLECTOR + 'subscribe(id, ["function"], TCP, version="2025-01-29")\n' + LOOP
    invoke = function("def handler(event, context): print(event['text'])\n", Layers=[layers.extensions(collector=layers.script(code))])
    for number in range(3):
        invoke({"text": f"line {number}"})
    events = told(server, "tcp", "function", 3)
    assert records(events, "function") == ["line 0\n", "line 1\n", "line 2\n"]


def test_a_fault_is_told_by_the_status_of_the_next_phases(server, function, layers):
    code = COLLECTOR + 'subscribe(id, ["platform"], HTTP)\n' + LOOP
    invoke = function("import os\ndef handler(event, context): os._exit(3)\n", Layers=[layers.extensions(collector=layers.script(code))])
    invoke()
    events = told(server, "http", "platform.report")
    for kind in ("platform.runtimeDone", "platform.report"):
        (record,) = records(events, kind)
        assert (record["status"], record["errorType"]) == ("error", "Runtime.ExitError")


def test_the_logs_api_has_forms_of_its_own(server, function, layers):
    code = COLLECTOR + """
put = HTTP | {"method": "PUT"}
subscribe(id, ["platform", "function"], put, LOGS, version="2021-03-18")
subscribe(id, ["platform"], TCP, LOGS, version="2020-08-15")
""" + LOOP
    invoke = function(
        "def handler(event, context):\n    print('hello')\n    if event: exit(1)\n", Layers=[layers.extensions(collector=layers.script(code))])
    _, _, log = invoke()
    request = lines(log, "REPORT")[0][0].split()[2]
    events = told(server, "http", "platform.report")
    kinds = [event["type"] for event in events]
    assert kinds == [
        "platform.logsSubscription", "platform.logsSubscription", "platform.extension", "platform.start", "function", "platform.runtimeDone",
        "platform.end", "platform.report"]
    assert records(events, "platform.end") == [{"requestId": request}]
    assert records(events, "platform.runtimeDone") == [{"requestId": request, "status": "success"}]
    assert records(events, "platform.report")[0].keys() == {"requestId", "metrics"}
    # runtimeDone came with the newer version.
    assert [event["type"] for event in told(server, "tcp", "platform.report")] == [
        "platform.logsSubscription", "platform.logsSubscription", "platform.extension", "platform.start", "platform.end", "platform.report"]
    assert json.loads((environment_folder(server) / "requests").read_text().splitlines()[0])[0] == "PUT"
    assert [line[1:] for line in lines(log, "LOGS")] == [
        ["Name: collector", "State: Subscribed", "Types: [Platform, Function]"],
        ["Name: collector", "State: Subscribed", "Types: [Platform]"]]
    _, _, log = invoke({"end": True})
    request = lines(log, "REPORT")[0][0].split()[2]
    events = told(server, "http", "platform.fault")
    assert records(events, "platform.fault") == [
        f"RequestId: {request} Error: Runtime exited with error: exit status 1\nRuntime.ExitError"]
    assert records(events, "platform.runtimeDone")[1] == {"requestId": request, "status": "failure"}


def test_what_waits_is_sent_before_the_shutdown(server, function, layers):
    # Nothing is due for half a minute. What the collector prints is no telemetry that it asks for.
    printing = COLLECTOR.replace('tell("http", event)', 'print("got", event["record"], flush=True)')
    code = printing + 'subscribe(id, ["function"], HTTP, timeoutMs=30000)\n' + LOOP + 'print("ending", flush=True)\ntime.sleep(0.5)\n'
    invoke = function("def handler(event, context): print('last words')\n", Layers=[layers.extensions(collector=layers.script(code))])
    _, _, log = invoke()
    assert "got last words" not in log
    logged = logged_until_the_stop(server)
    assert "got last words" in logged and "ending" in logged


def test_a_listener_that_comes_late_gets_what_it_missed(server, function, layers):
    late = COLLECTOR.replace("threading.Thread(target=http", "start = threading.Thread(target=lambda: http").replace(
        '.serve_forever, daemon=True).start()\nclass Lines', '.serve_forever(), daemon=True)\nclass Lines')
    code = late + 'subscribe(id, ["function"], HTTP)\nnext_event(id)\ntime.sleep(0.2)\nstart.start()\n' + LOOP
    invoke = function("print('early')\ndef handler(event, context): pass\n", Layers=[layers.extensions(collector=layers.script(code))])
    invoke()
    assert records(told(server, "http", "function"), "function") == ["early\n"]


def test_wrong_subscriptions_are_refused(function, layers):
    code = COLLECTOR + """
def ask(what, *request, **options): tell("answers", [what, *subscribe(id, *request, **options)])
ask("no types", [], {"protocol": "HTTP", "URI": "http://sandbox.localdomain"})
ask("type", ["metrics"], TCP)
ask("host", ["platform"], {"protocol": "HTTP", "URI": "http://127.0.0.1:8080"})
ask("port", ["platform"], {"protocol": "TCP", "port": 9001})
ask("protocol", ["platform"], {"protocol": "UDP", "port": 8081})
ask("version", ["platform"], TCP, version="2020-01-01")
ask("buffering", ["platform"], TCP, maxItems=1, maxBytes=1, timeoutMs=1)
ask("logs", ["platform"], {"protocol": "TCP"}, LOGS, version="2020-08-15")
ask("good", ["platform"], TCP)
ask("again", ["platform"], TCP)
for number in range(9): subscribe(id, ["platform"], {"protocol": "TCP", "port": 8082 + number})
ask("many", ["platform"], {"protocol": "TCP", "port": 8100})
ask("other", ["platform"], HTTP, LOGS, version="2020-08-15")
next_event(id)
ask("late", ["function"], TCP)
ask("late logs", ["function"], TCP, LOGS, version="2020-08-15")
""" + LOOP
    invoke = function(READER, Layers=[layers.extensions(collector=layers.script(code))])
    invoke()
    answer, _, log = invoke()
    answers = {what: (status, body) for what, status, body in answer["told"]["answers"]}

    def flaw(message, kind="ValidationError"):
        return 400, {"errorType": kind, "errorMessage": message}

    assert answers == {
        "no types": flaw("types should not be empty; URI port is not provided"),
        "type": flaw("types must be of platform, function, extension, and 'metrics' is not"),
        "host": flaw("URI host must be sandbox.localdomain"),
        "port": flaw("port must be between 1 and 65535, and not 9001"),
        "protocol": flaw("protocol must be HTTP or TCP"),
        "version": flaw("schemaVersion must be one of 2022-07-01, 2022-12-13, 2025-01-29"),
        "buffering": flaw(
            "maxItems must be between 1000 and 10000; maxBytes must be between 262144 and 1048576; timeoutMs must be between 25 and 30000"),
        "logs": flaw("port is not provided", "Logs.ValidationError"),
        "good": (200, "OK"),
        "again": (200, "OK"),
        "many": flaw("an environment has at most 10 subscriptions"),
        "other": flaw("collector has subscribed by the other of the Telemetry API and the Logs API already", "Logs.ValidationError"),
        "late": (403, {"errorType": "Telemetry.SubscriptionClosed", "errorMessage": "Telemetry API subscription is closed already"}),
        "late logs": (403, {"errorType": "Logs.SubscriptionClosed", "errorMessage": "Logs API subscription is closed already"}),
    }


def test_a_slow_listener_is_told_what_was_dropped(server, function, layers):
    # It takes nothing until the function has printed more than is kept for it.
    slow = COLLECTOR.replace("    def take(self):\n", "    def take(self):\n        while not (HERE / 'go').exists(): time.sleep(0.01)\n")
    code = slow + 'subscribe(id, ["function"], HTTP)\n' + LOOP
    printing = "import pathlib\ndef handler(event, context):\n    for _ in range(20): print('x' * 100_000)\n    pathlib.Path('/tmp/go').touch()\n"
    function(printing, Layers=[layers.extensions(collector=layers.script(code))])()
    for dropped in records(told(server, "http", "platform.logsDropped"), "platform.logsDropped"):
        assert dropped["reason"] == "Consumer seems to have fallen behind as it has not acknowledged receipt of logs."
        assert 1 <= dropped["droppedRecords"] < 20 and dropped["droppedBytes"] > dropped["droppedRecords"] * 100_000


def test_an_internal_extension_can_listen_too(server, function):
    code = LIBRARY + COLLECTOR.replace('register("INVOKE", "SHUTDOWN")', 'register("INVOKE", name="inside")') + """
subscribe(id, ["platform"], HTTP)
def listen():
    while True: next_event(id)
threading.Thread(target=listen, daemon=True).start()
def handler(event, context): return 1
"""
    _, error, log = function(code)()
    assert error is None, log
    assert records(told(server, "http", "platform.report"), "platform.report")[0]["status"] == "success"
