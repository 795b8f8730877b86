"""`lamina build` as a person types it, against the real registry."""

import json
import os
import subprocess
import zipfile

import pytest
from building import build, names, report


@pytest.fixture
def requirements(tmp_path):
    path = tmp_path / "requirements.txt"
    path.write_text("# pure, native and with a script\nsix==1.17.0\nmarkupsafe==3.0.2\ncharset-normalizer==3.4.4\n")
    return path


def test_a_layer_is_built_for_another_architecture_and_runtime(lamina, requirements, tmp_path):
    output = tmp_path / "layer.zip"
    done = build(lamina, requirements, "--runtime", "python3.12", "--architecture", "arm64", "--output", output, "--format", "json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [package["name"] for package in report["packages"]] == ["charset-normalizer", "markupsafe", "six"]
    assert report["findings"] == []
    names = zipfile.ZipFile(output).namelist()
    assert any(name.startswith("python/markupsafe/_speedups.cpython-312-aarch64") for name in names)
    assert "bin/normalizer" in names


def test_another_user_umask_and_time_zone_give_the_same_bytes(lamina, requirements, tmp_path):
    outputs = []
    for number, (umask, zone) in enumerate([(0o022, "UTC"), (0o077, "Pacific/Auckland")]):
        output = tmp_path / f"{number}.zip"
        environment = os.environ | {"TZ": zone, "LAMINA_CACHE_DIR": str(tmp_path / f"cache{number}"), "USER": f"user{number}", "LC_ALL": "C"}
        done = build(lamina, requirements, "--runtime", "python3.13", "--output", output, env=environment, umask=umask)
        assert done.returncode == 0, done.stderr
        outputs.append(output.read_bytes())
    assert outputs[0] == outputs[1]


def test_a_warm_build_needs_no_network(lamina, requirements, tmp_path):
    first, second = tmp_path / "1.zip", tmp_path / "2.zip"
    assert build(lamina, requirements, "--runtime", "python3.13", "--output", first).returncode == 0
    # A name space without any network but a loopback that is down.
    done = subprocess.run(
        ["bwrap", "--dev-bind", "/", "/", "--unshare-net", lamina, "build", requirements, "--runtime", "python3.13", "--output", second],
        capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert first.read_bytes() == second.read_bytes()


def test_what_cannot_be_built_is_told_and_leaves_nothing(lamina, tmp_path):
    output = tmp_path / "layer.zip"
    missing = build(lamina, tmp_path / "none.txt", "--runtime", "python3.13", "--output", output)
    assert (missing.returncode, "none.txt does not exist" in missing.stderr) == (1, True)
    (tmp_path / "requirements.txt").write_text("six==99\n")
    impossible = build(lamina, tmp_path / "requirements.txt", "--runtime", "python3.13", "--output", output)
    assert impossible.returncode == 1 and "six==99" in impossible.stderr
    runtime = build(lamina, tmp_path / "requirements.txt", "--runtime", "python4.0", "--output", output)
    assert runtime.returncode == 1 and "no runtime is called 'python4.0'" in runtime.stderr
    assert not output.exists()


def test_a_source_distribution_is_built_here_and_checked(lamina, tmp_path, runtime):
    project = tmp_path / "project"
    (project / "src").mkdir(parents=True)
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "homemade"\nversion = "1.0"\n')
    (project / "src/homemade.py").write_text("VALUE = 5\n")
    subprocess.run(["uv", "build", "--sdist", "--out-dir", tmp_path, project], check=True, capture_output=True)
    (tmp_path / "requirements.txt").write_text("./homemade-1.0.tar.gz\n")
    output = tmp_path / "layer.zip"
    done = build(lamina, "requirements.txt", "--runtime", runtime, "--output", output, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "python/homemade.py" in zipfile.ZipFile(output).namelist()
    # Of pure Python, so that the other architecture takes it too.
    report(lamina, "requirements.txt", "--runtime", runtime, "--architecture", "arm64", "--output", output, cwd=tmp_path)
    assert "python/homemade.py" in names(output)
