"""What a function tries and may not: each attempt is refused."""

import pathlib
import subprocess

import pytest
from inside import SYSTEM_CALLS
from processes import is_below


@pytest.mark.parametrize("path", ["/opt/x", "/var/task/x", "/var/runtime/x", "/var/lang/x", "/usr/x", "/usr/bin/x", "/etc/passwd", "/x", "/dev/x"])
def test_only_tmp_is_writable(inside, path):
    answer = inside.run("open(path, 'a').write('x')", path=path)
    assert answer["error"] in ("EROFS", "EACCES")


def test_the_data_folder_is_not_there(inside, shared_server):
    assert inside.run("import os; answer = os.path.exists(path)", path=str(shared_server.data)) is False


def test_no_key_of_the_server_is_in_what_a_function_may_read(inside, shared_server):
    secret = shared_server.environment["AWS_SECRET_ACCESS_KEY"]
    found = inside.run("""
        import os
        answer = []
        for top in ("/etc", "/run", "/var/task", "/opt", "/tmp", "/root", "/home", "/proc/1", "/proc/self"):
            for folder, folders, files in os.walk(top):
                for name in files:
                    path = os.path.join(folder, name)
                    try:
                        if os.path.getsize(path) < 1 << 20 and os.path.isfile(path) and secret in open(path, errors="replace").read(1 << 20):
                            answer.append(path)
                    except OSError:
                        pass
                if "/run/lamina" in folder or "/task/" in folder:
                    folders.clear()
        """, secret=secret)
    # Its own event is in its own memory, which no file but /proc/self/mem shows.
    assert found == []


def test_no_process_but_its_own_is_seen(inside, other):
    names = inside.run("""
        import os
        answer = [open(f"/proc/{name}/comm").read().strip() for name in os.listdir("/proc") if name.isdigit()]
        """)
    assert len(names) == 2, names


def test_the_servers_memory_and_environment_cannot_be_read(inside, shared_server):
    pid = shared_server.process.pid
    for name in ("mem", "environ", "root/etc/shadow"):
        assert inside.run("answer = open(f'/proc/{pid}/{name}', 'rb').read(1)", pid=pid, name=name) == {"error": "ENOENT"}


def test_code_and_environment_of_another_function_are_not_there(inside, other):
    found = inside.run("""
        import glob, os
        answer = [text for text in [open(path, 'rb').read() for path in glob.glob('/proc/[0-9]*/environ') if os.access(path, os.R_OK)]
                  if b'of-the-other' in text]
        """)
    assert found == []
    assert inside.run("import os; answer = os.listdir('/var/task')") == ["app.py"]


def test_another_functions_files_in_tmp_are_not_there(inside, other):
    other.run("open('/tmp/of-the-other', 'w').write('x')")
    assert "of-the-other" not in inside.run("import os; answer = os.listdir('/tmp')")


def test_descriptors_of_the_server_are_not_open(inside):
    targets = inside.run("""
        import os
        folder = os.open("/proc/self/fd", os.O_RDONLY)
        answer = []
        for name in os.listdir(folder):
            try:
                answer.append(os.readlink(f"/proc/self/fd/{name}"))
            except FileNotFoundError:
                pass
        """)
    kinds = {target.split(":")[0] for target in targets}
    assert kinds <= {"/dev/null", "pipe", "socket", "/proc/2/fd"}, targets
    peers = inside.run("""
        import os, socket, stat
        answer = []
        for name in os.listdir("/proc/self/fd"):
            try:
                if stat.S_ISSOCK(os.stat(f"/proc/self/fd/{name}").st_mode):
                    peer = socket.socket(fileno=os.dup(int(name)))
                    answer.append(peer.getpeername()[1] if peer.family == socket.AF_INET else peer.getpeername())
            except FileNotFoundError:
                pass
        """)
    # The runtime client's connection to the Runtime API, and a pair of its own.
    assert set(peers) <= {9001, ""}


def test_capabilities_are_none_and_cannot_be_had(inside):
    status = inside.run("answer = dict(line.split(':\\t', 1) for line in open('/proc/self/status').read().splitlines() if ':\\t' in line)")
    assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert (status["NoNewPrivs"], status["Seccomp"], status["Groups"].split()) == ("1", "2", [])


REFUSED = {
    "setuid": "import os; os.setuid(0)",
    "setgid": "import os; os.setgid(0)",
    "setgroups": "import os; os.setgroups([0])",
    "chroot": "import os; os.chroot('/tmp')",
    "mount": "call({'x86_64': 165, 'aarch64': 40}[platform.machine()], b'none', b'/tmp', b'tmpfs', 0, 0)",
    "unmount": "call({'x86_64': 166, 'aarch64': 39}[platform.machine()], b'/opt', 0)",
    "unshare a user namespace": "call({'x86_64': 272, 'aarch64': 97}[platform.machine()], 0x10000000)",
    "clone a user namespace": "call({'x86_64': 56, 'aarch64': 220}[platform.machine()], 0x10000000 | 17, 0, 0, 0, 0)",
    "setns": "call({'x86_64': 308, 'aarch64': 268}[platform.machine()], os.open('/proc/1/ns/net', os.O_RDONLY), 0)",
    "ptrace": "call({'x86_64': 101, 'aarch64': 117}[platform.machine()], 16, 1, 0, 0)",
    "read another process's memory": "call({'x86_64': 310, 'aarch64': 270}[platform.machine()], 1, 0, 0, 0, 0, 0)",
    "keyctl": "call({'x86_64': 250, 'aarch64': 219}[platform.machine()], 0, -3, 1)",
    "add_key": "call({'x86_64': 248, 'aarch64': 217}[platform.machine()], b'user', b'x', b'x', 1, -3)",
    "bpf": "call({'x86_64': 321, 'aarch64': 280}[platform.machine()], 0, 0, 0)",
    "perf_event_open": "call({'x86_64': 298, 'aarch64': 241}[platform.machine()], 0, 0, -1, -1, 0)",
    "userfaultfd": "call({'x86_64': 323, 'aarch64': 282}[platform.machine()], 0)",
    "io_uring": "call(425, 8, 0)",
    "mount with the new calls": "call(430, b'tmpfs', 0)",
    "reboot": "call({'x86_64': 169, 'aarch64': 142}[platform.machine()], 0xfee1dead, 672274793, 0x89abcdef, 0)",
    "a raw socket": "import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)",
    "the machine's name": "import socket; socket.sethostname('x')",
    "the clock": "import time; time.clock_settime(time.CLOCK_REALTIME, 0)",
    "a device": "import os, stat; os.mknod('/tmp/sda', 0o600 | stat.S_IFBLK, os.makedev(8, 0))",
    "another's priority": "import os; os.setpriority(os.PRIO_PROCESS, 0, -10)",
}


@pytest.mark.parametrize("attempt", REFUSED)
def test_is_refused(inside, attempt):
    answer = inside.run(SYSTEM_CALLS + REFUSED[attempt].replace("; ", "\n") + "\nanswer = 'done'")
    assert answer != "done" and answer["error"] in ("EPERM", "EACCES")


@pytest.mark.parametrize("family", ["packet", "vsock", "netlink's audit"])
def test_a_socket_of_another_family_is_refused(inside, family):
    numbers = {"packet": (17, 3, 0), "vsock": (40, 1, 0), "netlink's audit": (16, 3, 9)}[family]
    assert inside.run("import socket\nsocket.socket(*numbers)", numbers=numbers)["error"] in ("EAFNOSUPPORT", "EPERM")


def test_the_kernel_is_not_told_and_does_not_tell(inside):
    for path in ("/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches"):
        if pathlib.Path(path).exists():
            assert inside.run("open(path, 'w').write('x')", path=path)["error"] in ("EACCES", "EROFS", "EPERM")
    assert inside.run("open('/proc/kcore', 'rb').read(1)")["error"] in ("EACCES", "EPERM", "ENOENT")
    assert inside.run("import os; answer = os.path.exists('/sys/kernel')") is False


def test_the_personality_may_be_asked_for(inside):
    ask = SYSTEM_CALLS + "answer = call({'x86_64': 135, 'aarch64': 92}[platform.machine()], number)"
    assert inside.run(ask, number=0xffffffff) == 0
    for number in (1, 0x400000, 0x7fffffff, 0x80000000, 0xfffffffe):
        assert inside.run(ask, number=number) == {"error": "EPERM"}


def test_a_call_of_another_architecture_ends_the_process(inside):
    if subprocess.run(["uname", "-m"], capture_output=True, text=True).stdout.strip() != "x86_64":
        pytest.skip("32-bit calls are x86_64's")
    # mov eax, 20 (getpid of i386); int 0x80; ret
    status = inside.run("""
        import ctypes, mmap, os
        child = os.fork()
        if child == 0:
            code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
            code.write(bytes([0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3]))
            ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
            os._exit(0)
        answer = os.waitpid(child, 0)[1]
        """)
    assert status & 0x7f == 31  # SIGSYS


def test_killing_all_that_is_seen_ends_only_the_function(inside, other):
    payload, error, _ = inside.invoke("import os, signal\nos.kill(-1, signal.SIGKILL)")
    # kill(-1) leaves the caller.
    assert error is None
    assert other.run("answer = 'alive'") == "alive"
    payload, error, _ = inside.invoke("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    assert error == "Unhandled" and payload["errorType"] in ("Runtime.ExitError", "Runtime.OutOfMemory")
    assert inside.run("answer = 'again'") == "again"


def test_another_sandbox_is_another_user_of_the_machine(shared_server, inside, other):
    inside.run("answer = 1")
    users = set()
    for status in pathlib.Path("/proc").glob("[0-9]*/status"):
        try:
            text = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
            command = status.with_name("cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if text["Name"].startswith("python") and b"/var/runtime/bootstrap.py" in command and is_below(int(text["PPid"]), shared_server.process.pid):
            users.add(text["Uid"].split()[0])
    assert len(users) == 2 and "0" not in users and "1051" not in users, users
