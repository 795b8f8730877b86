"""`lamina run --watch`: again whenever something changes."""

import json
import signal

from conftest import make_zip
from processes import read_until

STANDS = "--- watching for changes"


class Watched:
    """A run that watches; gives its next answer, or what it said where there is none."""

    def __init__(self, runner, *arguments):
        self.process = runner.start(*arguments, "--watch")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=30)
        assert self.process.returncode == 130

    def log(self):
        return "".join(read_until(self.process.stderr, STANDS))

    def answer(self):
        self.log()
        return json.loads(self.process.stdout.readline())


def test_code_layers_and_events_run_the_function_again_when_they_change(runner):
    folder = runner.code("import first, second\ndef handler(event, context): return [first.VALUE, second.VALUE, event]\n")
    runner.write("folder/python/first.py", "VALUE = 1\n")
    runner.write("layer.zip", make_zip({"python/second.py": "VALUE = 1\n"}))
    runner.write("event.json", "1")
    with Watched(runner, folder, "--layer", "folder", "--layer", "layer.zip", "--event", "event.json") as watched:
        assert watched.answer() == [1, 1, 1]
        runner.write("folder/python/first.py", "VALUE = 22\n")
        assert watched.answer() == [22, 1, 1]
        runner.write("layer.zip", make_zip({"python/second.py": "VALUE = 22\n"}))
        assert watched.answer() == [22, 22, 1]
        runner.write("event.json", "22")
        assert watched.answer() == [22, 22, 22]
        runner.code("def handler(event, context): return 'edited'\n")
        assert watched.answer() == "edited"
        (runner.folder / folder / "app.py").chmod(0o755)
        assert watched.answer() == "edited"


def test_what_is_wrong_is_told_and_may_be_mended(runner):
    folder = runner.code("def handler(event, context): return 1\n")
    runner.write("event.json", "{}")
    with Watched(runner, folder, "--event", "event.json") as watched:
        assert watched.answer() == 1
        runner.code("def handler(:\n")
        assert watched.answer()["errorType"] == "Runtime.UserCodeSyntaxError"
        runner.write("event.json", '{"a"')
        assert "lamina: --event event.json is no JSON at line 1, column 5" in watched.log()
        runner.write("event.json", '{"a": 1}')
        assert watched.answer()["errorType"] == "Runtime.UserCodeSyntaxError"
        (runner.folder / "event.json").unlink()
        assert "lamina: cannot read --event event.json" in watched.log()
        runner.write("event.json", "{}")
        watched.answer()
        runner.code("def handler(event, context): return 'mended'\n")
        assert watched.answer() == "mended"


def test_a_layer_that_comes_later_is_waited_for(runner):
    with Watched(runner, runner.code("import tool\ndef handler(event, context): return 1\n"), "--layer", "layer.zip") as watched:
        assert "lamina: 'layer.zip' is neither a file of this machine nor a layer version" in watched.log()
        runner.write("layer.zip", make_zip({"python/tool.py": ""}))
        assert watched.answer() == 1


def test_modules_of_node_in_a_layer_are_watched(runner):
    code = "def handler(event, context): return open('/opt/nodejs/node_modules/tool/index.js').read()\n"
    runner.write("layer/nodejs/node_modules/tool/index.js", "1")
    with Watched(runner, runner.code(code), "--layer", "layer") as watched:
        assert watched.answer() == "1"
        runner.write("layer/nodejs/node_modules/tool/index.js", "22")
        assert watched.answer() == "22"


def test_a_reader_that_has_left_ends_it(runner):
    folder = runner.code("def handler(event, context): return 1\n")
    process = runner.start(folder, "--watch")
    read_until(process.stderr, STANDS)
    assert process.stdout.readline() == "1\n"
    process.stdout.close()
    runner.code("def handler(event, context): return 2\n")
    read_until(process.stderr, "lamina: cannot write")
    assert process.wait(timeout=30) == 1
    process.stderr.close()
