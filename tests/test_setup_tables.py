"""The catalogue as tables: what is written reads as what it was, and what is wrong is named by its cell."""

import io
import zipfile
from typing import Any

import msgspec
import pytest
from factory import SETUP, changed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from queue_server import setup_xlsx
from queue_server.core.catalogue import Hours, Material, Minutes, Name, Procedure, Service, ServiceId, Setup, Term
from queue_server.setup_columns import columns_of
from queue_server.setup_csv import MARK, RISKY, from_csv, safe, table_of, to_csv, unsafe
from queue_server.setup_export import to_yaml
from queue_server.setup_file import SetupError, default_setup_text, load_setup
from queue_server.setup_formats import FORMATS, Format, exported, imported
from queue_server.setup_xlsx import from_xlsx, tables_of, to_xlsx

SHIPPED = load_setup(default_setup_text())
ALONE = changed(
    packages=(), clerks=(), version="1",
    counters=tuple(msgspec.structs.replace(x, serves=("A", "B", "C"), helps=()) for x in SETUP.counters),
)  # fmt: skip  # no row names a service, so that tables may leave some out


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_exported_can_be_imported_again(form: Format) -> None:
    new, text = imported(exported(SHIPPED, form), form, SHIPPED)
    assert new == SHIPPED == load_setup(text)


# ------------------------------------------------------------------ any service at all

lines = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=8)
texts = st.one_of(
    lines,
    st.sampled_from(["=1+1", "+1", "-1", "@x", "'quoted", "'=x", "none", "true", "007", "1.0", "a, b; c|d", "甲 乙"]),
)
names = st.builds(Name, zh=texts, en=texts)
maybe = st.none() | names
terms = st.builds(
    Term, value=st.none() | st.integers(0, 99), unit=st.sampled_from(["workday", "day"]), assumed=st.booleans()
)
materials = st.builds(
    Material, id=st.just("m"), name=names, later=st.booleans(), held=st.booleans(), note=maybe, assumed=st.booleans(),
    form=st.sampled_from(["shown", "kept", "copy"]), copies=st.integers(1, 9), standard=maybe, issuer=maybe, where=maybe,
    promise=st.booleans(), later_workdays=st.none() | st.integers(1, 60),
    held_as=st.sampled_from(["certificate", "shared", "earlier"]),
)  # fmt: skip
procedures = st.builds(Procedure, kind=st.just("review"), limit=st.just(Term(value=5)), note=maybe)
services = st.builds(
    Service, id=st.just(ServiceId("s1")), name=names, theme=st.just("t"), department=st.just("d"), queue=st.just("A"),
    handling=st.sampled_from(["instant", "promised"]), applicant=st.sampled_from(["person", "enterprise"]),
    statutory=terms, promised=terms, answer=terms, delivery=terms,
    minutes=st.none() | st.builds(Minutes, value=st.sampled_from([0.5, 8, 12.25]), assumed=st.booleans()),
    materials=st.lists(materials, max_size=2).map(
        lambda rows: tuple(msgspec.structs.replace(row, id=f"m{at}") for at, row in enumerate(rows))
    ),
    self_service=st.booleans(), private=st.booleans(), note=maybe, aliases=st.lists(texts, max_size=2, unique=True).map(tuple),
    procedures=st.lists(procedures, max_size=1).map(tuple),
    receipt_at_once=st.booleans(), courier=st.booleans(),
    hours=st.sampled_from([None, Hours(), Hours(sat=("09:00-12:00",), mon=("09:00-12:00", "13:30-17:00"))]),
    basis=maybe, conditions=maybe, fee=maybe, result=maybe,
)  # fmt: skip


@given(services)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_a_service_says_comes_back_from_each_kind_of_file(service: Service) -> None:
    setup = msgspec.structs.replace(ALONE, services=(service,))
    assert load_setup(to_yaml(setup)) == setup
    assert from_csv(to_csv(setup).encode(), ALONE) == setup
    assert from_xlsx(to_xlsx(setup), ALONE) == setup


@given(texts)
def test_no_text_is_a_formula_and_none_is_changed(text: str) -> None:
    assert safe(text)[0] not in RISKY - {"'"}
    assert unsafe(safe(text)) == text


# ------------------------------------------------------------------ CSV


def test_spreadsheet_programs_know_that_it_is_utf_8() -> None:
    assert to_csv(SETUP).startswith(MARK + "id,name.zh,name.en,theme,")


def test_every_field_of_a_service_has_its_column() -> None:
    fields = {column.path[0] for column in columns_of(Service)}
    assert fields == set(Service.__struct_fields__)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", MARK.encode()])
def test_cells_may_be_parted_as_the_country_does(delimiter: str, mark: bytes) -> None:
    raw = mark + f"id{delimiter}name.en\r\na1{delimiter}Changed\r\n".encode()
    new = from_csv(raw, ALONE)
    assert [(one.id, one.name) for one in new.services] == [("a1", Name(zh="甲一", en="Changed"))]


def test_a_column_that_is_left_out_keeps_what_the_hall_has() -> None:
    rich = msgspec.structs.replace(
        SETUP.services[0], promised=Term(value=3, unit="day"), courier=True, hours=Hours(sat=("09:00-12:00",)),
        materials=(Material(id="m", name=Name(zh="甲", en="A")),),
    )  # fmt: skip
    setup = msgspec.structs.replace(ALONE, services=(rich,))
    (new,) = from_csv(b"id,name.en,promised.value\na1,Changed,7\n", setup).services
    assert (new.promised, new.courier, new.materials, new.hours) == (
        Term(value=7, unit="day"),
        True,
        rich.materials,
        rich.hours,
    )
    (new,) = from_csv(b"id,promised.value,promised.unit,hours.sat\na1,,,\n", setup).services
    assert (new.promised, new.hours) == (Term(), None)


@pytest.mark.parametrize(
    ("cells", "fields"),
    [
        ({"courier": "是"}, {"courier": True}),
        ({"courier": "TRUE"}, {"courier": True}),
        ({"courier": "否"}, {"courier": False}),
        ({"answer.value": "none"}, {"answer": Term()}),
        ({"answer.value": "3.0"}, {"answer": Term(value=3)}),
        ({"aliases": "一\n二"}, {"aliases": ("一", "二")}),
        ({"aliases": "none"}, {"aliases": ()}),
        ({"hours.sat": "09:00-12:00；13:30-17:00"}, {"hours": Hours(sat=("09:00-12:00", "13:30-17:00"))}),
        ({"minutes.value": "7.5"}, {"minutes": Minutes(value=7.5)}),
    ],
)
def test_cells_are_read_as_people_write_them(cells: dict[str, str], fields: dict[str, Any]) -> None:
    raw = ",".join(["id", *cells]) + "\n" + ",".join(["a1", *(f'"{cell}"' for cell in cells.values())])
    new = from_csv(raw.encode(), ALONE).services[0]
    assert new == msgspec.structs.replace(SETUP.services[0], **fields)


def said(raw: bytes, setup: Setup = ALONE) -> list[str]:
    with pytest.raises(SetupError) as refused:
        from_csv(raw, setup)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("raw", "sentences"),
    [
        (b"\xff\xfe", ["is not a CSV table in UTF-8"]),
        (b'id\n"a', ["is not a CSV table in UTF-8"]),
        (b"", ["services, row 1, id: the first row must name the columns; id is missing"]),
        (b"id,nme\na1,x", ['services, row 1, nme: "nme" is not a known column']),
        (b"id,note.zh,note.zh\na1,x,y", ['services, row 1, note.zh: "note.zh" stands here a second time']),
        (b"id\na1,x", ["services, row 2: the row has more cells than there are columns"]),
        (b"id,queue\na1,Q", ['services, row 2, queue: "Q" is not a queue']),
        (b"id,name.zh\na1,", ["services, row 2, name.zh: must not be empty"]),
        (b"id,minutes.value\n\na1,soon", ['services, row 3, minutes.value: must be a number, not "soon"']),
        (b"id,minutes.value\na1,1e999", ['services, row 2, minutes.value: must be a number, not "1e999"']),
        (b"id,courier\na1,x", ['services, row 2, courier: must be true or false, not "x"']),
        (b"id\na1\na1", ['services, row 3, id: "a1" is already used']),
        (
            b'id,materials\na1,"{id: m, copies: 0, name: {zh: a, en: b}}"',
            ["services, row 2, materials.copies: must be between 1 and 99, not 0"],
        ),
        (
            b'id,materials\na1,"{id: &x m}\n{id: *x}"',
            ["services, row 2, materials: cannot be read: repeats something by an alias (*name); write it out instead"],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_cell(raw: bytes, sentences: list[str]) -> None:
    found = said(raw)
    assert [one for one in found if "no counter serves" not in one] == sentences


def test_a_row_of_the_hall_that_the_table_does_not_fit_is_named() -> None:
    assert 'packages[0].services: "b1" is not a service' in said(b"id\na1", SETUP)


def test_a_table_without_end_is_refused() -> None:
    assert said(b"id\n" + b"x\n" * 100_001) == ["services: has more than 100000 rows"]
    assert len(table_of(b"id\n" + b"x\n" * 200_000)) == 100_002


# ------------------------------------------------------------------ workbooks


def book(sheets: dict[str, list[list[Any]]]) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for name, table in sheets.items():
        page = made.create_sheet(name)
        for row in table:
            page.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def refused_book(raw: bytes) -> list[str]:
    with pytest.raises(SetupError) as refused:
        from_xlsx(raw, ALONE)
    return [str(problem) for problem in refused.value.problems]


def test_a_workbook_has_five_sheets_and_no_formula() -> None:
    risky = msgspec.structs.replace(SETUP.services[0], name=Name(zh="=HYPERLINK(1)", en="+1"))
    made = load_workbook(io.BytesIO(to_xlsx(msgspec.structs.replace(SETUP, services=(risky,)))))
    assert made.sheetnames == ["services", "materials", "packages", "themes", "departments"]
    cells = [cell for page in made for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert made["services"]["B2"].value == "=HYPERLINK(1)"


def test_materials_have_a_sheet_of_their_own() -> None:
    raw = book({
        "services": [["id"], ["a1"], ["a2"]],
        "materials": [
            ["service", "id", "name.zh", "name.en", "copies"], ["a2", "m", "甲", "A", 2], [None], ["a2", "n", "乙", "B"],
        ],
    })  # fmt: skip
    new = from_xlsx(raw, ALONE)
    assert [(one.id, [(row.id, row.copies) for row in one.materials]) for one in new.services] == [
        ("a1", []), ("a2", [("m", 2), ("n", 1)]),
    ]  # fmt: skip


def test_other_sheets_are_passed_over_and_numbers_may_be_ids() -> None:
    raw = book({"services": [["id", "name.zh"], [7, "七"]], "notes": [["anything"]]})
    assert "services, row 2, name.en: must not be empty" in refused_book(raw)
    themes = book(
        {"services": [["id"], ["a1"]], "themes": [["id", "name.zh", "name.en", "icon"], ["t", "题", "Topic", "home"]]}
    )
    assert from_xlsx(themes, ALONE).themes[0].name.en == "Topic"


@pytest.mark.parametrize(
    ("sheets", "sentence"),
    [
        ({"themes": [["id"]]}, "the workbook has no sheet services"),
        ({"services": [["id", "fee.zh"], ["a1", "=1+1"]]}, "services, row 2, fee.zh: holds a formula; write the value itself"),
        ({"services": [["id"], ["a1"]], "materials": [["service", "id"], ["zz", "m"]]},
         'materials, row 2, service: "zz" is not a service of the sheet services'),
        ({"services": [["id"], ["a1"]], "materials": [["service", "id", "name.zh", "name.en"], ["a1", "m", "甲", None]]},
         "materials, row 2, name.en: must not be empty"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_workbook_is_named_by_its_sheet(sheets: dict[str, Any], sentence: str) -> None:
    assert refused_book(book(sheets)) == [sentence]


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", b"id,name\n", to_xlsx(SETUP)[:-500]])
def test_what_is_no_workbook_is_refused(raw: bytes) -> None:
    assert refused_book(raw) == ["is not a workbook that can be read"]


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def unpacked(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = packed({**unpacked(book({"services": [["id"]]})), "xl/media/x": b"0" * (setup_xlsx.UNPACKED_MAX + 1)})
    assert len(bomb) < 200_000
    assert refused_book(bomb) == ["the file is larger than 64 MB"]
    many = packed({f"x{number}": b"" for number in range(setup_xlsx.PARTS_MAX + 1)})
    assert refused_book(many) == ["the file is larger than 64 MB"]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_entities_are_not_expanded(part: str) -> None:
    parts = unpacked(book({"services": [["id"], ["a1"]]}))
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    root = parts[part].index(b"<", parts[part].find(b"?>") + 1)
    spoilt = parts[part][:root] + laughs + parts[part][root:]
    assert refused_book(packed(parts | {part: spoilt})) == ["is not a workbook that can be read"]


def test_a_sheet_that_claims_a_million_rows_is_read_as_far_as_it_goes() -> None:
    parts = unpacked(book({"services": [["id"], ["a1"]]}))
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert b'<dimension ref="A1:A2"' in sheet
    claims = packed(parts | {"xl/worksheets/sheet1.xml": sheet.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')})
    assert len(tables_of(claims)["services"]) == 2
