"""Images made for tests, in folders: by umoci where it can make them, else written here byte by byte."""

import gzip
import hashlib
import io
import json
import pathlib
import shutil
import subprocess
import tarfile

BUSYBOX = pathlib.Path("/usr/bin/busybox") if pathlib.Path("/usr/bin/busybox").exists() else pathlib.Path("/bin/busybox")
OCI = "application/vnd.oci.image"
DOCKER = "application/vnd.docker"


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def entry(name, content=b"", mode=None, kind=tarfile.REGTYPE, target="", **fields):
    """An entry of a tar, and its bytes."""
    info = tarfile.TarInfo(name)
    data = content.encode() if isinstance(content, str) else content
    info.type, info.linkname, info.size = kind, target, len(data)
    info.mode = mode if mode is not None else (0o755 if kind == tarfile.DIRTYPE else 0o644)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, data


def folder(name, mode=0o755):
    return entry(name, mode=mode, kind=tarfile.DIRTYPE)


def symlink(name, target):
    return entry(name, kind=tarfile.SYMTYPE, target=target)


def hardlink(name, target):
    return entry(name, kind=tarfile.LNKTYPE, target=target)


def tar(*entries, format=tarfile.PAX_FORMAT):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as archive:
        for info, data in entries:
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


BOOTSTRAP = entry("var/runtime/bootstrap", "#!/bin/sh\n", mode=0o755)


class Layout:
    """An OCI image layout that is written as it is told to, wrong things too."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.blobs = self.path / "blobs/sha256"
        self.blobs.mkdir(parents=True)
        (self.path / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
        self.entries = []

    def blob(self, data, kind, **fields):
        data = json.dumps(data).encode() if isinstance(data, dict) else data
        name = digest(data)
        self.file(name).write_bytes(data)
        return {"mediaType": kind, "digest": name, "size": len(data)} | fields

    def file(self, name):
        return self.blobs / name.removeprefix("sha256:")

    def image(self, *layers, architecture="amd64", diff_ids=None, config=None, compress=gzip.compress, kind="tar+gzip"):
        """An image of tars, as a descriptor of its manifest."""
        described = [self.blob(compress(layer), f"{OCI}.layer.v1.{kind}") for layer in layers]
        config = config or {
            "os": "linux", "architecture": architecture,
            "rootfs": {"type": "layers", "diff_ids": diff_ids or [digest(layer) for layer in layers]}}
        manifest = {
            "schemaVersion": 2, "mediaType": f"{OCI}.manifest.v1+json", "config": self.blob(config, f"{OCI}.config.v1+json"),
            "layers": described}
        return self.blob(manifest, manifest["mediaType"])

    def index(self, *images):
        """An index of (platform's architecture, descriptor)."""
        entries = [image | {"platform": {"os": "linux", "architecture": architecture}} for architecture, image in images]
        index = {"schemaVersion": 2, "mediaType": f"{OCI}.index.v1+json", "manifests": entries}
        return self.blob(index, index["mediaType"])

    def add(self, descriptor, tag="latest"):
        self.entries.append(descriptor | {"annotations": {"org.opencontainers.image.ref.name": tag}})
        (self.path / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": self.entries}))
        return self


def busybox_root(path, **files):
    """A root file system with busybox's commands, and texts of programs by path."""
    root = pathlib.Path(path)
    (root / "bin").mkdir(parents=True)
    shutil.copy(BUSYBOX, root / "bin/busybox")
    for name in run(BUSYBOX, "--list").split():
        if name != "busybox":
            (root / "bin" / name).symlink_to("busybox")
    for name, text in files.items():
        program = root / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
    return root


class Umoci:
    """An image that umoci makes, layer by layer."""

    def __init__(self, path, tag="latest"):
        self.path, self.operand = pathlib.Path(path), f"{path}:{tag}"
        run("umoci", "init", "--layout", path)
        run("umoci", "new", "--image", self.operand)

    def insert(self, source, target, *options):
        run("umoci", "insert", "--rootless", "--image", self.operand, *options, source, target)
        return self

    def whiteout(self, target):
        run("umoci", "insert", "--rootless", "--image", self.operand, "--whiteout", target)
        return self
