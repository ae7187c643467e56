"""What a bench writes: the table, the README's section, the picture, the results."""

from dataclasses import replace
from pathlib import Path

import pytest

from workloads.bench import peers, session
from workloads.bench.catalogue import CATALOGUE, CHAINS, chosen
from workloads.bench.readme import BEGIN, END, write_between_markers
from workloads.bench.results import PeerTiming, Results, Row
from workloads.bench.table import markdown

ROW = Row(
    name="uccsd-h4",
    label="UCCSD H4",
    quantity="value and gradient",
    qubits=8,
    states=20,
    parameters=11,
    engine="sector",
    seconds=1e-5,
    compile_seconds=0.1,
    least_bytes=None,
    peers=(
        PeerTiming(
            peer="lightning.qubit",
            configuration="Pauli sum",
            seconds=4e-3,
            ratios=(350.0, 400.0, 1234.5),
            rounds=7,
            gradient_checked=True,
        ),
        PeerTiming(
            peer="qulacs",
            configuration="Pauli sum",
            seconds=5e-6,
            ratios=(0.5, 0.5, 0.5),
            rounds=1,
            gradient_checked=True,
        ),
    ),
    notes=(),
    series=CHAINS,
    size=8,
)
LARGE = replace(ROW, name="uccsd-h6", label="UCCSD H6", size=12, least_bytes=1e6, seconds=3e-4)
RESULTS = Results(
    rows=(ROW, LARGE, replace(ROW, name="x", label="UCCSD H8", engine="other", size=16)),
    bandwidth=1e10,
    cache_bytes=2**25,
    cpu="A processor",
    threads=2,
    versions={"python": "3.11.7", "qulacs": "0.6.14"},
    commit="abc",
    date="2026-11-21T12:00:00+00:00",
    load=0.1,
    most_rounds=7,
)


def test_a_peers_win_is_printed_as_one():
    line = next(line for line in markdown(RESULTS).splitlines() if line.startswith("| UCCSD H4 "))
    assert "| 400 × (350 to 1,234); 4.00 ms | **0.50 ×, faster** (1 round); 0.005 ms | in cache |" in line


def test_the_section_names_machine_versions_date_bound_and_engine():
    text = markdown(RESULTS)
    for part in (
        "A processor, 2 threads",
        "10.0 GB/s",
        "qulacs 0.6.14",
        "2026-11-21",
        "3.0 ×",
        "UCCSD H8 (on other)",
        "load of 0.1",
    ):
        assert part in text


def test_only_what_is_between_the_markers_is_replaced(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_between_markers(readme, "new\n")
    assert readme.read_text() == f"before\n{BEGIN}\nnew\n{END}\nafter\n"


@pytest.mark.parametrize("text", ["", BEGIN, f"{END}\n{BEGIN}", f"{BEGIN}{END}{END}", f"{BEGIN}{BEGIN}{END}"])
def test_unclear_markers_are_refused(tmp_path, text):
    readme = tmp_path / "README.md"
    readme.write_text(text)
    with pytest.raises(ValueError, match="once each"):
        write_between_markers(readme, "new")
    assert readme.read_text() == text


def test_the_projects_readme_has_its_markers():
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1


def test_results_survive_the_file(tmp_path):
    assert Results.read(RESULTS.write(tmp_path)) == RESULTS


def test_names_are_unique_and_unknown_ones_refused():
    names = [entry.name for entry in CATALOGUE]
    assert len(set(names)) == len(names)
    assert [entry.name for entry in chosen(["uccsd-n2", "uccsd-lih"], everything=False)] == ["uccsd-lih", "uccsd-n2"]
    assert len(chosen([], everything=True)) == len(CATALOGUE) > len(chosen([], everything=False)) > 10
    with pytest.raises(ValueError, match="no case 'uccsd-he'"):
        chosen(["uccsd-he"], everything=False)


@pytest.mark.parametrize("entry", [e for e in CATALOGUE if "h4" in e.name or "qaoa-x-12" in e.name or "16" in e.name])
def test_the_catalogues_names_are_the_cases(entry):
    assert entry.make().name == entry.name


def test_slow_peers_wait_for_all():
    entry = next(entry for entry in CATALOGUE if entry.name == "uccsd-h10")
    assert entry.peers_of(False, ["lightning.qubit", "ffsim"]) == {"ffsim"}
    assert entry.peers_of(True, ["lightning.qubit", "ffsim"]) == {"lightning.qubit", "ffsim"}


def test_missing_peers_are_named_with_the_command(monkeypatch):
    monkeypatch.setattr(peers, "available", lambda: peers.PEERS[:1])
    assert peers.missing_line() == (
        "qulacs and ffsim are not installed: pip install --constraint constraints.txt --editable '.[bench]'"
    )
    monkeypatch.setattr(peers, "available", lambda: peers.PEERS)
    assert peers.missing_line() is None


def test_a_bench_writes_results_picture_and_readme(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(session, "copy_bandwidth", lambda _: 1e10)
    monkeypatch.setattr(peers, "available", lambda: peers.PEERS[:1])
    readme = tmp_path / "README.md"
    readme.write_text(f"{BEGIN}\n{END}\n")
    folder = tmp_path / "deep" / "bench"
    assert session.run_bench(names=["uccsd-h4"], output=folder, readme=readme) == 0
    (row,) = Results.read(folder / "results.json").rows
    assert row.name == "uccsd-h4"
    assert {path.name for path in folder.iterdir()} == {"results.json", "bench.png", "bench.svg"}
    assert "| UCCSD H4 | 8 | 20 |" in readme.read_text()
    printed = capsys.readouterr().out
    assert "qulacs and ffsim are not installed" in printed
    assert "UCCSD H4" in printed


def test_no_minutes_are_spent_on_a_readme_without_markers(tmp_path):
    with pytest.raises(ValueError, match="none here"):
        session.run_bench(everything=True, output=tmp_path, readme=tmp_path / "README.md")


def test_a_wrong_answer_has_no_row_and_fails_the_run(tmp_path, monkeypatch, capsys):
    def disagree(*_, **__):
        raise session.DisagreementError("UCCSD H4: qulacs says 1.0, this runtime 2.0.")

    monkeypatch.setattr(session, "copy_bandwidth", lambda _: 1e10)
    monkeypatch.setattr(session, "measure", disagree)
    assert session.run_bench(names=["uccsd-h4"], output=tmp_path) == 1
    assert "No time for a wrong answer: UCCSD H4: qulacs says 1.0" in capsys.readouterr().out
