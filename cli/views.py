"""How leaks, contacts and what a trace found are shown to people."""

from cli.output import (
    Column,
    Document,
    at,
    fields,
    listing,
    of,
    percent,
    say,
    table,
)

LEAKS = (
    Column("leak", lambda row: f"{row['id']}\n{named(row)}"),
    Column("status", of("status"), whole=True),
    Column("sure", percent("probability"), right=True, whole=True),
    Column("leaked at (UTC)", at("leaked_at", "best"), whole=True),
)
CONTACTS = (
    Column(
        "contact, of decoy", lambda row: f"{row['id']}\n{row['decoy'] or 'no decoy'}", whole=True
    ),
    Column("at (UTC)", at("at"), whole=True),
    Column("caller", lambda row: row["caller"] or "withheld"),
    Column("leak", percent("probability"), right=True, whole=True),
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
    Column("campaign", of("id"), whole=True),
    Column("contacts", of("contacts"), right=True),
    Column("lines", of("lines"), right=True),
)
NOTHING_KNOWN = "Nothing is known of it."

view_leaks = listing(LEAKS, "No leak is suspected. See what came in: canary contacts")
view_contacts = listing(CONTACTS, "There are no such contacts.")


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
    table(CONTACTS, contacts, "None.")


def view_traced(found: Document) -> None:
    """Show what a trace found, and say so when it found nothing."""
    parts = (
        ("Decoys", "decoys", DECOYS),
        ("Leases", "leases", LEASES),
        ("Contacts", "contacts", CONTACTS),
        ("Campaigns", "campaigns", CAMPAIGNS),
        ("Leaks", "leaks", LEAKS),
    )
    known = [part for part in parts if found[part[1]]]
    if not known:
        say(NOTHING_KNOWN)
    for number, (title, name, columns) in enumerate(known):
        say(*([""] if number else []), f"{title}:")
        table(columns, found[name], "")
