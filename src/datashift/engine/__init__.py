"""Where questions run: DuckDB at hand, Spark and PostgreSQL for data that outgrow one machine.

An expression is written against unbound tables (`unbound`), so that nothing in it knows the engine; a `Relation` holds
rows at rest and runs it there.
"""

from datashift.engine.door import relation
from datashift.engine.duck import run
from datashift.engine.expressions import compiled, unbound
from datashift.engine.postgres import postgres
from datashift.engine.relation import Relation

__all__ = ["Relation", "compiled", "postgres", "relation", "run", "unbound"]
