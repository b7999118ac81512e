"""The command line: make one table of a class from the records that students handed in."""

import argparse
import csv
import io
from collections.abc import Sequence
from pathlib import Path

from utils.exercises.catalog import MODULES, exercises_of
from utils.exercises.record import Progress, read_progress
from utils.system.failures import explain, file_name, run
from utils.system.storage import write_text_atomically

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with these a spreadsheet would compute a name


def class_table(records: Sequence[tuple[str, Progress]]) -> str:
    """Return CSV with a row for each student, by name.

    An exercise is 1 if it is right, 0 if it was tried, and empty otherwise; questions are those
    answered right at the first try.
    """
    numbers = [number for notebook in MODULES for number in exercises_of(notebook)]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    asked = [f"{notebook} questions" for notebook in MODULES]
    table.writerow(["name", "exercises right", "questions right", *numbers, *asked])
    for name, record in sorted(records, key=lambda each: each[0].casefold()):
        marks: list[int | str] = [
            int(record.is_right(number)) if number in record.exercises else "" for number in numbers
        ]
        right: list[int | str] = [
            record.questions[notebook].count(True) if notebook in record.questions else ""
            for notebook in MODULES
        ]
        sums = [sum(int(each or 0) for each in row) for row in (marks, right)]
        table.writerow([_as_text(name), *sums, *marks, *right])
    return text.getvalue()


def _as_text(name: str) -> str:
    return f"'{name}" if name.startswith(FORMULA) else name


def read_records(paths: Sequence[Path]) -> list[tuple[str, Progress]]:
    """Return each file's student and record. A file without a name goes by its own.

    Raises ValueError if a file holds no record, or two are of the same student.
    """
    records: dict[str, Progress] = {}
    for path in paths:
        try:
            record = read_progress(path)
        except OSError as error:
            raise OSError(explain(error, path)) from error
        name = record.name or path.stem.removeprefix("progress-")
        if name in records:
            raise ValueError(f"{path}: there is a record of {name!r} already; leave one out.")
        records[name] = record
    return list(records.items())


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m utils.publishing.class_table",
        description="Make one table of a class from the records that students handed in: files "
        'from progress().export("Anna Weber") in a notebook, or saved by the pages.',
    )
    parser.add_argument("records", nargs="+", type=file_name, help="such as progress-*.json")
    parser.add_argument(
        "--output", type=file_name, default=Path("class.csv"), help="by default class.csv"
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    options = parse(arguments)
    records = read_records(options.records)
    write_text_atomically(options.output, class_table(records))
    print(f"{len(records)} students in {options.output}")
    return 0


if __name__ == "__main__":
    run(main)
