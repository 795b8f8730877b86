"""The stand-in for Amazon Linux's repository is one, by its own tools."""

import gzip
import re
import urllib.parse
import urllib.request

from rpm_repository import amazon_linux  # noqa: F401


def read(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read()


def test_every_library_is_provided_and_its_package_is_there(amazon_linux):  # noqa: F811
    base = read(amazon_linux.mirror_list.replace("$basearch", "x86_64")).decode().split()[0]
    location = re.search(r'href="(repodata/[^"]*primary\.xml\.gz)"', read(base + "repodata/repomd.xml").decode())[1]
    primary = gzip.decompress(read(base + location)).decode()
    provided = set(re.findall(r'name="(lib[^"]*\.so[^"]*)\(\)\(64bit\)"', primary))
    assert provided >= {
        "libGL.so.1", "libGLX.so.0", "libGLdispatch.so.0", "libICE.so.6", "libSM.so.6", "libX11.so.6", "libXau.so.6", "libXdmcp.so.6",
        "libXext.so.6", "libbsd.so.0", "libglib-2.0.so.0", "libgthread-2.0.so.0", "libmd.so.0", "libxcb.so.1"}
    for package in re.findall(r'<location href="([^"]*)"', primary):
        assert package.startswith("../../../../blobstore/")
        assert read(urllib.parse.urljoin(base, package))[:4] == b"\xed\xab\xee\xdb"
