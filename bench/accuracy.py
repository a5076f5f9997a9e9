"""Measure attribution on histories with a known truth, beside two baselines.

    python -m bench.accuracy --seeds 1-3 --presets "base,no leak"

Seeds from 1000 on are for tuning; report others.
"""

import argparse
import statistics
import time

from bench.accuracy_score import Score, first_contact, guilt, score
from bench.accuracy_worlds import PRESETS, History
from canary.attribution.scenario import predict, read_scenario

HEADER = (
    "| world | found | 5+ lines | 10+ lines | false alarms | interval holds | width, days "
    "| marked right | caused marked | ms a contact |\n" + "|---" * 10 + "|"
)


def row(name: str, total: Score) -> str:
    """Return one line of the table."""
    width = f"{statistics.median(total.widths):.0f}" if total.widths else "-"
    right = f"{total.marked_right / total.marked:.1%}" if total.marked else "-"
    marked = f"{total.marked_right / total.caused:.0%}" if total.caused and total.marked else "-"
    pace = f"{1000 * total.seconds / total.contacts:.2f}" if total.seconds else "-"
    cells = [
        name,
        f"{total.found} of {total.leaks}",
        f"{total.found_few} of {total.leaks_few}",
        f"{total.found_many} of {total.leaks_many}",
        f"{total.false_alarms} in {total.years:.0f} years",
        f"{total.covered} of {total.dated}",
        width,
        right,
        marked,
        pace,
    ]
    return f"| {' | '.join(cells)} |"


def measure(preset: str, seeds: range, totals: tuple[Score, Score, Score]) -> Score:
    """Replay one preset's histories, add them to the totals and return their own score."""
    own = Score()
    for seed in seeds:
        history = History(PRESETS[preset], f"{preset}/{seed}")
        scenario = read_scenario(history.document())
        began = time.process_time()
        predictions = predict(scenario)
        spent = time.process_time() - began
        for total in (own, totals[0]):
            score(total, history, predictions)
            total.seconds += spent
        first_contact(totals[1], history)
        guilt(totals[2], history)
    return own


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1-2", help="first-last")
    parser.add_argument("--presets", default=",".join(PRESETS))
    asked = parser.parse_args()
    first, last = (int(part) for part in asked.seeds.split("-"))
    totals = (Score(), Score(), Score())
    print(HEADER)
    for preset in asked.presets.split(","):
        print(row(preset, measure(preset, range(first, last + 1), totals)), flush=True)
    print(row("all", totals[0]))
    print(row("baseline: any contact", totals[1]))
    print(row("baseline: guilt", totals[2]))


if __name__ == "__main__":
    main()
