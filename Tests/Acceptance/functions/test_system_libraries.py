"""What functions find of the machine's libraries and programs: what Lambda has, and no more."""

import ctypes
import subprocess

import pytest
from conftest import make_zip

LOAD = """
import ctypes
def handler(event, context):
    ctypes.CDLL(event)
    return "loaded"
"""

# Debian has them at hand, some on every machine; no Lambda runtime has any of them.
ABSENT = ["libGL.so.1", "libX11.so.6", "libcrypt.so.1"]


def is_on_this_machine(name):
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def missing(name):
    return f"{name}: cannot open shared object file: No such file or directory"


def test_a_library_that_lambda_lacks_is_not_found_though_the_machine_has_it(function):
    assert any(map(is_on_this_machine, ABSENT))
    invoke = function(LOAD)
    for name in ABSENT:
        answer, error, _ = invoke(name)
        assert error == "Unhandled"
        assert (answer["errorType"], answer["errorMessage"]) == ("OSError", missing(name))


def test_no_search_path_leads_to_it(function):
    folders = ["/var/lang/lib", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
    invoke = function(LOAD, Environment={"Variables": {"LD_LIBRARY_PATH": ":".join(folders)}})
    for name in ABSENT:
        assert invoke(name)[0]["errorMessage"] == missing(name)
    assert invoke("libz.so.1")[0] == "loaded"


def test_a_library_that_lambda_has_is_found(function):
    invoke = function(LOAD)
    for name in ["libz.so.1", "libstdc++.so.6", "libgcc_s.so.1", "libm.so.6"]:
        assert invoke(name)[0] == "loaded"


def shared_object(folder, soname, *needed):
    path = folder / soname
    subprocess.run(["cc", "-shared", "-nostdlib", f"-Wl,-soname,{soname}", "-Wl,--no-as-needed", *needed, "-o", path, "-xc", "/dev/null"], check=True)
    return path


def test_what_a_layer_needs_is_found_in_the_layer_only(client, function, tmp_path):
    # The layer's library needs one that the machine has and Lambda lacks.
    own = shared_object(tmp_path, "libcrypt.so.1")
    user = shared_object(tmp_path, "libuser.so", own)
    layers = [
        client.publish_layer_version(LayerName=name, Content={"ZipFile": make_zip(files)})["LayerVersionArn"]
        for name, files in {
            "without": {"lib/libuser.so": user.read_bytes()},
            "with": {"lib/libuser.so": user.read_bytes(), "lib/libcrypt.so.1": own.read_bytes()},
        }.items()
    ]
    without = function(LOAD, name="without", Layers=layers[:1])
    assert without("libuser.so")[0]["errorMessage"] == missing("libcrypt.so.1")
    complete = function(LOAD, name="complete", Layers=layers[1:])
    assert complete("libuser.so")[0] == "loaded"


@pytest.mark.parametrize("name", ["GL", "crypt", "z", "c"])
def test_find_library_finds_nothing(function, name):
    invoke = function(f"import ctypes.util\ndef handler(e, c): return ctypes.util.find_library({name!r})\n")
    assert invoke()[:2] == (None, None)


def test_the_interpreters_own_modules_work(function):
    invoke = function("""
import bz2, ctypes, curses, decimal, hashlib, lzma, readline, sqlite3, ssl, uuid, zlib
def handler(event, context):
    return [sqlite3.connect(":memory:").execute("select 1").fetchone()[0], len(ssl.create_default_context().get_ca_certs()) > 0,
            "\\u20ac".encode("iso8859-15").hex(), hashlib.sha256(b"").hexdigest()[:4]]
""")
    assert invoke()[0] == [1, True, "a4", "e3b0"]


def test_a_shell_and_its_tools_run_and_compilers_are_not_there(function):
    invoke = function("""
import shutil, subprocess
def handler(event, context):
    text = subprocess.run(["/bin/bash", "-c", "ls -d /opt | sed s/o/0/ | grep 0 | awk '{print $1}'; date -u -d @0 +%Y"], capture_output=True, text=True)
    return [text.stdout, text.stderr, [tool for tool in ("gcc", "cc", "ld", "objdump", "ldconfig") if shutil.which(tool)]]
""")
    assert invoke()[0] == ["/0pt\n1970\n", "", []]
