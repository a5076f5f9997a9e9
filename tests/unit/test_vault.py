"""Sealed fields, blind indexes and the key file."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canary.errors import BadInput, BadKey
from canary.vault import Vault, create_key_file, open_vault, rotate_key_file

OLD = Vault({1: b"1" * 32})
ROTATED = Vault({1: b"1" * 32, 2: b"2" * 32})
PLACE, ROW = "line.number", "line_1"


@given(plain=st.text(), row=st.text(), place=st.text())
def test_what_is_sealed_opens_again(plain: str, row: str, place: str) -> None:
    assert OLD.open(place, row, OLD.seal(place, row, plain)) == plain


def test_the_same_text_is_never_sealed_the_same_twice() -> None:
    assert OLD.seal(PLACE, ROW, "+13105550100") != OLD.seal(PLACE, ROW, "+13105550100")


def test_a_sealed_value_does_not_show_its_text() -> None:
    assert b"+13105550100" not in OLD.seal(PLACE, ROW, "+13105550100")


@pytest.mark.parametrize(
    ("place", "row"),
    [("line.number", "line_2"), ("contact.caller", "line_1"), ("line.number:line", "1")],
)
def test_a_value_moved_elsewhere_does_not_open(place: str, row: str) -> None:
    sealed = OLD.seal(PLACE, ROW, "+13105550100")
    with pytest.raises(BadKey, match="changed, moved"):
        OLD.open(place, row, sealed)


@given(at=st.integers(0, 200), bit=st.integers(0, 7))
def test_a_value_with_any_bit_changed_does_not_open(at: int, bit: int) -> None:
    sealed = bytearray(OLD.seal(PLACE, ROW, "+13105550100"))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(BadKey):
        OLD.open(PLACE, ROW, bytes(sealed))


@given(kept=st.integers(0, 41))
def test_a_value_cut_short_does_not_open(kept: int) -> None:
    sealed = OLD.seal(PLACE, ROW, "+13105550100")
    with pytest.raises(BadKey):
        OLD.open(PLACE, ROW, sealed[: min(kept, len(sealed) - 1)])


def test_a_ring_without_the_key_says_so() -> None:
    with pytest.raises(BadKey, match="not in the key file") as refused:
        OLD.open(PLACE, ROW, ROTATED.seal(PLACE, ROW, "+13105550100"))
    assert "Restore the master key file" in refused.value.fix


def test_another_key_of_the_same_id_does_not_open() -> None:
    with pytest.raises(BadKey, match="sealed with another key"):
        Vault({1: b"x" * 32}).open(PLACE, ROW, OLD.seal(PLACE, ROW, "+13105550100"))


def test_after_rotation_the_new_key_seals_and_the_old_one_still_opens() -> None:
    before = OLD.seal(PLACE, ROW, "+13105550100")
    after = ROTATED.seal(PLACE, ROW, "+13105550100")
    assert (before[1], after[1]) == (1, 2)
    assert ROTATED.open(PLACE, ROW, before) == ROTATED.open(PLACE, ROW, after) == "+13105550100"
    assert ROTATED.key_ids == [1, 2]


@given(text=st.text())
def test_an_index_stays_the_same_over_rotation(text: str) -> None:
    assert OLD.index("number", text) == ROTATED.index("number", text)


@given(one=st.text(), other=st.text())
def test_an_index_is_equal_for_equal_text_only(one: str, other: str) -> None:
    assert (OLD.index("number", one) == OLD.index("number", other)) == (one == other)


def test_an_index_differs_by_kind_and_by_key() -> None:
    text = "+13105550100"
    found = {
        OLD.index("number", text),
        OLD.index("caller", text),
        Vault({1: b"x" * 32}).index("number", text),
    }
    assert len(found) == 3
    assert {len(index) for index in found} == {16}


def test_a_new_key_file_is_private_and_random(tmp_path: Path) -> None:
    one, other = tmp_path / "home" / "one.key", tmp_path / "home" / "other.key"
    assert create_key_file(one)
    assert create_key_file(other)
    assert one.stat().st_mode & 0o777 == 0o600
    assert open_vault(one).index("number", "1") != open_vault(other).index("number", "1")
    assert sorted(path.name for path in one.parent.iterdir()) == ["one.key", "other.key"]


def test_an_existing_key_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    create_key_file(file)
    before = file.read_bytes()
    assert not create_key_file(file)
    assert file.read_bytes() == before


def test_rotating_the_file_keeps_what_the_old_key_sealed_readable(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    create_key_file(file)
    before = open_vault(file)
    sealed = before.seal(PLACE, ROW, "+13105550100")
    assert rotate_key_file(file) == 2
    after = open_vault(file)
    assert after.key_ids == [1, 2]
    assert after.open(PLACE, ROW, sealed) == "+13105550100"
    assert after.index("number", "1") == before.index("number", "1")
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_full_ring_is_not_rotated(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    create_key_file(file)
    key = json.loads(file.read_text())["keys"]["1"]
    file.write_text(json.dumps({"keys": {"255": key}}))
    with pytest.raises(BadInput, match="full"):
        rotate_key_file(file)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "master.key"
    create_key_file(file)
    file.chmod(mode)
    with pytest.raises(BadKey, match="Others may read") as refused:
        open_vault(file)
    assert refused.value.fix == f"Run `chmod 600 {file}`."


def test_a_missing_key_file_is_refused_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(BadKey, match="no master key") as refused:
        open_vault(tmp_path / "master.key")
    assert "canary init" in refused.value.fix


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "{}",
        '{"keys": {}}',
        '{"keys": []}',
        '{"keys": {"one": "AAAA"}}',
        '{"keys": {"1": "AAAA"}}',
        '{"keys": {"1": "!"}}',
        '{"keys": {"1": 7}}',
    ],
)
def test_a_file_that_is_no_key_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "master.key"
    file.touch(mode=0o600)
    file.write_text(text)
    with pytest.raises(BadKey, match="is not a master key file"):
        open_vault(file)


def test_a_running_service_opens_what_a_newer_key_sealed(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    create_key_file(file)
    running = open_vault(file)
    rotate_key_file(file)
    sealed = open_vault(file).seal("decoy.persona", "decoy_1", "Mary")
    assert running.open("decoy.persona", "decoy_1", sealed) == "Mary"
    assert running.seal("decoy.persona", "decoy_1", "x")[1] == 2
    file.unlink()
    with pytest.raises(BadKey):
        running.open("decoy.persona", "decoy_1", b"\x01\x09" + sealed[2:])


def test_two_who_make_the_key_file_at_once_get_one_key(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: create_key_file(file), range(8)))
    assert made.count(True) == 1
    assert [one.name for one in tmp_path.iterdir()] == ["master.key"]
