"""Java projects through the real Maven and Gradle, from repositories in folders; and jars as they are."""

import pathlib
import subprocess
import zipfile

import pytest
from building import snapshot

DEBIAN = pathlib.Path("/usr/share/maven-repo")


def jar(path, files=None, **manifest):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = {"Manifest-Version": "1.0"} | {name.replace("_", "-"): value for name, value in manifest.items()}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "".join(f"{name}: {value}\r\n" for name, value in lines.items()))
        for name, text in (files or {}).items():
            archive.writestr(name, text)
    return path


def pom(group, name, version, dependencies=(), extra=""):
    listed = "".join(
        f"<dependency><groupId>{g}</groupId><artifactId>{a}</artifactId><version>{v}</version><scope>{scope}</scope></dependency>"
        for g, a, v, scope in dependencies)
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        f"<groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version>{extra}"
        f"<dependencies>{listed}</dependencies></project>")


class Repository:
    """A repository that Maven takes as its local one: Debian's, for the plugins, and below `test.` what a test adds."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        for group in DEBIAN.iterdir():
            (folder / group.name).symlink_to(group)

    def add(self, group, name, version, dependencies=(), license=None):
        folder = self.folder / group.replace(".", "/") / name / version
        licenses = f"<licenses><license><name>{license}</name></license></licenses>" if license else ""
        jar(folder / f"{name}-{version}.jar", {f"{group}/{name}.txt": "x"})
        (folder / f"{name}-{version}.pom").write_text(pom(group, name, version, dependencies, licenses))


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "repository")


@pytest.fixture
def maven(repository, tmp_path):
    """Makes a Maven project of dependencies, which resolves from the repository alone."""

    def make(*dependencies, name="app", extra=""):
        folder = tmp_path / name
        (folder / ".mvn").mkdir(parents=True, exist_ok=True)
        (folder / ".mvn/maven.config").write_text(f"-Dmaven.repo.local={repository.folder}\n--offline\n")
        (folder / "pom.xml").write_text(pom("com.example", name, "1", dependencies, extra))
        return folder

    return make


def test_what_a_pom_needs_at_run_time_goes_to_the_class_path(builder, repository, maven):
    repository.add("test.leaf", "leaf", "1.5", license="MIT License")
    repository.add("test.tool", "tool", "2.0", [("test.leaf", "leaf", "1.5", "runtime")])
    repository.add("test.tool", "tester", "1.0")
    repository.add("test.tool", "given", "1.0")
    folder = maven(
        ("test.tool", "tool", "2.0", "compile"), ("test.tool", "tester", "1.0", "test"), ("test.tool", "given", "1.0", "provided"),
        ("org.apache.commons", "commons-lang3", "debian", "compile"))
    before = snapshot(folder)
    layer = builder.build("app", "--runtime", "java21")
    assert snapshot(folder) == before, "nothing is written to the user's folder"
    assert layer.names == ["java/lib/commons-lang3-debian.jar", "java/lib/leaf-1.5.jar", "java/lib/tool-2.0.jar"]
    assert layer.mode("java/lib/leaf-1.5.jar") == "0o100644"
    leaf = layer.packages["test.leaf:leaf"]
    assert (leaf["ecosystem"], leaf["version"], leaf["license"], leaf["file"]) == ("maven", "1.5", "MIT License", "leaf-1.5.jar")
    digest = subprocess.run(
        ["sha256sum", repository.folder / "test/leaf/leaf/1.5/leaf-1.5.jar"], capture_output=True, text=True).stdout.split()[0]
    assert leaf["sha256"] == digest


def test_a_warm_maven_build_is_quick_and_a_changed_parent_is_seen(builder, repository, maven, tmp_path):
    for version in ("1.0", "1.1"):
        repository.add("test.leaf", "leaf", version)
    parent = "<packaging>pom</packaging><properties><leaf>%s</leaf></properties>"
    maven(name="parent", extra=parent % "1.0")
    extra = "<parent><groupId>com.example</groupId><artifactId>parent</artifactId><version>1</version><relativePath>../parent</relativePath></parent>"
    maven(("test.leaf", "leaf", "${leaf}", "compile"), extra=extra)
    first = builder.build("app/pom.xml", "--runtime", "java17")
    again = builder.build("app/pom.xml", "--runtime", "java17", "--offline")
    assert again.bytes == first.bytes and again.report["duration"] < 1
    maven(name="parent", extra=parent % "1.1")
    assert builder.build("app/pom.xml", "--runtime", "java17").names == ["java/lib/leaf-1.1.jar"]


def test_two_artifacts_of_one_file_name_are_told(builder, repository, maven):
    repository.add("test.one", "util", "1.0")
    repository.add("test.two", "util", "1.0")
    maven(("test.one", "util", "1.0", "compile"), ("test.two", "util", "1.0", "compile"))
    said = builder.refusal("app", "--runtime", "java21")
    assert "test.one:util:1.0 and test.two:util:1.0 are both util-1.0.jar" in said and "exclude one of them" in said


def test_what_goes_wrong_with_maven_is_told(builder, maven, tmp_path):
    folder = maven(("test.no", "where", "9.9", "compile"))
    said = builder.refusal("app", "--runtime", "java21")
    assert "Maven cannot resolve the dependencies of" in said and "mvn says:" in said and "test.no:where:jar:9.9" in said
    maven(extra="<packaging>pom</packaging><modules><module>part</module></modules>")
    assert "there is nothing for a layer; name one of its modules" in builder.refusal("app", "--runtime", "java21")
    (folder / "pom.xml").write_text("no xml")
    assert "is no pom: it holds no XML" in builder.refusal("app", "--runtime", "java21")
    maven()
    said = builder.refusal("app", "--runtime", "java21", env=builder.environment | {"PATH": str(tmp_path / "empty")})
    assert "mvn is not installed: install Maven" in said


@pytest.fixture
def gradle(builder, repository, tmp_path):
    """Makes a Gradle project that resolves from the repository alone."""
    builder.environment["GRADLE_USER_HOME"] = str(tmp_path / "gradle-home")

    def make(*lines, name="app", plugin="java"):
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)
        listed = "\n".join(f"    {line}" for line in lines)
        (folder / "build.gradle").write_text(
            f"apply plugin: '{plugin}'\nrepositories {{ maven {{ url '{repository.folder}' }} }}\ndependencies {{\n{listed}\n}}\n")
        return folder

    return make


def test_what_a_gradle_project_needs_at_run_time_goes_to_the_class_path(builder, repository, gradle, tmp_path):
    repository.add("test.leaf", "leaf", "1.5")
    repository.add("test.tool", "tool", "2.0", [("test.leaf", "leaf", "1.5", "runtime")])
    repository.add("test.tool", "tester", "1.0")
    folder = gradle("implementation 'test.tool:tool:2.0'", "testImplementation 'test.tool:tester:1.0'")
    before = snapshot(folder)
    layer = builder.build("app", "--runtime", "java17")
    assert layer.names == ["java/lib/leaf-1.5.jar", "java/lib/tool-2.0.jar"]
    assert layer.packages["test.leaf:leaf"]["version"] == "1.5"
    again = builder.build("app/build.gradle", "--runtime", "java17", "--offline")
    assert again.bytes == layer.bytes and again.report["duration"] < 1
    assert snapshot(folder) == before, "nothing is written to the user's folder"


def test_parts_of_a_gradle_build_and_jars_of_its_own_are_dependencies_too(builder, repository, gradle, tmp_path):
    folder = gradle(name="whole")
    jar(tmp_path / "whole/app/libs/own.jar", {"x": "y"})
    (tmp_path / "whole/part/src/main/java").mkdir(parents=True)
    (tmp_path / "whole/part/src/main/java/Part.java").write_text("public class Part {}\n")
    gradle("implementation project(':part')", "implementation files('libs/own.jar')", name="whole/app")
    gradle(name="whole/part")
    (folder / "settings.gradle").write_text("include 'app', 'part'\n")
    before = snapshot(folder)
    layer = builder.build("whole/app", "--runtime", "java17")
    assert layer.names == ["java/lib/own.jar", "java/lib/part.jar"]
    assert snapshot(folder) == before


def test_what_goes_wrong_with_gradle_is_told(builder, gradle, tmp_path):
    gradle("implementation 'test.no:where:9.9'")
    said = builder.refusal("app", "--runtime", "java17")
    assert "Gradle cannot resolve the dependencies of" in said and "gradle says:" in said and "test.no:where:9.9" in said
    gradle(plugin="base")
    assert "has no runtimeClasspath" in builder.refusal("app", "--runtime", "java17")


def test_jars_and_folders_of_jars_go_to_the_class_path(builder, tmp_path):
    properties = "#made\ngroupId=org.me\nartifactId=known\nversion=3.1\n"
    jar(tmp_path / "libs/known-3.1.jar", {
        "META-INF/maven/org.me/known/pom.properties": properties,
        "META-INF/maven/org.me/known/pom.xml": pom(
            "org.me", "known", "3.1", extra="<licenses><license><name>Apache-2.0</name></license></licenses>"),
        "META-INF/maven/org.shaded/other/pom.properties": "groupId=org.shaded\nartifactId=other\nversion=9\n"})
    jar(tmp_path / "libs/plain.jar", Implementation_Version="0.9", Bundle_License='"BSD-3-Clause";link="x"')
    (tmp_path / "libs/README").write_text("x")
    layer = builder.build("libs", "--runtime", "java21")
    assert layer.names == ["java/lib/known-3.1.jar", "java/lib/plain.jar"]
    assert "left out: README" in layer.log
    known, plain = layer.packages["org.me:known"], layer.packages["plain"]
    assert (known["version"], known["license"]) == ("3.1", "Apache-2.0")
    assert (plain["version"], plain["license"]) == ("0.9", "BSD-3-Clause")
    assert builder.build("libs/plain.jar", "--runtime", "java8.al2").names == ["java/lib/plain.jar"]
    (tmp_path / "broken.jar").write_text("no zip")
    assert "broken.jar" in builder.refusal("broken.jar", "--runtime", "java21")
    assert "is for java runtimes" in builder.refusal("libs/plain.jar", "--runtime", "python3.13")
