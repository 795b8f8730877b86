"""`lamina run` with folders that are not as a zip's are: closed, deep, or one in the other."""

VALUE = "import tool\ndef handler(event, context): return tool.VALUE\n"
MODES = "import os\ndef handler(event, context): return [oct(os.stat(path).st_mode) for path in ('/opt', '/var/task')]\n"


def test_a_folder_that_its_owner_alone_may_enter_is_as_lambdas_are(runner):
    folder = runner.code(MODES)
    runner.write("layer/python/tool.py", "VALUE = 1\n")
    folders = [runner.folder / folder, runner.folder / "layer"]
    for path in folders:
        path.chmod(0o700)
    assert runner.answers(folder, "--layer", "layer") == [["0o40755", "0o40755"]]
    assert [path.stat().st_mode & 0o777 for path in folders] == [0o700, 0o700]


def test_layers_may_lie_in_deep_folders(runner):
    deep = "/".join(["a" * 200] * 4)
    for number in range(5):
        runner.write(f"{number}/{deep}/python/tool{number}.py", f"VALUE = {number}\n")
    code = "import tool0, tool4\ndef handler(event, context): return [tool0.VALUE, tool4.VALUE]\n"
    layers = [argument for number in range(5) for argument in ("--layer", f"{number}/{deep}")]
    assert runner.answers(runner.code(code), *layers) == [[0, 4]]


def test_of_layers_that_lie_in_each_other_both_are_named(runner):
    runner.write("outer/python/tool.py", "VALUE = 1\n")
    runner.write("outer/inner/python/tool.py", "VALUE = 2\n")
    done = runner(runner.code(VALUE), "--layer", "outer", "--layer", "outer/inner")
    assert done.returncode == 1
    assert f"cannot merge the layers: {runner.folder}/outer/inner lies in {runner.folder}/outer" in done.stderr


def test_what_functions_cannot_read_below_a_folder_is_told(runner):
    folder = runner.code(VALUE)
    runner.write("layer/python/tool.py", "VALUE = 1\n")
    (runner.folder / "layer/python").chmod(0o700)
    done = runner(folder, "--layer", "layer")
    assert done.returncode == 1
    assert "warning: layer/python has mode 700, and functions run as a user of their own: chmod -R go+rX layer\n" in done.stderr
    (runner.folder / "layer/python").chmod(0o755)
    assert runner.answers(folder, "--layer", "layer") == [1]
