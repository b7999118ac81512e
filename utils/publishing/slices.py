"""Cuts the statements that a piece of code needs out of a notebook, so that it runs by itself."""

import ast
from collections.abc import Sequence

OWN_NAMES = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)


def base(node: ast.expr) -> str | None:
    """Return the name that `name[0].part` begins with."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def names_set(code: ast.AST) -> set[str]:
    """Return the names that a statement gives a value, or a new part of one."""
    if isinstance(code, ast.FunctionDef | ast.ClassDef):
        return {code.name}
    if isinstance(code, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in code.names}
    if isinstance(code, OWN_NAMES):
        return set()
    inside: set[str] = set().union(
        *(names_set(child) for child in ast.iter_child_nodes(code)), set()
    )
    if isinstance(code, ast.expr) and isinstance(getattr(code, "ctx", None), ast.Store):
        inside |= {name for name in [base(code)] if name is not None}
    return inside


def names_read(code: ast.AST) -> set[str]:
    """Return the names that a piece of code takes from around it."""
    nodes = list(ast.walk(code))
    loads = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    if not isinstance(code, (ast.FunctionDef, *OWN_NAMES)):
        read = set().union(*map(names_read, ast.iter_child_nodes(code)), own_name(code))
        return read - (names_set(code.target) if isinstance(code, ast.For) else set())
    stores = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return loads - stores - {n.arg for n in nodes if isinstance(n, ast.arg)}


def own_name(code: ast.AST) -> set[str]:
    """Return the name, if the code is a name that is read."""
    return {code.id} if isinstance(code, ast.Name) and isinstance(code.ctx, ast.Load) else set()


def needed(code: str, cells: Sequence[str]) -> str:
    """Return the statements of earlier cells that `code` needs, in their order.

    Of several that set a name, it takes the last one before the name is read.
    """
    statements = [statement for cell in cells for statement in ast.parse(cell).body]
    kept: set[int] = set()

    def keep(names: set[str], until: int) -> None:
        for name in names:
            found = [i for i in range(until) if name in names_set(statements[i])]
            if found and found[-1] not in kept:
                kept.add(found[-1])
                keep(names_read(statements[found[-1]]), found[-1])

    keep(names_read(ast.parse(code)), len(statements))
    return "\n".join(ast.unparse(statements[i]) for i in sorted(kept))
