"""The reference in ``docs`` is what the program says."""

import pytest

from canary.settings import Settings
from cli.reference import DOCS, PAGES, settings_page


@pytest.mark.parametrize("page", PAGES)
def test_page_is_fresh(page: str) -> None:
    written = (DOCS / page).read_text(encoding="utf-8")
    assert written == PAGES[page](), "run `python -m cli.reference`"


def test_every_setting_has_a_meaning() -> None:
    rows = [row.split(" | ") for row in settings_page().splitlines() if row.startswith("| `CANARY")]
    assert len(rows) == len(Settings.model_fields)
    assert all(meaning.endswith(".") for _, meaning, _ in rows)
