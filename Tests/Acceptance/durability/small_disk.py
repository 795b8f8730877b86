"""A server whose data folder is a small disk of its own, which no one else sees."""

import os
import pathlib
import subprocess

import pytest
from server import Server


class SmallDiskServer(Server):
    """Has its data folder on a tmpfs in a mount namespace that a process holds, whichever server of it is killed."""

    def __init__(self, lamina, data, size, *options):
        super().__init__(lamina, data, *options)
        self.data.mkdir()
        # Ends with its standard input, so with the test's process at the latest.
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size="$0" tmpfs "$1" && echo mounted && exec cat', str(size), self.data],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if self.holder.stdout.readline() != "mounted\n":
            self.release()
            pytest.skip("no mount namespace may be made here")

    def __enter__(self):
        try:
            return super().__enter__()
        except BaseException:
            self.release()
            raise

    def __exit__(self, *arguments):
        try:
            super().__exit__(*arguments)
        finally:
            self.release()

    def release(self):
        self.holder.stdin.close()
        self.holder.wait(timeout=30)
        self.holder.stdout.close()

    def command(self, *arguments):
        # nsenter becomes lamina: the process that is killed is the server itself.
        return ["nsenter", f"--mount=/proc/{self.holder.pid}/ns/mnt", *super().command(*arguments)]

    @property
    def folder(self):
        """The data folder as it is from outside of the namespace."""
        return pathlib.Path(f"/proc/{self.holder.pid}/root{self.data}")

    @property
    def free(self):
        status = os.statvfs(self.folder)
        return status.f_bavail * status.f_frsize

    def fill(self, leave=0):
        """Takes the disk's free bytes but some; the file that has them."""
        filler = self.folder / "filler"
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, self.free - leave)
        return filler
