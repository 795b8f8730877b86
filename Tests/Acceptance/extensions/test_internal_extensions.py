"""Extensions in the runtime's own process."""

from extension_programs import LIBRARY, READER, logged_until_the_stop

# A thread that listens to invocations, registered while the module is imported.
INTERNAL = LIBRARY + READER + """
import threading
refused = [call("POST", "/2020-01-01/extension/register", {"events": ["SHUTDOWN"]}, Lambda_Extension_Name="inside")[::2]]
id = register("INVOKE", name="inside")
refused.append(call("POST", "/2020-01-01/extension/register", {"events": []}, Lambda_Extension_Name="inside")[::2])
events = []
def listen():
    while True:
        events.append(next_event(id))
threading.Thread(target=listen, daemon=True).start()
"""


def test_an_internal_extension_gets_invocations(function):
    code = INTERNAL + """
def handler(event, context):
    while not events: time.sleep(0.01)
    return [context.aws_request_id, events.pop()]
"""
    invoke = function(code)
    for _ in range(2):
        (request, event), error, log = invoke()
        assert (event["eventType"], event["requestId"]) == ("INVOKE", request)
    assert "EXTENSION" not in log


def test_wrong_registrations_are_refused_in_awss_words(function):
    code = INTERNAL + """
def handler(event, context):
    late = call("POST", "/2020-01-01/extension/register", {"events": []}, Lambda_Extension_Name="late")[::2]
    return refused + [late]
"""
    answer, _, log = function(code)()
    assert answer == [
        [403, {"errorType": "Extension.InvalidEventType", "errorMessage": "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension"}],
        [403, {"errorType": "Extension.InvalidExtensionState", "errorMessage": "Extension with this name already registered"}],
        [403, {"errorType": "Extension.RegistrationClosed", "errorMessage": "Extension registration closed already"}],
    ]
    assert "EXTENSION\tName: inside\tState: Ready\tEvents: [INVOKE]\n" in log


def test_an_error_that_an_internal_extension_tells_is_the_reason_of_the_runtimes_end(function):
    code = LIBRARY + """
call("POST", "/2020-01-01/extension/init/error", {}, Lambda_Extension_Identifier=register("INVOKE", name="inside"),
    Lambda_Extension_Function_Error_Type="Mine.Bad")
os._exit(5)
"""
    answer, error, log = function(code)()
    assert (answer["errorType"], error) == ("Extension.InitError", "Unhandled"), log
    assert answer["errorMessage"].endswith(" Error: Runtime exited with error: exit status 5")
    assert "EXTENSION\tName: inside\tState: InitError\tEvents: [INVOKE]\tError Type: Mine.Bad\n" in log


def test_a_runtime_with_an_internal_extension_is_told_of_the_shutdown(server, function):
    code = INTERNAL + """
import signal
def end(*_):
    print("terminated", flush=True)
    os._exit(0)
signal.signal(signal.SIGTERM, end)
"""
    function(code)()
    assert "terminated" in logged_until_the_stop(server)
