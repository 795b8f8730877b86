"""Code that runs inside functions, and a function that runs it."""

import base64
import json
import textwrap

from conftest import ROLE, make_zip

# What the code leaves in `answer` is the result; what it raises, the exception's type and number.
HANDLER = """
def handler(event, context):
    names = dict(event.get("names", {}))
    try:
        exec(event["code"], names)
        return names.get("answer")
    except OSError as error:
        import errno
        return {"error": errno.errorcode.get(error.errno, str(error))}
"""

# System calls that Python has no name for: `call(NUMBER, …)` raises OSError.
SYSTEM_CALLS = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def call(number, *arguments):
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
"""


class Function:
    """A function on a server that runs the code that it is given."""

    def __init__(self, client, runtime, name="f", **options):
        self.client = client
        self.name = name
        settings = {"Runtime": runtime, "Handler": "app.handler", "Role": ROLE, "Timeout": 30, "MemorySize": 256} | options
        self.client.create_function(FunctionName=name, Code={"ZipFile": make_zip({"app.py": HANDLER})}, **settings)

    def invoke(self, code, **names):
        """The payload, the kind of error or None, and the log."""
        event = json.dumps({"code": textwrap.dedent(code), "names": names})
        answer = self.client.invoke(FunctionName=self.name, Payload=event, LogType="Tail")
        return json.loads(answer["Payload"].read()), answer.get("FunctionError"), base64.b64decode(answer["LogResult"]).decode()

    def run(self, code, **names):
        """What the code leaves in `answer`."""
        payload, error, log = self.invoke(code, **names)
        assert error is None, f"{payload}\n{log}"
        return payload
