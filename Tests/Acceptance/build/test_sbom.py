"""The bill of materials and the licenses of a build, checked by CycloneDX's own validator."""

import hashlib
import json
import os

import pytest
from building import project, report, repository
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation import make_schemabased_validator


def validate(path):
    errors = make_schemabased_validator(OutputFormat.JSON, SchemaVersion.V1_6).validate_str(path.read_text())
    assert errors is None, errors
    return json.loads(path.read_text())


@pytest.fixture
def requirements(tmp_path):
    source = project(tmp_path / "source", "fromgit")
    project(tmp_path / "plain", "plain")
    path = tmp_path / "requirements.txt"
    path.write_text(
        f"six==1.17.0\npython-dateutil==2.9.0.post0\nmarkupsafe==3.0.2\ncertifi==2025.1.31\n./plain\n"
        f"fromgit @ git+file://{source}@{repository(source)}\n")
    return path


def test_a_build_writes_a_valid_bill_of_what_is_in_the_zip(lamina, requirements, tmp_path):
    output = tmp_path / "layer.zip"
    built = report(lamina, requirements, "--runtime", "python3.12", "--output", output)
    bill = validate(tmp_path / "layer.cdx.json")
    assert built["sbom"] == str(tmp_path / "layer.cdx.json")
    digest = hashlib.sha256(output.read_bytes()).hexdigest()
    assert bill["metadata"]["component"]["hashes"] == [{"alg": "SHA-256", "content": digest}]
    assert "timestamp" not in bill["metadata"]
    found = {component["name"]: component for component in bill["components"]}
    assert found["six"] == {
        "type": "library", "bom-ref": "pkg:pypi/six@1.17.0", "name": "six", "version": "1.17.0", "purl": "pkg:pypi/six@1.17.0",
        "hashes": [{"alg": "SHA-256", "content": "4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274"}],
        "licenses": [{"license": {"id": "MIT"}}]}
    assert found["certifi"]["licenses"] == [{"license": {"id": "MPL-2.0"}}]
    assert found["python-dateutil"]["licenses"] == [{"license": {"id": "Apache-2.0"}}, {"license": {"name": "BSD License"}}]
    assert found["fromgit"]["purl"].startswith("pkg:pypi/fromgit@1.0?vcs_url=git%2Bfile:%2F%2F")
    assert "purl" not in found["plain"]
    assert sorted(bill["dependencies"][0]["dependsOn"]) == sorted(component["bom-ref"] for component in bill["components"])
    assert built["licenses"] == "Apache-2.0 AND BSD License AND MIT AND MPL-2.0"


def test_the_bill_is_the_same_every_time_and_has_the_time_that_is_given(lamina, requirements, tmp_path):
    bills = []
    for number, epoch in enumerate([None, None, "1700000000"]):
        folder = tmp_path / str(number)
        folder.mkdir()
        environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
        environment |= {"LAMINA_CACHE_DIR": str(tmp_path / f"cache{number}")} | ({"SOURCE_DATE_EPOCH": epoch} if epoch else {})
        report(lamina, requirements, "--runtime", "python3.12", "--output", folder / "layer.zip", "--sbom", folder / "bill.json", env=environment)
        assert not (folder / "layer.cdx.json").exists()
        validate(folder / "bill.json")
        bills.append((folder / "bill.json").read_bytes())
    assert bills[0] == bills[1]
    assert json.loads(bills[2])["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
