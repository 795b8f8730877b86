"""An RPM repository laid out as Amazon Linux 2023's, served on the loopback; its libraries are Debian's.

A test asks for the fixture `amazon_linux` (`from rpm_repository import amazon_linux  # noqa: F401`) and gives `lamina` its
`mirror_list`, as one would give Amazon Linux's own.
"""

import functools
import http.server
import os
import pathlib
import subprocess
import threading

import pytest

# What opencv-python's wheels want and Lambda lacks, with all that these need in turn.
OPENCV_PACKAGES = [
    "libbsd0", "libgl1", "libglib2.0-0", "libglvnd0", "libglx0", "libice6", "libmd0", "libpcre2-8-0", "libsm6", "libuuid1", "libx11-6",
    "libxau6", "libxcb1", "libxdmcp6", "libxext6",
]


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command[0]}: {done.stderr}"
    return done.stdout


class RPMRepository:
    """Packages in a folder, which clients find by way of a list of mirrors."""

    def __init__(self, folder, architecture="x86_64"):
        self.folder = pathlib.Path(folder)
        self.architecture = architecture
        self.root = self.folder / "served"
        self.packages = self.root / "al2023/blobstore"
        self.base = self.root / f"al2023/core/guids/0f9b3c/{architecture}"
        for made in (self.packages, self.base):
            made.mkdir(parents=True)
        self.requests = []

    def add(self, name, files=None, version="1.0", release="1", provides=(), license="MIT"):
        """Builds a package of files by their paths in it: texts, paths to copy, or (a tuple of one) symlinks' targets."""
        top = self.folder / f"build/{name}"
        payload = top / "payload"
        payload.mkdir(parents=True)
        for path, content in (files or {}).items():
            target = payload / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, tuple):
                target.symlink_to(content[0])
            elif isinstance(content, pathlib.Path):
                target.write_bytes(content.read_bytes())
                target.chmod(0o755)
            else:
                target.write_text(content)
        lines = [f"Name: {name}", f"Version: {version}", f"Release: {release}", f"License: {license}", "Summary: A stand-in"]
        lines += [f"Provides: {capability}" for capability in provides]
        lines += ["%description", "A stand-in for a test.", "%install", f"mkdir -p %{{buildroot}} && cp -a {payload}/. %{{buildroot}}/", "%files"]
        lines += [f"/{path}" for path in sorted(files or {})]
        spec = top / f"{name}.spec"
        spec.write_text("\n".join(lines) + "\n")
        run("rpmbuild", "-bb", "--quiet", "--target", self.architecture, "--define", f"_topdir {top}/rpm",
            "--define", "__os_install_post %{nil}", spec)
        (built,) = (top / "rpm").glob("RPMS/*/*.rpm")
        return built.rename(self.packages / built.name)

    def add_debian(self, *names):
        """Fetches Debian packages and builds a package of the shared libraries of each."""
        debs = self.folder / "debs"
        debs.mkdir(exist_ok=True)
        run("apt-get", "download", "--quiet", *names, cwd=debs)
        for deb in sorted(debs.glob("*.deb")):
            name, version, license = self._unpack(deb)
            tree = deb.with_suffix("")
            files = {}
            for path in sorted(tree.glob("**/*.so*")):
                target = f"usr/lib64/{path.name}"
                files[target] = (os.readlink(path),) if path.is_symlink() else path
            self.add(name, files, version=version, release="1.amzn2023", license=license)
            deb.unlink()

    @staticmethod
    def _unpack(deb):
        """The name, the upstream version and a licence of a package, which is unpacked beside itself."""
        run("dpkg-deb", "--extract", deb, deb.with_suffix(""))
        name, version = run("dpkg-deb", "--show", "--showformat=${Package} ${Version}", deb).split()
        upstream = version.rpartition(":")[2].rpartition("-")[0] or version
        return name, upstream.replace("-", "."), "LicenseRef-Debian"

    def index(self):
        """Writes the metadata, which names packages relative to itself as Amazon Linux's does."""
        run("createrepo_c", "--quiet", "--outputdir", self.base, "--location-prefix", "../../../../blobstore", self.packages)

    def __enter__(self):
        repository = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *arguments):
                repository.requests.append(self.path)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=self.root))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        mirrors = self.root / f"al2023/core/mirrors/latest/{self.architecture}"
        mirrors.mkdir(parents=True, exist_ok=True)
        (mirrors / "mirror.list").write_text(f"{self.url}/{self.base.relative_to(self.root)}/\n")
        # With dnf's variable, as it stands in a .repo file.
        self.mirror_list = f"{self.url}/al2023/core/mirrors/latest/$basearch/mirror.list"
        return self

    def __exit__(self, *arguments):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="session")
def amazon_linux(tmp_path_factory):
    """A repository with everything that opencv-python wants."""
    repository = RPMRepository(tmp_path_factory.mktemp("amazon-linux"))
    # What glibc's own package provides, and every package with a shared library requires.
    repository.add("glibc", provides=["rtld(GNU_HASH)"])
    repository.add_debian(*OPENCV_PACKAGES)
    repository.index()
    with repository:
        yield repository
