"""Fixtures that every test of the real programs shares."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "Support"))

from sightline_process import Sightline  # noqa: E402


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One running server a test module, on free ports, with its own data folder."""
    with Sightline(tmp_path_factory.mktemp("data")) as running:
        yield running
