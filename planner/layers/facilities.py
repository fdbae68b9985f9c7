"""Public facilities: schools, health posts, offices, markets; from Dapodik, Kemenkes, OpenStreetMap and lists."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.layers.conform import Recipe
from planner.layers.merge import read_table_layer
from planner.layers.report import Conformed, ReadContext

if TYPE_CHECKING:
    from planner.scenario import LayerSource

__all__ = ["read"]

_KINDS = {
    **dict.fromkeys(
        ("sekolah", "sd", "smp", "sma", "smk", "mi", "mts", "ma", "tk", "paud", "slb", "kb", "sdn", "smpn", "sman", "smkn", "sd negeri",
         "smp negeri", "sma negeri", "universitas", "kampus", "perguruan tinggi", "madrasah", "pesantren", "pondok pesantren",
         "university", "college", "kindergarten", "pendidikan", "satuan pendidikan", "ra", "pkbm"), "school"),
    **dict.fromkeys(
        ("kesehatan", "puskesmas", "pustu", "puskesmas pembantu", "poskesdes", "polindes", "posyandu", "rumah sakit", "rs", "rsud", "klinik",
         "apotek", "faskes", "hospital", "clinic", "doctors", "pharmacy", "health centre", "health post"), "health"),
    **dict.fromkeys(
        ("kantor", "kantor desa", "kantor lurah", "kantor kelurahan", "kantor camat", "kantor kecamatan", "kantor bupati", "balai desa",
         "pemerintahan", "kantor pemerintah", "polsek", "polres", "koramil", "kantor polisi", "townhall", "government", "police", "post office",
         "kantor pos", "public building"), "office"),
    **dict.fromkeys(("pasar", "pasar desa", "pasar rakyat", "pasar tradisional", "marketplace", "tpi", "tempat pelelangan ikan"), "market"),
    **dict.fromkeys(
        ("lainnya", "lain lain", "lain", "pelabuhan", "dermaga", "terminal", "bandara", "masjid", "gereja", "pura", "vihara", "place of worship",
         "objek wisata", "wisata", "tourism", "ferry terminal", "bank", "atm", "koperasi"), "other"),
}  # fmt: skip
RECIPE = Recipe(kind="facilities", vocabulary={"kind": _KINDS})


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read public facilities.

    Raises
    ------
    LayerError
        The file cannot be opened as a table.
    """
    return read_table_layer(RECIPE, path, source, context)
