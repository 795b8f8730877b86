"""How registries let in: with a password, with a token of their token server, with credentials as docker keeps them."""

import http.server
import json
import os

import pytest
from image_layouts import BOOTSTRAP, Layout, entry, tar
from registries import HTPASSWD, LayoutRegistry, Registry, TokenServer, serving, write_login


@pytest.fixture
def layout(tmp_path):
    layout = Layout(tmp_path / "layout")
    layout.add(layout.image(tar(BOOTSTRAP, entry("file", "1")), tar(entry("more", "2"))))
    return layout


@pytest.fixture
def docker(runtimes):
    return runtimes.home / "docker"


@pytest.fixture
def protected(tmp_path, layout):
    """A registry for `user:secret`; a reference in it."""
    (tmp_path / "htpasswd").write_text(HTPASSWD)
    with Registry(tmp_path / "registry", auth={"htpasswd": {"realm": "tests", "path": str(tmp_path / "htpasswd")}}) as registry:
        yield registry.push(f"{layout.path}:latest", "private/image:1", "--dest-creds", "user:secret")


def test_a_password_of_docker_login_is_used(protected, runtimes, docker):
    write_login(docker, protected.split("/")[0])
    assert (runtimes.add("--image", protected) / "file").exists()


def test_without_the_right_password_it_is_said_what_to_do(protected, runtimes, docker):
    host = protected.split("/")[0]
    refusal = runtimes.refusal("--image", protected)
    assert f"docker login {host}" in refusal and f"there is no {docker}/config.json" in refusal
    write_login(docker, host, password="wrong")
    refusal = runtimes.refusal("--image", protected)
    assert "does not accept the user user" in refusal and "wrong" not in refusal
    write_login(docker, "other.example")
    assert f"has no credentials for {host}" in runtimes.refusal("--image", protected)


@pytest.mark.parametrize("key", ["{}", "http://{}", "https://{}/v2/"])
def test_the_registrys_name_may_be_an_address(protected, runtimes, docker, key):
    write_login(docker, key.format(protected.split("/")[0]))
    runtimes.add("--image", protected)


@pytest.mark.parametrize("setting", ["credsStore", "credHelpers"])
def test_a_credential_helper_is_asked(protected, runtimes, docker, tmp_path, monkeypatch, setting):
    host = protected.split("/")[0]
    helper = tmp_path / "bin/docker-credential-tests"
    helper.parent.mkdir()
    helper.write_text(f'#!/bin/sh\n[ "$1" = get ] && [ "$(cat)" = {host} ] || exit 1\n'
                      'echo \'{"ServerURL":"x","Username":"user","Secret":"secret"}\'\n')
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{helper.parent}:{os.environ['PATH']}")
    docker.mkdir(parents=True)
    (docker / "config.json").write_text(json.dumps({setting: "tests" if setting == "credsStore" else {host: "tests"}}))
    runtimes.add("--image", protected)
    helper.write_text("#!/bin/sh\necho credentials not found in native keychain\nexit 1\n")
    refusal = runtimes.refusal("--image", protected, runtime="python3.13")
    assert "docker-credential-tests gives no credentials" in refusal and "not found in native keychain" in refusal
    helper.unlink()
    assert "docker-credential-tests is not installed" in runtimes.refusal("--image", protected, runtime="python3.13")


@pytest.mark.parametrize("program", ["#!/no/such/shell\n", "#!/bin/sh\nhead -c 2000000 /dev/zero\n"])
def test_a_helper_that_fails_is_named(protected, runtimes, docker, tmp_path, monkeypatch, program):
    helper = tmp_path / "bin/docker-credential-tests"
    helper.parent.mkdir()
    helper.write_text(program)
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{helper.parent}:{os.environ['PATH']}")
    docker.mkdir(parents=True)
    # As docker keeps Docker Hub's, which is by an address.
    (docker / "config.json").write_text(json.dumps({"credHelpers": {f"https://{protected.split('/')[0]}/v1/": "tests"}}))
    assert f"{helper}, which docker's configuration names for credentials, fails" in runtimes.refusal("--image", protected)


def test_a_helper_that_is_a_path_is_refused(protected, runtimes, docker):
    docker.mkdir(parents=True)
    (docker / "config.json").write_text(json.dumps({"credsStore": "x/../../evil"}))
    assert "no program's name" in runtimes.refusal("--image", protected)


def test_a_damaged_configuration_is_named(protected, runtimes, docker):
    docker.mkdir(parents=True)
    (docker / "config.json").write_text("{")
    assert f"{docker}/config.json" in runtimes.refusal("--image", protected)
    (docker / "config.json").write_text(json.dumps({"auths": {protected.split("/")[0]: {"auth": "no base64!"}}}))
    assert "log in again" in runtimes.refusal("--image", protected)


def test_a_token_is_fetched_for_anybody(runtimes, layout, tmp_path):
    with TokenServer(tmp_path / "tokens", lets_anybody=True) as server, Registry(tmp_path / "registry", server.auth) as registry:
        reference = registry.push(f"{layout.path}:latest", "public/image:1", "--dest-creds", "user:secret")
        del server.requests[:]
        assert (runtimes.add("--image", reference) / "file").exists()
        # One serves for the manifest and all blobs.
        assert server.requests == [("GET", {"service": ["the registry"], "scope": ["repository:public/image:pull"]}, None)]


def test_a_token_is_fetched_with_a_password(runtimes, docker, layout, tmp_path):
    with TokenServer(tmp_path / "tokens") as server, Registry(tmp_path / "registry", server.auth) as registry:
        reference = registry.push(f"{layout.path}:latest", "private/image:1", "--dest-creds", "user:secret")
        assert "token server" in runtimes.refusal("--image", reference)
        write_login(docker, registry.host)
        assert (runtimes.add("--image", reference) / "file").exists()
        assert server.requests[-1][2] == "Basic dXNlcjpzZWNyZXQ="


def test_a_token_is_fetched_with_a_refresh_token(runtimes, docker, layout, tmp_path):
    with TokenServer(tmp_path / "tokens") as server, Registry(tmp_path / "registry", server.auth) as registry:
        reference = registry.push(f"{layout.path}:latest", "private/image:1", "--dest-creds", "user:secret")
        docker.mkdir(parents=True)
        (docker / "config.json").write_text(json.dumps({"auths": {registry.host: {"identitytoken": "refresh"}}}))
        assert (runtimes.add("--image", reference) / "file").exists()
        method, form, _ = server.requests[-1]
        assert (method, form["scope"], form["service"]) == ("POST", ["repository:private/image:pull"], ["the registry"])


def test_a_token_that_has_ended_is_renewed_once_for_all_requests(runtimes, layout, tmp_path):
    manifest = json.loads(layout.file(layout.entries[0]["digest"]).read_text())
    layers = [layer["digest"] for layer in manifest["layers"]]
    with TokenServer(tmp_path / "tokens", lets_anybody=True) as server:
        def ending(handler, name):
            wanted = 2 if name in layers else 1 if name == manifest["config"]["digest"] else 0
            if handler.headers.get("Authorization") != f"Bearer token{wanted}":
                challenge = f'Bearer realm="http://{server.host}/token",service="tests",scope="repository:image:pull"'
                return handler.answer(401, **{"WWW-Authenticate": challenge})

        count = iter(range(100))
        server.token = lambda scope: f"token{next(count)}"
        with LayoutRegistry(layout, ending) as registry:
            assert (runtimes.add("--image", f"{registry.host}/image") / "more").exists()
        assert len(server.requests) == 3


def test_a_token_server_without_tls_gets_no_password_of_a_registry_with(runtimes, layout):
    for realm in ("ftp://127.0.0.1/token", "http://tokens.example/token"):
        challenge = {"WWW-Authenticate": f'Bearer realm="{realm}",service="x"'}
        with LayoutRegistry(layout, lambda handler, _: handler.answer(401, **challenge)) as registry:
            assert "not encrypted" in runtimes.refusal("--image", f"{registry.host}/image")
    for challenge, reason in [("Bearer service=x", "where to get it"), ("Negotiate", "another authentication"), ("", "another")]:
        with LayoutRegistry(layout, lambda handler, _: handler.answer(401, **{"WWW-Authenticate": challenge})) as registry:
            assert reason in runtimes.refusal("--image", f"{registry.host}/image")


@pytest.mark.parametrize("kind", ["manifests", "blobs"])
def test_a_token_server_that_is_busy_is_asked_four_times(runtimes, layout, kind):
    requests = []

    class Busy(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            requests.append(self.path)
            self.send_response(503)
            self.send_header("Retry-After", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with serving(Busy) as server:
        def protected(handler, _):
            if f"/{kind}/" in handler.path:
                return handler.answer(401, **{"WWW-Authenticate": f'Bearer realm="http://{server}/token",service="x"'})

        with LayoutRegistry(layout, protected) as registry:
            assert f"the token server http://{server}/token of {registry.host} answers with status 503" in runtimes.refusal(
                "--image", f"{registry.host}/image")
            # The configuration is fetched first, and alone.
            assert len(requests) == 4
    with LayoutRegistry(layout, protected) as registry:
        assert f"cannot reach the token server http://{server}/token of {registry.host}" in runtimes.refusal(
            "--image", f"{registry.host}/image")
