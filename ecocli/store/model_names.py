"""The name under which calls to one model are counted, however each of them spelt it."""

import sqlite3

from ecocli.core.matches import KNOWN_MATCHES

KNOWN = ", ".join(f"'{match}'" for match in KNOWN_MATCHES)
MATCH = "CASE WHEN json_valid(content) THEN json_extract(content, '$.model_match') END"
STAND_INS = f"SELECT json_group_array(id) FROM bases WHERE ({MATCH} IN ({KNOWN})) IS FALSE"
IS_STAND_IN = "c.basis_id IN (SELECT value FROM json_each(:stand_ins))"
"""True of `calls AS c` where the model was none that the catalogue knows by the reported name."""
REPORTED = "coalesce(c.model, c.model_id)"
"""As the call named it; the catalogue's id where it named none."""
COUNTED_AS = f"CASE WHEN {IS_STAND_IN} THEN {REPORTED} ELSE coalesce(c.model_id, c.model) END"
"""The catalogue's id where it knows the name, and the name as reported where another model stands in for it."""
ID_MATCHES = "(c.model IS NULL OR NOT {stand_in}) AND (c.model_id {test} OR substr(c.model_id, instr(c.model_id, '/') + 1) {test})"


def asked_for(test: str) -> str:
    """The condition that a call is of a model: `test` is what comes behind the name, as reported or as the catalogue has it, with or without the maker."""
    return f"(c.model {test} OR ({ID_MATCHES.format(stand_in=IS_STAND_IN, test=test)}))"


def stand_ins(connection: sqlite3.Connection) -> str:
    """The parameter of IS_STAND_IN: ids of the bases with a model in place of another, looked up once and not for each block of rows."""
    found: str = connection.execute(STAND_INS).fetchone()[0]
    return found
