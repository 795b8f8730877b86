"""What a function sees of its environment, as on Lambda."""

import os
import socket

import pytest
from conftest import make_zip
from inside import Function
from server import Server

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only where the server is root")


def test_its_user_has_lambdas_number_and_name(inside):
    answer = inside.run("""
        import grp, os, pwd
        answer = [os.getresuid(), os.getresgid(), os.getgroups(), pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name, os.getcwd()]
        """)
    assert answer == [[1051] * 3, [1051] * 3, [], "sbx_user1051", "sbx_user1051", "/var/task"]


def test_the_machines_name_is_not_the_hosts(inside):
    name, address = inside.run("import socket; answer = [socket.gethostname(), socket.gethostbyname(socket.gethostname())]".replace("; ", "\n"))
    assert name.startswith("169.254.") and address == name
    assert name != socket.gethostname()


def test_its_limits_are_lambdas(inside):
    answer = inside.run("""
        import resource
        answer = [resource.getrlimit(getattr(resource, "RLIMIT_" + name)) for name in ("NOFILE", "NPROC", "CORE")]
        """)
    assert answer == [[1024, 1024], [1024, 1024], [0, 0]]


def test_too_many_open_files_are_refused(inside):
    assert inside.run("files = [open('/dev/null') for _ in range(1024)]") == {"error": "EMFILE"}


@root_only
def test_owners_and_modes_are_lambdas(shared_server, runtime):
    client = shared_server.client("lambda", read_timeout=60)
    zipped = make_zip({"data/file": "x"})
    layers = [client.publish_layer_version(LayerName=name, Content={"ZipFile": zipped})["LayerVersionArn"] for name in ("a", "b")]
    function = Function(client, runtime, "modes", Layers=layers)
    answer = function.run("""
        import os
        answer = {path: ["%o" % (os.stat(path).st_mode & 0o7777), os.stat(path).st_uid, os.stat(path).st_gid] for path in paths}
        """, paths=["/opt", "/var/task", "/usr", "/etc", "/tmp", "/opt/data", "/opt/data/file", "/var/task/app.py"])
    folder, file = ["755", 0, 0], ["644", 0, 0]
    assert answer == {
        "/opt": folder, "/var/task": folder, "/usr": folder, "/etc": folder, "/opt/data": folder, "/tmp": ["1777", 0, 0],
        "/opt/data/file": file, "/var/task/app.py": file}


@root_only
def test_a_file_of_a_layer_that_is_roots_alone_cannot_be_read(shared_server, runtime):
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("private")
        entry.create_system, entry.external_attr = 3, 0o100600 << 16
        archive.writestr(entry, "x")
    client = shared_server.client("lambda", read_timeout=60)
    layer = client.publish_layer_version(LayerName="private", Content={"ZipFile": buffer.getvalue()})["LayerVersionArn"]
    assert Function(client, runtime, "private", Layers=[layer]).run("open('/opt/private').read()") == {"error": "EACCES"}


def test_the_machines_certificates_are_there_and_its_private_keys_are_not(inside):
    folders, certificates = inside.run('''
        import os, ssl
        folders = {path: sorted(os.listdir(path)) for path in ("/etc/ssl", "/etc/pki", "/etc/pki/tls")}
        answer = [folders, len(ssl.create_default_context().get_ca_certs())]
        ''')
    assert folders == {"/etc/ssl": ["certs", "openssl.cnf"], "/etc/pki": ["ca-trust", "tls"], "/etc/pki/tls": ["cert.pem", "certs"]}
    if os.path.exists("/etc/ssl/certs/ca-certificates.crt"):
        assert certificates > 50


class StrictServer(Server):
    """A server whose files are its user's alone unless it says otherwise."""

    def command(self, *arguments):
        return ["sh", "-c", 'umask 077; exec "$@"', "sh", self.lamina, *arguments]


def test_the_servers_umask_changes_nothing(lamina, tmp_path, runtime):
    with StrictServer(lamina, tmp_path / "data") as server:
        answer = Function(server.client("lambda", read_timeout=60), runtime).run('''
            import os, pwd
            answer = [pwd.getpwuid(os.getuid()).pw_name, os.umask(0), os.listdir("/opt"), open("/etc/resolv.conf").read() is not None]
            answer += ["%o" % (os.stat(path).st_mode & 0o777) for path in ("/etc", "/etc/ssl", "/opt")]
            ''')
    assert answer == ["sbx_user1051", 0o022, [], True, "755", "755", "755"]


def test_its_output_can_be_opened_by_name(inside):
    _, error, log = inside.invoke("open('/dev/stdout', 'w').write('by name\\n')")
    assert error is None and "by name\n" in log


def test_its_namespaces_are_its_own(inside):
    names = ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")
    theirs = inside.run("import os\nanswer = {name: os.readlink(f'/proc/self/ns/{name}') for name in names}", names=names)
    assert not {name for name in names if theirs[name] == os.readlink(f"/proc/self/ns/{name}")}


def test_the_runtime_api_answers_at_both_of_its_addresses(inside):
    answer = inside.run("""
        import socket
        answer = [socket.create_connection((host, 9001), 5).getpeername()[0] for host in ("127.0.0.1", "169.254.100.1")]
        """)
    assert answer == ["127.0.0.1", "169.254.100.1"]
