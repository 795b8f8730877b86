"""What the Extensions API refuses, in AWS's words."""

from extension_programs import LOOP, READER

# Asks what is wrong, and tells of each answer's status and body.
ASKER = """
import uuid
BASE = "/2020-01-01/extension/"
def ask(what, *request, **headers):
    status, _, body = call(*request, **headers)
    tell("answers", [what, status, body])
own = {"Lambda_Extension_Name": NAME}
ask("no name", "POST", BASE + "register", {"events": []})
ask("no JSON", "POST", BASE + "register", "{", **own)
ask("keys", "POST", BASE + "register", {"configurationKeys": ["a"]}, **own)
ask("event", "POST", BASE + "register", {"events": ["RESTORE"]}, **own)
ask("no id", "GET", BASE + "event/next")
ask("bad id", "GET", BASE + "event/next", Lambda_Extension_Identifier="me")
other = str(uuid.UUID(int=7))
ask("other id", "GET", BASE + "event/next", Lambda_Extension_Identifier=other)
ask("other error", "POST", BASE + "exit/error", {}, Lambda_Extension_Identifier=other, Lambda_Extension_Function_Error_Type="A.B")
id = register("INVOKE")
tell("id", id)
ask("again", "POST", BASE + "register", {"events": []}, **own)
ask("no type", "POST", BASE + "init/error", {}, Lambda_Extension_Identifier=id)
ask("route", "GET", BASE + "register")
event = next_event(id)
ask("late", "POST", BASE + "init/error", {}, Lambda_Extension_Identifier=id, Lambda_Extension_Function_Error_Type="A.B")
"""


def test_wrong_requests_are_refused(function, layers):
    invoke = function(READER, Layers=[layers.extensions(asker=layers.script(ASKER + LOOP))])
    invoke()
    answer, _, log = invoke()
    assert "told" in answer, log
    (id,) = answer["told"]["id"]
    other = "00000000-0000-0000-0000-000000000007"
    answers = {what: (status, body) for what, status, body in answer["told"]["answers"]}

    def refusal(kind, message):
        return 403, {"errorType": kind, "errorMessage": message}

    assert answers.pop("no JSON")[1]["errorType"] == "InvalidRequestFormat"
    assert answers == {
        "no name": refusal("Extension.InvalidExtensionName", "Empty extension name"),
        "keys": refusal("InvalidRequestFormat", "configurationKeys are deprecated; use environment variables instead"),
        "event": refusal("Extension.InvalidEventType", "RESTORE: ErrorInvalidEventType"),
        "no id": refusal("Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header"),
        "bad id": refusal("Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier"),
        "other id": refusal("Extension.UnknownExtensionIdentifier", f"Unknown extension {other}"),
        "other error": refusal("Extension.UnknownExtensionIdentifier", "Unknown Lambda-Extension-Identifier"),
        "again": refusal(
            "Extension.InvalidExtensionState",
            "State transition from Registered to Registered failed for extension asker. Error: State transition is not allowed"),
        "no type": refusal("Extension.MissingHeader", "Lambda-Extension-Function-Error-Type not found"),
        "route": (404, None),
        "late": refusal(
            "Extension.InvalidExtensionState",
            f"State transition from Running to InitError failed for extension {id}. Error: State transition is not allowed"),
    }
