"""Gemfiles through the real bundler, from an index of gems in a folder."""

import os
import platform
import shutil
import subprocess

import pytest
from building import snapshot

HOST_RUBY = subprocess.run(["ruby", "-e", "print RUBY_VERSION[/\\d+\\.\\d+/]"], capture_output=True, text=True).stdout
HOST = "arm64" if platform.machine() == "aarch64" else "x86_64"
PLATFORM = {"x86_64": "x86_64-linux", "arm64": "aarch64-linux"}


class Index:
    """A source of gems that bundler reads by a file: URL."""

    def __init__(self, folder):
        self.folder = folder
        self.url = f"file://{folder}"
        (folder / "gems").mkdir(parents=True)

    def add(self, name, version="1.0.0", files=None, specification=""):
        folder = self.folder.parent / f"{name}-{version}-source"
        shutil.rmtree(folder, ignore_errors=True)
        gem(folder, name, version, files, specification)
        subprocess.run(["gem", "build", "--quiet", f"{name}.gemspec"], cwd=folder, check=True, capture_output=True)
        for path in folder.glob("*.gem"):
            shutil.move(path, self.folder / "gems" / path.name)
        subprocess.run(["gem", "generate_index", "--quiet", "-d", self.folder], check=True, capture_output=True)


def gem(folder, name, version="1.0.0", files=None, specification=""):
    """A gem's source in a folder."""
    for path, text in ({f"lib/{name}.rb": f"{name.upper()} = '{version}'\n"} | (files or {})).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (folder / f"{name}.gemspec").write_text(
        f"Gem::Specification.new do |s|\n  s.name = '{name}'\n  s.version = '{version}'\n  s.summary = 'A test'\n  s.authors = ['a']\n"
        f"  s.license = 'MIT'\n  s.files = Dir.chdir(__dir__) {{ Dir['{{lib,ext}}/**/*'].select {{ |f| File.file?(f) }} }}\n"
        f"  {specification}\nend\n")


@pytest.fixture
def index(tmp_path):
    return Index(tmp_path / "index")


@pytest.fixture
def project(index, tmp_path):
    """Makes a project from its Gemfile's lines, locked for a platform and a Ruby unless told otherwise."""

    def make(*lines, lock=None, name="app"):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "Gemfile").write_text("\n".join([f"source '{index.url}'", *lines]) + "\n")
        if lock:
            environment = os.environ | {"BUNDLE_SILENCE_ROOT_WARNING": "true"}
            subprocess.run(
                ["bundle", "lock", *(f"--add-platform={platform}" for platform in lock)], cwd=folder, env=environment, check=True,
                capture_output=True)
        return folder

    return make


def ruby(layer, folder, program, version):
    """Runs a program with the layer's gems as Lambda has them, RubyGems' own folder apart."""
    opt = layer.unpack(folder)
    done = subprocess.run(
        ["ruby", "-e", program], capture_output=True, text=True,
        env={"GEM_PATH": f"{opt}/ruby/gems/{version}.0", "GEM_HOME": "/var/runtime", "PATH": os.environ["PATH"], "RUBYLIB": f"{opt}/ruby/lib"})
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("version", ["2.7", "3.2", "3.4"])
def test_gems_are_required_from_where_lambda_looks(builder, index, project, tmp_path, version):
    index.add("leaf")
    index.add("tool", "2.0.1", {"lib/tool.rb": "require 'leaf'\nTOOL = \"tool with #{LEAF}\"\n"}, "s.add_dependency 'leaf', '~> 1.0'")
    index.add("tester")
    folder = project("gem 'tool'", "group(:test) { gem 'tester' }", lock=PLATFORM.values())
    before = snapshot(folder)
    layer = builder.build("app", "--runtime", f"ruby{version}")
    assert snapshot(folder) == before, "nothing is written to the user's folder"
    home = f"ruby/gems/{version}.0"
    assert layer.names == [
        f"{home}/{path}" for path in (
            "gems/leaf-1.0.0/lib/leaf.rb", "gems/tool-2.0.1/lib/tool.rb", "specifications/leaf-1.0.0.gemspec",
            "specifications/tool-2.0.1.gemspec")]
    assert ruby(layer, tmp_path / "opt", "require 'tool'; puts TOOL", version) == "tool with 1.0.0"
    tool = layer.packages["tool"]
    assert (tool["ecosystem"], tool["version"], tool["license"], tool["file"]) == ("gem", "2.0.1", "MIT", "tool-2.0.1.gem")
    digest = subprocess.run(["sha256sum", index.folder / "gems/tool-2.0.1.gem"], capture_output=True, text=True).stdout.split()[0]
    assert tool["sha256"] == digest
    assert sum(package["size"] for package in layer.packages.values()) == layer.report["unzippedSize"]


def test_the_runtimes_ruby_decides_what_fits_not_the_hosts(builder, index, project):
    index.add("modern", "1.0.0")
    index.add("modern", "2.0.0", specification="s.required_ruby_version = '>= 3.3'")
    project("gem 'modern'")
    assert builder.build("app", "--runtime", "ruby3.4").packages["modern"]["version"] == "2.0.0"
    assert builder.build("app", "--runtime", "ruby3.2").packages["modern"]["version"] == "1.0.0"
    project("ruby '~> 3.3'", "gem 'modern'", name="strict")
    builder.build("strict", "--runtime", "ruby3.3")
    said = builder.refusal("strict", "--runtime", "ruby3.2")
    assert "ruby says:" in said and "but your Gemfile specified ~> 3.3" in said


def native(index):
    """A gem with binaries for two platforms, and a recipe for all others."""
    recipe = 'File.write("Makefile", "all:\\n\\tcp $(CURDIR)/../lib/native.rb native.o\\ninstall:\\n\\ttouch $(sitearchdir)/x\\nclean:\\n")'
    index.add("native", specification="s.extensions = ['ext/extconf.rb']", files={"ext/extconf.rb": recipe, "lib/native.rb": "NATIVE = 'ruby'"})
    for platform in PLATFORM.values():
        index.add("native", specification=f"s.platform = '{platform}'", files={"lib/native.rb": f"NATIVE = '{platform}'"})


def test_binaries_are_those_of_the_target_platform_whatever_the_host(builder, index, project, tmp_path):
    native(index)
    project("gem 'native'", lock=PLATFORM.values())
    for architecture, platform in PLATFORM.items():
        layer = builder.build("app", "--runtime", "ruby3.3", "--architecture", architecture)
        assert layer.packages["native"]["file"] == f"native-1.0.0-{platform}.gem"
        assert ruby(layer, tmp_path / architecture, "require 'native'; puts NATIVE", "3.3") == platform


def test_a_lock_without_the_platform_gets_it_in_the_copy(builder, index, project):
    native(index)
    folder = project("gem 'native'", lock=["java"])
    before = snapshot(folder)
    layer = builder.build("app", "--runtime", "ruby3.3", "--architecture", "arm64")
    assert layer.packages["native"]["file"] == "native-1.0.0-aarch64-linux.gem"
    assert "'bundle lock --add-platform aarch64-linux' does it once for all" in layer.log
    assert snapshot(folder) == before


def test_a_gem_that_would_have_to_be_compiled_elsewhere_is_named(builder, index, project):
    recipe = 'File.write("Makefile", "all:\\ninstall:\\nclean:\\n")'
    index.add("compiled", "1.2.3", {"ext/extconf.rb": recipe}, "s.extensions = ['ext/extconf.rb']")
    project("gem 'compiled'")
    said = builder.refusal("app", "--runtime", "ruby3.4", "--architecture", HOST)
    assert "compiled 1.2.3 has no binary" in said and f"needs Ruby 3.4 on {HOST}" in said and "take a version of the gem" in said


def test_gems_of_folders_and_repositories_are_installed_like_others(builder, index, project, tmp_path):
    index.add("leaf")
    gem(tmp_path / "shared", "shared", "0.5.0", specification="s.files = `git ls-files -z`.split(\"\\x0\")\n  s.add_dependency 'leaf'")
    gem(tmp_path / "repository", "cloned", "0.6.0")
    git = ["git", "-C", tmp_path / "repository", "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], check=True)
    project("gem 'shared', path: '../shared'", f"gem 'cloned', git: '{tmp_path}/repository'", lock=PLATFORM.values())
    layer = builder.build("app", "--runtime", "ruby3.3")
    assert {name: package["version"] for name, package in layer.packages.items()} == {"leaf": "1.0.0", "shared": "0.5.0", "cloned": "0.6.0"}
    assert ruby(layer, tmp_path / "opt", "require 'shared'; require 'cloned'; puts SHARED, CLONED", "3.3") == "0.5.0\n0.6.0"


def test_the_gem_of_the_folder_itself_is_installed(builder, index, project, tmp_path):
    index.add("leaf")
    gem(tmp_path / "app", "mine", "3.0.0", specification="s.add_dependency 'leaf'")
    project("gemspec")
    layer = builder.build("app", "--runtime", "ruby3.2")
    assert sorted(layer.packages) == ["leaf", "mine"]


def test_without_a_lock_the_answer_is_remembered(builder, index, project):
    index.add("leaf")
    folder = project("gem 'leaf'")
    first = builder.build("app", "--runtime", "ruby3.3")
    assert "has no Gemfile.lock" in first.log
    assert [path.name for path in folder.iterdir()] == ["Gemfile"]
    index.add("leaf", "1.1.0")
    assert builder.build("app", "--runtime", "ruby3.3").bytes == first.bytes
    assert builder.build("app", "--runtime", "ruby3.3", "--upgrade").packages["leaf"]["version"] == "1.1.0"


def test_a_warm_build_is_quick_and_needs_no_source(builder, index, project):
    index.add("leaf")
    project("gem 'leaf'", lock=PLATFORM.values())
    first = builder.build("app", "--runtime", "ruby3.3")
    shutil.rmtree(index.folder)
    again = builder.build("app/Gemfile.lock", "--runtime", "ruby3.3", "--offline")
    assert again.bytes == first.bytes
    assert again.report["duration"] < 1


def test_another_cache_and_folder_give_the_same_bytes(builder, index, project, tmp_path):
    index.add("leaf")
    gem(tmp_path / "app/vendored", "vendored")
    project("gem 'leaf'", "gem 'vendored', path: 'vendored'", lock=PLATFORM.values())
    first = builder.build("app", "--runtime", "ruby3.3")
    shutil.copytree(tmp_path / "app", tmp_path / "else where/app")
    environment = builder.environment | {"LAMINA_CACHE_DIR": str(tmp_path / "other cache"), "TZ": "Pacific/Auckland"}
    assert builder.build("else where/app", "--runtime", "ruby3.3", env=environment, umask=0o077).bytes == first.bytes


def test_what_goes_wrong_is_told(builder, index, project, tmp_path):
    index.add("leaf")
    project("gem 'nowhere'")
    said = builder.refusal("app", "--runtime", "ruby3.3")
    assert "bundler cannot resolve Gemfile for ruby3.3" in said and "nowhere" in said
    project("group(:development) { gem 'leaf' }")
    assert "there is nothing for a layer" in builder.refusal("app", "--runtime", "ruby3.3")
    project("gem 'leaf', path: '../missing'")
    assert "missing, which does not exist" in builder.refusal("app", "--runtime", "ruby3.3")
    assert "is for ruby runtimes" in builder.refusal("app", "--runtime", "python3.13")
    project("gem 'leaf'")
    environment = builder.environment | {"PATH": str(tmp_path / "empty")}
    assert "ruby is not installed: install Ruby" in builder.refusal("app", "--runtime", "ruby3.3", env=environment)
