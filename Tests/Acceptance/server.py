"""A real `lamina serve` on a free port, and real clients for it."""

import contextlib
import os
import pathlib
import re
import signal
import sqlite3
import subprocess

import boto3
from botocore.config import Config


class Server:
    """Starts the server and waits for its word that it serves; stops it at the end of a `with`."""

    def __init__(self, lamina, data, *options, log=None):
        self.lamina = pathlib.Path(lamina)
        self.data = pathlib.Path(data)
        self.options = options
        self.log = log or self.data.with_name(self.data.name + ".log")
        self.process = None
        # 0 for any free one.
        self.port = "0"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.stop() == -signal.SIGKILL:
            # What a killed server leaves behind, the next one in its folder clears.
            self.start()
            self.stop()

    def command(self, *arguments):
        """How lamina is run with arguments."""
        return [self.lamina, *arguments]

    def start(self):
        self.process = subprocess.Popen(
            self.command("serve", "--port", self.port, "--data", self.data, *self.options),
            stdout=subprocess.PIPE, stderr=open(self.log, "a"), text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, f"the server did not start: {self.log.read_text()}"
        self.url = found[0]

    def stop(self, how=signal.SIGTERM):
        """Ends the server and returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        status = self.process.wait(timeout=30)
        self.process.stdout.close()
        return status

    @property
    def environment(self):
        """What `lamina env` tells a shell, without anything of this machine's own AWS settings."""
        text = subprocess.run(self.command("env", "--data", self.data), check=True, capture_output=True, text=True).stdout
        exports = dict(re.findall(r"^export (\w+)='(.*)'$", text, re.MULTILINE))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return kept | exports | {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_PAGER": ""}

    def client(self, service, region="us-east-1", key=None, secret=None, **config):
        environment = self.environment
        return boto3.Session().client(
            service, endpoint_url=self.url, region_name=region,
            aws_access_key_id=key or environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=secret or environment["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, **config))

    def aws(self, *arguments):
        """Runs the aws command; the finished process."""
        return subprocess.run(["aws", *map(str, arguments)], capture_output=True, text=True, env=self.environment)

    def blobs(self):
        """Hash and size of all bytes that are kept: in files, and small ones in the catalog."""
        with contextlib.closing(sqlite3.connect(f"file:{self.data}/catalog.sqlite?mode=ro", uri=True)) as catalog:
            small = dict(catalog.execute("SELECT sha256, length(bytes) FROM small_blob"))
        files = {path.name: path.stat().st_size for path in (self.data / "blobs/sha256").glob("*/*")}
        return files | small

    def memory(self, field):
        """A field of /proc/PID/status in KiB: VmRSS now, VmHWM at its peak."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+)", text, re.MULTILINE)[1])

    def reset_peak_memory(self):
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")
