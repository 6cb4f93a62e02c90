"""What tests of both engines share."""

import pytest


@pytest.fixture(scope="module")
def spark():
    pytest.importorskip("pyspark", reason="the extra `spark` is not installed: make test-spark")
    from analysis.engine.spark import Spark, local_session

    session = local_session()
    yield Spark(session)
    session.stop()
