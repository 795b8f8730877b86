"""Node projects through the real npm, from a registry on loopback."""

import json
import platform
import shutil
import signal
import subprocess
import threading

import pytest
from building import snapshot
from npm_registry import Registry, tarball

NODE = "nodejs%s.x" % subprocess.run(["node", "--version"], capture_output=True, text=True).stdout[1:].split(".")[0]
HOST, FOREIGN = ("arm64", "x86_64") if platform.machine() == "aarch64" else ("x86_64", "arm64")
CPU = {"x86_64": "x64", "arm64": "arm64"}


@pytest.fixture
def registry():
    with Registry() as registry:
        yield registry


@pytest.fixture
def project(builder, registry, tmp_path):
    """Makes a project from its package.json's members, locked by npm unless told otherwise."""
    builder.environment |= {"npm_config_registry": registry.url, "npm_config_cache": str(tmp_path / "npm-cache")}

    def make(name="app", lock=True, files=None, **manifest):
        folder = tmp_path / name
        for path, content in ({"package.json": json.dumps({"name": "app", "version": "1.0.0"} | manifest)} | (files or {})).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content if isinstance(content, bytes) else content.encode())
        if lock:
            subprocess.run(
                ["npm", "install", "--package-lock-only", "--no-audit"], cwd=folder, env=builder.environment, check=True, capture_output=True)
        return folder

    return make


def node(layer, folder, program, runtime=20):
    """Runs a program as Lambda's Node would, the layer at /opt standing in a folder."""
    opt = layer.unpack(folder)
    path = f"{opt}/nodejs/node{runtime}/node_modules:{opt}/nodejs/node_modules"
    done = subprocess.run(["node", "-e", program], capture_output=True, text=True, cwd="/", env={"NODE_PATH": path, "PATH": "/usr/bin:/bin"})
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_locked_packages_load_and_development_ones_stay_away(builder, registry, project, tmp_path):
    registry.add("leaf", license="MIT")
    integrity = registry.add(
        "@scope/tool", "2.1.0", {"index.js": "module.exports = require('leaf')\n", "cli.js": ("#!/usr/bin/env node\n", 0o755)},
        dependencies={"leaf": "^1.0.0"}, bin={"tool": "cli.js"}, licenses=[{"type": "ISC"}, {"type": "Apache-2.0"}])
    registry.add("tester")
    folder = project(dependencies={"@scope/tool": "^2.0.0"}, devDependencies={"tester": "*"})
    before = snapshot(folder)
    layer = builder.build("app", "--runtime", "nodejs20.x")
    assert snapshot(folder) == before, "nothing is written to the user's folder"
    assert layer.names == [
        f"nodejs/node_modules/{path}" for path in (
            ".bin/tool", "@scope/tool/cli.js", "@scope/tool/index.js", "@scope/tool/package.json", "leaf/index.js", "leaf/package.json")]
    assert layer.text("nodejs/node_modules/.bin/tool") == "../@scope/tool/cli.js"
    assert layer.mode("nodejs/node_modules/@scope/tool/cli.js") == "0o100755"
    assert layer.mode("nodejs/node_modules/leaf/index.js") == "0o100644"
    assert node(layer, tmp_path / "opt", "console.log(require('@scope/tool'))") == "leaf 1.0.0"
    tool, leaf = layer.packages["@scope/tool"], layer.packages["leaf"]
    assert (tool["ecosystem"], tool["version"], tool["license"]) == ("npm", "2.1.0", "ISC OR Apache-2.0")
    assert (tool["file"], tool["integrity"]) == ("tool-2.1.0.tgz", integrity)
    assert leaf["license"] == "MIT"
    assert sum(package["size"] for package in layer.packages.values()) == layer.report["unzippedSize"] - len("../@scope/tool/cli.js")


def test_every_name_of_the_project_gives_the_same_layer_and_a_layout_another_folder(builder, registry, project):
    registry.add("leaf")
    project(dependencies={"leaf": "*"})
    layers = [builder.build(source, "--runtime", "nodejs22.x").bytes for source in ("app", "app/package.json", "app/package-lock.json")]
    assert layers[0] == layers[1] == layers[2]
    versioned = builder.build("app", "--runtime", "nodejs22.x", "--layout", "nodejs-version")
    assert versioned.names == ["nodejs/node22/node_modules/leaf/index.js", "nodejs/node22/node_modules/leaf/package.json"]
    assert "another language" in builder.refusal("app", "--runtime", "nodejs22.x", "--layout", "python")


def test_binaries_are_those_of_the_target_platform_whatever_the_host(builder, registry, project):
    platforms = {
        "x64": {"os": ["linux"], "cpu": ["x64"]}, "arm64": {"os": ["linux"], "cpu": ["arm64"]},
        "musl-x64": {"os": ["linux"], "cpu": ["x64"], "libc": ["musl"]}, "mac": {"os": ["darwin"], "cpu": ["arm64"]}}
    for name, limits in platforms.items():
        registry.add(f"@fast/{name}", files={"binary": name}, **limits)
    registry.add("fast", optionalDependencies={f"@fast/{name}": "1.0.0" for name in platforms})
    project(dependencies={"fast": "1.0.0"})
    for architecture, cpu in CPU.items():
        layer = builder.build("app", "--runtime", "nodejs20.x", "--architecture", architecture)
        assert sorted(layer.packages) == [f"@fast/{cpu}", "fast"]


def test_prebuilt_addons_of_other_platforms_stay_away(builder, registry, project):
    prebuilds = {f"prebuilds/{name}/addon.node": name for name in ("linux-x64", "linux-arm64", "darwin-x64+arm64", "win32-x64")}
    registry.add("addon", files=prebuilds | {"prebuilds/linux-x64/addon.musl.node": "m", "index.js": "", "binding.gyp": "{}"}, gypfile=True)
    project(dependencies={"addon": "1.0.0"})
    layer = builder.build("app", "--runtime", "nodejs20.x", "--architecture", "arm64")
    assert [name for name in layer.names if "prebuilds" in name] == ["nodejs/node_modules/addon/prebuilds/linux-arm64/addon.node"]


def compiled(registry):
    """A package that makes its binary on installation, beside what node-gyp leaves lying around."""
    script = (
        "const fs = require('fs'); fs.mkdirSync('build/Release/obj.target', {recursive: true}); "
        "for (const f of ['Release/bcrypt.node', 'Release/obj.target/x.o', 'Makefile', 'config.gypi']) fs.writeFileSync('build/' + f, f)")
    registry.add(
        "bcrypt", "5.1.0", {"binding.gyp": "{}", "make.js": script, "index.js": ""}, scripts={"install": "node make.js"}, gypfile=True)


def test_a_package_that_compiles_itself_is_compiled_where_host_and_target_agree(builder, registry, project):
    compiled(registry)
    registry.add("banner", scripts={"postinstall": "node -e \"require('fs').writeFileSync('ran', '')\""})
    project(dependencies={"bcrypt": "*", "banner": "*"})
    layer = builder.build("app", "--runtime", NODE, "--architecture", HOST)
    assert [name for name in layer.names if "/build/" in name] == ["nodejs/node_modules/bcrypt/build/Release/bcrypt.node"]
    assert "nodejs/node_modules/banner/ran" not in layer.names
    assert "install scripts were not run, since they would act for this machine: banner\n" in layer.log


def test_a_package_that_would_have_to_be_compiled_for_another_machine_is_named(builder, registry, project):
    compiled(registry)
    project(dependencies={"bcrypt": "*"})
    said = builder.refusal("app", "--runtime", NODE, "--architecture", FOREIGN)
    assert f"bcrypt@5.1.0 brings no binary for Linux on {FOREIGN}" in said and "take a package that brings its binaries" in said
    other = "nodejs18.x" if NODE != "nodejs18.x" else "nodejs20.x"
    assert f"needs Node {other[6:8]} on {HOST}" in builder.refusal("app", "--runtime", other, "--architecture", HOST)


def test_workspaces_and_local_folders_are_copied_in(builder, registry, project, tmp_path):
    registry.add("leaf")
    (tmp_path / "vendored-1.0.0.tgz").write_bytes(tarball({"name": "vendored", "version": "1.0.0"}, {"index.js": "module.exports = 'v'"}))
    (tmp_path / "shared/node_modules/junk").mkdir(parents=True)
    (tmp_path / "shared/package.json").write_text('{"name": "shared", "version": "3.0.0", "license": "MIT", "dependencies": {"leaf": "*"}}')
    (tmp_path / "shared/index.js").write_text("module.exports = 'shared ' + require('leaf')")
    folder = project(
        workspaces=["packages/*"], dependencies={"shared": "file:../shared", "vendored": "file:../vendored-1.0.0.tgz", "leaf": "*"},
        files={"packages/ws/package.json": '{"name": "ws", "version": "1.2.3", "bin": "cli.js"}', "packages/ws/cli.js": "#!/usr/bin/env node\n"})
    before = snapshot(tmp_path / "shared"), snapshot(folder)
    layer = builder.build("app", "--runtime", "nodejs20.x")
    assert (snapshot(tmp_path / "shared"), snapshot(folder)) == before
    assert not any("junk" in name or layer.mode(name).startswith("0o12") and "/.bin/" not in name for name in layer.names)
    assert node(layer, tmp_path / "opt", "console.log(require('shared'), require('vendored'))") == "shared leaf 1.0.0 v"
    assert {name: package["version"] for name, package in layer.packages.items()} == {
        "leaf": "1.0.0", "shared": "3.0.0", "vendored": "1.0.0", "ws": "1.2.3"}
    assert layer.mode("nodejs/node_modules/ws/cli.js") == "0o100755"


def test_a_linked_folder_whose_dependencies_npm_did_not_lock_is_told(builder, registry, project, tmp_path):
    registry.add("leaf")
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/package.json").write_text('{"name": "shared", "version": "3.0.0", "dependencies": {"leaf": "*"}}')
    folder = project(dependencies={"shared": "file:../shared"})
    said = builder.refusal("app", "--runtime", "nodejs20.x")
    assert "../shared depends on leaf, which package-lock.json does not have" in said
    # As the error says.
    (folder / "package-lock.json").unlink()
    subprocess.run(
        ["npm", "install", "--package-lock-only", "--install-links"], cwd=folder, env=builder.environment, check=True, capture_output=True)
    assert sorted(builder.build("app", "--runtime", "nodejs20.x").packages) == ["leaf", "shared"]


def test_without_a_lock_npm_resolves_and_the_answer_is_remembered(builder, registry, project, tmp_path):
    registry.add("leaf")
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/package.json").write_text('{"name": "shared", "version": "3.0.0", "dependencies": {"leaf": "*"}}')
    folder = project(lock=False, dependencies={"shared": "file:../shared"})
    first = builder.build("app", "--runtime", "nodejs20.x")
    assert "has no package-lock.json" in first.log
    assert sorted(first.packages) == ["leaf", "shared"]
    assert [path.name for path in folder.iterdir()] == ["package.json"]
    registry.add("leaf", "1.1.0")
    assert builder.build("app", "--runtime", "nodejs20.x").bytes == first.bytes
    assert builder.build("app", "--runtime", "nodejs20.x", "--upgrade").packages["leaf"]["version"] == "1.1.0"


def test_a_warm_build_is_quick_and_asks_no_registry(builder, registry, project):
    registry.add("leaf")
    project(dependencies={"leaf": "*"})
    first = builder.build("app", "--runtime", "nodejs20.x")
    registry.requests.clear()
    again = builder.build("app", "--runtime", "nodejs20.x", "--offline")
    assert again.bytes == first.bytes and not registry.requests
    assert again.report["duration"] < 1


def test_another_cache_and_folder_give_the_same_bytes(builder, registry, project, tmp_path):
    registry.add("leaf")
    registry.add("tool", files={"cli.js": "#!/usr/bin/env node\n"}, bin="cli.js", dependencies={"leaf": "*"})
    project(dependencies={"tool": "*"})
    first = builder.build("app", "--runtime", "nodejs20.x")
    shutil.copytree(tmp_path / "app", tmp_path / "elsewhere/deeper/app")
    environment = {"LAMINA_CACHE_DIR": str(tmp_path / "other"), "npm_config_cache": str(tmp_path / "other-npm"), "TZ": "Pacific/Auckland"}
    second = builder.build("elsewhere/deeper/app", "--runtime", "nodejs20.x", env=builder.environment | environment, umask=0o077)
    assert second.bytes == first.bytes


def test_parallel_builds_of_one_project_are_all_right(builder, registry, project, tmp_path):
    registry.add("leaf", files={f"file{number}.js": "x" * number for number in range(200)})
    project(dependencies={"leaf": "*"})
    done = []
    threads = [
        threading.Thread(target=lambda n=n: done.append(builder.run("app", "--runtime", "nodejs20.x", "--output", tmp_path / f"p{n}.zip")))
        for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.returncode for result in done] == [0] * 4, [result.stderr for result in done]
    assert len({(tmp_path / f"p{n}.zip").read_bytes() for n in range(4)}) == 1
    assert list((tmp_path / "lamina-cache/work").iterdir()) == []


def test_an_interrupted_build_ends_npm_and_leaves_nothing(builder, registry, project, tmp_path):
    registry.add("leaf")
    project(dependencies={"leaf": "*"})
    shutil.rmtree(tmp_path / "npm-cache")
    asked, answer = threading.Event(), threading.Event()

    class Stuck(dict):
        def get(self, path):
            asked.set()
            answer.wait(60)

    registry.tarballs = Stuck()
    process = subprocess.Popen(
        [builder.lamina, "build", "app", "--runtime", "nodejs20.x", "--output", "layer.zip"], cwd=tmp_path, env=builder.environment,
        stderr=subprocess.PIPE, text=True)
    try:
        assert asked.wait(60)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    finally:
        answer.set()
    assert process.returncode == 130
    assert list((tmp_path / "lamina-cache/work").iterdir()) == []
    assert not (tmp_path / "layer.zip").exists()


@pytest.mark.parametrize("name, manager", [("yarn.lock", "yarn"), ("pnpm-lock.yaml", "pnpm")])
def test_locks_of_other_package_managers_are_told(builder, project, name, manager):
    project(lock=False, dependencies={"leaf": "*"}, files={name: ""})
    for source in ("app", f"app/{name}"):
        said = builder.refusal(source, "--runtime", "nodejs20.x")
        assert f"is {manager}'s, and layers are built with npm: run 'npm install --package-lock-only'" in said


def test_what_goes_wrong_is_told(builder, registry, project, tmp_path):
    registry.add("leaf")
    registry.add("other")
    folder = project(dependencies={"leaf": "*"})
    (folder / "package.json").write_text(json.dumps({"name": "app", "version": "1.0.0", "dependencies": {"leaf": "*", "other": "*"}}))
    said = builder.refusal("app", "--runtime", "nodejs20.x")
    assert "npm cannot install what package-lock.json names. npm says:" in said and "in sync" in said
    assert "builds for Node 14 and later, not for nodejs12.x" in builder.refusal("app", "--runtime", "nodejs12.x")
    (folder / "package.json").write_text("[")
    assert "it holds no JSON object" in builder.refusal("app", "--runtime", "nodejs20.x")
    project("empty", lock=False)
    assert "there is nothing for a layer" in builder.refusal("empty", "--runtime", "nodejs20.x")
    project("gone", lock=False, dependencies={"leaf": "file:../nowhere"})
    assert "nowhere, which does not exist" in builder.refusal("gone", "--runtime", "nodejs20.x")
    environment = builder.environment | {"PATH": str(tmp_path / "empty")}
    said = builder.refusal("app", "--runtime", "nodejs20.x", env=environment)
    project("whole", dependencies={"leaf": "*"})
    assert "npm is not installed: install Node.js" in builder.refusal("whole", "--runtime", "nodejs20.x", env=environment)
