"""Emails look as people write theirs, are the operator's own, and are never given twice."""

import re
from pathlib import Path

import pytest
from pypinyin import lazy_pinyin

from canary.decoys.personas import Mailboxes
from canary.decoys.wordlists.names import name_book
from canary.errors import BadInput
from canary.sectors import Sector
from tests.unit.decoys.people import maker, personas


def test_chinese_emails_are_written_in_pinyin() -> None:
    plain = [one for one in personas("zh_CN", Sector.OTHER) if one.family_name in "王李张刘陈杨"]
    shapes = set()
    for persona in plain:
        family = lazy_pinyin(persona.family_name)[0]
        given = lazy_pinyin(persona.given_name)
        full, initials = "".join(given), "".join(syllable[0] for syllable in given)
        local_part, _, domain = persona.email.partition("@")
        letters = re.sub(r"[^a-z]", "", local_part)
        orders = (family + full, family + initials, family[0] + initials, family[0] + full)
        backwards = (full, full + family, initials + family)
        assert letters in orders + backwards
        assert domain == "clients.example"
        shapes.add(re.sub(r"\d+", "9", local_part.replace(letters, "a")))
    assert len(shapes) >= 2
    emails = [persona.email for persona in plain]
    assert 0.2 < sum(bool(re.search(r"\d", email)) for email in emails) / len(emails) < 0.9


def test_surnames_are_read_as_surnames() -> None:
    book = name_book("zh_CN")
    assert book.latin_family("曾") == ("zeng",)
    assert book.latin_family("欧阳") == ("ou", "yang")
    assert book.latin_given("曾") == ("ceng",)


def test_emails_are_plain_ascii_in_every_script() -> None:
    for locale in ("de_DE", "ru_RU", "ar_AA", "ja_JP", "zh_TW", "vi_VN", "sk_SK"):
        made = maker(locale)
        for persona in (made.make() for _ in range(100)):
            assert re.fullmatch(r"[a-z][a-z0-9._-]{4,}@clients\.example", persona.email)


def test_accents_are_dropped_from_emails() -> None:
    book = name_book("de_DE")
    assert book.latin_family("Weiß-Müller") == ("weiss", "muller")
    assert book.latin_given("D'Ångelo") == ("dangelo",)
    assert book.latin_given("Лидия") == ()


def test_an_email_in_use_elsewhere_is_not_given_again() -> None:
    taken = {maker().make().email}
    seen: list[str] = []

    def is_taken(email: str) -> bool:
        seen.append(email)
        return email in taken

    assert maker().make(email_taken=is_taken).email not in taken
    assert len(seen) > 1


def test_every_domain_of_the_list_is_used() -> None:
    made = maker(mailboxes=Mailboxes.parse(" Clients.example, b.example ,,mail.c.example"))
    domains = {made.make().email.partition("@")[2] for _ in range(100)}
    assert domains == {"clients.example", "b.example", "mail.c.example"}


def test_each_mailbox_of_a_file_is_used_once_and_then_refused(tmp_path: Path) -> None:
    file = tmp_path / "mailboxes.txt"
    file.write_text("# ours\nLi.Na@a.example\n\nwang88@b.example\nli.na@a.example\nz_y@c.example\n")
    mailboxes = Mailboxes.parse(f"@{file}")
    file.unlink()
    one, other = maker(seed=1, mailboxes=mailboxes), maker("en_US", seed=2, mailboxes=mailboxes)
    used = [one.make().email, other.make().email, one.make().email]
    assert used == ["li.na@a.example", "wang88@b.example", "z_y@c.example"]
    with pytest.raises(BadInput, match="all 3 mailboxes") as refused:
        other.make()
    assert "CANARY_EMAIL_DOMAIN" in refused.value.fix


def test_a_mailbox_used_before_is_skipped(tmp_path: Path) -> None:
    file = tmp_path / "mailboxes.txt"
    file.write_text("\ufeffa@a.example\nb@a.example\n", encoding="utf-8")
    made = maker(mailboxes=Mailboxes.parse(f"@{file}"))
    assert made.make(email_taken={"a@a.example"}.__contains__).email == "b@a.example"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "names no mailbox"),
        (b"# none\n\n", "names no mailbox"),
        (b"a@a.example\nno mailbox\n", "line 2 .* is not a mailbox"),
        (b"@a.example\n", "line 1 .* is not a mailbox"),
        (b"a@localhost\n", "line 1 .* is not a mailbox"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_an_unusable_mailbox_file_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "mailboxes.txt"
    file.write_bytes(content)
    with pytest.raises(BadInput, match=says) as refused:
        Mailboxes.parse(f"@{file}")
    assert refused.value.fix


def test_a_missing_mailbox_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        Mailboxes.parse(f"@{tmp_path / 'none.txt'}")


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("", "no email domain"),
        (" , ", "no email domain"),
        ("clients", "is not a domain"),
        ("a@b.example", "is not a domain"),
        ("-a.example", "is not a domain"),
        ("clients.example,qq.com", "public provider"),
        ("Gmail.com", "public provider"),
    ],
)
def test_domains_that_are_malformed_or_not_the_operators_are_refused(
    setting: str, says: str
) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        Mailboxes.parse(setting)
    assert refused.value.fix


def test_a_domain_without_a_free_address_is_refused() -> None:
    with pytest.raises(BadInput, match="no free email"):
        maker().make(email_taken=lambda _: True)
