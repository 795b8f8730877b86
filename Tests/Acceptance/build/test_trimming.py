"""What --slim, --exclude and --strip take out of a layer, and what they leave."""

import os
import shutil
import subprocess

import pytest
from binaries import check, digest, record, sections, shared_object, wheel
from building import Builder, snapshot

SLIM = {
    "pkg/__init__.py": "from pkg import testing, native\n",
    # A public module of a name like those of tests, and a folder of such a name without any test.
    "pkg/testing/__init__.py": "VALUE = 1\n",
    "pkg/test/__init__.py": "VALUE = 2\n",
    "pkg/native.py": "VALUE = 3\n",
    "pkg/native.pyi": "VALUE: int\n",
    "pkg/py.typed": "",
    "pkg/include/native.h": "#define VALUE 3\n",
    "pkg/include/native.hpp": "#define VALUE 3\n",
    "pkg/libnative.a": "!<arch>\n",
    "pkg/tests/__init__.py": "",
    "pkg/tests/test_native.py": "assert True\n",
    "pkg/tests/data/image.bin": "0123456789" * 100,
    "pkg/data/table.txt": "1 2 3\n",
}


def test_slim_leaves_out_what_no_function_runs_and_lists_it(builder, lamina, runtime, tmp_path):
    requirements = wheel(tmp_path / "wheel", "pkg", SLIM)
    layer = builder.build(requirements, "--runtime", runtime, "--slim", "--bytecode", "no")
    kept = ["__init__.py", "data/table.txt", "native.py", "test/__init__.py", "testing/__init__.py"]
    assert [name for name in layer.names if name.startswith("python/pkg/")] == [f"python/pkg/{name}" for name in kept]
    assert layer.report["removed"] == [
        {"reason": "tests", "files": 3, "size": 1012}, {"reason": "headers", "files": 2, "size": 32},
        {"reason": "type stubs", "files": 2, "size": 11}, {"reason": "static archives", "files": 1, "size": 8}]
    assert sorted(path for path in record(layer, "pkg") if not path.startswith("pkg-1.0")) == [f"pkg/{name}" for name in kept]
    done = check(lamina, layer.path, runtime, "--import")
    assert (done.returncode, "error" in done.stdout, "warning" in done.stdout) == (0, False, False), done.stdout


def test_what_is_left_out_is_shown_with_its_size(builder, tmp_path):
    wheel(tmp_path / "wheel", "pkg", SLIM)
    exclusions = ["--exclude", "pkg/data", "--exclude", "*.txt"]
    done = builder.run("wheel/requirements.txt", "--runtime", "python3.13", "--bytecode", "no", "--slim", *exclusions)
    assert "left out: tests, 3 files, 1.0 kB\n" in done.stdout
    assert "left out: *.txt, 1 file, 6 bytes\n" in done.stdout
    assert "note: nothing in the layer matches the exclusion 'pkg/data'\n" in done.stdout


TREE = ["bin/a.md", "bin/docs/a.md", "bin/docs/deep/a.md", "bin/docs/deep/b.txt", "lib/docs", "lib/kept"]


@pytest.fixture
def tree(tmp_path):
    for name in TREE:
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return tmp_path / "tree"


@pytest.mark.parametrize("pattern", [
    "a.md", "docs", "docs/", "*.txt", "?.md", "bin/a.md", "/bin/a.md", "/a.md", "docs/a.md", "bin/*/a.md", "bin/**/a.md", "**/deep", "**/deep/",
    "bin/**", "bin/docs/", "lib/docs/", "bin/d*p", "bin/d*/d*p", "b*", "nothing"])
def test_exclusions_match_what_git_ignores(builder, tree, pattern):
    subprocess.run(["git", "init", "--quiet", tree], check=True)
    listing = ["git", "-C", tree, "ls-files", "--others", "--ignored", "--exclude", pattern]
    ignored = subprocess.run(listing, check=True, capture_output=True, text=True).stdout.split()
    shutil.rmtree(tree / ".git")
    layer = builder.build("tree", "--runtime", "python3.13", "--exclude", pattern)
    assert sorted(set(TREE) - set(layer.names)) == ignored
    assert layer.report["removed"] == ([{"reason": pattern, "files": len(ignored), "size": len(ignored)}] if ignored else [])
    assert layer.report["notes"] == ([] if ignored else [f"nothing in the layer matches the exclusion '{pattern}'"])


def test_an_exclusion_that_another_one_forestalls_is_no_mistake(builder, tree):
    layer = builder.build("tree", "--runtime", "python3.13", "--exclude", "docs", "--exclude", "*.txt")
    assert layer.report["notes"] == []
    assert layer.report["removed"] == [{"reason": "docs", "files": 4, "size": 4}]


@pytest.mark.parametrize("pattern", ["", "/", "**", "../x", "./x"])
def test_an_exclusion_that_can_match_no_path_is_refused(builder, tree, pattern):
    assert "is no pattern of paths in a layer" in builder.refusal("tree", "--runtime", "python3.13", "--exclude", pattern)


@pytest.fixture
def native(tmp_path):
    """A package whose library has debug symbols."""
    library = shared_object(tmp_path / "made", "libnative.so", code="int value(void) { return 42; }\n", debug=True)
    module = 'import ctypes, pathlib\nassert ctypes.CDLL(str(pathlib.Path(__file__).with_name("libnative.so"))).value() == 42\n'
    return wheel(tmp_path / "wheel", "native", {"native/__init__.py": module, "native/libnative.so": library.read_bytes()})


def test_strip_takes_debug_symbols_out_and_the_library_still_loads(builder, lamina, native, runtime, tmp_path):
    whole = builder.build(native, "--runtime", runtime)
    layer = builder.build(native, "--runtime", runtime, "--strip")
    before, after = (each.zip.getinfo("python/native/libnative.so").file_size for each in (whole, layer))
    assert layer.report["removed"] == [{"reason": "debug symbols", "files": 1, "size": before - after}]
    assert before > after
    folder = layer.unpack(tmp_path / "unpacked")
    assert not any(name.startswith(".debug") for name in sections(folder / "python/native/libnative.so"))
    content = layer.zip.read("python/native/libnative.so")
    assert record(layer, "native")["native/libnative.so"] == (digest(content), str(len(content)))
    assert check(lamina, layer.path, runtime, "--import").returncode == 0


def test_a_users_own_files_stay_as_they_are_and_are_stripped_anew_when_they_change(builder, tmp_path):
    def compile(value):
        shared_object(tmp_path / "made", "libown.so", code=f"int value(void) {{ return {value}; }}\n", debug=True)
        (tmp_path / "tree/lib").mkdir(parents=True, exist_ok=True)
        shutil.copy(tmp_path / "made/libown.so", tmp_path / "tree/lib")
        return snapshot(tmp_path / "tree")

    before = compile(1)
    first = builder.build("tree", "--runtime", "python3.13", "--strip")
    assert snapshot(tmp_path / "tree") == before
    compile(2)
    second = builder.build("tree", "--runtime", "python3.13", "--strip")
    assert first.zip.read("lib/libown.so") != second.zip.read("lib/libown.so")
    assert [layer.report["removed"][0]["files"] for layer in (first, second)] == [1, 1]


def test_stripped_layers_are_the_same_bytes_everywhere(lamina, native, tmp_path):
    layers = []
    for name in "ab":
        (tmp_path / name).mkdir()
        layers.append(Builder(lamina, tmp_path / name).build(native, "--runtime", "python3.13", "--strip", "--bytecode", "no"))
    assert layers[0].bytes == layers[1].bytes


@pytest.mark.parametrize("architecture, machine", [("arm64", "aarch64"), ("x86_64", "x86_64")])
def test_libraries_of_either_architecture_are_stripped(builder, tmp_path, architecture, machine):
    library = shared_object(tmp_path / "made", "libown.so", machine=machine, debug=True)
    assert ".debug_info" in sections(library)
    layer = builder.build("made/libown.so", "--runtime", "python3.13", "--architecture", architecture, "--strip")
    folder = layer.unpack(tmp_path / "unpacked")
    assert ".debug_info" not in sections(folder / "lib/libown.so")


def test_what_strip_would_break_is_left_as_it_was_with_a_note(builder, tmp_path):
    program = shared_object(tmp_path / "made", "libcarrier.so", debug=True)
    with program.open("ab") as file:
        file.write(b"PK: what a self-contained program carries")
    cut = shared_object(tmp_path / "made", "libcut.so", debug=True)
    cut.write_bytes(cut.read_bytes()[:-20])
    layer = builder.build("made/libcarrier.so", "made/libcut.so", "--runtime", "python3.13", "--strip")
    assert [layer.zip.read(f"lib/{path.name}") == path.read_bytes() for path in (program, cut)] == [True, True]
    assert layer.report["removed"] == []
    assert layer.report["notes"] == [
        "lib/libcarrier.so is left as it was: it has data behind its end, which strip would cut off",
        "lib/libcut.so is left as it was: strip cannot read it (the ELF file's section headers lie outside it)"]


def test_a_tool_that_makes_a_library_unloadable_is_found_out(lamina, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    # As some releases of strip do to what patchelf has changed: a segment's place no longer agrees with its address.
    (tools / "x86_64-linux-gnu-strip").write_text("""#!/usr/bin/env python3
import struct, sys
if "--version" in sys.argv: sys.exit(print("1"))
content = bytearray(open(sys.argv[-1], "rb").read()[:-1])
start, = struct.unpack_from("<Q", content, 32)
size, count = struct.unpack_from("<HH", content, 54)
for header in range(start, start + size * count, size):
    kind, _, offset, address = struct.unpack_from("<IIQQ", content, header)
    if kind == 1 and offset: struct.pack_into("<Q", content, header + 16, address + 8)
open(sys.argv[sys.argv.index("-o") + 1], "wb").write(content)
""")
    (tools / "x86_64-linux-gnu-strip").chmod(0o755)
    library = shared_object(tmp_path / "made", "libown.so", debug=True)
    layer = Builder(lamina, tmp_path, PATH=f"{tools}:{os.environ['PATH']}").build("made/libown.so", "--runtime", "python3.13", "--strip")
    assert layer.zip.read("lib/libown.so") == library.read_bytes()
    assert layer.report["notes"] == ["lib/libown.so is left as it was: stripped, it could not be loaded"]
