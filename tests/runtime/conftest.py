import pytest

import runtime.compilation


@pytest.fixture
def on_lightning(monkeypatch):
    """Circuits of few wires without structure go to lightning.qubit, as those of many do."""
    monkeypatch.setattr(runtime.compilation, "DENSE_WIRES", 0)
