"""Which version is taken where the newest has no wheel for the target, with the real uv, from PyPI and from a folder of wheels."""

import subprocess

import pytest
from building import Builder, project


@pytest.fixture
def builder(lamina, tmp_path):
    return Builder(lamina, tmp_path)


@pytest.fixture
def links(tmp_path):
    """Adds versions of a package to a folder: its wheel with a tag, and its source distribution."""
    folder = tmp_path / "links"
    folder.mkdir()

    def add(name, version, tag=None, sdist=False):
        source = project(tmp_path / f"{name}-{version}", name)
        manifest = source / "pyproject.toml"
        manifest.write_text(manifest.read_text().replace('version = "1.0"', f'version = "{version}"'))
        if sdist:
            subprocess.run(["uv", "build", "--quiet", "--sdist", "--out-dir", folder, source], check=True)
        if tag:
            subprocess.run(["uv", "build", "--quiet", "--wheel", "--out-dir", tmp_path, source], check=True)
            (tmp_path / f"{name}-{version}-py3-none-any.whl").rename(folder / f"{name}-{version}-{tag}.whl")

    return add


def files(layer):
    return {name: package["file"] for name, package in layer.packages.items()}


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_the_newest_version_with_a_wheel_for_the_glibc_is_taken_and_not_built(builder, tmp_path, architecture):
    # 3.5.6 has no wheel for glibc 2.26, and docopt has no wheel at all.
    (tmp_path / "requirements.txt").write_text("greenlet<=3.5.6\ndocopt==0.6.2\n")
    built = files(builder.build("requirements.txt", "--runtime", "python3.11", "--architecture", architecture))
    assert built["greenlet"].startswith("greenlet-3.") and "manylinux_2_17_" in built["greenlet"]
    assert built["docopt"] == "docopt-0.6.2-py2.py3-none-any.whl"
    newer = files(builder.build("requirements.txt", "--runtime", "python3.12", "--architecture", architecture))
    assert newer["greenlet"].startswith("greenlet-3.5.6-")


def test_what_needs_a_package_without_wheels_stays_at_its_newest(builder, tmp_path):
    # docopt has no wheel, and num2words 0.5.6 does without it: what a resolution to wheels alone would go back to.
    (tmp_path / "requirements.txt").write_text("num2words<=0.5.14\n")
    layer = builder.build("requirements.txt", "--runtime", "python3.12")
    assert {name: package["version"] for name, package in layer.packages.items()} == {"docopt": "0.6.2", "num2words": "0.5.14"}


def test_an_older_wheel_comes_before_a_newer_source_distribution(builder, tmp_path, links):
    links("dropped", "1.0", tag="cp312-cp312-manylinux_2_17_x86_64")
    links("dropped", "2.0", sdist=True)
    links("never", "1.0", sdist=True)
    (tmp_path / "requirements.txt").write_text("--find-links ./links\ndropped\nnever\n")
    assert files(builder.build("requirements.txt", "--runtime", "python3.12")) == {
        "dropped": "dropped-1.0-cp312-cp312-manylinux_2_17_x86_64.whl", "never": "never-1.0-py3-none-any.whl"}


def test_a_pinned_version_is_built_where_its_wheels_do_not_fit(builder, tmp_path, links):
    for name in ["pinned", "free"]:
        links(name, "1.0", tag="cp311-cp311-manylinux_2_17_x86_64")
        links(name, "2.0", tag="cp311-cp311-manylinux_2_28_x86_64", sdist=True)
    (tmp_path / "requirements.txt").write_text("--find-links ./links\npinned==2.0\nfree\n")
    assert files(builder.build("requirements.txt", "--runtime", "python3.11")) == {
        "pinned": "pinned-2.0-py3-none-any.whl", "free": "free-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"}
    # A project's own folder, which is always built, does not let others be.
    project(tmp_path / "local", "local", "free")
    (tmp_path / "requirements.txt").write_text("--find-links ./links\n./local\n")
    assert files(builder.build("requirements.txt", "--runtime", "python3.11")) == {
        "local": "local-1.0-py3-none-any.whl", "free": "free-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"}
