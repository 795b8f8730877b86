"""A full disk: what does not fit is refused, in words that say why, and what was acknowledged stays."""

import os
import signal
import urllib.request

import pytest
from botocore.exceptions import ClientError
from conftest import make_zip, refusal
from small_disk import SmallDiskServer

MB = 1 << 20
NO_SPACE = "No space left on device"


@pytest.fixture
def disk(lamina, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    with SmallDiskServer(lamina, tmp_path / "data", 6 * MB) as server:
        yield server


def zip_of(size):
    return make_zip({"data": os.urandom(size)})


def publish(client, content):
    return client.publish_layer_version(LayerName="x", Content={"ZipFile": content})


def read(client, version):
    """A version's bytes, by its location."""
    location = client.get_layer_version(LayerName="x", VersionNumber=version)["Content"]["Location"]
    with urllib.request.urlopen(location) as answer:
        return answer.read()


def versions(client):
    pages = client.get_paginator("list_layer_versions").paginate(LayerName="x")
    return {version["Version"] for page in pages for version in page["LayerVersions"]}


def refused_for_space(call, **members):
    status, code, message = refusal(call, **members)
    assert (status, code) == (500, "ServiceException")
    assert NO_SPACE in message or "disk is full" in message, message


def test_a_zip_that_does_not_fit_is_refused_and_leaves_nothing(disk):
    client = disk.client("lambda")
    first, second = zip_of(MB), zip_of(2 * MB)
    publish(client, first)
    publish(client, second)
    free = disk.free
    refused_for_space(client.publish_layer_version, LayerName="x", Content={"ZipFile": zip_of(8 * MB)})
    assert ingest(disk) == []
    assert {path.stat().st_size for path in (disk.folder / "blobs/sha256").glob("*/*")} == {len(first), len(second)}
    assert free - disk.free < MB // 4
    assert (read(client, 1), read(client, 2)) == (first, second)
    assert versions(client) == {1, 2}


def test_deleting_makes_room_again(disk):
    client = disk.client("lambda")
    publish(client, zip_of(2 * MB))
    small = zip_of(2 * MB)
    publish(client, small)
    refused_for_space(client.publish_layer_version, LayerName="x", Content={"ZipFile": zip_of(2 * MB)})
    client.delete_layer_version(LayerName="x", VersionNumber=1)
    again = zip_of(2 * MB)
    assert publish(client, again)["Version"] == 3
    assert (read(client, 2), read(client, 3)) == (small, again)


def publish_until_refused(client, count=3):
    """Small versions until several were refused; the bytes of those that were taken, by number."""
    taken, refused = {}, 0
    while refused < count:
        content = zip_of(8000)
        try:
            taken[publish(client, content)["Version"]] = content
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 500
            message = error.response["Error"]["Message"]
            assert NO_SPACE in message or "disk is full" in message, message
            refused += 1
        assert len(taken) < 2000
    return taken


def ingest(disk):
    return list((disk.folder / "ingest").iterdir())


def test_a_catalog_that_cannot_grow_says_so_and_keeps_what_it_has_acknowledged_and_nothing_else(disk):
    filler = disk.fill(leave=2 * MB)
    client = disk.client("lambda")
    taken = publish_until_refused(client)
    assert len(taken) > 10
    assert versions(client) == taken.keys()
    disk.stop(signal.SIGKILL)
    filler.unlink()
    disk.start()
    client = disk.client("lambda")
    assert versions(client) == taken.keys()
    assert {number: read(client, number) for number in taken} == taken
    assert publish(client, zip_of(8000))["Version"] == max(taken) + 1


def test_a_full_disk_goes_on_giving_what_it_has(disk):
    client = disk.client("lambda")
    disk.fill(leave=MB)
    taken = publish_until_refused(client)
    disk.fill()
    assert {number: read(client, number) for number in taken} == taken
    assert ingest(disk) == []


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_server_starts_again_on_a_full_disk(disk, how):
    filler = disk.fill(leave=2 * MB)
    taken = publish_until_refused(disk.client("lambda"))
    disk.stop(how)
    disk.start()
    client = disk.client("lambda")
    assert versions(client) == taken.keys()
    # It goes on by itself once there is room.
    filler.unlink()
    assert publish(client, zip_of(8000))["Version"] == max(taken) + 1


def test_a_version_can_be_deleted_on_a_disk_without_a_free_byte(disk):
    client = disk.client("lambda")
    publish(client, zip_of(2 * MB))
    kept = zip_of(MB)
    publish(client, kept)
    disk.fill()
    client.delete_layer_version(LayerName="x", VersionNumber=1)
    again = zip_of(MB)
    assert publish(client, again)["Version"] == 3
    assert (read(client, 2), read(client, 3)) == (kept, again)


def test_versions_can_be_deleted_when_the_catalog_has_filled_the_disk(disk):
    client = disk.client("lambda")
    taken = publish_until_refused(client)
    for number in sorted(taken)[:5]:
        client.delete_layer_version(LayerName="x", VersionNumber=number)
        del taken[number]
    assert versions(client) == taken.keys()
    assert publish(client, zip_of(8000))["Version"] > max(taken)
