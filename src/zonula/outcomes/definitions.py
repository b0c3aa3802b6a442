"""What counts as recovery, response, harm and leaving: declared on cards before anyone looks at data."""

from hashlib import sha256

import msgspec

from zonula.knowledge import Shelf

ROOM = "outcomes"


class Definitions(msgspec.Struct, frozen=True, kw_only=True):
    """The declared definitions. Percent figures refer to the run-in baseline of the weekly 12-domain total; days are days."""

    run_in_days: int
    recovery_percent: float
    recovery_kept_days: int
    partial_percent: float
    worsening_percent: float
    relapse_percent: float
    relapse_kept_days: int
    drop_out_days: int
    least_recoveries: int
    recoveries_per_predictor: int
    least_alike: int
    least_per_band: int
    agreed_times: tuple[int, ...]
    least_cell: int
    worth_hazard_ratio: float
    worth_power: float
    worth_alpha: float

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the definitions; two clinics pool only when theirs are equal."""
        return sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


def declared(shelf: Shelf) -> Definitions:
    """The definitions on the shelf's cards."""

    def value(name: str) -> float:
        return float(shelf.card(f"{ROOM}/{name}").value)

    recovery, relapse = shelf.card(f"{ROOM}/recovery"), shelf.card(f"{ROOM}/relapse")
    enough, worth = shelf.card(f"{ROOM}/enough").data, shelf.card(f"{ROOM}/worth_knowing")
    return Definitions(
        run_in_days=int(value("run_in")),
        recovery_percent=recovery.value,
        recovery_kept_days=recovery.data["kept_days"],
        partial_percent=value("partial_response"),
        worsening_percent=value("worsening"),
        relapse_percent=relapse.value,
        relapse_kept_days=relapse.data["kept_days"],
        drop_out_days=int(value("drop_out")),
        least_recoveries=enough["recoveries"],
        recoveries_per_predictor=enough["per_predictor"],
        least_alike=enough["alike"],
        least_per_band=enough["per_band"],
        agreed_times=tuple(shelf.card(f"{ROOM}/agreed_times").data),
        least_cell=int(value("disclosure")),
        worth_hazard_ratio=worth.value,
        worth_power=worth.data["power"],
        worth_alpha=worth.data["alpha"],
    )
