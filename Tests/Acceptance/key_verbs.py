"""Accounts and keys of a server, made beside it by `lamina account` and `lamina key`."""

import json
import subprocess

NUMBER = "111122223333"


def run(server, *arguments):
    """Runs a verb on a server's folder; the finished process."""
    return subprocess.run(server.command(*arguments, "--data", server.data), capture_output=True, text=True)


def make_key(server, access="full", account=NUMBER):
    """Makes a key for an account, which is made too if it is new."""
    run(server, "account", "create", account)
    done = run(server, "key", "create", "--account", account, "--access", access, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def connect(server, key, service="lambda"):
    return server.client(service, key=key["accessKeyId"], secret=key["secretAccessKey"])
