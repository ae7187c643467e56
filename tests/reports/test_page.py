"""The page, the Markdown and the CSV of one small question with hostile names in it."""

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from reports import Plot, Seconds, Store, Table, make_section, make_sections, write_report
from reports.markdown import render_markdown
from reports.page import render_page, tied

HOSTILE = "<script>alert(1)</script> & \"quotes\" | pipe *star* `tick` 'x' ${a} {{ b }}"


class Narrator:
    contribution = None
    plots = ()
    files = None

    def __init__(self, **parts):
        self.__dict__.update(parts)

    def answer(self, records):
        return f"Take {records[0].case}."

    def tables(self, _records):
        return (Table(title="Loads", columns=("van", "load"), rows=[["a", 1.5]]),)


def draw(frame):
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    for role, colour in (("quantum", "C0"), ("classical", "C1"), ("control", "C2")):
        rows = frame[frame.role == role]
        axes.plot(rows.seconds, rows.gap, "o", color=colour)
    return figure


@pytest.fixture
def records(make_record):
    case = f"case {HOSTILE}"
    circuit = {"role": "quantum", "machine": "exact", "method": "QAOA", "qubits": 20, "feasible_rate": 1.0}
    return [
        make_record(case=case, method="Exact"),
        *(make_record(case=case, seed=seed, gap=seed / 100, success_probability=0.2, **circuit) for seed in range(5)),
        make_record(case=case, method="CCSD", gap=-0.5, ranks=False, status="Not converged."),
        make_record(case=case, method="Broken", objective=None, gap=None, ranks=False, status=f"It broke: {HOSTILE}"),
        make_record(case=case, method="Uniform", role="control", gap=0.05, success_probability=0.001),
    ]


@pytest.fixture
def section(question, records):
    asked = replace(
        question,
        title=f"Title {HOSTILE}",
        notes=(f"Note {HOSTILE}",),
        methods={"QAOA": f"Meaning {HOSTILE}"},
        glossary={f"Term {HOSTILE}": "x"},
    )
    plots = (Plot(name="gaps", draw=draw, caption=f"Caption {HOSTILE}", alt=f"Alt {HOSTILE}"),)
    return make_section(asked, records, Narrator(plots=plots))


def files_under(folder):
    return [path for path in folder.rglob("*") if path.is_file() and "records.sqlite" not in path.name]


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.addresses, self.alts = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        values = dict(attrs)
        self.addresses += [values[name] for name in ("src", "href") if name in values]
        if tag == "img":
            self.alts.append(values["alt"])


def read(page):
    reader = Reader()
    reader.feed(page)
    return reader


def test_nothing_runs_and_nothing_is_fetched(section):
    page = render_page([section])
    reader = read(page)
    assert "script" not in reader.tags
    assert "link" not in reader.tags
    assert all(address.startswith(("#", "data:image/svg+xml;base64,")) for address in reader.addresses)
    assert not re.search(r"url\(|@import|https?://", page)
    assert reader.alts == [f"Alt {HOSTILE}"]


def test_the_three_lines_come_first(section):
    page = render_page([section])
    places = [page.index(text) for text in ("Answer", "Quantum or classical", "What quantum added", "In detail")]
    assert places == sorted(places)
    assert "Classical won" in page


def test_any_text_is_shown_as_text(section):
    page = render_page([section])
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") >= 6
    assert "{{ b }}" in page


def test_what_failed_and_what_does_not_rank_is_said(section):
    assert section.failures == (f"Broken, case {HOSTILE}: It broke: {HOSTILE}",)
    assert section.unranked == (f"CCSD, case {HOSTILE}: Not converged.",)
    row = next(row for row in section.tables[0].texts if row[0].startswith("■ CCSD"))
    assert row[0] == "■ CCSD (does not rank)"
    assert next(r for r in section.tables[0].texts if "Exact" in r[0])[0] == "■ Exact (reference)"
    assert next(r for r in section.tables[0].texts if "Broken" in r[0])[-1] == "0\xa0of\xa01"


def test_the_comparison_shows_medians_and_quartiles(section):
    table = section.tables[0]
    assert table.columns == ("method", "gap (%)", "quartiles", "feasible", "chance of optimum", "seconds", "runs")
    row = next(row for row in table.texts if row[0] == "● QAOA")
    assert row[1:] == ["2.00", "1.00\xa0to\xa03.00", "100 %", "0.2", "1.0", "5"]
    assert "not a quantum processor's" in table.note


def test_where_the_numbers_come_from(section):
    found = dict(section.provenance)
    assert found["Run again with"] == "kaname run basket"
    assert found["Seeds"] == "0, 1, 2, 3, 4"
    assert found["Computer"] == "a processor, 2 threads"
    assert found["Versions"] == "python 3.11"


def test_markdown_escapes_and_says_the_same(section):
    text = render_markdown([section])
    for line in section.lines:
        assert line[0] in text
    assert "<script>" not in text
    assert "\\<script\\>" in text
    assert "| ● QAOA | 2.00 |" in text
    assert "figures/basket_gaps.svg" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert all(len(re.findall(r"(?<!\\)\|", row)) >= 3 for row in rows)


def test_several_questions_on_one_page(section):
    other = replace(section, question=replace(section.question, workload="other", title="Other", industry="Cars"))
    page = render_page([section, other])
    assert "Two questions, two industries" in page
    assert 'id="basket"' in page
    assert 'href="#other"' in page


def test_a_narrator_that_stumbles_costs_its_own_part_only(question, records):
    def fall(argument):
        raise KeyError("dissociation")

    narrator = Narrator(
        answer=fall,
        tables=fall,
        contribution=fall,
        files=fall,
        plots=(Plot(name="bad", draw=fall, caption="c", alt="a"), Plot(name="good", draw=draw, caption="c", alt="a")),
    )
    section = make_section(question, records, narrator)
    assert section.answer.startswith("No answer can be given")
    assert section.contribution.startswith("QAOA against its control")
    assert [picture.name for picture in section.pictures] == ["good"]
    assert len(section.failures) == 6
    assert "The picture 'bad' could not be made from these records: KeyError 'dissociation'" in section.failures


def test_no_records_at_all(question):
    section = make_section(question, [], Narrator())
    assert section.winner == "none"
    assert "No answer" in render_page([section])


def test_written_from_the_store_alone(tmp_path, question, records):
    with Store(tmp_path) as store:
        run = store.begin(question)
        for position, record in enumerate(records):
            store.put(record, run=run, position=position)
        plots = (Plot(name="gaps", draw=draw, caption="c", alt="a"),)
        narrator = Narrator(plots=plots, files=lambda _: {"plan.csv": "van\n"})
        sections = make_sections(store, {"basket": narrator})
        page = write_report(tmp_path, sections)
        first = {p.relative_to(tmp_path): p.read_bytes() for p in files_under(tmp_path)}
        write_report(tmp_path, make_sections(store, {"basket": narrator}))
    assert page == tmp_path / "report.html"
    assert sorted(str(path) for path in first) == [
        "figures/basket_gaps.svg", "plan.csv", "records.csv", "report.html", "report.md",
    ]  # fmt: skip
    assert all((tmp_path / path).read_bytes() == content for path, content in first.items())


def test_the_csv_holds_every_record(section, tmp_path):
    write_report(tmp_path, [section])
    rows = list(csv.DictReader(io.StringIO((tmp_path / "records.csv").read_text())))
    assert len(rows) == len(section.records)
    assert rows[0]["seconds_optimize"] == "0.75"
    assert json.loads(rows[0]["detail"]) == {"route": [1, 2]}


def test_a_spreadsheet_takes_nothing_for_a_formula(question, make_record, tmp_path):
    section = make_section(question, [make_record(case="=HYPERLINK(1)", gap=-0.5)], Narrator())
    write_report(tmp_path, [section])
    row = next(csv.DictReader(io.StringIO((tmp_path / "records.csv").read_text())))
    assert row["case"] == "'=HYPERLINK(1)"
    assert row["gap"] == "-0.5"


def test_a_file_cannot_leave_the_folder(question, records, tmp_path):
    section = make_section(question, records, Narrator(files=lambda _: {"../../escaped.csv": "x"}))
    write_report(tmp_path / "deep" / "er", [section])
    assert (tmp_path / "deep" / "er" / "escaped.csv").exists()
    assert not (tmp_path / "escaped.csv").exists()


def test_a_store_of_a_workload_that_nobody_knows(tmp_path, question):
    with Store(tmp_path) as store:
        with pytest.raises(ValueError, match="holds no question yet"):
            make_sections(store, {})
        store.begin(question)
        with pytest.raises(ValueError, match="holds the workload 'basket', which this version does not know"):
            make_sections(store, {"other": Narrator()})


def test_seconds_add_up_in_the_frame(make_record):
    from reports import frame_of

    frame = frame_of([make_record(seconds=Seconds(build=1.0, sample=2.0))])
    assert frame.seconds[0] == 3.0
    assert frame.seconds_sample[0] == 2.0
    assert frame.detail[0] == {"route": [1, 2]}


def test_numbers_stay_with_their_units():
    assert tied("1.3 s, 0.5 % and 2.2 mHa of 8 stocks") == "1.3\xa0s, 0.5\xa0% and 2.2\xa0mHa of 8 stocks"


def test_letters_that_no_font_has_are_drawn_as_boxes(make_record):
    from reports.plot import draw_picture, frame_of

    def name(frame):
        from matplotlib import pyplot

        figure, axes = pyplot.subplots()
        axes.set_title("豊田市 \U00016b00")
        return figure

    plot = Plot(name="map", draw=name, caption="c", alt="a")
    assert draw_picture(plot, frame_of([make_record()])).svg.startswith(b"<?xml")


def test_wide_tables_show_that_they_scroll_and_flow_through_printed_pages(section):
    screen, print_rules = render_page([section]).split("@media print")
    table = re.search(r"\.table \{(.*?)\}", screen, re.DOTALL)[1]
    assert "overflow-x: auto" in table
    assert table.count("no-repeat local") == table.count("no-repeat scroll") == 2
    printed = re.search(r"\.table \{(.*?)\}", print_rules, re.DOTALL)[1]
    assert "background: none" in printed
    assert "break-inside" not in printed
    assert "break-before: page" not in print_rules
    assert re.search(r"figure \{[^}]*break-inside: avoid", screen)
    assert "thead { display: table-header-group; }" in print_rules


def test_a_quick_run_says_so_at_the_top(section):
    for command, said in (("kaname run basket --quick --seeds 1", True), ("kaname run basket", False)):
        asked = replace(section, question=replace(section.question, command=command))
        opening = render_page([asked]).partition("In detail")[0]
        assert ("a quick run, with smaller settings" in opening) == said
        assert ("A quick run, with smaller settings." in render_markdown([asked])) == said
