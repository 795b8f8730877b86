"""`lamina check` on layers whose content lies wrong: what it says, and that it says it of nothing else."""

import json
import os
import subprocess
import zipfile

import pytest


def run(lamina, source, runtime, *arguments):
    return subprocess.run([lamina, "check", source, "--runtime", runtime, *map(str, arguments)], capture_output=True, text=True)


@pytest.fixture
def check(lamina, tmp_path):
    """Checks a zip of files, given as {path: text, bytes or (text, mode)}; gives (exit status, findings)."""

    def check(files, runtime="python3.13", *arguments, name="layer.zip"):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, content in files.items():
                content, mode = content if isinstance(content, tuple) else (content, 0o755 if file.endswith("/") else 0o644)
                entry = zipfile.ZipInfo(file)
                entry.external_attr = (mode if mode > 0o7777 else mode | (0o040000 if file.endswith("/") else 0o100000)) << 16
                archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
        done = run(lamina, path, runtime, "--format", "json", *arguments)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)["findings"]

    return check


GOOD = {"python/pkg/__init__.py": "x = 1\n", "bin/tool": ("#!/bin/sh\n", 0o755), "lib/data.txt": "", "python/pkg/data.zip": "kept"}
GEM = {"ruby/gems/3.3.0/gems/rack-3.0/lib/rack.rb": "", "ruby/gems/3.3.0/specifications/rack-3.0.gemspec": ""}


@pytest.mark.parametrize("files, runtime", [
    (GOOD, "python3.13"),
    ({"python/lib/python3.13/site-packages/pkg/__init__.py": ""}, "python3.13"),
    ({"python/lib/python3.12/site-packages/p/__init__.py": "", "python/lib/python3.13/site-packages/p/__init__.py": ""}, "python3.13"),
    ({"nodejs/node_modules/left/package.json": '{"name": "left", "version": "1.0.0"}'}, "nodejs22.x"),
    ({"nodejs/node22/node_modules/left/package.json": '{"name": "left", "version": "1.0.0"}'}, "nodejs22.x"),
    (GEM, "ruby3.3"),
    ({"ruby/lib/tool.rb": ""}, "ruby3.4"),
    ({"extensions/ext": ("#!/bin/sh\n", 0o755)}, "java21"),
    ({"bootstrap": ("#!/bin/sh\n", 0o755)}, "provided.al2023"),
])
def test_a_layer_that_is_well_laid_out_passes(check, files, runtime):
    assert check(files, runtime) == (0, [])


@pytest.mark.parametrize("files, runtime, code, path", [
    ({"site-packages/pkg/__init__.py": ""}, "python3.13", "wrong-folder", "site-packages"),
    ({"pkg/__init__.py": "", "pkg-1.0.dist-info/METADATA": ""}, "python3.13", "wrong-folder", "pkg"),
    ({"lib/python3.13/site-packages/pkg/__init__.py": ""}, "python3.13", "wrong-folder", "lib/python3.13/site-packages"),
    ({"python/lib/python3.9/site-packages/pkg/__init__.py": ""}, "python3.13", "other-runtime-version", "python/lib/python3.9"),
    ({"layer/python/pkg/__init__.py": "", "layer/bin/x": ""}, "python3.13", "wrong-folder", "layer"),
    ({"python/pyvenv.cfg": "", "python/bin/activate": ""}, "python3.13", "wrong-folder", "python/pyvenv.cfg"),
    ({"node_modules/left/package.json": "{}"}, "nodejs22.x", "wrong-folder", "node_modules"),
    ({"nodejs/node18/node_modules/left/index.js": ""}, "nodejs22.x", "other-runtime-version", "nodejs/node18"),
    ({"nodejs/package.json": "{}"}, "nodejs22.x", "wrong-folder", "nodejs"),
    ({"gems/rack-3.0/lib/rack.rb": ""}, "ruby3.3", "wrong-folder", "gems"),
    ({"ruby/gems/gems/rack-3.0/lib/rack.rb": ""}, "ruby3.3", "wrong-folder", "ruby/gems"),
    (GEM, "ruby3.4", "other-runtime-version", "ruby/gems/3.3.0"),
    ({"lib/app.jar": "x"}, "java21", "wrong-folder", "lib/app.jar"),
    ({"java/lib/sub/app.jar": "x"}, "java21", "wrong-folder", "java/lib/sub/app.jar"),
    ({"layer.zip": "PK"}, "python3.13", "nested-archive", "layer.zip"),
    ({"extensions/ext": "#!/bin/sh\n"}, "python3.13", "not-executable", "extensions/ext"),
    (GOOD | {"bin/tool": "#!/bin/sh\n"}, "python3.13", "not-executable", "bin/tool"),
    (GOOD | {"python/secret.py": ("x", 0o600)}, "python3.13", "not-readable", "python/secret.py"),
    (GOOD | {"python/dir/": ("", 0o700)}, "python3.13", "not-readable", "python/dir"),
    (GOOD | {"python/" + "n" * 256: ""}, "python3.13", "path-too-long", "python/" + "n" * 256),
    (GOOD | {"python/fifo": ("", 0o010644)}, "python3.13", "special-file", "python/fifo"),
    (GOOD | {"python/../../etc/passwd": ""}, "python3.13", "unsafe-path", "python/../../etc/passwd"),
    (GOOD | {"lib/out": ("/etc/passwd", 0o120777)}, "python3.13", "unsafe-path", "lib/out"),
    ({"extensions/e%d" % n: ("#!/bin/sh\n", 0o755) for n in range(11)}, "python3.13", "too-many-extensions", "extensions"),
    ({"nodejs/node_modules/esm/package.json": '{"name": "esm", "version": "5.0.0", "type": "module", "exports": "./index.js"}'},
     "nodejs16.x", "module-syntax", "nodejs/node_modules/esm/package.json"),
    ({"nodejs/node_modules/@esbuild/darwin-arm64/package.json":
      '{"name": "@esbuild/darwin-arm64", "version": "0.1.0", "os": ["darwin"], "cpu": ["arm64"]}'},
     "nodejs22.x", "other-platform", "nodejs/node_modules/@esbuild/darwin-arm64/package.json"),
])
def test_what_lambda_would_stumble_over_is_an_error_that_names_the_file(check, files, runtime, code, path):
    status, findings = check(files, runtime)
    assert status == 1
    assert [(finding["code"], finding["path"]) for finding in findings if finding["severity"] == "error"] == [(code, path)]
    assert all(finding["reason"] and finding["fix"] for finding in findings)


def test_what_only_may_hurt_is_a_warning_and_fails_only_when_asked_to(check):
    files = GOOD | {"python/pkg/Init.py": "", "python/pkg/init.py": "", "lib/gone": ("nowhere", 0o120777)}
    status, findings = check(files)
    assert (status, {(finding["severity"], finding["code"]) for finding in findings}) == (0, {
        ("warning", "case-collision"), ("warning", "broken-link")})
    assert check(files, "python3.13", "--fail-on", "warning")[0] == 1
    assert check(GOOD, "python3.13", "--fail-on", "note")[0] == 0


@pytest.mark.parametrize("line, runtime, missing", [
    ("#!/bin/sh", "java21", None), ("#!/usr/bin/env bash", "python3.13", None), ("#!/var/lang/bin/python3.13", "python3.13", None),
    ("#!/usr/bin/env -S python3 -u", "python3.13", None), ("#!/usr/bin/env node", "nodejs22.x", None), ("#!/opt/bin/own -x", "python3.13", None),
    ("#!/usr/bin/env own", "python3.13", None), ("#!/usr/bin/perl -w", "python3.13", "/usr/bin/perl"),
    ("#!/usr/bin/env node", "python3.13", "node"), ("#!/var/lang/bin/python3.12", "python3.13", "/var/lang/bin/python3.12"),
    ("#!/home/me/.venv/bin/python", "python3.13", "/home/me/.venv/bin/python"), ("#!/opt/bin/gone", "python3.13", "/opt/bin/gone"),
])
def test_a_script_whose_interpreter_lambda_lacks_is_a_warning(check, line, runtime, missing):
    status, findings = check({"bin/tool": (line + "\n", 0o755), "bin/own": ("#!/bin/sh\n", 0o755)}, runtime)
    assert status == 0
    found = [(finding["severity"], finding["code"], finding["subject"]) for finding in findings]
    assert found == ([("warning", "missing-interpreter", missing)] if missing else [])


def test_what_is_wrong_in_another_layer_is_that_layers(check, tmp_path):
    check(GOOD | {"bin/other": ("#!/usr/bin/perl\n", 0o755)}, name="other.zip")
    assert check({"python/mine.py": "x = 1\n"}, "python3.13", "--with", tmp_path / "other.zip") == (0, [])


@pytest.mark.parametrize("links, broken", [
    ({"lib/a": "../python/pkg"}, []), ({"lib/a": "b", "lib/b": "../python/pkg"}, []), ({"lib/a": "/opt/python/pkg/__init__.py"}, []),
    ({"lib/a": "b", "lib/b": "gone"}, ["lib/a", "lib/b"]), ({"lib/a": "b", "lib/b": "a"}, ["lib/a", "lib/b"]),
])
def test_a_symlink_is_followed_to_its_end(check, links, broken):
    status, findings = check(GOOD | {path: (target, 0o120777) for path, target in links.items()})
    assert (status, [(finding["code"], finding["path"]) for finding in findings]) == (0, [("broken-link", path) for path in broken])


WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {}\n"


@pytest.mark.parametrize("tag, module, code", [
    ("cp313-cp313-macosx_11_0_arm64", "_pydantic_core.cpython-313-darwin.so", "other-platform"),
    ("cp313-cp313-win_amd64", "_pydantic_core.cp313-win_amd64.pyd", "other-platform"),
    ("cp313-cp313-musllinux_1_2_x86_64", "_pydantic_core.cpython-313-x86_64-linux-musl.so", "other-platform"),
    ("cp313-cp313-manylinux_2_17_aarch64", "_pydantic_core.cpython-313-aarch64-linux-gnu.so", "other-platform"),
    ("cp312-cp312-manylinux_2_17_x86_64", "_pydantic_core.cpython-312-x86_64-linux-gnu.so", "other-runtime-version"),
])
def test_a_package_for_another_platform_is_explained_before_it_happens(check, tag, module, code):
    info = "python/pydantic_core-2.0.dist-info/"
    status, findings = check({
        "python/pydantic_core/__init__.py": "from pydantic_core._pydantic_core import x\n", f"python/pydantic_core/{module}": b"\0" * 100,
        info + "METADATA": "Name: pydantic-core\n", info + "WHEEL": WHEEL.format(tag),
        info + "RECORD": f"pydantic_core/__init__.py,,\npydantic_core/{module},,\n"})
    assert status == 1
    explained = [finding for finding in findings if finding["path"] == info.rstrip("/")]
    assert [finding["code"] for finding in explained] == [code]
    assert "No module named 'pydantic_core._pydantic_core'" in explained[0]["reason"]


def test_a_record_that_disagrees_with_the_files_is_found(check):
    info = "python/pkg-1.0.dist-info/"
    files = {"python/pkg/__init__.py": "", info + "METADATA": "", info + "RECORD": "pkg/__init__.py,,\npkg/core.py,,\npkg/core.pyc,,\n"}
    status, findings = check(files)
    assert [(finding["code"], finding["severity"]) for finding in findings] == [("inconsistent-package", "warning")]
    assert "pkg/core.py" in findings[0]["reason"]
    assert check(files | {"python/pkg/core.py": ""}) == (0, [])


def jar(version):
    import io

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a/A.class", b"\xca\xfe\xba\xbe\0\0" + version.to_bytes(2, "big"))
        archive.writestr("META-INF/versions/21/a/A.class", b"\xca\xfe\xba\xbe\0\0\0\x41")
    return buffer.getvalue()


@pytest.mark.parametrize("version, runtime, codes", [
    (61, "java11", ["class-file-too-new"]), (61, "java17", []), (52, "java8.al2", []), (55, "java8.al2", ["class-file-too-new"])])
def test_classes_for_a_newer_java_are_found(check, version, runtime, codes):
    assert [finding["code"] for finding in check({"java/lib/a.jar": jar(version)}, runtime)[1]] == codes


def test_sizes_are_held_against_the_limit_together_with_other_layers_and_the_function(check, lamina, tmp_path):
    big = {"lib/zeros": bytes(150_000_000)}
    assert check(big, "python3.13", name="other.zip")[0] == 0
    status, findings = check(GOOD | {"lib/more": bytes(100_000_000)}, "python3.13", "--with", tmp_path / "other.zip")
    assert (status, [finding["code"] for finding in findings]) == (0, ["size-near-limit"])
    code = tmp_path / "code"
    code.mkdir()
    (code / "app.py").write_bytes(bytes(13_000_000))
    done = run(lamina, tmp_path / "layer.zip", "python3.13", "--with", tmp_path / "other.zip", "--function", code, "--format", "json")
    report = json.loads(done.stdout)
    assert done.returncode == 1 and [finding["code"] for finding in report["findings"]] == ["size-over-limit"]
    assert [layer["size"] for layer in report["sizes"]["layers"]][1:] == [150_000_000, 13_000_000]
    assert report["sizes"]["layers"][0]["parts"][0]["parts"][0] == {
        "name": "lib/more", "size": 100_000_000, "zippedSize": report["sizes"]["layers"][0]["parts"][0]["parts"][0]["zippedSize"],
        "files": 1, "parts": []}
    for number in ("150000000", "13000000", "262144000"):
        assert number in report["findings"][0]["reason"]


def test_layers_that_override_each_other_are_told_with_the_one_that_wins(check, lamina, tmp_path):
    def layer(version, extra="same"):
        return {
            f"python/pkg-{version}.dist-info/METADATA": "", "python/pkg/__init__.py": f"v = '{version}'\n", "python/shared.py": extra,
            "python/data.bin": bytes(range(256)) * 64}

    check(layer("1.0"), name="a.zip")
    check(layer("2.0"), name="b.zip")
    done = run(lamina, tmp_path / "a.zip", "python3.13", "--with", tmp_path / "b.zip", "--format", "json")
    report = json.loads(done.stdout)
    found = {(finding["severity"], finding["code"], finding["subject"]) for finding in report["findings"]}
    assert found == {("error", "conflicting-packages", "pkg"), ("warning", "overridden-file", "python/pkg")}
    overridden = next(finding for finding in report["findings"] if finding["code"] == "overridden-file")
    assert overridden["path"] == "python/pkg/__init__.py" and "overridden by " + str(tmp_path / "b.zip") in overridden["reason"]
    assert [duplicate["path"] for duplicate in report["sizes"]["duplicates"]] == ["python/data.bin"]


def test_libraries_that_are_looked_for_by_name_are_notes(check):
    source = "import ctypes.util\nx = ctypes.util.find_library('magic')\nctypes.CDLL(\"libsndfile.so.1\")\nctypes.CDLL('libz.so.1')\n"
    status, findings = check({"python/magic.py": source})
    assert status == 0
    assert [(finding["severity"], finding["subject"]) for finding in findings] == [("note", "magic"), ("note", "libsndfile.so.1")]


def test_a_damaged_or_missing_layer_is_told_and_is_no_verdict(lamina, tmp_path):
    path = tmp_path / "layer.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("python/a.py", "x = 1\n" * 100)
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(data)
    damaged = run(lamina, path, "python3.13")
    assert (damaged.returncode, "python/a.py: its CRC-32 does not match" in damaged.stderr, damaged.stdout) == (1, True, "")
    assert run(lamina, tmp_path / "none.zip", "python3.13").returncode == 64
    path.write_text("no zip")
    assert "not a zip file" in run(lamina, path, "python3.13").stderr


def test_a_folder_is_checked_as_it_lies(lamina, tmp_path):
    (tmp_path / "layer/python/pkg").mkdir(parents=True)
    (tmp_path / "layer/python/pkg/__init__.py").write_text("")
    os.mkfifo(tmp_path / "layer/python/pipe")
    (tmp_path / "layer/python/pkg/private.py").write_text("")
    (tmp_path / "layer/python/pkg/private.py").chmod(0o600)
    done = run(lamina, tmp_path / "layer", "python3.13", "--format", "json")
    found = [(finding["severity"], finding["code"], finding["path"]) for finding in json.loads(done.stdout)["findings"]]
    assert found == [("error", "special-file", "python/pipe"), ("warning", "not-readable", "python/pkg/private.py")]


def test_reports_are_for_people_for_programs_and_for_code_scanners(lamina, tmp_path):
    (tmp_path / "layer/site-packages").mkdir(parents=True)
    (tmp_path / "layer/site-packages/a b.py").write_text("")
    table = run(lamina, tmp_path / "layer", "python3.13").stdout
    assert "error: site-packages is on no path of python3.13" in table and "fix: move what is in site-packages/" in table
    assert "1 error" in table.splitlines()[-1]
    sarif = json.loads(run(lamina, tmp_path / "layer", "python3.13", "--format", "sarif").stdout)
    assert sarif["version"] == "2.1.0"
    [result] = sarif["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("wrong-folder", "error")
    rules = sarif["runs"][0]["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == "wrong-folder" and rules[0]["shortDescription"]["text"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "site-packages"


def test_a_published_layer_version_is_checked_by_its_arn(lamina, server, tmp_path):
    environment = os.environ | server.environment
    (tmp_path / "layer/site-packages").mkdir(parents=True)
    (tmp_path / "layer/site-packages/a.py").write_text("")
    published = subprocess.run(
        [lamina, "publish", tmp_path / "layer", "--name", "wrong", "--allow", "--format", "json"], capture_output=True, text=True,
        env=environment)
    assert published.returncode == 0, published.stderr
    arn = json.loads(published.stdout)["arn"]
    for name in (arn, "wrong:1"):
        done = subprocess.run([lamina, "check", name, "--runtime", "python3.13"], capture_output=True, text=True, env=environment)
        assert done.returncode == 1 and "site-packages is on no path" in done.stdout, done.stderr
