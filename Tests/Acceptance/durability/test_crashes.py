"""Kills the server at random instants of parallel changes, and looks at all that it has acknowledged."""

import base64
import collections
import hashlib
import os
import random
import signal
import threading

from botocore.exceptions import BotoCoreError, ClientError
from conftest import make_zip
from server import Server

ROUNDS = 200
THREADS = 6
NAMES = ["a", "b", "c"]
ACCOUNT = "111122223333"


class Ledger:
    """What the server was asked, and what it has acknowledged."""

    def __init__(self):
        self.lock = threading.Lock()
        self.digests = {}  # (name, version) -> base64 SHA-256, of acknowledged publishes
        self.asked = collections.Counter()  # name -> publishes that were begun
        self.deleting = set()  # versions whose deletion was begun
        self.deleted = set()  # acknowledged
        self.granting = set()  # versions whose grant was begun; it is not tried again
        self.granted = set()  # acknowledged

    def some_version(self, random):
        with self.lock:
            alive = sorted(self.digests.keys() - self.deleting)
            return random.choice(alive) if alive else None

    def publish(self, client, name, content):
        with self.lock:
            self.asked[name] += 1
        answer = client.publish_layer_version(LayerName=name, Content={"ZipFile": content})
        key = (name, answer["Version"])
        with self.lock:
            assert key not in self.digests, f"the number {key} was given twice"
            self.digests[key] = base64.b64encode(hashlib.sha256(content).digest()).decode()

    def delete(self, client, key):
        with self.lock:
            self.deleting.add(key)
        client.delete_layer_version(LayerName=key[0], VersionNumber=key[1])
        with self.lock:
            self.deleted.add(key)

    def grant(self, client, key):
        with self.lock:
            if key in self.granting:
                return
            self.granting.add(key)
        client.add_layer_version_permission(
            LayerName=key[0], VersionNumber=key[1], StatementId="s", Action="lambda:GetLayerVersion", Principal=ACCOUNT)
        with self.lock:
            self.granted.add(key)


def change(client, ledger, seed):
    """Publishes, deletes and grants until the server is gone."""
    dice = random.Random(seed)
    same = make_zip({"same": "bytes"})
    try:
        while True:
            key = ledger.some_version(dice)
            kind = dice.random()
            if key is None or kind < 0.5:
                content = same if kind < 0.1 else make_zip({"data": dice.randbytes(dice.choice([100, 3_000, 100_000, 1_000_000]))})
                ledger.publish(client, dice.choice(NAMES), content)
            elif kind < 0.75:
                ledger.delete(client, key)
            else:
                ledger.grant(client, key)
    except ClientError as error:
        # Of a version that another thread deletes meanwhile.
        assert error.response["Error"]["Code"] == "ResourceNotFoundException", error
        change(client, ledger, seed + 1)
    except BotoCoreError:
        pass


def versions(client, name):
    pages = client.get_paginator("list_layer_versions").paginate(LayerName=name)
    return {version["Version"] for page in pages for version in page["LayerVersions"]}


def check(server, client, ledger, read):
    """Every invariant; `read` remembers the versions that were read before and cannot have changed."""
    hashes = set()
    for name in NAMES:
        listed = {(name, number) for number in versions(client, name)}
        acknowledged = {key for key in ledger.digests if key[0] == name}
        assert acknowledged - ledger.deleting <= listed, "an acknowledged version is lost"
        assert not listed & ledger.deleted, "a deleted version is back"
        assert max((number for _, number in listed | acknowledged), default=0) <= ledger.asked[name], "a number was skipped"
        for key in listed:
            if key not in read:
                read[key] = client.get_layer_version(LayerName=name, VersionNumber=key[1])["Content"]["CodeSha256"]
                assert ledger.digests.get(key, read[key]) == read[key], "a version has other bytes"
            hashes.add(base64.b64decode(read[key]).hex())
            # What was asked for and never acknowledged counts from now on.
            ledger.digests.setdefault(key, read[key])
        for key in (ledger.granted & listed) - ledger.deleting:
            assert ACCOUNT in client.get_layer_version_policy(LayerName=name, VersionNumber=key[1])["Policy"], "a grant is lost"
    assert set(server.blobs()) == hashes, "bytes are lost, or left"
    for path in (server.data / "blobs/sha256").glob("*/*"):
        if (path.name, "read") not in read:
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name, "bytes are changed"
            read[path.name, "read"] = True
    assert list((server.data / "ingest").iterdir()) == []


def test_two_hundred_kills_lose_nothing_acknowledged_and_leave_nothing_behind(lamina, tmp_path):
    seed = int.from_bytes(os.urandom(4), "big")
    print("seed", seed)
    dice = random.Random(seed)
    ledger, read = Ledger(), {}
    with Server(lamina, tmp_path / "data") as server:
        # The same port each time, so that one client serves all rounds.
        server.options = ("--log-level", "error")
        server.port = server.url.rpartition(":")[2]
        client = server.client("lambda", max_pool_connections=THREADS)
        for number in range(ROUNDS):
            threads = [threading.Thread(target=change, args=[client, ledger, seed + 1000 * number + index]) for index in range(THREADS)]
            for thread in threads:
                thread.start()
            # A random instant: the moment matters, not its length.
            threading.Event().wait(dice.uniform(0.005, 0.15))
            server.stop(signal.SIGKILL)
            for thread in threads:
                thread.join()
            server.start()
            check(server, client, ledger, read)
        assert len(ledger.digests) > ROUNDS
