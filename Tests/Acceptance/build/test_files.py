"""Folders and files as the content of a layer."""

import os
import shutil
import socket
import subprocess


def write(path, content="x\n", mode=0o600):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(mode)
    return path


def test_a_folder_that_is_a_layer_already_goes_in_as_it_lies(builder, tmp_path):
    write(tmp_path / "tree/bin/tool", "#!/bin/sh\n", 0o700)
    write(tmp_path / "tree/python/module.py")
    (tmp_path / "tree/bin/alias").symlink_to("tool")
    (tmp_path / "tree/lib/empty").mkdir(parents=True)
    layer = builder.build("tree", "--runtime", "python3.13")
    assert layer.names == ["bin/alias", "bin/tool", "lib/empty/", "python/module.py"]
    assert layer.mode("bin/tool") == "0o100755"
    assert layer.mode("python/module.py") == "0o100644"
    assert layer.mode("bin/alias") == "0o120777"
    assert layer.text("bin/alias") == "tool"


def test_a_destination_says_where_a_file_or_a_folders_contents_go(builder, tmp_path):
    write(tmp_path / "tool", mode=0o755)
    write(tmp_path / "ext/agent", mode=0o755)
    write(tmp_path / "code/pkg/__init__.py")
    write(tmp_path / "package.json", "{}")
    layer = builder.build(
        "tool=bin", "ext=extensions", "code=python/lib/python3.13/site-packages/", "package.json=share/x", "--runtime", "python3.13")
    assert layer.names == [
        "bin/tool", "extensions/agent", "python/lib/python3.13/site-packages/pkg/__init__.py", "share/x/package.json"]


def test_a_later_source_wins(builder, tmp_path):
    write(tmp_path / "a/bin/tool", "first")
    write(tmp_path / "b/tool", "second")
    assert builder.build("a", "b=bin", "--runtime", "provided.al2023").text("bin/tool") == "second"
    assert builder.build("b=bin", "a", "--runtime", "provided.al2023").text("bin/tool") == "first"


def test_binaries_and_scripts_find_their_place_themselves(builder, tmp_path):
    shutil.copy(os.path.realpath("/bin/true"), tmp_path / "truth")
    library = next(p for p in ("/lib/x86_64-linux-gnu/libz.so.1", "/lib/aarch64-linux-gnu/libz.so.1") if os.path.exists(p))
    (tmp_path / "libz.so.1").symlink_to(library)
    write(tmp_path / "script", "#!/bin/sh\n", 0o755)
    layer = builder.build("truth", "libz.so.1", "script", "--runtime", "nodejs22.x")
    assert layer.names == ["bin/script", "bin/truth", "lib/libz.so.1"]
    assert layer.zip.read("lib/libz.so.1")[:4] == b"\x7fELF"


def test_a_file_of_no_known_place_needs_a_destination(builder, tmp_path):
    write(tmp_path / "data.bin")
    said = builder.refusal("data.bin", "--runtime", "nodejs22.x")
    assert "say where in the layer it goes, as in 'data.bin=bin'" in said
    write(tmp_path / "plain/data.bin")
    said = builder.refusal("plain", "--runtime", "nodejs22.x")
    assert "no folder of a layer" in said and "'plain=.'" in said
    assert builder.build("plain=.", "--runtime", "nodejs22.x").names == ["data.bin"]


def test_an_equals_sign_in_a_path_is_followed_by_another(builder, tmp_path):
    write(tmp_path / "a=b/bin/tool")
    assert "so write 'a=b='" in builder.refusal("a=b", "--runtime", "nodejs22.x")
    assert builder.build("a=b=", "--runtime", "nodejs22.x").names == ["bin/tool"]
    assert builder.build("a=b/bin=lib/x", "--runtime", "nodejs22.x").names == ["lib/x/tool"]


def test_destinations_outside_the_layer_are_refused(builder, tmp_path):
    write(tmp_path / "tool")
    assert "names a folder outside the layer" in builder.refusal("tool=../bin", "--runtime", "nodejs22.x")
    assert "what Lambda has at /opt/bin is 'bin'" in builder.refusal("tool=/opt/bin", "--runtime", "nodejs22.x")
    assert "names no path" in builder.refusal("=bin", "--runtime", "nodejs22.x")


def test_symlinks_that_leave_and_what_is_no_file_are_refused_by_name(builder, tmp_path):
    write(tmp_path / "tree/bin/tool")
    (tmp_path / "tree/bin/out").symlink_to("../../secret")
    assert "tree/bin/out is a symlink to ../../secret, which is outside" in builder.refusal("tree", "--runtime", "nodejs22.x")
    assert "bin/out is a symlink" in builder.refusal("tree/bin=bin", "--runtime", "nodejs22.x")
    (tmp_path / "tree/bin/out").unlink()
    (tmp_path / "tree/bin/out").symlink_to("/etc/passwd")
    assert "tree/bin/out is a symlink to /etc/passwd" in builder.refusal("tree", "--runtime", "nodejs22.x")
    (tmp_path / "tree/bin/out").unlink()
    os.mkfifo(tmp_path / "tree/bin/pipe")
    assert "tree/bin/pipe is neither a file, a folder nor a symlink" in builder.refusal("tree", "--runtime", "nodejs22.x")
    assert "tree/bin/pipe is neither" in builder.refusal("tree/bin/pipe=bin", "--runtime", "nodejs22.x")
    (tmp_path / "tree/bin/pipe").unlink()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(tmp_path / "tree/bin/socket"))
        assert "tree/bin/socket is neither" in builder.refusal("tree", "--runtime", "nodejs22.x")


def test_another_languages_project_is_told(builder, tmp_path):
    write(tmp_path / "app/package.json", "{}")
    write(tmp_path / "app/lib/index.js")
    for source in ("app", "app/package.json"):
        said = builder.refusal(source, "--runtime", "python3.13")
        assert "package.json is for nodejs runtimes, and the layer is for python3.13" in said
    assert builder.build("app=nodejs", "--runtime", "python3.13").names == ["nodejs/lib/index.js", "nodejs/package.json"]
    write(tmp_path / "requirements.txt", "six\n")
    assert "is for python runtimes" in builder.refusal("requirements.txt", "--runtime", "nodejs22.x")


def test_ruby_files_go_to_where_ruby_finds_them(builder, tmp_path):
    write(tmp_path / "code/helper.rb")
    write(tmp_path / "code/helper/deep.rb")
    assert builder.build("code", "--runtime", "ruby3.3").names == ["ruby/lib/helper.rb", "ruby/lib/helper/deep.rb"]


def test_the_same_files_give_the_same_bytes_whatever_their_times_and_modes(builder, tmp_path):
    for name, umask in (("one", 0o600), ("two", 0o664)):
        write(tmp_path / name / "lib/data", b"d" * 10_000, umask)
        write(tmp_path / name / "bin/tool", "#!/bin/sh\n", 0o711 if name == "one" else 0o755)
    os.utime(tmp_path / "two/lib/data", (1, 1))
    layers = [builder.build(name, "--runtime", "nodejs22.x") for name in ("one", "two")]
    assert layers[0].bytes == layers[1].bytes


def test_an_interrupted_build_leaves_nothing(builder, tmp_path):
    write(tmp_path / "tree/lib/big", os.urandom(64 << 20))
    process = subprocess.Popen(
        [builder.lamina, "build", "tree", "--runtime", "nodejs22.x", "--output", "layer.zip"], cwd=tmp_path, env=builder.environment,
        stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "writing" in line:
            break
    process.send_signal(2)
    process.communicate(timeout=60)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert (process.returncode, left) in ((130, ["tree"]), (0, ["layer.cdx.json", "layer.zip", "tree"]))
