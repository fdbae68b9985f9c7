"""Sectors of enterprises as KBLI groups: five-digit codes, group letters, and the words of municipal lists.

KBLI 2020 (Peraturan BPS 2/2020): the first two digits of a code are its division; ranges of divisions make
the groups A to U. Words that fit several groups, or none, stay without a group.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["sector_in_titles", "sector_of"]

_DIVISIONS = (
    (1, 3, "A"), (5, 9, "B"), (10, 33, "C"), (35, 35, "D"), (36, 39, "E"), (41, 43, "F"), (45, 47, "G"), (49, 53, "H"),
    (55, 56, "I"), (58, 63, "J"), (64, 66, "K"), (68, 68, "L"), (69, 75, "M"), (77, 82, "N"), (84, 84, "O"), (85, 85, "P"),
    (86, 88, "Q"), (90, 93, "R"), (94, 96, "S"), (97, 98, "T"), (99, 99, "U"),
)  # fmt: skip
_WORDS = {
    "A": "agrobisnis pertanian perkebunan peternakan perikanan kehutanan nelayan agribisnis budidaya tani ternak",
    "B": "pertambangan tambang galian",
    "C": "fashion konveksi kerajinan kriya mebel furniture furnitur industri pengolahan tenun batik anyaman garmen manufaktur meubel craft",
    "F": "konstruksi bangunan",
    "G": "perdagangan toko sembako kelontong konter elektronik aksesori aksesoris farmasi otomotif dagang eceran grosir sayur bengkel kios ritel",
    "H": "transportasi ekspedisi logistik angkutan pergudangan",
    "I": "kuliner makanan minuman restoran katering akomodasi penginapan homestay kafe warung fnb food",
    "J": "teknologi informasi komunikasi software digital",
    "K": "keuangan asuransi koperasi",
    "P": "pendidikan kursus bimbel",
    "Q": "kesehatan klinik",
    "R": "kreatif hiburan rekreasi kesenian wisata pariwisata",
    "S": "jasa salon laundry perawatan penatu",
}
_BY_WORD = {word: letter for letter, words in _WORDS.items() for word in words.split()}
_NAMED = re.compile(r"\b(?:sektor|bidang(?: usaha)?|umkm|kategori)\s+(.+)", re.IGNORECASE)


def sector_of(text: str) -> str:
    """KBLI group of a cell, "" where it is not clear.

    Examples
    --------
    >>> sector_of("56101"), sector_of("G"), sector_of("Kuliner"), sector_of("G. Perdagangan Besar"), sector_of("?")
    ('I', 'G', 'I', 'G', '')
    """
    bare = text.strip()
    letter = re.match(r"^([A-Ua-u])(?:$|[.\s\-:)])", bare)
    if letter and (len(bare) == 1 or not bare[1].isalpha()):
        return letter.group(1).upper()
    digits = re.match(r"^(\d{5}|\d{4}|\d{2})\b", bare)
    if digits:
        division = int(digits.group(1)[:2])
        return next((group for low, high, group in _DIVISIONS if low <= division <= high), "")
    groups = {_BY_WORD[word] for word in re.findall(r"[a-z]+", bare.casefold()) if word in _BY_WORD}
    return groups.pop() if len(groups) == 1 else ""


def sector_in_titles(titles: Sequence[str], file: str) -> str:
    """KBLI group that the titles of a table name (``DATA UMKM KULINER``), else its file name; "" = none."""
    for title in titles:
        named = _NAMED.search(title)
        if named:
            part = re.split(
                r"\s+(?:menurut|di|per|tahun|kabupaten|kota|provinsi)\b|\s[-–]\s", named.group(1), flags=re.IGNORECASE
            )[0]
            found = sector_of(part)
            if found:
                return found
    return "" if titles else sector_of(re.sub(r"\W|_", " ", file.rpartition("/")[2].rpartition(".")[0]))
