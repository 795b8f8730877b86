"""Shared objects, wheels and layers of a test's own, and what the system's tools say of them."""

import base64
import csv
import hashlib
import platform
import re
import subprocess
import zipfile


def shared_object(folder, soname, *needs, code="", versions="", machine="x86_64", debug=False):
    """Compiles a library of nothing but its code, its needs (paths of libraries) and a version script."""
    folder.mkdir(parents=True, exist_ok=True)
    source, path = folder / f"{soname}.c", folder / soname
    source.write_text(code or f'const char name[] = "{soname}";\n')
    options = ["-g"] if debug else []
    # gcc's linker lays libraries out as distributions' are; clang's knows every machine.
    compiler = ["gcc"] if machine == platform.machine() else ["clang", f"--target={machine}-linux-gnu", "-fuse-ld=lld"]
    if versions:
        (folder / f"{soname}.map").write_text(versions)
        options.append(f"-Wl,--version-script={folder}/{soname}.map")
    subprocess.run(
        [*compiler, "-shared", "-fPIC", "-nostdlib", "-Wl,--no-as-needed", *options, f"-Wl,-soname,{soname}", "-o", path, source, *needs],
        check=True)
    return path


def needed(path):
    """DT_NEEDED, as readelf prints it."""
    return re.findall(r"\(NEEDED\).*\[(.*)\]", subprocess.run(["readelf", "-dW", path], check=True, capture_output=True, text=True).stdout)


def sections(path):
    """The names of a binary's sections."""
    text = subprocess.run(["readelf", "-SW", path], check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"\] (\.\S+)", text))


def layer_folder(folder, *libraries):
    """A layer as a folder that holds libraries."""
    (folder / "lib").mkdir(parents=True)
    for path in libraries:
        (folder / "lib" / path.name).write_bytes(path.read_bytes())
    return folder


def digest(content):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def wheel(folder, name, files, platform="manylinux_2_17_x86_64"):
    """A wheel of texts or bytes by path; gives a requirements file for it."""
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{name}-1.0.dist-info"
    contents = {path: content if isinstance(content, bytes) else content.encode() for path, content in files.items()} | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: py3-none-{platform}\n".encode()}
    record = "".join(f"{path},{digest(content)},{len(content)}\n" for path, content in contents.items())
    path = folder / f"{name}-1.0-py3-none-{platform}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in (contents | {f"{info}/RECORD": f"{record}{info}/RECORD,,\n".encode()}).items():
            archive.writestr(zipfile.ZipInfo(entry), content)
    requirements = folder / "requirements.txt"
    requirements.write_text(f"./{path.name}\n")
    return requirements


def record(layer, name):
    """The RECORD of a package in a layer: hashes and sizes by path."""
    return {path: (hash, size) for path, hash, size in csv.reader(layer.text(f"python/{name}-1.0.dist-info/RECORD").splitlines())}


def check(lamina, path, runtime, *options):
    return subprocess.run([lamina, "check", path, "--runtime", runtime, *options], capture_output=True, text=True)
