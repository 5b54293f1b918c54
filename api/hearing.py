"""
How this installation is set to read messages and to believe them.

The server and the command line both take it from here, so they answer alike. Knows settings,
and no roads: who only reads a message does not wait for them to be loaded.
"""

from api.settings import IntakeSettings
from dispatch.belief.hearing import Hearing
from dispatch.ground import Ground
from dispatch.location.cells.table import OPENCELLID, OPERATOR_RO, CellTable


def hearing_on(ground: Ground, intake: IntakeSettings | None = None) -> Hearing:
    """
    Return what reads messages and believes them, with the key and the cells that are set.

    Raises
    ------
    RefusedError
        The cell table cannot be read.
    """
    chosen = intake or IntakeSettings()
    key = chosen.aml_hmac_key
    return Hearing(ground, key.get_secret_value().encode() if key else None, _cells(chosen))


def _cells(intake: IntakeSettings) -> CellTable | None:
    if intake.cell_table is None:
        return None
    columns = OPENCELLID if intake.cell_columns == "opencellid" else OPERATOR_RO
    return CellTable.load(intake.cell_table, columns, mcc="226")
