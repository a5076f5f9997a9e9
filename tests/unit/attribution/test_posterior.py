from datetime import timedelta

import pytest

from canary.attribution.model import Attribution, Contact, Naming
from canary.attribution.posterior import attribute
from canary.clock import chance
from canary.errors import NotFound
from tests.unit.attribution.worlds import Builder, call, day, lines_of, monthly, naming


def one_caller(at: float, seedings: range, caller: str = "caller_x") -> list[Contact]:
    lines = [lines_of(seeding)[number] for seeding in seedings for number in (1, 6)]
    return [call(n, at + 0.02 * n, line, caller) for n, line in enumerate(lines)]


def ask(builder: Builder, contacts: list[Contact], at: float, copy: str = "copy_a") -> Attribution:
    return attribute(builder.world(contacts), copy, day(at))


def test_silence_opens_nothing() -> None:
    found = ask(monthly(), [], 300.0)
    assert found.probability < 0.05
    assert found.log_bayes_factor < 0.0
    assert found.reasons == ("No contact has reached a decoy of this copy.",)


@pytest.mark.parametrize("decoys", [1, 2, 10])
def test_a_single_anonymous_call_opens_nothing(decoys: int) -> None:
    builder = Builder().copy("copy_a").add_lines(lines_of(0, decoys))
    builder.seed("copy_a", lines_of(0, decoys), 0.0).add_lines(f"control_{n}" for n in range(50))
    found = ask(builder, [call(0, 700.0, "line_0_0")], 700.01)
    assert found.probability < 0.5
    assert found.contact_probability["contact_0"] < 0.5
    assert found.decoys_contacted == 1
    assert found.decoys_exposed == decoys


def test_one_caller_on_several_decoys_of_one_copy_is_a_leak() -> None:
    found = ask(monthly(), one_caller(200.0, range(6)), 201.0)
    assert found.probability >= 0.99
    assert found.log_bayes_factor > 8.0
    assert min(found.contact_probability.values()) >= 0.99
    assert len(set(found.campaign_of.values())) == 1
    assert found.reasons[0] == (
        "One caller or text reached 12 decoys of this copy and no other line."
    )


def test_the_same_calls_from_a_shared_gateway_are_far_weaker() -> None:
    lines = [lines_of(seeding)[1] for seeding in range(5)]
    contacts = [call(n, 200.0 + 5 * n, line, "12345", shared=True) for n, line in enumerate(lines)]
    found = ask(monthly(), contacts, 221.0)
    assert found.probability < 0.5
    assert len(set(found.campaign_of.values())) == len(contacts)


def test_the_same_text_from_many_callers_is_one_campaign() -> None:
    lines = [lines_of(seeding)[number] for seeding in range(6) for number in (0, 4)]
    contacts = [
        call(n, 200.0 + n / 50, line, f"caller_{n}", "text_x") for n, line in enumerate(lines)
    ]
    found = ask(monthly(), contacts, 201.0)
    assert found.probability >= 0.99
    assert len(set(found.campaign_of.values())) == 1


def test_messages_that_name_the_persona_in_full_are_a_leak() -> None:
    contacts = [
        naming(n, 150.0 + n, line, f"decoy_{line}_0.0") for n, line in enumerate(lines_of(0)[:2])
    ]
    found = ask(monthly(), contacts, 152.0)
    assert found.probability >= 0.99
    assert found.reasons[0].startswith("2 contacts name a decoy in full")


def test_a_part_of_a_name_says_less_than_all_of_it() -> None:
    line = lines_of(0)[0]
    part = naming(0, 150.0, line, f"decoy_{line}_0.0", Naming.PART)
    full = naming(0, 150.0, line, f"decoy_{line}_0.0", Naming.FULL)
    other = Contact("contact_0", day(150.0), line, names=Naming.OTHER)
    p = [ask(monthly(), [contact], 150.5).probability for contact in (other, part, full)]
    assert p[0] < p[1] < p[2]


def test_the_interval_holds_the_date_and_ends_before_the_untouched_seedings() -> None:
    lines = [line for seeding in range(6) for line in lines_of(seeding)[:8]]
    chance(7).shuffle(lines)
    contacts = [call(n, 215.0 + 0.02 * n, line, "caller_x") for n, line in enumerate(lines)]
    found = ask(monthly(), contacts, 260.0)
    assert found.leaked_at is not None
    assert found.leaked_at.lo <= day(165.0) <= found.leaked_at.hi
    assert found.leaked_at.lo >= day(150.0)
    assert found.leaked_at.hi <= day(181.0)
    assert found.leaked_at.lo <= found.leaked_at.best <= found.leaked_at.hi
    assert found.reasons[-1] == (
        f"The list that was used was taken between {found.leaked_at.lo:%Y-%m-%d} "
        f"and {found.leaked_at.hi:%Y-%m-%d}."
    )


def test_a_list_used_from_its_top_leaves_the_later_dates_open() -> None:
    lines = [line for seeding in range(6) for line in lines_of(seeding)]
    contacts = [call(n, 250.0 + 0.02 * n, line, "caller_x") for n, line in enumerate(lines)]
    ordered = ask(monthly(), contacts, 252.0)
    chance(7).shuffle(lines)
    contacts = [call(n, 250.0 + 0.02 * n, line, "caller_x") for n, line in enumerate(lines)]
    shuffled = ask(monthly(), contacts, 252.0)
    assert ordered.leaked_at is not None
    assert shuffled.leaked_at is not None
    assert ordered.probability >= 0.99
    assert ordered.leaked_at.lo >= day(150.0)
    assert ordered.leaked_at.hi >= day(240.0)
    assert shuffled.leaked_at.hi <= day(181.0)


def test_contacts_after_retirement_date_the_leak_to_when_the_decoys_stood() -> None:
    builder = Builder().copy("copy_a").add_lines(lines_of(0)).add_lines(lines_of(1))
    builder.seed("copy_a", lines_of(0), 0.0, retired=100.0)
    builder.seed("copy_a", lines_of(1), 60.0).add_lines(f"control_{n}" for n in range(300))
    lines = [*lines_of(0)[:8], *lines_of(1)[:8]]
    contacts = [call(n, 160.0 + 0.02 * n, line, "caller_x") for n, line in enumerate(lines)]
    found = ask(builder, contacts, 170.0)
    assert found.probability >= 0.99
    assert found.leaked_at is not None
    assert found.leaked_at.lo >= day(60.0)
    assert found.leaked_at.hi <= day(100.0)


def released_line_world() -> Builder:
    """Lines of ``copy_a`` until day 100; half of them of ``copy_b`` from day 150 on."""
    builder = Builder().copy("copy_a").copy("copy_b", "firm_b")
    builder.add_lines(lines_of(0)).add_lines(lines_of(1)).add_lines(lines_of(2))
    builder.seed("copy_a", [*lines_of(0), *lines_of(1)], 0.0, retired=100.0)
    builder.seed("copy_b", [*lines_of(1), *lines_of(2)], 150.0)
    return builder.add_lines(f"control_{n}" for n in range(300))


@pytest.mark.parametrize(
    ("seedings", "leaked", "quiet"),
    [((0, 1), "copy_a", "copy_b"), ((1, 2), "copy_b", "copy_a")],
)
def test_a_line_leased_to_two_copies_speaks_for_the_one_that_explains_the_rest(
    seedings: tuple[int, int], leaked: str, quiet: str
) -> None:
    lines = [line for seeding in seedings for line in lines_of(seeding)[:8]]
    contacts = [call(n, 200.0 + 0.02 * n, line, "caller_x") for n, line in enumerate(lines)]
    builder = released_line_world()
    assert ask(builder, contacts, 210.0, leaked).probability >= 0.99
    assert ask(builder, contacts, 210.0, quiet).probability < 0.5


def test_contacts_before_the_other_copy_was_planted_cannot_come_from_it() -> None:
    lines = lines_of(1)[:8]
    contacts = [call(n, 140.0 + 0.02 * n, line, "caller_x") for n, line in enumerate(lines)]
    builder = released_line_world()
    assert ask(builder, contacts, 149.0).probability >= 0.99
    assert ask(builder, contacts, 200.0, "copy_b").probability < 0.05


def test_repeats_on_one_line_count_once_and_later_contacts_not_at_all() -> None:
    first = [call(0, 200.0, "line_0_1", "caller_x")]
    again = [*first, *(call(n, 200.0 + n / 10, "line_0_1", "caller_x") for n in range(1, 8))]
    late = [*first, call(9, 400.0, "line_0_2", "caller_x")]
    alone, repeated, early = (ask(monthly(), c, 201.0) for c in (first, again, late))
    assert repeated.probability == pytest.approx(alone.probability)
    assert early.probability == pytest.approx(alone.probability)
    assert set(repeated.contact_probability.values()) == set(alone.contact_probability.values())
    assert "contact_9" not in early.campaign_of


def test_the_order_in_which_contacts_are_given_does_not_matter() -> None:
    contacts = one_caller(200.0, range(4))
    assert ask(monthly(), contacts, 201.0) == ask(monthly(), contacts[::-1], 201.0)


def test_a_contact_on_a_line_we_do_not_know_is_left_out() -> None:
    found = ask(monthly(), [call(0, 10.0, "no_such_line")], 20.0)
    assert found.contact_probability == {}


def test_an_unknown_copy_is_an_error() -> None:
    with pytest.raises(NotFound, match="copy_z"):
        ask(monthly(), [], 10.0, "copy_z")


def test_a_copy_without_decoys_or_before_its_first_has_no_answer_yet() -> None:
    builder = monthly().copy("copy_b")
    assert ask(builder, [], 10.0, "copy_b").reasons == ("No decoy of this copy has been planted.",)
    early = attribute(builder.world(), "copy_a", day(0) - timedelta(days=1))
    assert early.leaked_at is None
    assert early.probability == 0.0


def test_the_reasons_count_contacts_that_name_a_decoy_in_part() -> None:
    contacts = [
        naming(n, 150.0 + n / 10, line, f"decoy_{line}_0.0", Naming.PART)
        for n, line in enumerate(lines_of(0)[:6])
    ]
    found = ask(monthly(), contacts, 152.0)
    assert found.probability >= 0.99
    assert found.reasons[0] == "6 contacts name a decoy by first name or surname."


def test_the_interval_ends_with_the_first_contact_that_the_leak_caused() -> None:
    contacts = one_caller(200.0, range(6))
    found = ask(monthly(), contacts, 230.0)
    assert found.leaked_at is not None
    assert found.leaked_at.hi <= contacts[0].at


def test_callers_of_a_previous_owner_say_nothing_of_the_decoy() -> None:
    lines = [line for seeding in (3, 4, 5) for line in lines_of(seeding)[:3]]
    before = [call(n, 60.0 + n, line, f"caller_{n}") for n, line in enumerate(lines)]
    after = [call(n + 20, 200.0 + n, line, f"caller_{n}") for n, line in enumerate(lines)]
    known = ask(monthly(), [*before, *after], 215.0)
    fresh = ask(monthly(), after, 215.0)
    assert known.probability < fresh.probability
    assert max(known.contact_probability.values()) == 0.0


def test_lone_contacts_in_a_burst_of_a_known_leak_are_marked_as_caused_by_it() -> None:
    lines = [line for seeding in range(6) for line in lines_of(seeding)]
    chance(5).shuffle(lines)
    known = [call(n, 200.0 + n / 50, line, "caller_x") for n, line in enumerate(lines[:20])]
    burst = [call(n + 50, 220.0 + n / 60, line, f"y{n}") for n, line in enumerate(lines[20:50])]
    alone = call(99, 270.0, lines[55], "caller_z")
    found = ask(monthly(), [*known, *burst, alone], 280.0)
    marked = [found.contact_probability[contact.id] for contact in burst]
    assert sorted(marked)[len(marked) // 2] >= 0.9
    assert found.contact_probability["contact_99"] < 0.5
