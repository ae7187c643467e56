"""The code blocks of docs/chemistry.md, run in order."""

import re
from pathlib import Path

TOUR = Path(__file__).parents[2] / "docs" / "chemistry.md"


def test_the_tour_runs(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", TOUR.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) > 5
    names: dict = {}
    for block in blocks:
        exec(compile(block, str(TOUR), "exec"), names)
    output = capsys.readouterr().out
    assert "mHa above exact" in output
    assert 0 <= names["result"].energy - names["full_ci"](names["problem"]).energy < 1.6e-3
    assert "0.974553" in output
    assert "1.632364" in output
    for link in re.findall(r"\]\(([^)]+\.md)\)", TOUR.read_text(encoding="utf-8")):
        assert (TOUR.parent / link).exists()
