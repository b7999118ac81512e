"""The command line: put the plans of data/plans.toml into the teacher's guide."""

import re

from utils.publishing.plans.lessons import Plan, faults, read_plans
from utils.publishing.plans.tables import table
from utils.system.failures import run
from utils.system.paths import NOTEBOOKS
from utils.system.storage import write_text_atomically

GUIDE = NOTEBOOKS / "TEACHING.md"


def with_plans(guide: str, plans: list[Plan]) -> str:
    """Return the guide with each plan under its heading. Raises ValueError if one is missing."""
    for plan in plans:
        section = re.compile(rf"^### {re.escape(plan.title)}\n(?:(?!##+ ).*\n)*", re.MULTILINE)
        found = section.search(guide)
        if found is None:
            raise ValueError(f'the guide has no heading "### {plan.title}": write one.')
        guide = f"{guide[: found.start()]}{table(plan)}\n{guide[found.end() :]}"
    return guide


def main() -> int:
    """Rewrite the plans in the guide; return the exit code, 1 if one of them cannot hold."""
    plans = read_plans()
    text = with_plans(GUIDE.read_text(encoding="utf-8"), plans)
    write_text_atomically(GUIDE, text)
    found = [fault for plan in plans for fault in faults(plan)]
    print(f"{len(plans)} plans in {GUIDE.name}", *found, sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    run(main)
