import pytest
from building import Builder


@pytest.fixture
def builder(lamina, tmp_path):
    return Builder(lamina, tmp_path)
