"""Every way to say what Python packages a layer has, with the real uv and the real PyPI."""

import json
import subprocess
import zipfile

import pytest
from building import build, names, project, report, repository, versions

SIX = "sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274"
SIX_SOURCE = "sha256:ff70335d468e7eb6ec65b95b99d3a2836546063f63acc5171de367e834932a81"
COLORAMA = "sha256:4f1d9991f5acc0ca119f9d443620b77f9d6b33703e51011c16baf57afb285fc6"
INICONFIG = "sha256:9deba5723312380e77435581c6bf4935c94cbfab9b1ed33ef8d238ea168eb760"
SNIFFIO = "sha256:2f6da418d1f1e0fddd844478f41680e794e6051915791a034ff65e5f100525a2"


@pytest.fixture
def output(tmp_path):
    return tmp_path / "layer.zip"


@pytest.fixture
def requirements(tmp_path):
    def write(text, name="requirements.txt"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize("minor", range(8, 15))
@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_every_python_runtime_gets_its_own_wheels(lamina, requirements, output, minor, architecture):
    path = requirements("markupsafe>=2,<4\ncharset-normalizer\n")
    built = report(lamina, path, "--runtime", f"python3.{minor}", "--architecture", architecture, "--output", output)
    machine = {"x86_64": "x86_64", "arm64": "aarch64"}[architecture]
    assert f"python/markupsafe/_speedups.cpython-3{minor}-{machine}-linux-gnu.so" in names(output)
    assert built["findings"] == []


def test_a_hash_holds_whatever_the_index_says(lamina, requirements, output):
    good = requirements(f"six==1.17.0 \\\n    --hash={SIX}\n")
    assert versions(report(lamina, good, "--runtime", "python3.12", "--output", output)) == {"six": "1.17.0"}
    output.unlink()
    wrong = requirements(f"six==1.17.0 --hash={COLORAMA}\n", "wrong.txt")
    done = build(lamina, wrong, "--runtime", "python3.12", "--output", output)
    assert done.returncode == 1 and "none of the files of six 1.17.0 has a hash that its requirement allows" in done.stderr
    incomplete = requirements(f"--require-hashes\nsix==1.17.0 --hash={SIX}\niniconfig==2.1.0\n", "incomplete.txt")
    done = build(lamina, incomplete, "--runtime", "python3.12", "--output", output)
    assert done.returncode == 1 and "iniconfig has no --hash" in done.stderr
    assert not output.exists()


def test_a_hash_of_the_source_distribution_has_it_built(lamina, requirements, output, runtime):
    path = requirements(f"six==1.17.0 --hash={SIX_SOURCE}\n")
    (package,) = report(lamina, path, "--runtime", runtime, "--output", output)["packages"]
    assert package["sha256"] == SIX_SOURCE.removeprefix("sha256:")
    assert "python/six.py" in names(output)


def test_includes_constraints_extras_and_markers_count(lamina, requirements, output):
    requirements("six\n", "base.txt")
    requirements("six==1.16.0\n", "limits.txt")
    path = requirements(
        "-r base.txt\n-c limits.txt\ncoverage[toml]==7.6.1\ncolorama; sys_platform == 'win32'\ntomli; python_version < '3.11'\n")
    found = versions(report(lamina, path, "--runtime", "python3.9", "--output", output))
    assert found["six"] == "1.16.0"
    assert found.keys() == {"six", "coverage", "tomli"}
    assert versions(report(lamina, path, "--runtime", "python3.12", "--output", output)).keys() == {"six", "coverage"}


def test_local_projects_and_wheels_are_installed_plainly(lamina, tmp_path, requirements, output, runtime):
    project(tmp_path / "plain", "plain", "six")
    editable = project(tmp_path / "editable", "editable")
    wheel = project(tmp_path / "wheel", "wheeled")
    subprocess.run(["uv", "build", "--quiet", "--wheel", "--out-dir", tmp_path / "links", wheel], check=True)
    path = requirements("./plain\n-e ./editable\n./links/wheeled-1.0-py3-none-any.whl\n")
    assert versions(report(lamina, path, "--runtime", runtime, "--output", output)).keys() == {"plain", "editable", "wheeled", "six"}
    assert {"python/plain.py", "python/editable.py", "python/wheeled.py"} <= set(names(output))
    assert not [name for name in names(output) if name.endswith(".pth") or "__editable__" in name]
    # A pure wheel suits the other architecture too, and a changed module is seen.
    (editable / "src/editable.py").write_text("VALUE = 'changed'\n")
    report(lamina, path, "--runtime", runtime, "--architecture", "arm64", "--output", output)
    assert zipfile.ZipFile(output).read("python/editable.py") == b"VALUE = 'changed'\n"


def test_links_and_indexes_of_the_file_are_searched(lamina, tmp_path, requirements, output):
    wheel = project(tmp_path / "wheel", "onlyhere")
    subprocess.run(["uv", "build", "--quiet", "--wheel", "--out-dir", tmp_path / "links", wheel], check=True)
    path = requirements("--find-links ./links\nonlyhere\nsix\n")
    assert versions(report(lamina, path, "--runtime", "python3.12", "--output", output)).keys() == {"onlyhere", "six"}
    nowhere = requirements("--index-url http://127.0.0.1:9/simple\nsix\n", "nowhere.txt")
    done = build(lamina, nowhere, "--runtime", "python3.12", "--output", output)
    assert done.returncode == 1 and "127.0.0.1:9" in done.stderr


def test_a_repository_is_built_at_its_commit(lamina, tmp_path, requirements, output):
    source = project(tmp_path / "source", "fromgit", "six", module="VALUE = 'first'\n")
    commit = repository(source)
    (source / "src/fromgit.py").write_text("VALUE = 'uncommitted'\n")
    path = requirements(f"fromgit @ git+file://{source}@{commit}\n")
    assert versions(report(lamina, path, "--runtime", "python3.12", "--architecture", "arm64", "--output", output)) == {
        "fromgit": "1.0", "six": "1.17.0"}
    assert zipfile.ZipFile(output).read("python/fromgit.py") == b"VALUE = 'first'\n"


def test_machine_code_is_not_built_for_another_architecture(lamina, tmp_path, requirements, output, runtime):
    source = project(tmp_path / "native", "native")
    (source / "setup.py").write_text("from setuptools import Extension, setup\nsetup(ext_modules=[Extension('_native', ['native.c'])])\n")
    (source / "native.c").write_text(
        "#include <Python.h>\nstatic struct PyModuleDef m = {PyModuleDef_HEAD_INIT, \"_native\", 0, -1, 0};\n"
        "PyMODINIT_FUNC PyInit__native(void) { return PyModule_Create(&m); }\n")
    done = build(lamina, requirements("./native\n"), "--runtime", runtime, "--architecture", "arm64", "--output", output)
    assert done.returncode == 1
    assert "native 1.0 has to be built from source" in done.stderr and "arm64" in done.stderr
    assert not output.exists()


@pytest.fixture
def app(tmp_path):
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.9"\n'
        "dependencies = [\"six==1.17.0\", \"colorama==0.4.6; sys_platform == 'win32'\", \"tomli==2.2.1; python_version < '3.11'\"]\n"
        '[project.optional-dependencies]\nfast = ["sniffio==1.3.1"]\n[dependency-groups]\ndev = ["iniconfig==2.1.0"]\n')
    return folder


@pytest.mark.parametrize("locked", [False, True])
def test_a_project_gives_its_dependencies_and_what_is_asked_for(lamina, app, output, locked):
    if locked:
        subprocess.run(["uv", "lock", "--quiet"], cwd=app, check=True)
    plain = report(lamina, app, "--runtime", "python3.12", "--output", output)
    assert versions(plain) == {"six": "1.17.0"}
    assert plain["notes"] == [f"{app}: {'uv.lock' if locked else 'pyproject.toml'} says what is in the layer"]
    more = report(lamina, app, "--runtime", "python3.9", "--architecture", "arm64", "--extra", "fast", "--group", "dev", "--output", output)
    assert versions(more) == {"six": "1.17.0", "tomli": "2.2.1", "sniffio": "1.3.1", "iniconfig": "2.1.0"}
    done = build(lamina, app, "--runtime", "python3.12", "--group", "nope", "--output", output)
    assert done.returncode == 1 and "nope" in done.stderr


def test_a_folder_gives_the_file_that_pins_most(lamina, tmp_path, output):
    (tmp_path / "requirements.txt").write_text("six\n")
    (tmp_path / "Pipfile.lock").write_text(json.dumps({"_meta": {}, "default": {"iniconfig": {"version": "==2.1.0", "hashes": [INICONFIG]}}}))
    assert versions(report(lamina, tmp_path, "--runtime", "python3.12", "--output", output)) == {"iniconfig": "2.1.0"}
    (tmp_path / "Pipfile.lock").unlink()
    assert "six" in versions(report(lamina, tmp_path, "--runtime", "python3.12", "--output", output))
    (tmp_path / "requirements.txt").unlink()
    done = build(lamina, tmp_path, "--runtime", "python3.12", "--output", output)
    assert done.returncode == 1 and "holds no project file that python3.12 has" in done.stderr


def poetry_package(name, version, hash, extra="", dependencies=""):
    return (
        f'[[package]]\nname = "{name}"\nversion = "{version}"\noptional = false\npython-versions = ">=3.7"\n{extra}'
        f'files = [{{file = "{name}", hash = "{hash}"}}]\n{dependencies}\n')


def poetry_lock(groups):
    """A lock as Poetry 2 writes it, or as Poetry 1 does, without groups."""

    def group(text):
        return text + "\n" if groups else ""

    return (
        poetry_package("six", "1.16.0", "sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254", group('groups = ["main"]'),
                       "[package.dependencies]\ncolorama = {version = \"*\", markers = \"sys_platform == 'win32'\"}\n")
        + poetry_package("colorama", "0.4.6", COLORAMA, group("groups = [\"main\"]\nmarkers = \"sys_platform == 'win32'\""))
        + poetry_package("iniconfig", "2.1.0", INICONFIG, group('groups = ["dev"]'))
        + poetry_package("sniffio", "1.3.1", SNIFFIO, group("groups = [\"main\"]\nmarkers = 'extra == \"fast\"'"))
        + f'[extras]\nfast = ["sniffio"]\n[metadata]\nlock-version = "{"2.1" if groups else "2.0"}"\npython-versions = "^3.9"\ncontent-hash = "0"\n')


@pytest.mark.parametrize("groups", [False, True])
def test_a_poetry_lock_holds_exactly(lamina, tmp_path, output, groups):
    (tmp_path / "pyproject.toml").write_text(
        '[tool.poetry]\nname = "app"\n[tool.poetry.dependencies]\npython = "^3.9"\nsix = "^1.0"\nsniffio = {version = "*", optional = true}\n'
        '[tool.poetry.extras]\nfast = ["sniffio"]\n[tool.poetry.group.dev.dependencies]\niniconfig = "*"\n')
    lock = tmp_path / "poetry.lock"
    lock.write_text(poetry_lock(groups))
    assert versions(report(lamina, tmp_path, "--runtime", "python3.12", "--output", output)) == {"six": "1.16.0"}
    more = report(lamina, lock, "--runtime", "python3.9", "--extra", "fast", "--group", "dev", "--output", output)
    assert versions(more) == {"six": "1.16.0", "sniffio": "1.3.1", "iniconfig": "2.1.0"}
    lock.write_text(poetry_lock(groups).replace("8abb2f1d", "00000000"))
    done = build(lamina, lock, "--runtime", "python3.12", "--output", output)
    assert done.returncode == 1 and "none of the files of six 1.16.0 has a hash" in done.stderr
    done = build(lamina, lock, "--runtime", "python3.12", "--group", "nope", "--output", output)
    assert done.returncode == 1 and "has no group 'nope'; it has dev, main" in done.stderr


def test_a_pipfile_lock_holds_exactly(lamina, tmp_path, output):
    source = project(tmp_path / "source", "fromgit")
    lock = tmp_path / "Pipfile.lock"
    document = {
        "_meta": {"sources": [{"name": "pypi", "url": "https://pypi.org/simple", "verify_ssl": True}]},
        "default": {
            "six": {"version": "==1.17.0", "hashes": [SIX, SIX_SOURCE], "index": "pypi"},
            "colorama": {"version": "*", "markers": "sys_platform == 'win32'"},
            "fromgit": {"git": f"file://{source}", "ref": repository(source)},
        },
        "develop": {"iniconfig": {"version": "==2.1.0", "hashes": [INICONFIG], "markers": "python_version >= '3.8'"}},
    }
    lock.write_text(json.dumps(document))
    assert versions(report(lamina, lock, "--runtime", "python3.12", "--output", output)) == {"six": "1.17.0", "fromgit": "1.0"}
    assert "iniconfig" in versions(report(lamina, lock, "--runtime", "python3.12", "--group", "develop", "--output", output))
    document["default"]["six"]["hashes"] = [COLORAMA]
    lock.write_text(json.dumps(document))
    done = build(lamina, lock, "--runtime", "python3.12", "--output", output)
    assert done.returncode == 1 and "none of the files of six" in done.stderr
    lock.write_text("[]")
    done = build(lamina, lock, "--runtime", "python3.12", "--output", output)
    assert done.returncode == 1 and "is no Pipfile.lock" in done.stderr


def test_a_pylock_of_several_platforms_is_read_for_the_target(lamina, app, output):
    subprocess.run(["uv", "lock", "--quiet"], cwd=app, check=True)
    lock = app / "pylock.toml"
    subprocess.run(["uv", "export", "--quiet", "--frozen", "--format", "pylock.toml", "--no-emit-project", "-o", lock], cwd=app, check=True)
    assert "tomli" in versions(report(lamina, lock, "--runtime", "python3.10", "--output", output))
    assert "tomli" not in versions(report(lamina, lock, "--runtime", "python3.11", "--output", output))
    done = build(lamina, lock, "--runtime", "python3.8", "--output", output)
    assert done.returncode == 1 and "is a lock for Python >=3.9" in done.stderr


def test_files_that_two_packages_both_have_are_told(lamina, tmp_path, requirements, output):
    for name, text in [("first", "A = 1\n"), ("second", "A = 2\n")]:
        source = project(tmp_path / name, name)
        (source / "src/shared.py").write_text(text)
        (source / "src/common.py").write_text("SAME = True\n")
    built = report(lamina, requirements("./first\n./second\n"), "--runtime", "python3.12", "--output", output)
    assert built["notes"] == ["first and second both have python/shared.py, with different contents; second's is in the layer"]
    assert zipfile.ZipFile(output).read("python/shared.py") == b"A = 2\n"
