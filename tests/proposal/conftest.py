import pytest

from tests.proposal.exports import proposed


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Return a function that makes an export with its proposal once: (root, proposal, text)."""
    known = {}

    def make(name):
        if name not in known:
            root = tmp_path_factory.mktemp(name)
            known[name] = (root, *proposed(name, root))
        return known[name]

    return make
