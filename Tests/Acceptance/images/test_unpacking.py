"""What an image's layers become on the disk, whoever made them."""

import gzip
import os
import pathlib
import shutil
import stat
import subprocess
import tarfile
import tempfile

import pytest
from image_layouts import BOOTSTRAP, Layout, Umoci, busybox_root, entry, folder, hardlink, symlink, tar


@pytest.fixture
def unpack(runtimes, tmp_path):
    """Adds an image of layers, each a list of entries, and returns its root file system."""
    count = iter(range(100))

    def add(*layers, **options):
        layout = Layout(tmp_path / f"layout{next(count)}")
        tars = [tar(BOOTSTRAP, *layers[0]), *(tar(*layer) for layer in layers[1:])]
        layout.add(layout.image(*tars, **options))
        return runtimes.add("--layout", layout.path)

    return add


@pytest.fixture
def refused(runtimes, tmp_path):
    """Tries the same, and returns why it failed."""
    count = iter(range(100))

    def add(*layers, **options):
        layout = Layout(tmp_path / f"refused{next(count)}")
        tars = [layer if isinstance(layer, bytes) else tar(*layer) for layer in layers]
        layout.add(layout.image(tar(BOOTSTRAP), *tars, **options))
        return runtimes.refusal("--layout", layout.path)

    return add


def names(root):
    return {str(path.relative_to(root)) for path in root.rglob("*")}


def test_files_links_and_permissions_are_kept(unpack):
    root = unpack([
        folder("data", 0o750), entry("data/file", "text", mode=0o640, mtime=1_600_000_000), entry("program", "x", mode=0o4755),
        symlink("absolute", "/data/file"), symlink("dangling", "/nowhere/at/all"), hardlink("again", "data/file"),
        entry("data/ümläut ✓", "utf-8"),
    ])
    assert stat.S_IMODE((root / "data").stat().st_mode) == 0o750
    file = (root / "data/file").stat()
    assert (stat.S_IMODE(file.st_mode), file.st_mtime, file.st_nlink) == (0o640, 1_600_000_000, 2)
    assert stat.S_IMODE((root / "program").stat().st_mode) == 0o755
    assert os.readlink(root / "absolute") == "/data/file" and os.readlink(root / "dangling") == "/nowhere/at/all"
    assert (root / "again").stat().st_ino == file.st_ino
    assert (root / "data/ümläut ✓").read_text() == "utf-8"


@pytest.mark.parametrize("format", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_of_both_kinds_of_tar_are_read(runtimes, tmp_path, format):
    name = "/".join(["folder-é" * 12] * 3)
    layout = Layout(tmp_path / "layout")
    layout.add(layout.image(tar(BOOTSTRAP, entry(name, "deep"), format=format)))
    assert (runtimes.add("--layout", layout.path) / name).read_text() == "deep"


def test_all_belongs_to_the_user(unpack):
    info, data = entry("file", "x", uid=12345, gid=54321, uname="stranger", gname="strangers")
    status = (unpack([(info, data)]) / "file").stat()
    assert (status.st_uid, status.st_gid) == (os.geteuid(), os.getegid())


def test_devices_and_pipes_are_left_out(unpack):
    root = unpack([entry("null", kind=tarfile.CHRTYPE), entry("disk", kind=tarfile.BLKTYPE), entry("pipe", kind=tarfile.FIFOTYPE)])
    assert not names(root) & {"null", "disk", "pipe"}


def test_a_later_layer_replaces_and_removes(unpack):
    root = unpack(
        [folder("kept"), entry("kept/a", "1"), entry("gone/x/y", "1"), entry("gone2", "1"), entry("file", "1"), folder("becomes-file"),
         entry("becomes-file/x", "1"), entry("becomes-folder", "1"), entry("opaque/old", "1"), entry("opaque/deep/old", "1")],
        [entry("file", "2"), entry(".wh.gone"), entry("kept/.wh.a"), entry("kept/b", "2"), entry("becomes-file", "2"),
         folder("becomes-folder"), entry("becomes-folder/x", "2"), entry("opaque/new", "2"), entry("opaque/.wh..wh..opq"),
         entry(".wh..wh.plnk/113.1")],
        [entry(".wh.gone2"), entry(".wh.never-was")])
    assert (root / "file").read_text() == "2" and (root / "becomes-file").read_text() == "2"
    assert {path.name for path in (root / "kept").iterdir()} == {"b"}
    assert {path.name for path in (root / "opaque").iterdir()} == {"new"}
    assert (root / "becomes-folder/x").read_text() == "2"
    assert not names(root) & {"gone", "gone2"}
    assert not [name for name in names(root) if ".wh." in name]


def test_a_whiteout_does_not_mean_files_of_its_own_layer(unpack):
    root = unpack(
        [entry("a/old", "1"), entry("b/old", "1"), entry("c", "1")],
        [entry("a/new", "2"), entry(".wh.a"), entry(".wh.b"), entry("b/new", "2"), entry("c", "2"), entry(".wh.c")])
    assert names(root) >= {"a/new", "b/new", "c"} and not names(root) & {"a/old", "b/old"}
    assert (root / "c").read_text() == "2"


def test_a_whiteout_knows_its_own_layers_files_by_any_name(unpack):
    root = unpack(
        [folder("usr/lib"), symlink("lib", "usr/lib"), entry("usr/lib/old", "1")],
        [entry("lib/new", "2"), entry("usr/lib/.wh..wh..opq")],
        [entry("usr/lib/newer", "3"), entry("lib/.wh.newer"), entry("lib/.wh.new")])
    assert {path.name for path in (root / "usr/lib").iterdir()} == {"newer"}


def test_permissions_go_with_the_folder_that_had_them(unpack):
    root = unpack(
        [folder("c"), folder("c/b"), folder("a"), folder("a/b", 0o500), folder("d", 0o111), folder("e", 0o555), folder("e/f", 0o555)],
        [symlink("a", "c"), entry(".wh.d"), entry(".wh.e"), entry("e/f/x", "2")],
        [entry("d/x", "3")])
    modes = {name: stat.S_IMODE((root / name).stat().st_mode) for name in ("c/b", "d")}
    assert modes == {"c/b": 0o755, "d": 0o755}
    assert names(root) >= {"e/f/x", "d/x"}


def test_a_link_to_a_folder_is_followed_inside_the_root(unpack):
    root = unpack(
        [folder("usr/lib"), symlink("lib", "/usr/lib"), symlink("up", "../../../usr"), entry("lib/one", "1")],
        [entry("lib/two", "2"), entry("up/lib/three", "3"), entry("lib/.wh.one")])
    assert {path.name for path in (root / "usr/lib").iterdir()} == {"two", "three"}
    assert os.readlink(root / "lib") == "/usr/lib"


def test_no_entry_leads_out_of_the_root(unpack, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "victim").write_text("safe")
    root = unpack(
        [folder(str(outside).lstrip("/")), symlink("evil", str(outside)), symlink("victim", str(outside / "victim"))],
        [entry("evil/new", "bad"), entry("evil/victim", "bad"), entry("evil/.wh.victim"), entry("victim", "bad"),
         entry("evil/new", "in the root"), entry("/absolute", "in")])
    assert {path.name: path.read_text() for path in outside.iterdir()} == {"victim": "safe"}
    assert (root / str(outside).lstrip("/") / "new").read_text() == "in the root"
    assert not (root / "victim").is_symlink() and (root / "absolute").read_text() == "in"


@pytest.mark.parametrize("name", ["../out", "a/../../out", "..", "a/..", "/../out"])
def test_a_name_with_dots_is_refused(refused, name):
    assert "leads out of the root" in refused([entry(name, "bad")])


@pytest.mark.parametrize("name", [".wh.", ".wh...", ".wh.."])
def test_a_whiteout_of_a_folder_above_is_refused(refused, name):
    assert "names nothing in its folder" in refused([entry(f"folder/{name}")])


def test_a_hard_link_to_a_file_of_the_machine_is_refused(refused, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    assert "no file of the image" in refused([hardlink("stolen", str(secret))])
    assert "no file of the image" in refused([symlink("evil", str(tmp_path)), hardlink("stolen", "evil/secret")])
    assert "no file of the image" in refused([folder("some"), hardlink("stolen", "some")])


def test_an_entry_below_a_file_is_refused(refused):
    assert "something else than a folder is at /file" in refused([entry("file", "x"), entry("file/below", "x")])


def test_a_folder_is_removed_whatever_its_permissions(unpack):
    root = unpack([folder("sealed", 0o555), folder("sealed/in", 0), entry("sealed/in/file", "1")], [entry(".wh.sealed")])
    assert "sealed" not in names(root)


def test_what_unpacks_to_other_bytes_is_refused(refused):
    layer = tar(entry("file", "x"))
    assert "but its image says sha256:" in refused(layer, diff_ids=["sha256:" + "0" * 64] * 2)


def test_damaged_layers_are_refused(refused):
    layer = tar(entry("file", os.urandom(100_000)))
    assert "cannot" in refused(layer, compress=lambda data: gzip.compress(data)[:-5000])
    assert "cannot" in refused(layer[:50_000])
    assert "cannot" in refused(b"this is no tar at all, but text" * 100)


def test_a_bomb_of_entries_is_refused(refused):
    header = tar(folder("."), format=tarfile.USTAR_FORMAT)[:512]
    assert "entries" in refused(header * 400_001 + bytes(1024), compress=lambda data: gzip.compress(data, 1))


def test_a_bomb_of_zeros_is_refused(refused, tmp_path):
    # A sparse file of 20 GB in a few bytes.
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(20 << 30)
    packed = subprocess.run(["tar", "--sparse", "--format=gnu", "-cC", tmp_path, "big"], capture_output=True, check=True).stdout
    big.unlink()
    assert len(packed) < 100_000
    assert "bytes" in refused(packed)


def test_holes_of_files_are_kept(runtimes, tmp_path):
    with (tmp_path / "holes").open("wb") as file:
        file.write(b"begin")
        file.seek(3 << 20)
        file.write(b"middle")
        file.truncate(5 << 20)
    layout = Layout(tmp_path / "layout")
    for format in ("gnu", "posix"):
        packed = subprocess.run(
            ["tar", "--sparse", f"--format={format}", "-cC", tmp_path, "holes"], capture_output=True, check=True).stdout
        assert len(packed) < 100_000
        layout.add(layout.image(tar(BOOTSTRAP), packed), format)
        root = runtimes.add("--layout", f"{layout.path}:{format}")
        assert (root / "holes").read_bytes() == (tmp_path / "holes").read_bytes()


def test_folders_too_deep_are_refused(refused):
    assert "deep" in refused([entry("/".join(["d"] * 300), "x")])
    inner = "/".join(["d"] * 150)
    assert "deep" in refused([folder(inner), symlink("s", inner), entry("s/" + inner + "/file", "x")])


def test_the_places_of_a_sandboxs_own_files_are_made(unpack):
    root = unpack([symlink("tmp", "/var/tmp"), symlink("etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf"), entry("proc", "x"),
                   entry("etc/passwd", "root:x:0:0::/:/bin/sh\n")])
    for place in ("var/task", "opt", "tmp", "proc", "dev"):
        assert (root / place).is_dir() and not (root / place).is_symlink()
    for place in ("passwd", "group", "hosts", "resolv.conf", "nsswitch.conf"):
        assert (root / "etc" / place).is_file() and not (root / "etc" / place).is_symlink()
    assert (root / "etc/passwd").read_text().startswith("root:")


def test_an_etc_that_is_a_link_is_refused(refused):
    assert "something else than a folder at /etc" in refused([symlink("etc", "usr/etc")])


def test_umocis_layers_and_whiteouts_are_understood(runtimes, tmp_path):
    root = busybox_root(tmp_path / "root", **{"var/runtime/bootstrap": "#!/bin/sh\n", "etc/a/old": "1", "etc/b/old": "1", "srv/x": "1"})
    more = tmp_path / "more"
    more.mkdir()
    (more / "new").write_text("2")
    image = Umoci(tmp_path / "image").insert(root, "/").whiteout("/srv").insert(more, "/etc/a", "--opaque").insert(more, "/etc/b")
    unpacked = runtimes.add("--layout", image.operand)
    assert {path.name for path in (unpacked / "etc/a").iterdir()} == {"new"}
    assert {path.name for path in (unpacked / "etc/b").iterdir()} == {"old", "new"}
    assert not (unpacked / "srv").exists()
    run = subprocess.run([unpacked / "bin/busybox", "echo", "runs"], capture_output=True, text=True)
    assert run.stdout == "runs\n"


def test_an_ordinary_user_unpacks_sealed_folders(lamina, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("the other tests run without root already")
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    if subprocess.run([*user, "test", "-x", lamina]).returncode:
        pytest.skip("nobody may not read this folder")
    home = pathlib.Path(tempfile.mkdtemp())
    os.chown(home, 65534, 65534)
    try:
        layout = Layout(home / "layout")
        sealed = [folder("sealed", 0o555), entry("sealed/one", "1", mode=0), folder("sealed/in", 0o500), entry("sealed/in/file", "1")]
        layout.add(layout.image(tar(BOOTSTRAP, *sealed), tar(entry("sealed/in/more", "2"), hardlink("sealed/two", "sealed/one"))), "good")
        layout.add(layout.image(tar(BOOTSTRAP, *sealed), b"no tar" * 1000), "bad")
        environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
        command = [*user, lamina, "runtime", "add", "python3.12", "--layout"]
        done = subprocess.run([*command, f"{layout.path}:good"], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        (root,) = (path for path in (home / ".local/share/lamina/images").iterdir() if not path.name.startswith("."))
        assert names(root) >= {"sealed/one", "sealed/two", "sealed/in/file", "sealed/in/more"}
        modes = {name: stat.S_IMODE((root / name).stat().st_mode) for name in ("sealed", "sealed/in", "sealed/one")}
        assert modes == {"sealed": 0o555, "sealed/in": 0o500, "sealed/one": 0}
        # A failure leaves nothing, and another image removes the sealed one that nobody refers to.
        assert subprocess.run([*command, f"{layout.path}:bad"], env=environment, capture_output=True).returncode == 1
        layout.add(layout.image(tar(BOOTSTRAP, entry("other", "1"))), "other")
        done = subprocess.run([*command, f"{layout.path}:other"], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        (only,) = (path for path in root.parent.iterdir() if not path.name.startswith("."))
        assert only != root
    finally:
        shutil.rmtree(home)
