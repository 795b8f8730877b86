"""Programs for /opt/extensions, and layers of them."""

import io
import pathlib
import zipfile

# What an extension needs of the APIs. It tells the world by files in /tmp, which the function reads, and the test too.
LIBRARY = """
import http.client, json, os, pathlib, sys, time
NAME = os.path.basename(sys.argv[0])
HERE = pathlib.Path("/tmp")

def call(method, path, body=None, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.request(method, path, body if body is None or isinstance(body, str) else json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read()
    return answer.status, answer.headers, json.loads(text) if text else None

def register(*events, name=NAME):
    status, headers, body = call("POST", "/2020-01-01/extension/register", {"events": events}, Lambda_Extension_Name=name)
    assert status == 200, body
    return headers["Lambda-Extension-Identifier"]

def next_event(id):
    status, headers, event = call("GET", "/2020-01-01/extension/event/next", Lambda_Extension_Identifier=id)
    assert status == 200, event
    return event

def tell(file, value):
    with open(HERE / file, "a") as output:
        output.write(json.dumps(value) + "\\n")
"""

# Registers, waits for events and tells of each.
LISTENER = """
id = register(*EVENTS)
while True:
    event = next_event(id)
    tell(NAME + ".events", event)
    if event["eventType"] == "SHUTDOWN":
        break
"""

# Listens by HTTP and TCP, and tells of what it gets.
COLLECTOR = """
import http.server, socketserver, threading
class Listener(http.server.BaseHTTPRequestHandler):
    def take(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        tell("requests", [self.command, self.path, self.headers["Host"], self.headers["Content-Type"]])
        for event in json.loads(body): tell("http", event)
        self.send_response(200)
        self.end_headers()
    do_POST = do_PUT = take
    def log_message(self, *_): pass
threading.Thread(target=http.server.HTTPServer(("sandbox.localdomain", 8080), Listener).serve_forever, daemon=True).start()
class Lines(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile: tell("tcp", json.loads(line))
threading.Thread(target=socketserver.ThreadingTCPServer(("127.0.0.1", 8081), Lines).serve_forever, daemon=True).start()

def subscribe(id, types, destination, path="/2022-07-01/telemetry", version="2022-12-13", **buffering):
    body = {"schemaVersion": version, "types": types, "destination": destination, "buffering": {"timeoutMs": 25} | buffering}
    return call("PUT", path, body, Lambda_Extension_Identifier=id)[::2]
HTTP = {"protocol": "HTTP", "URI": "http://sandbox.localdomain:8080/events"}
TCP = {"protocol": "TCP", "port": 8081}
LOGS = "/2020-08-15/logs"
id = register("INVOKE", "SHUTDOWN")
"""
LOOP = """
while next_event(id)["eventType"] != "SHUTDOWN": pass
"""


class Layers:
    """Publishes layers whose extensions are in the runtime's own Python, which Lambda has at /var/lang too."""

    def __init__(self, client, runtime):
        self.client = client
        self.shebang = f"#!/var/lang/bin/{runtime}\n"

    def script(self, code, *events):
        return self.shebang + LIBRARY + f"EVENTS = {events!r}\n" + code

    def publish(self, files, modes=None):
        """A layer of texts and bytes by path; everything in extensions/ is executable unless a mode says otherwise."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for path, content in files.items():
                entry = zipfile.ZipInfo(path)
                entry.external_attr = (modes or {}).get(path, 0o755) << 16
                archive.writestr(entry, content)
        version = self.client.publish_layer_version(LayerName="extensions", Content={"ZipFile": buffer.getvalue()})
        return version["LayerVersionArn"]

    def extensions(self, **programs):
        return self.publish({f"extensions/{name}": program for name, program in programs.items()})


# Gives what was told in /tmp, by file.
READER = """
import json, os, pathlib
count = 0
def told():
    return {p.name: [json.loads(line) for line in p.read_text().splitlines()] for p in pathlib.Path("/tmp").iterdir() if p.is_file()}
def handler(event, context):
    global count
    count += 1
    return {"id": context.aws_request_id, "count": count, "told": told()}
"""


def lines(log, word):
    """The log's lines that begin with a word, as lists of their fields."""
    return [line.split("\t") for line in log.splitlines() if line.startswith(word)]


def logged_until_the_stop(server, function="f"):
    """Stops the server and gives all lines of a function's log, which the next server in the folder has."""
    assert server.stop() == 0
    server.start()
    pages = server.client("logs").get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{function}")
    return [event["message"].rstrip("\n") for page in pages for event in page["events"]]


def environment_folder(server):
    """The /tmp of the one environment that there is, as the server sees it: it is mounted where no one else does."""
    (folder,) = pathlib.Path(f"/proc/{server.process.pid}/root{server.data}/execution/environments").glob("*/tmp")
    return folder
