"""The command line in an empty folder: answers, exit codes, and every mistake in one sentence with nothing written."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from workloads import command_line

MISTAKES = [
    (["run"], "Name a workload to run, or --all; there are fruit_basket, bread_basket."),
    (["run", "fruit_baskit"], "There is no workload 'fruit_baskit'; did you mean 'fruit_basket'?"),
    (["run", "zzz"], "There is no workload 'zzz'; there are bread_basket, fruit_basket."),
    (["run", "fruit_basket", "--all"], "Give names or --all, not both; got --all and fruit_basket."),
    (["run", "fruit_basket", "--set", "capacity"], "--set takes key=value, got 'capacity'"),
    (["run", "fruit_basket", "--set", "capasity=3"], "has no setting 'capasity'; did you mean 'capacity'?"),
    (["run", "fruit_basket", "--set", "capacity=-3"], "capacity (what the basket carries) should be greater than 0"),
    (["run", "fruit_basket", "--set", "capacity=2000000"], "No basket carries 2000000 kg"),
    (["run", "fruit_basket", "--set", "stops=none.csv"], "setting stops: there is no file 'none.csv'"),
    (["run", "--all", "--set", "capacity=3"], "--set belongs to one workload at a time"),
    (["run", "fruit_basket", "--shots", "-5"], "--shots takes a whole number from 1 to 10,000,000, got '-5'."),
    (["run", "fruit_basket", "--shots", "many"], "--shots takes a whole number from 1 to 10,000,000, got 'many'."),
    (["run", "fruit_basket", "--seed", "-1"], "--seed takes a whole number from 0 to 4,294,967,295, got '-1'."),
    (["run", "fruit_basket", "--seed", "9" * 23], "--seed takes a whole number from 0 to 4,294,967,295, got '9999"),
    (["run", "fruit_basket", "--shots", "1000000000000"], "--shots takes a whole number from 1 to 10,000,000"),
    (["run", "fruit_basket", "--seeds", "100000"], "--seeds takes a whole number from 1 to 1,000, got '100000'."),
    (["run", "fruit_basket", "--seeds", "9" * 5000], f"to 1,000, got '{'9' * 40}...'."),
    (["run", "fruit_basket", "--seeds", "0"], "--seeds takes a whole number from 1 to 1,000, got '0'."),
    (["run", "fruit_basket", "--time-limit", "0"], "--time-limit takes a number of seconds above 0, got '0'."),
    (["run", "fruit_basket", "--time-limit", "nan"], "--time-limit takes a number of seconds above 0, got 'nan'."),
    (["run", "fruit_basket", "--machine", "hal"], "runs on the machines exact, shots, got --machine 'hal'."),
    (["run", "fruit_basket", "--set", "trouble=huge"], "A basket of 20 kg would fit: --set capacity=20."),
    (["run", "fruit_basket", "--output", "file.txt"], "The folder 'file.txt' cannot be written"),
    (["run", "fruit_basket", "--output", "/proc/kaname"], "The folder '/proc/kaname' cannot be written"),
    (["run", "fruit_basket", "--colour"], "No such option: --colour"),
    (["list", "fruit_baskit"], "did you mean 'fruit_basket'?"),
    (["size", "fruit_baskit"], "did you mean 'fruit_basket'?"),
    (["size"], "Missing argument 'NAME'"),
    (["report", "."], "There are no records in '.'"),
    (["report", "nowhere"], "There are no records in 'nowhere'"),
    (["rnu"], "No such command 'rnu'."),
]


@pytest.mark.parametrize(("arguments", "message"), MISTAKES)
def test_mistakes(kaname, tmp_path, arguments, message):
    (tmp_path / "file.txt").write_text("precious")
    code, output, errors = kaname(*arguments)
    assert code == 2
    assert output == ""
    assert message in errors
    assert errors.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]
    assert (tmp_path / "file.txt").read_text() == "precious"


def test_a_run_answers_and_ends_with_the_address(kaname, tmp_path):
    code, output, _ = kaname("run", "fruit_basket", "--quick")
    assert code == 0
    for text in ("Pack fruit worth", "A tie: equal in quality", "What quantum", "Weights are in kg"):
        assert text in output
    assert output.splitlines()[-1] == f"Report: {(tmp_path / 'runs/fruit_basket/report.html').as_uri()}"
    assert (tmp_path / "runs/fruit_basket/basket.csv").exists()
    assert all(len(line) <= 80 for line in output.splitlines()[:-1])


def test_all_runs_share_one_page(kaname, tmp_path):
    code, output, _ = kaname("run", "--all", "--output", "here")
    page = (tmp_path / "here/report.html").read_text()
    assert code == 0
    assert output.count("A tie: equal in quality") == 2
    assert 'id="fruit_basket"' in page
    assert "kaname run bread_basket --output here" in page


def test_json_is_one_record_per_line_and_nothing_else(fruit_file, tmp_path):
    command = [sys.executable, fruit_file, "--output", "r", "--json", "--seeds", "2"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert len(records) == 6
    assert {r["workload"] for r in records} == {"fruit_basket"}
    assert "Report: file://" in done.stderr


def test_a_failed_method_is_shown_and_exits_1(kaname, tmp_path):
    code, output, _ = kaname("run", "fruit_basket", "--set", "trouble=greedy")
    assert code == 1
    assert "the scales broke" in " ".join(output.split())
    assert "the scales broke" in (tmp_path / "runs/fruit_basket/report.html").read_text()


def test_an_interrupt_keeps_what_is_done(kaname, tmp_path):
    code, _, errors = kaname("run", "fruit_basket", "--set", "trouble=interrupt")
    assert code == 130
    assert errors.strip().splitlines()[-1].startswith("Interrupted: finished records are kept")
    code, output, _ = kaname("report", "runs/fruit_basket")
    assert code == 0
    assert "Pack fruit worth 26 yen." in output


def test_a_report_is_rebuilt_from_the_records(kaname, tmp_path):
    kaname("run", "fruit_basket", "--output", "r")
    page = tmp_path / "r/report.html"
    first = page.read_bytes()
    page.unlink()
    code, output, _ = kaname("report", "r")
    assert code == 0
    assert page.read_bytes() == first
    assert output.splitlines()[-1] == f"Report: {page.as_uri()}"


def test_the_line_to_run_again_is_complete(kaname, tmp_path):
    kaname(
        "run", "fruit_basket", "--quick", "--seed", "5", "--seeds", "2", "--shots", "9", "--machine", "shots",
        "--time-limit", "2.5", "--set", "label=two words", "--output", "o",
    )  # fmt: skip
    expected = (
        "kaname run fruit_basket --quick --seed 5 --seeds 2 --shots 9 --machine shots --time-limit 2.5 "
        "--set 'label=two words' --output o"
    )
    assert f"**Run again with**: {expected}".replace("_", r"\_") in (tmp_path / "o/report.md").read_text()


def test_list_fits_80_columns(kaname):
    code, output, _ = kaname("list")
    assert code == 0
    assert "Groceries" in output
    assert all(len(line) <= 80 for line in output.splitlines())


def test_list_of_one_shows_every_setting_and_the_line_for_own_data(kaname):
    code, output, _ = kaname("list", "fruit_basket")
    assert code == 0
    for text in ("capacity", "what the basket carries", "kg", "quick: 15", "kaname run fruit_basket --set stops"):
        assert text in output


def test_size_says_what_would_fit(kaname):
    code, output, _ = kaname("size", "fruit_basket", "--set", "trouble=huge")
    assert code == 0
    assert "60" in output
    assert "18.4 EB" in output
    assert "Too large for this computer. A basket of 20 kg would fit" in " ".join(output.split())


def test_doctor_knows_this_computer(kaname):
    code, output, _ = kaname("doctor")
    assert code == 0
    for text in ("Python", "pennylane", "threads", "memory free", "extra molecules", "results"):
        assert text in output


def test_help_and_nothing_at_all(kaname):
    assert kaname("--help")[0] == 0
    code, output, _ = kaname()
    assert code == 0
    assert "run" in output


def test_a_file_runs_by_itself_once(fruit_file, tmp_path):
    program = (
        "import runpy, sys; sys.argv = [sys.argv[1], '--output', 'r', '--seeds', '1'];"
        "\ntry: runpy.run_path(sys.argv[0], run_name='__main__')"
        "\nexcept SystemExit as end: print('code', end.code)"
        "\nloaded = [m for m in sys.modules.values() if getattr(m, '__file__', None) == sys.argv[0]]"
        "\nprint('copies', len({id(module) for module in loaded}))"
    )
    done = subprocess.run([sys.executable, "-c", program, fruit_file], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.splitlines()[-2:] == ["code 0", "copies 1"]


def test_typing_something_wrong_loads_nothing_heavy(tmp_path):
    program = (
        "import sys; sys.argv = ['kaname', 'rnu']; from workloads.command_line import main; main();"
        "print([m for m in ('numpy', 'pennylane', 'pandas', 'matplotlib', 'pyscf') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "[]\n"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(kaname, tmp_path):
    tmp_path.chmod(0o500)
    code, _, errors = kaname("run", "fruit_basket")
    tmp_path.chmod(0o700)
    assert code == 2
    assert "cannot be written" in errors


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_has_a_short_form(kaname, option):
    for arguments in ([option], ["run", option]):
        code, output, _ = kaname(*arguments)
        assert code == 0
        assert "--help" in output


def test_the_version(kaname):
    from importlib.metadata import version

    code, output, _ = kaname("--version")
    assert (code, output.strip()) == (0, f"kaname {version('kaname')}")


def test_all_leaves_out_what_is_not_installed_and_says_how_to_install_it(kaname, monkeypatch):
    registered = command_line.registered()
    lacking = replace(registered["bread_basket"], needs=("no_such_package",))
    monkeypatch.setitem(registered, "bread_basket", lacking)
    code, output, errors = kaname("run", "--all", "--quick")
    assert code == 0
    assert "Packing the fruit basket" in output
    line = f"{sys.executable} -m pip install no_such_package"
    assert f"bread_basket is left out, it needs what is not installed: {line}" in errors
    code, output, errors = kaname("run", "bread_basket")
    assert (code, output) == (2, "")
    assert errors == f"bread_basket needs what is not installed: {line}\n"
    for command in (["list"], ["list", "bread_basket"], ["size", "bread_basket"]):
        assert kaname(*command)[0] == 0


def test_names_that_the_output_cannot_write_do_not_stop_a_run(fruit_file, tmp_path):
    program = (
        f"import sys; sys.path.insert(0, {str(fruit_file.parent)!r});"
        "from fruit_basket import FRUIT_BASKET as basket;"
        "from dataclasses import replace; from workloads.command_line import main;"
        "sys.exit(main(replace(basket, title='果物かご')))"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program, "--quick"],
        cwd=tmp_path, env={**os.environ, "PYTHONIOENCODING": "cp1252"}, capture_output=True,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr.decode("cp1252")
    assert b"????" in finished.stdout
    assert "果物かご" in (tmp_path / "runs/fruit_basket/report.html").read_text(encoding="utf-8")
