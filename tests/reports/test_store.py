import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from reports import Store, Table, migration
from reports.section import make_section
from reports.store import FILE_NAME


def test_what_is_put_is_what_is_got(tmp_path, make_record, question):
    record = make_record(seed=3, ranks=False, detail={"ä": [1.5, None, "'; DROP TABLE records; --"]}, gap=None)
    with Store(tmp_path) as store:
        run = store.begin(question)
        store.put(record, run=run, position=0)
    with Store(tmp_path, create=False) as store:
        assert store.get(record.input_hash) == record
        assert store.asked("basket") == [record]
        assert store.questions() == [question]
        assert store.get("no such hash") is None


def test_a_question_keeps_its_tables_and_text(tmp_path, question):
    from dataclasses import replace

    table = Table(title="Fruits", columns=("a", "b"), rows=[["x", 1.5], [None, 2]])
    asked = replace(question, notes=("Prices are in yen.",), instance=(table,), settings={"n": [1, 2]})
    with Store(tmp_path) as store:
        store.begin(asked)
        kept = store.questions()[0]
    assert kept.notes == asked.notes
    assert kept.instance[0].texts == table.texts
    assert kept.settings == {"n": [1, 2]}
    assert kept.controls == question.controls


def test_the_same_hash_is_one_row(tmp_path, make_record, question):
    with Store(tmp_path) as store:
        run = store.begin(question)
        store.put(make_record(input_hash="h", objective=None), run=run, position=0)
        store.put(make_record(input_hash="h", objective=2.0), run=run, position=0)
        assert [r.objective for r in store.asked("basket")] == [2.0]


def test_the_latest_run_is_shown_in_the_order_of_its_tasks_and_nothing_is_lost(tmp_path, make_record, question):
    old, new, both = make_record(), make_record(), make_record()
    with Store(tmp_path) as store:
        first = store.begin(question)
        store.put(old, run=first, position=0)
        store.put(both, run=first, position=1)
        second = store.begin(question)
        store.put(both, run=second, position=1)
        store.put(new, run=second, position=0)
        assert store.asked("basket") == [new, both]
        assert store.get(old.input_hash) == old


def test_two_writers_at_once_lose_nothing(tmp_path, make_record, question):
    with Store(tmp_path) as store:
        run = store.begin(question)
    records = [make_record() for _ in range(60)]

    def write(part):
        with Store(tmp_path) as store:
            for position in part:
                store.put(records[position], run=run, position=position)

    threads = [threading.Thread(target=write, args=(range(start, 60, 3),)) for start in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Store(tmp_path) as store:
        assert store.asked("basket") == records


def test_many_openings_at_once(tmp_path):
    troubles = []

    def open_it(folder, barrier):
        barrier.wait()
        try:
            Store(folder).close()
        except ValueError as error:
            troubles.append(error)

    for attempt in range(10):
        barrier = threading.Barrier(6)
        threads = [threading.Thread(target=open_it, args=(tmp_path / str(attempt), barrier)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert troubles == []


def test_no_store_is_one_sentence_and_makes_nothing(tmp_path):
    with pytest.raises(ValueError, match="There are no records in"):
        Store(tmp_path / "nowhere", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_store_is_left_alone(tmp_path):
    path = tmp_path / FILE_NAME
    path.write_bytes(b"an important letter, of some length, that is not a database at all" * 20)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="cannot be opened"):
        Store(tmp_path)
    assert path.read_bytes() == before


def test_another_format_is_refused(tmp_path):
    Store(tmp_path).close()
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(ValueError, match="has format 99 and this version reads up to 2"):
        Store(tmp_path)


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ValueError, match="cannot be written"):
        Store(tmp_path / "file")


@pytest.fixture
def old(tmp_path):
    """The store of a run of `stock_selection --quick` by the version before the second format."""
    shutil.copy(Path(__file__).parent / "data" / "format_1.sqlite", tmp_path / FILE_NAME)
    return tmp_path


def test_a_store_of_the_first_format_opens_with_american_spelling(old):
    with Store(old, create=False) as store:
        (question,) = store.questions()
        records = store.asked(question.workload)
    assert question.sense == "maximize"
    assert {record.sense for record in records} == {"maximize"}
    assert len(records) == 7
    assert all(record.seconds.total > 0 for record in records)
    certified = records[0]
    assert certified.method == "enumeration"
    assert certified.bound == certified.reference == certified.objective
    with Store(old, create=False) as store:  # it is migrated once
        assert store.asked(question.workload) == records


def test_a_report_can_be_made_of_it_and_new_records_join_it(old, make_record, question):
    from workloads.registry import WORKLOADS

    with Store(old, create=False) as store:
        (asked,) = store.questions()
        section = make_section(asked, store.asked(asked.workload), WORKLOADS["stock_selection"])
        run = store.begin(question)
        record = make_record(bound=1.5)
        store.put(record, run=run, position=0)
        assert store.get(record.input_hash) == record
    assert section.failures == ()
    assert section.verdict.startswith("Classical won") or section.verdict.startswith("A tie")


def test_a_migration_that_is_interrupted_changes_nothing(old, monkeypatch):
    before = (old / FILE_NAME).read_bytes()

    def broken(connection):
        migration.STEPS_UNTOUCHED[1](connection)
        raise KeyboardInterrupt

    monkeypatch.setattr(migration, "STEPS_UNTOUCHED", dict(migration.STEPS), raising=False)
    monkeypatch.setitem(migration.STEPS, 1, broken)
    with pytest.raises(KeyboardInterrupt):
        Store(old)
    monkeypatch.undo()
    with Store(old) as store:
        assert store.questions()[0].sense == "maximize"
    assert before


def read_whole(folder):
    with Store(folder) as store:
        for question in store.questions():
            store.asked(question.workload)


DAMAGE = [
    ('ALTER TABLE records DROP COLUMN "status"', "no column 'status'"),
    ("UPDATE questions SET content = '{}'", "damaged .KeyError"),
    ("UPDATE questions SET content = 'nothing'", "damaged .JSONDecodeError"),
    ("UPDATE records SET detail = '{'", "damaged .JSONDecodeError"),
]


@pytest.mark.parametrize(("statement", "message"), DAMAGE)
def test_a_damaged_store_is_one_sentence(old, statement, message):
    Store(old).close()
    connection = sqlite3.connect(old / FILE_NAME)
    connection.execute(statement)
    connection.commit()
    connection.close()
    with pytest.raises(ValueError, match=message) as error:
        read_whole(old)
    assert "\n" not in str(error.value)


def test_a_full_disk_is_one_sentence(tmp_path, make_record, question):
    with Store(tmp_path) as store:
        run = store.begin(question)
        pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(ValueError, match=r"cannot be written .*: make room"):
            store.put(make_record(detail={"much": "x" * 100_000}), run=run, position=0)
        store._connection.execute("PRAGMA max_page_count = 100000")
        store.put(make_record(), run=run, position=0)
        assert len(store.asked("basket")) == 1


@pytest.mark.parametrize(
    ("spelling", "hint"), [("minimise", ": write 'minimize'"), ("maximise", ": write 'maximize'"), ("best", "")]
)
def test_the_old_spelling_is_told_the_new_one(make_record, spelling, hint):
    with pytest.raises(ValueError, match=f"got '{spelling}'{hint}"):
        make_record(sense=spelling)
