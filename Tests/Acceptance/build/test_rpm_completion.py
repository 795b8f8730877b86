"""Shared libraries out of an RPM repository: what is taken, what is refused, and what is told of it."""

import json
import pathlib
import shutil
import subprocess
import tempfile

import pytest
from binaries import check, digest, layer_folder, needed, record, shared_object, wheel
from building import Builder
from rpm_repository import RPMRepository, run


class Signer:
    """An OpenPGP key of its own, in a folder whose path is short enough for the agent's socket."""

    def __enter__(self):
        self.home = tempfile.mkdtemp()
        self.gpg("--passphrase", "", "--quick-generate-key", "Test <test@example.com>", "rsa2048", "sign", "never")
        self.key = pathlib.Path(self.home, "key.asc")
        self.gpg("--armor", "--output", self.key, "--export")
        return self

    def __exit__(self, *_):
        run("gpgconf", "--homedir", self.home, "--kill", "all")
        shutil.rmtree(self.home)

    def gpg(self, *arguments):
        run("gpg", "--homedir", self.home, "--batch", "--quiet", *arguments)

    def sign(self, package):
        run("rpmsign", "--define", "_gpg_name Test", "--define", f"_gpg_path {self.home}", "--define", "__gpg /usr/bin/gpg", "--addsign", package)


@pytest.fixture
def repository(tmp_path):
    with RPMRepository(tmp_path / "repository") as repository:
        yield repository


@pytest.fixture
def alpha(repository, tmp_path):
    """The package of a library, and a layer that needs it."""
    library = shared_object(tmp_path / "made", "libalpha.so.1")
    layer_folder(tmp_path / "layer", shared_object(tmp_path / "made", "libuser.so", library))
    package = repository.add("alpha", {"usr/lib64/libalpha.so.1.0": library, "usr/lib64/libalpha.so.1": ("libalpha.so.1.0",)}, license="Zlib")
    repository.index()
    return package


def arguments(repository, *more, runtime="python3.13"):
    return ["layer", "--runtime", runtime, "--complete-from", repository.mirror_list, *more]


def test_what_libraries_need_in_turn_comes_too_and_is_told_with_its_package_and_licence(builder, repository, tmp_path):
    made = tmp_path / "made"
    beta = shared_object(made, "libbeta.so.2")
    alpha = shared_object(made, "libalpha.so.1", beta)
    layer_folder(tmp_path / "layer", shared_object(made, "libuser.so", alpha))
    repository.add("alpha", {"usr/lib64/libalpha.so.1": alpha}, license="Zlib")
    repository.add("beta", {"usr/lib64/libbeta.so.2": beta}, version="2.5", release="3.amzn2023", license="MIT")
    repository.index()
    layer = builder.build(*arguments(repository))
    assert layer.names == ["lib/libalpha.so.1", "lib/libbeta.so.2", "lib/libuser.so"]
    assert layer.mode("lib/libbeta.so.2") == "0o100755"
    assert layer.report["findings"] == []
    told = [(library["path"], library["package"], library["license"]) for library in layer.report["libraries"]]
    assert told == [("lib/libalpha.so.1", "alpha 1.0-1", "Zlib"), ("lib/libbeta.so.2", "beta 2.5-3.amzn2023", "MIT")]
    assert [library["origin"].startswith(f"{repository.url}/al2023/blobstore/") for library in layer.report["libraries"]] == [True, True]
    assert layer.report["licenses"] == "MIT AND Zlib"
    bill = json.loads(pathlib.Path(layer.report["sbom"]).read_text())
    assert [(found["purl"], found["licenses"]) for found in bill["components"]] == [
        ("pkg:rpm/amzn/alpha@1.0-1", [{"license": {"id": "Zlib"}}]), ("pkg:rpm/amzn/beta@2.5-3.amzn2023", [{"license": {"id": "MIT"}}])]


def test_the_same_packages_give_the_same_bytes(lamina, repository, alpha, tmp_path):
    layers = []
    for name in "ab":
        folder = tmp_path / name
        shutil.copytree(tmp_path / "layer", folder / "layer")
        layers.append(Builder(lamina, folder, TZ="Pacific/Auckland" if name == "b" else "UTC").build(*arguments(repository)))
    assert layers[0].bytes == layers[1].bytes
    assert "lib/libalpha.so.1" in layers[0].names


def test_packages_signed_by_a_given_key_are_taken(builder, repository, alpha):
    with Signer() as signer:
        signer.sign(alpha)
        repository.index()
        layer = builder.build(*arguments(repository, "--gpg-key", signer.key))
    assert layer.names == ["lib/libalpha.so.1", "lib/libuser.so"]


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed by another key"])
def test_a_package_without_a_good_signature_is_refused_by_name(builder, repository, alpha, signed):
    with Signer() as signer, Signer() as other:
        if signed:
            other.sign(alpha)
            repository.index()
        said = builder.refusal(*arguments(repository, "--gpg-key", signer.key))
    assert "alpha 1.0-1.x86_64 is not signed by any of the given keys" in said
    assert ("NOKEY" if signed else "it has no signature") in said


def test_a_key_that_is_none_is_named(builder, repository, alpha, tmp_path):
    (tmp_path / "text.asc").write_text("no key\n")
    assert "cannot take the key text.asc" in builder.refusal(*arguments(repository, "--gpg-key", "text.asc"))
    assert "absent.asc" in builder.refusal(*arguments(repository, "--gpg-key", "absent.asc"))


def test_keys_without_a_repository_are_refused(builder, tmp_path):
    (tmp_path / "layer/lib").mkdir(parents=True)
    assert "--complete-from" in builder.refusal("layer", "--runtime", "python3.13", "--gpg-key", "key.asc")
    assert "apt has its own keys" in builder.refusal("layer", "--runtime", "python3.13", "--complete", "--gpg-key", "key.asc")


def test_a_package_of_another_checksum_is_refused_and_not_kept(builder, repository, alpha):
    whole = alpha.read_bytes()
    alpha.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    said = builder.refusal(*arguments(repository))
    assert "alpha-1.0-1.x86_64.rpm" in said and "SHA-256" in said
    alpha.write_bytes(whole)
    assert "lib/libalpha.so.1" in builder.build(*arguments(repository)).names


def test_a_library_that_no_package_has_is_told_with_what_is_left_to_do(builder, repository, alpha, tmp_path):
    alpha.unlink()
    repository.index()
    said = builder.refusal(*arguments(repository))
    assert "lib/libuser.so needs libalpha.so.1, which Lambda lacks" in said
    assert "fix: the repository has no package with libalpha.so.1: name another one with --complete-from, give the file itself" in said
    # Which then helps.
    layer = builder.build(*arguments(repository), "made/libalpha.so.1=lib")
    assert layer.report["findings"] == [] and layer.report["libraries"] == []
    allowed = builder.build(*arguments(repository, "--allow"))
    (finding,) = allowed.report["findings"]
    assert finding["fix"].startswith("the repository has no package with libalpha.so.1")


def test_what_is_no_repository_is_named(builder, alpha, tmp_path):
    (tmp_path / "empty").mkdir()
    said = builder.refusal("layer", "--runtime", "python3.13", "--complete-from", "empty")
    assert f"{tmp_path}/empty is no RPM repository: it has no repodata/repomd.xml" in said


def test_a_layer_for_the_other_architecture_is_completed(builder, tmp_path):
    made = tmp_path / "made"
    library = shared_object(made, "libalpha.so.1", machine="aarch64")
    layer_folder(tmp_path / "layer", shared_object(made, "libuser.so", library, machine="aarch64"))
    with RPMRepository(tmp_path / "repository", architecture="aarch64") as repository:
        repository.add("alpha", {"usr/lib64/libalpha.so.1": library})
        repository.index()
        layer = builder.build(*arguments(repository, "--architecture", "arm64"))
        assert any("/aarch64/mirror.list" in request for request in repository.requests)
    assert layer.names == ["lib/libalpha.so.1", "lib/libuser.so"]
    assert layer.report["findings"] == []
    said = builder.refusal("layer", "--runtime", "python3.13", "--architecture", "arm64", "--complete")
    assert "apt has packages for x86_64 here, and the layer is for arm64: name an RPM repository with --complete-from" in said


@pytest.fixture
def newer(repository, tmp_path):
    """A package that needs a newer libstdc++ than any system has, as another library that it needs does."""
    made = tmp_path / "made"
    newest = shared_object(
        made, "libstdc++.so.6", code="int newest(void) { return 42; }\n", versions="GLIBCXX_3.4.99 { global: newest; local: *; };\n")
    helper = shared_object(made, "libhelper.so.1", newest, code="int newest(void);\nint help(void) { return newest(); }\n")
    user = shared_object(
        made, "libnewer.so", newest, helper, code="int newest(void);\nint help(void);\nint value(void) { return newest() + help(); }\n")
    repository.add("libstdc++", {"usr/lib64/libstdc++.so.6": newest}, version="99.1", license="GPL-3.0-or-later WITH GCC-exception-3.1")
    repository.add("helper", {"usr/lib64/libhelper.so.1": helper})
    repository.index()
    module = 'import ctypes, pathlib\nassert ctypes.CDLL(str(pathlib.Path(__file__).with_name("libnewer.so"))).value() == 84\n'
    return wheel(tmp_path / "wheel", "newer", {"newer/__init__.py": module, "newer/libnewer.so": user.read_bytes()})


def test_a_newer_copy_of_a_system_library_has_a_name_of_its_own_that_its_users_ask_for(builder, lamina, repository, newer, runtime, tmp_path):
    plain = builder.build(newer, "made/libhelper.so.1=lib", "--runtime", runtime)
    assert "needs GLIBCXX_3.4.99" in check(lamina, plain.path, runtime).stdout
    assert "version `GLIBCXX_3.4.99' not found" in check(lamina, plain.path, runtime, "--import").stdout
    layer = builder.build(newer, "--runtime", runtime, "--complete-from", repository.mirror_list)
    (name,) = [name.removeprefix("lib/") for name in layer.names if name.startswith("lib/libstdc++")]
    assert name.startswith("libstdc++-") and name.endswith(".so.6")
    folder = layer.unpack(tmp_path / "unpacked")
    assert needed(folder / "python/newer/libnewer.so") == [name, "libhelper.so.1"]
    assert needed(folder / "lib/libhelper.so.1") == [name]
    soname = subprocess.run(["readelf", "-dW", folder / "lib" / name], check=True, capture_output=True, text=True).stdout
    assert f"Library soname: [{name}]" in soname
    (told,) = [library for library in layer.report["libraries"] if library["path"] == f"lib/{name}"]
    assert (told["package"], told["replaces"]) == ("libstdc++ 99.1-1", "libstdc++.so.6")
    content = layer.zip.read("python/newer/libnewer.so")
    assert record(layer, "newer")["newer/libnewer.so"] == (digest(content), str(len(content)))
    done = check(lamina, layer.path, runtime, "--import")
    assert done.returncode == 0, done.stdout
    assert "error" not in done.stdout and "warning" not in done.stdout


def test_a_copy_that_is_no_newer_does_not_help(builder, repository, newer, runtime, tmp_path):
    older = shared_object(
        tmp_path / "older", "libstdc++.so.6", code="int newest(void) { return 1; }\n", versions="GLIBCXX_3.4.98 { global: newest; local: *; };\n")
    (package,) = repository.packages.glob("libstdc++-*.rpm")
    package.unlink()
    repository.add("libstdcxx", {"usr/lib64/libstdc++.so.6": older})
    repository.index()
    assert "python/newer/libnewer.so needs GLIBCXX_3.4.99" in builder.refusal(
        newer, "--runtime", runtime, "--complete-from", repository.mirror_list)
