"""How leaks, contacts and what a trace found are shown to people."""

from collections.abc import Callable, Sequence

from cli.output import (
    Column,
    Document,
    at,
    fields,
    listing,
    of,
    percent,
    say,
    shortened,
    table,
    tell_of_more,
)

View = Callable[[Sequence[Document]], None]

LEAKS = (
    Column("leak", lambda row: f"{row['id']}\n{named(row)}"),
    Column("status", of("status"), whole=True),
    Column("sure", percent("probability"), right=True, whole=True),
    Column("leaked at (UTC)", at("leaked_at", "best"), whole=True),
)
TIMELINE = (
    Column("at (UTC)", at("at"), whole=True),
    Column("step", of("kind"), whole=True),
    Column("sure", percent("probability"), right=True, whole=True),
    Column("words", of("words")),
)
DECOYS = (
    Column("decoy, of copy", lambda row: f"{row['id']}\n{row['copy']}", whole=True),
    Column("number", of("number"), whole=True),
    Column("name", of("name")),
)
LEASES = (
    Column("line, held by decoy", lambda row: f"{row['line']}\n{row['decoy']}", whole=True),
    Column("from (UTC)", at("leased_at"), whole=True),
    Column("until (UTC)", at("released_at"), whole=True),
)
CAMPAIGNS = (
    Column("contacts", of("contacts"), right=True),
    Column("lines", of("lines"), right=True),
    Column("such as", of("example")),
)
NOTHING_KNOWN = (
    "Nothing is known of it.",
    "Whole names, whole texts and numbers written as +E.164 are looked for.",
)
LIKELY = 0.01
"""How probably a contact comes of the leak for people to be shown it beside the leak."""
SHOWN_OF_TEXT = 60
SHOWN_OF_CALLER = 26

view_leaks = listing(LEAKS, "No leak is suspected. See what came in: canary contacts")


def view_contacts(page: Document) -> None:
    """Show a page of contacts."""
    if page["items"]:
        _view_contacts(page["items"])
    else:
        say("There are no such contacts.")
    tell_of_more(page)


def named(leak: Document) -> str:
    """Return whose leak it is: firm, dataset and recipient."""
    return f"{leak['firm']['name']} / {leak['dataset']['name']} / {leak['copy']['recipient']}"


def view_outline(leak: Document) -> None:
    """Show what a list shows of one leak."""
    leaked = leak.get("leaked_at") or {}
    fields(
        {
            "leak": leak["id"],
            "of": named(leak),
            "status": leak["status"],
            "sure": percent("probability")(leak),
            "leaked at": at("best")(leaked),
            "at the earliest": at("lo")(leaked),
            "at the latest": at("hi")(leaked),
            "first contact": at("first_contact_at")(leak),
            "opened": at("opened_at")(leak),
            "contacts": leak["contacts"] if isinstance(leak["contacts"], int) else "",
            "decoys": f"{leak['decoys_contacted']} contacted of {leak['decoys_exposed']} exposed",
        }
    )


def view_leak(leak: Document) -> None:
    """Show one leak with its reasons, timeline and contacts; times are UTC."""
    contacts = leak["contacts"]
    view_outline({**leak, "contacts": len(contacts)})
    say("", "Because:", *(f"  {reason}" for reason in leak["reasons"]))
    say("", "Timeline:")
    table(TIMELINE, leak["timeline"], "Nothing happened yet.")
    say("", "Contacts:")
    likely = [contact for contact in contacts if contact["probability"] >= LIKELY]
    if likely:
        _view_contacts(likely)
    left = len(contacts) - len(likely)
    if left:
        say(f"{left:,} others, each less than {LIKELY:.0%} likely to come of the leak, left out.")
    if not contacts:
        say("None.")


def _view_contacts(contacts: Sequence[Document]) -> None:
    say(f"{'at (UTC)':16}  {'came as':7}  {'to our number':16}  {'leak':>6}  caller, and the text")
    for row in contacts:
        sure = percent("probability")(row) if row["weighed"] else "-"
        caller = shortened(row["caller"] or "withheld", SHOWN_OF_CALLER)
        say(f"{at('at')(row):16}  {row['channel']:7}  {row['number']:16}  {sure:>6}  {caller}")
        if row["body"]:
            say(f"  {shortened(row['body'], SHOWN_OF_TEXT)}")


def _view_campaigns(campaigns: Sequence[Document], contacts: Sequence[Document]) -> None:
    of_campaign = {row["campaign"]: row["body"] or row["caller"] or "" for row in contacts}
    rows = [
        {**one, "example": shortened(of_campaign.get(one["id"], ""), SHOWN_OF_TEXT)}
        for one in campaigns
    ]
    table(CAMPAIGNS, rows, "")


def view_traced(found: Document) -> None:
    """Show what a trace found, and say so when it found nothing."""
    contacts = found["contacts"]
    several = [one for one in found["campaigns"] if one["contacts"] > 1]
    parts: tuple[tuple[str, Sequence[Document], View], ...] = (
        ("Decoys", found["decoys"], lambda rows: table(DECOYS, rows, "")),
        ("Leases", found["leases"], lambda rows: table(LEASES, rows, "")),
        ("Contacts", contacts, _view_contacts),
        ("Campaigns", several, lambda rows: _view_campaigns(rows, contacts)),
        ("Leaks", found["leaks"], lambda rows: table(LEAKS, rows, "")),
    )
    known = [part for part in parts if part[1]]
    if not known:
        say(*NOTHING_KNOWN)
    for number, (title, rows, view) in enumerate(known):
        say(*([""] if number else []), f"{title}:")
        view(rows)
