"""Many clients at the same time: each gets an answer, and each version a number of its own."""

import concurrent.futures
import os
import threading
import time

import pytest
from conftest import ROLE, make_zip, refusal
from server import Server

PUBLISHERS = 64


def together(count, work):
    """Runs work in threads that start at the same moment; the results of work(0), work(1) and so on."""
    barrier = threading.Barrier(count)

    def run(index):
        barrier.wait(30)
        return work(index)

    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.parametrize("size", [100, 60_000])
def test_parallel_publishes_of_a_layer_get_consecutive_numbers(server, size):
    client = server.client("lambda", max_pool_connections=PUBLISHERS, read_timeout=60)
    zips = [make_zip({"data": os.urandom(size), "number": str(index)}) for index in range(PUBLISHERS)]
    answers = together(PUBLISHERS, lambda index: client.publish_layer_version(LayerName="x", Content={"ZipFile": zips[index]}))
    assert sorted(answer["Version"] for answer in answers) == list(range(1, PUBLISHERS + 1))
    for index, answer in enumerate(answers):
        stored = client.get_layer_version(LayerName="x", VersionNumber=answer["Version"])["Content"]
        assert (stored["CodeSha256"], stored["CodeSize"]) == (answer["Content"]["CodeSha256"], len(zips[index]))
    assert len({answer["Content"]["CodeSha256"] for answer in answers}) == PUBLISHERS
    assert len(server.blobs()) == PUBLISHERS


def test_parallel_publishes_of_the_same_bytes_keep_them_once(server):
    client = server.client("lambda", max_pool_connections=PUBLISHERS, read_timeout=60)
    content = make_zip({"data": os.urandom(60_000)})
    answers = together(PUBLISHERS, lambda index: client.publish_layer_version(LayerName=f"x{index % 4}", Content={"ZipFile": content}))
    assert sorted(answer["Version"] for answer in answers) == sorted(list(range(1, PUBLISHERS // 4 + 1)) * 4)
    assert list(server.blobs().values()) == [len(content)]
    together(PUBLISHERS, lambda index: client.delete_layer_version(LayerName=f"x{index % 4}", VersionNumber=index // 4 + 1))
    assert server.blobs() == {}


def test_mixed_parallel_requests_are_all_answered(server):
    """A server that had eight connections once stopped answering."""
    client = server.client("lambda", max_pool_connections=PUBLISHERS, read_timeout=30)
    large = make_zip({"data": os.urandom(200_000)})
    first = client.publish_layer_version(LayerName="x", Content={"ZipFile": large})
    assert first["Version"] == 1

    def mix(index):
        if index % 2:
            return client.publish_layer_version(LayerName="x", Content={"ZipFile": large if index % 4 == 1 else make_zip({"n": str(index)})})
        return client.get_layer_version(LayerName="x", VersionNumber=1)

    answers = together(PUBLISHERS, mix)
    assert all(answer["LayerVersionArn"].startswith(first["LayerArn"]) for answer in answers)
    start = time.monotonic()
    rounds = together(16, lambda thread: [mix(50 * thread + number)["Version"] for number in range(50)])
    assert time.monotonic() - start < 60
    published = [version for thread, versions in enumerate(rounds) for number, version in enumerate(versions) if number % 2]
    assert sorted(published) == list(range(2 + PUBLISHERS // 2, 2 + PUBLISHERS // 2 + 400))
    assert [version for versions in rounds for version in versions[::2]] == [1] * 400


def test_code_over_the_accounts_storage_is_refused_until_some_is_deleted(lamina, tmp_path):
    content = [make_zip({"data": os.urandom(40_000)}) for _ in range(3)]
    with Server(lamina, tmp_path / "data", "--code-storage", str(len(content[0]) + len(content[1]))) as server:
        client = server.client("lambda")
        publish = lambda index, client=client: client.publish_layer_version(LayerName="x", Content={"ZipFile": content[index]})
        assert [publish(index)["Version"] for index in (0, 1)] == [1, 2]
        kept = server.blobs()
        assert refusal(publish, index=2)[:2] == (400, "CodeStorageExceededException")
        assert server.blobs() == kept
        assert len(client.list_layer_versions(LayerName="x")["LayerVersions"]) == 2
        # Another region has storage of its own.
        assert publish(2, server.client("lambda", region="eu-west-1"))["Version"] == 1
        client.delete_layer_version(LayerName="x", VersionNumber=1)
        assert publish(2)["Version"] == 3


def test_a_function_over_the_accounts_storage_is_configured_but_gets_no_new_code(lamina, tmp_path):
    content = [make_zip({"app.py": os.urandom(40_000)}) for _ in range(2)]
    settings = {"FunctionName": "f", "Runtime": "python3.13", "Handler": "app.handler", "Role": ROLE}
    with Server(lamina, tmp_path / "data") as server:
        server.client("lambda").create_function(**settings, Code={"ZipFile": content[0]})
    with Server(lamina, tmp_path / "data", "--code-storage", "1000") as server:
        client = server.client("lambda")
        assert client.update_function_configuration(FunctionName="f", Timeout=9)["Timeout"] == 9
        assert refusal(client.update_function_code, FunctionName="f", ZipFile=content[1])[:2] == (400, "CodeStorageExceededException")


def test_parallel_publishes_do_not_slip_over_the_storage_limit(lamina, tmp_path):
    content = [make_zip({"data": os.urandom(1000)}) for _ in range(16)]
    with Server(lamina, tmp_path / "data", "--code-storage", str(sum(map(len, content[:5])))) as server:
        client = server.client("lambda", max_pool_connections=16)

        def publish(index):
            try:
                return client.publish_layer_version(LayerName="x", Content={"ZipFile": content[index]})["Version"]
            except client.exceptions.CodeStorageExceededException:
                return 0

        assert sorted(together(16, publish)) == [0] * 11 + [1, 2, 3, 4, 5]
        assert len(server.blobs()) == 5
