"""Files of lines: what is accepted, what is refused row by row, and what stops the import."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from canary.errors import CannotReach
from cli import lines
from cli.client import Client
from cli.output import Document
from tests.integration.cli.conftest import Program, Write

A, B, C = "+14155550110", "+14155550111", "+14155550112"


def test_a_byte_order_mark_spaces_and_case_do_not_count(canary: Program, csv_file: Write) -> None:
    file = csv_file(f"\ufeff Number , CARRIER \n {A} , twilio \n")
    assert canary.json("line", "import", str(file)) == {"imported": 1, "refused": []}


def test_rows_are_counted_from_the_first_after_the_header(canary: Program, csv_file: Write) -> None:
    file = csv_file(f"number,carrier\n12345,twilio\n\n,,\n{A},pigeon\n{B}\n{C},twilio\n")
    done = canary.json("line", "import", str(file))
    assert done["imported"] == 1
    assert [(one["row"], one["number"]) for one in done["refused"]] == [
        (1, "12345"),
        (4, A),
        (5, B),
    ]
    assert [list(one) for one in done["refused"]] == [["row", "number", "reason"]] * 3


def test_a_number_repeated_in_another_chunk_is_a_duplicate(
    canary: Program, csv_file: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "CHUNK", 2)
    rows = [
        f"{A},pigeon",
        f"{B},twilio",
        f"{A},twilio",
        f"{B},twilio",
        f"{A},twilio",
        f"{B},twilio",
    ]
    file = csv_file("number,carrier\n" + "\n".join(rows))
    done = canary.json("line", "import", str(file))
    assert done["imported"] == 2
    assert [(one["row"], one["reason"].split(",")[0]) for one in done["refused"]] == [
        (1, "unknown carrier"),
        (4, "duplicate"),
        (5, "duplicate"),
        (6, "duplicate"),
    ]
    again = canary.json("line", "import", str(file))
    assert [one["reason"] for one in again["refused"]][1:] == ["owned", "owned"] + ["duplicate"] * 3


def test_more_rows_than_one_request_takes(canary: Program, csv_file: Write) -> None:
    rows = "".join(f"+1{201 + n // 100}55501{n % 100:02d},twilio\n" for n in range(5001))
    done = canary.json("line", "import", str(csv_file("number,carrier\n" + rows)))
    assert done == {"imported": 5001, "refused": []}


def test_quarantine_runs_from_the_day_a_line_was_acquired(canary: Program, csv_file: Write) -> None:
    file = csv_file(
        f"number,carrier,carrier_ref,acquired_at\n{A},twilio,PN1,2026-01-01T00:00:00Z\n{B},twilio,,\n"
    )
    canary.json("line", "import", str(file), "--quarantine-days", "7")
    (ready,) = canary.json("line", "list", "--state", "ready")["items"]
    assert (ready["number"], ready["carrier_ref"]) == (A, "PN1")
    assert ready["ready_at"].startswith("2026-01-08T00:00:00")
    (waiting,) = canary.json("line", "list", "--state", "quarantine")["items"]
    assert waiting["number"] == B


def test_people_see_the_first_refusals_and_what_was_not_used(
    canary: Program, csv_file: Write
) -> None:
    file = csv_file("number,carrier,note\n" + "x,twilio,y\n" * 25)
    result = canary("line", "import", str(file))
    assert result.exit_code == 0
    assert "Imported 0, refused 25." in result.stdout
    assert "The column 'note' is not used." in result.stderr
    assert "5 more were refused" in result.stderr


def test_a_header_alone_is_refused(canary: Program, csv_file: Write) -> None:
    file = csv_file("number,carrier\n\n")
    assert "a header and no rows" in canary.refusal(2, "line", "import", str(file))


def test_a_row_with_more_cells_than_the_header_is_refused(canary: Program, csv_file: Write) -> None:
    file = csv_file(f"number,carrier\n{A},twilio,PN1\n{B},Twilio,\n{C},TWILIO\n")
    refused = [{"row": 1, "number": A, "reason": "too many cells"}]
    assert canary.json("line", "import", str(file)) == {"imported": 2, "refused": refused}
    shown = canary("line", "import", str(file)).stdout
    assert "data row" in shown
    assert "first row after the header" in shown


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no column number and no column carrier; it has: none"),
        ("number;carrier\n", "no column number"),
        ("number,operator\n", "no column carrier; it has: number, operator"),
        ("number,carrier,number\n", "the column number twice"),
        ('number,carrier\n"' + "x" * 200_000 + '",twilio\n', "is not CSV"),
    ],
)
def test_a_file_without_our_columns_is_refused_whole(
    canary: Program, csv_file: Write, text: str, says: str
) -> None:
    assert says in canary.refusal(2, "line", "import", str(csv_file(text)))


def test_a_file_in_another_encoding_imports_nothing(canary: Program, tmp_path: Path) -> None:
    file = tmp_path / "gbk.csv"
    file.write_bytes(f"number,carrier\n{A},twilio\n".encode() + "号码,x\n".encode("gbk"))
    assert "not UTF-8" in canary.refusal(2, "line", "import", str(file))
    assert canary.json("line", "list")["items"] == []
    file.write_bytes("number,carrier\n".encode("utf-16"))
    assert "not UTF-8" in canary.refusal(2, "line", "import", str(file))


def test_a_file_that_is_not_there(canary: Program, tmp_path: Path) -> None:
    assert "There is no file" in canary.refusal(2, "line", "import", str(tmp_path / "none.csv"))
    assert "is not a file" in canary.refusal(2, "line", "import", str(tmp_path))


def test_an_import_that_stops_says_how_far_it_came(
    canary: Program, csv_file: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = csv_file(f"number,carrier\n{A},twilio\n{B},twilio\n")
    monkeypatch.setattr(lines, "CHUNK", 1)
    answered: list[Document] = []
    post = Client.post

    def breaks(self: Client, path: str, body: Mapping[str, object]) -> Document:
        if answered:
            raise CannotReach(says="It is gone.", fix="Start it.")
        answered.append(post(self, path, body))
        return answered[0]

    with monkeypatch.context() as broken:
        broken.setattr(Client, "post", breaks)
        said = canary.refusal(5, "line", "import", str(file))
    assert "Start it. 1 lines were imported before; run it again" in said
    again = canary.json("line", "import", str(file))
    assert again == {"imported": 1, "refused": [{"row": 1, "number": A, "reason": "owned"}]}
