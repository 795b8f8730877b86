"""Functions in Node.js: handlers, contexts, layers, logs and errors as with AWS's own runtime client."""

import re

import added
import pytest

functions = added.fixture("nodejs20.x", "nodejs24.x", "nodejs16.x")

ECHO = "exports.handler = async (event) => event;\n"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def js(body, parameters="event, context"):
    return {"app.js": f"exports.handler = async ({parameters}) => {{ {body} }};\n"}


@pytest.mark.parametrize("files, handler", [
    ({"app.js": ECHO}, "app.handler"),
    ({"app.cjs": ECHO}, "app.handler"),
    ({"app.mjs": "export const handler = async (event) => event;\n"}, "app.handler"),
    ({"app.js": "export const handler = async (event) => event;\n", "package.json": '{"type": "module"}'}, "app.handler"),
    ({"src/app.mjs": "import {echo} from './echo.js';\nexport const handler = echo;\n",
      "src/echo.js": "export const echo = async (event) => event;\n", "package.json": '{"type": "module"}'}, "src/app.handler"),
    ({"a/b/app.js": "exports.one = {two: {three: (event) => Promise.resolve(event)}};\n"}, "a/b/app.one.two.three"),
    ({"app/index.js": ECHO}, "app/index.handler"),
    ({"node_modules/app/index.js": ECHO}, "app.handler"),
    ({"a#b/app%20.mjs": "export const handler = async (event) => event;\n"}, "a#b/app%20.handler"),
], ids=str)
def test_the_handler_is_found(functions, files, handler):
    assert functions.make(files, handler)({"n": [1, "ä"]})[:2] == ({"n": [1, "ä"]}, None)


@pytest.mark.parametrize("code, answer", [
    ("(event, context, callback) => callback(null, event.n)", 1),
    ("(event, context, callback) => { setTimeout(() => callback(null, 'late'), 5) }", "late"),
    ("(event, context, callback) => { callback(null, 'first'); callback(null, 'second') }", "first"),
    ("(event, context) => context.succeed('succeeded')", "succeeded"),
    ("(event, context) => context.done(null, 'done')", "done"),
    ("(event, context) => 'ignored'", None),
    ("async () => undefined", None),
    ("async () => 'text'", "text"),
    ("() => ({ then: (resolve) => resolve('thenable') })", "thenable"),
])
def test_a_handler_may_answer_in_every_way(functions, code, answer):
    assert functions.make({"app.js": f"exports.handler = {code};\n"})({"n": 1})[:2] == (answer, None)


def test_a_callback_waits_for_the_event_loop_unless_told_not_to(functions):
    code = "let n = 0; exports.handler = (event, context, callback) => { %s setTimeout(() => { n += 1 }, 100); callback(null, n) };\n"
    waiting = functions.make({"app.js": code.replace("callback(null, n)", "callback(null, { get n() { return n } })") % ""})
    assert waiting()[0] == {"n": 1}
    assert functions.make({"app.js": code % "context.callbackWaitsForEmptyEventLoop = false;"})()[0] == 0


def test_the_context_tells_of_the_function_and_the_invocation(functions):
    invoke = functions.make(js("return { ...context, left: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID }"))
    seen, _, log = invoke()
    [request] = set(re.findall(r"RequestId: (\S+)", log))
    assert seen["awsRequestId"] == request
    assert seen["functionName"] in seen["invokedFunctionArn"] and seen["functionVersion"] == "$LATEST"
    assert (seen["memoryLimitInMB"], seen["logGroupName"]) == ("256", f"/aws/lambda/{seen['functionName']}")
    assert "[$LATEST]" in seen["logStreamName"]
    assert 5000 < seen["left"] <= 10000
    assert seen["callbackWaitsForEmptyEventLoop"] is True
    assert re.match(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};", seen["trace"])


def test_the_callers_client_context_reaches_the_function(functions):
    context = "eyJjdXN0b20iOiB7ImsiOiAiw6QifX0="  # {"custom": {"k": "ä"}}
    invoke = functions.make(js("return context.clientContext"))
    assert invoke(ClientContext=context)[0] == {"custom": {"k": "ä"}}
    assert invoke()[0] is None


def test_what_a_module_keeps_stays_for_the_next_invocation(functions):
    invoke = functions.make({"app.js": "let n = 0; exports.handler = async () => ++n;\n"})
    assert [invoke()[0] for _ in range(3)] == [1, 2, 3]


def test_a_large_event_is_answered_whole(functions):
    event = {"text": "aä€" * 300_000}
    assert functions.make({"app.js": ECHO})(event)[0] == event


def test_console_writes_lambdas_lines(functions):
    body = "console.log('one %d', 2, {a: 1}); console.error('two\\nlines'); console.warn('w'); console.debug('d'); process.stdout.write('raw\\n')"
    log = functions.make(js(body))()[2]
    request = re.search(r"RequestId: (\S+)", log)[1]
    assert re.search(
        rf"^{TIME}\t{request}\tINFO\tone 2 {{ a: 1 }}\n{TIME}\t{request}\tERROR\ttwo\rlines\n{TIME}\t{request}\tWARN\tw\n"
        rf"{TIME}\t{request}\tDEBUG\td\nraw\n", log, re.MULTILINE), log


@pytest.mark.parametrize("code, kind, message", [
    ("throw new TypeError('bad')", "TypeError", "bad"),
    ("throw Object.assign(new Error('own'), { name: 'OwnError' })", "OwnError", "own"),
    ("throw 'text'", "string", "text"),
    ("throw undefined", "string", "handled"),
    ("const a = {}; a.a = a; return a", "Error", "Unable to stringify response body"),
    ("return { n: 1n }", "Error", "Unable to stringify response body"),
    ("throw Object.create(null)", "handled",
     "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack"),
    ("throw Object.assign(new Error('half'), { name: 'Half\\ud83dError' })", "Half\ufffdError", "half"),
    ("await new Promise(() => {})", "Runtime.NodeJsExit", None),
])
def test_a_failed_invocation_is_told_and_logged_and_the_next_one_runs(functions, code, kind, message):
    invoke = functions.make({"app.js": f"let n = 0; exports.handler = async () => {{ if (n++ > 0) return n; {code} }};\n"})
    answer, error, log = invoke()
    assert (answer["errorType"], error) == (kind, "Unhandled")
    assert message is None or answer["errorMessage"] == message
    assert isinstance(answer["trace"], list)
    assert re.search(rf"^{TIME}\t\S+\tERROR\tInvoke Error \t{{\"errorType\":", log, re.MULTILINE), log
    assert invoke()[:2] == (2, None)


def test_the_trace_names_the_functions_own_lines(functions):
    answer = functions.make({"app.js": "\nfunction deep() { throw new Error('bad') }\nexports.handler = async () => deep();\n"})()[0]
    assert answer["trace"][:2] == ["Error: bad", "    at deep (/var/task/app.js:2:25)"]


@pytest.mark.parametrize("code, kind, message, logged", [
    ("Promise.reject(new Error('lost')); await new Promise((resolve) => setTimeout(resolve, 1000))",
     "Runtime.UnhandledPromiseRejection", "Error: lost", "Unhandled Promise Rejection"),
    ("setTimeout(() => { throw new RangeError('thrown') }); await new Promise((resolve) => setTimeout(resolve, 1000))",
     "RangeError", "thrown", "Uncaught Exception"),
])
def test_an_error_outside_of_the_handler_ends_the_process(functions, code, kind, message, logged):
    invoke = functions.make({"app.js": f"const start = process.hrtime().join(); exports.handler = async (e) => {{ if (!e.fail) return start; {code} }};\n"})
    before = invoke()[0]
    answer, error, log = invoke({"fail": True})
    assert (answer["errorType"], answer["errorMessage"], error) == (kind, message, "Unhandled")
    assert f"\tERROR\t{logged} \t{{" in log
    assert added.succeeding(invoke) != before


def test_an_exit_is_told_with_its_status(functions):
    answer, error, _ = functions.make(js("process.exit(7)"))()
    assert (answer["errorType"], error) == ("Runtime.ExitError", "Unhandled")
    assert answer["errorMessage"].endswith("Error: Runtime exited with error: exit status 7")


@pytest.mark.parametrize("files, handler, kind, message", [
    ({"app.js": "require('absent');\n"}, "app.handler", "Runtime.ImportModuleError",
     "Error: Cannot find module 'absent'\nRequire stack:\n- /var/task/app.js\n- /var/runtime/index.mjs"),
    ({"app.js": ECHO}, "other.handler", "Runtime.ImportModuleError",
     "Error: Cannot find module 'other'\nRequire stack:\n- /var/runtime/index.mjs"),
    ({"app.mjs": "import 'absent';\n"}, "app.handler", "Error", "Cannot find package 'absent' imported from /var/task/app.mjs"),
    ({"app.js": ECHO}, "app.other", "Runtime.HandlerNotFound", "app.other is undefined or not exported"),
    ({"app.js": "exports.handler = 1;\n"}, "app.handler", "Runtime.HandlerNotFound", "app.handler is not a function"),
    ({"app.js": ECHO}, "app", "Runtime.MalformedHandlerName", "Bad handler"),
    ({"app.js": ECHO}, "../app.handler", "Runtime.MalformedHandlerName",
     "'../app.handler' is not a valid handler name. Use absolute paths when specifying root directories in handler names."),
    ({"app.js": "exports.handler = (;\n"}, "app.handler", "Runtime.UserCodeSyntaxError", "SyntaxError: Unexpected token ';'"),
    ({"app.js": "throw new RangeError('at the top');\n"}, "app.handler", "RangeError", "at the top"),
], ids=str)
def test_an_error_of_the_init_phase_is_told(functions, files, handler, kind, message):
    answer, error, log = functions.make(files, handler)()
    assert (answer["errorType"], answer["errorMessage"], error) == (kind, message, "Unhandled")
    assert answer["trace"]
    assert re.search(rf"^{TIME}\tundefined\tERROR\tUncaught Exception \t{{\"errorType\":\"{kind}\"", log, re.MULTILINE), log


def test_a_syntax_errors_trace_names_the_line(functions):
    answer = functions.make({"app.js": "\nexports.handler = (;\n"})()[0]
    assert answer["trace"][:2] == ["Runtime.UserCodeSyntaxError: SyntaxError: Unexpected token ';'", "/var/task/app.js:2"]


def package(text):
    return f"module.exports = {text!r};\n"


LAYER = {"nodejs/node_modules/one/index.js": package("one"), "nodejs/node_modules/both/index.js": package("both"),
         "nodejs/node_modules/pure/package.json": '{"type": "module", "exports": "./main.js"}',
         "nodejs/node_modules/pure/main.js": "import one from 'one';\nexport default `pure and ${one}`;\n"}
VERSION_LAYER = {"nodejs/node20/node_modules/both/index.js": package("both of node20"),
                 "nodejs/node20/node_modules/two/index.js": package("two")}


@pytest.mark.parametrize("files", [
    {"app.js": "const names = ['one', 'two', 'both'].map((name) => require(name));\n"
               "exports.handler = async () => [...names, (await import('pure')).default];\n"},
    {"app.mjs": "import one from 'one';\nimport two from 'two';\nimport both from 'both';\nimport pure from 'pure';\n"
                "export const handler = async () => [one, two, both, pure];\n"},
    {"src/deep/app.mjs": "const load = async (name) => (await import(name)).default;\n"
                         "export const handler = () => Promise.all(['one', 'two', 'both', 'pure'].map(load));\n"},
], ids=["require", "import", "dynamic import"])
def test_layers_packages_are_found(functions, files):
    layers = [functions.layer(LAYER), functions.layer(VERSION_LAYER)]
    handler = "src/deep/app.handler" if "src/deep/app.mjs" in files else "app.handler"
    assert functions.make(files, handler, Layers=layers)()[:2] == (["one", "two", "both of node20", "pure and one"], None)


def test_the_functions_own_package_comes_before_a_layers(functions):
    files = {"node_modules/one/index.js": package("own"), "app.mjs": "import one from 'one';\nexport const handler = async () => one;\n"}
    assert functions.make(files, Layers=[functions.layer(LAYER)])()[0] == "own"


def test_before_node_18_import_does_not_see_layers(functions):
    files = js("return [require('one'), await import('one').catch((error) => error.code)]")
    invoke = functions.make(files, Runtime="nodejs16.x", Layers=[functions.layer(LAYER)])
    assert invoke()[0] == ["one", "ERR_MODULE_NOT_FOUND"]


def test_from_node_24_on_handlers_give_their_answer_back(functions):
    make = lambda code: functions.make({"app.js": f"exports.handler = {code};\n"}, Runtime="nodejs24.x")
    assert make("(event) => event.n")({"n": 1})[:2] == (1, None)
    assert make("async (event, context) => [typeof context.done, typeof context.callbackWaitsForEmptyEventLoop]")()[0] == ["undefined"] * 2
    answer, error, _ = make("(event, context, callback) => callback(null, 1)")()
    assert (answer["errorType"], error) == ("Runtime.CallbackHandlerDeprecated", "Unhandled")
    assert answer["errorMessage"].startswith("ERROR: AWS Lambda has removed support for callback-based function handlers")
    answer = make("async () => new Promise(() => {})")()[0]
    assert answer["errorType"] == "Runtime.NodeJsExit"


def test_a_response_may_be_streamed(functions):
    code = ("const { pipeline } = require('stream/promises');\n"
            "exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {\n"
            "  stream.setContentType('application/json');\n"
            "  await pipeline(async function* () { yield '[1'; yield Buffer.from(',2'); yield `,\"${context.functionName}\"]` }, stream);\n"
            "});\n")
    answer, error, _ = functions.make({"app.js": code})()
    assert (answer[:2], error) == ([1, 2], None)


def test_the_heap_keeps_within_the_functions_memory(functions):
    make = ("const { heap_size_limit } = require('v8').getHeapStatistics(); let kept = [];\n"
            "exports.handler = async () => {\n"
            "  for (let n = 0; n < 60; n++) { kept.push(Array.from({ length: 20000 }, (_, i) => ({ i, text: 'x' + i + n }))); kept = kept.slice(-12); }\n"
            "  return heap_size_limit / 1048576;\n"
            "};\n")
    limits = [functions.make({"app.js": make}, MemorySize=size)()[0] for size in (128, 1024)]
    assert 60 < limits[0] < 80 and 500 < limits[1] < 560
    own = {"Variables": {"NODE_OPTIONS": "--max_old_space_size=200"}}
    assert 200 < functions.make({"app.js": make}, MemorySize=256, Environment=own)()[0] < 230


def test_functions_see_no_npm_of_the_machine(functions):
    answer = functions.make(js("return { name: process.execPath, found: require.resolve('npm') }"))()[0]
    assert answer["errorMessage"].startswith("Cannot find module 'npm'")
