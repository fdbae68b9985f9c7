"""One table of foreign column names: what our columns are called in Indonesian and English files.

`NAMES` holds, for each of our columns, the headers seen in the wild (ministries, BPS, operators, OpenCelliD,
OpenStreetMap, municipal portals), best first. Headers are compared without case, accents, punctuation and
units. A scenario's ``columns`` override wins over everything.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.layers.values import unit_factor
from planner.schema import layer

__all__ = [
    "HELPERS",
    "NAMES",
    "PERSONAL",
    "Match",
    "Matched",
    "is_personal",
    "match_headers",
    "nearest_header",
    "normal",
    "unit_of",
]

HELPERS = ("lat_lon", "desa_name", "kecamatan_name", "kabupaten_name", "provinsi_name", "bps_area_code")
"""Columns that are no part of a layer but help to place or name a row."""

_ALL: Mapping[str, str] = {
    "lon_deg": "longitude|lon|long|lng|bujur|garis bujur|bujur timur|bt|koordinat bujur|koordinat x|koord x|x|x coord|titik x|longitud|longitude x|lon deg|koordinat longitude",
    "lat_deg": "latitude|lat|lintang|garis lintang|lintang selatan|ls|koordinat lintang|koordinat y|koord y|y|y coord|titik y|latitud|latitude y|lat deg|koordinat latitude",
    "lat_lon": "koordinat|titik koordinat|coordinates|coordinate|lat long|latlong|lat lng|latlng|lat lon|lokasi koordinat|koordinat lokasi|google maps|link google maps|link maps|link gmaps|gmaps|maps|map link|url maps|tautan peta|link peta|titik lokasi|share lokasi|geotag|gps|titik gps|koordinat gps",
    "source": "source|sumber|sumber data",
    "evidence": "evidence|bukti|jenis bukti",
    "year": "year|tahun|thn|tahun data",
    "name": "name|nama|nama lokasi|nama tempat|nama wilayah|nama daerah|nama area|wilayah|daerah|uraian",
    "desa_code": "desa code|kode desa|kode kelurahan|kode desa kelurahan|kode desa kel|kd desa|kddesa|kode kel|kode wilayah|kode wilayah desa|kode kemendagri|kemendagri|kode area|kode|kodewilayah|village code|desa id|iddesa|id desa",
    "desa_name": "desa|kelurahan|desa kelurahan|kelurahan desa|desa kel|kel desa|nama desa|nama kelurahan|nama desa kelurahan|village|desa name|nm desa|nmdesa",
    "kecamatan_name": "kecamatan|kec|nama kecamatan|district|subdistrict|kecamatan name|distrik|nm kec|nmkec",
    "kabupaten_name": "kabupaten|kabupaten kota|kab kota|kota kabupaten|kab|kota|nama kabupaten|nama kabupaten kota|kabkota|kabkot|regency|city|kabupaten name|nm kab|nmkab|dati2",
    "provinsi_name": "provinsi|propinsi|prov|nama provinsi|province|provinsi name|nm prov|nmprov",
    "area_code": "area code|kode wilayah|kode kemendagri|kemendagri|kemendagri code|kode area|kode desa|kode kelurahan|kode kecamatan|kode kabupaten|kode kab|kode kabupaten kota|kode kab kota|kode provinsi|kode|code|kode daerah|kodewilayah|id wilayah|kd wilayah|adm code|kemendagri 2025",
    "bps_area_code": "kode bps|bps code|bps|kd bps|kodebps|kode wilayah bps|idbps|kode bps desa|kode bps kecamatan|kode bps kabupaten",
    "operator": "operator|operator seluler|provider|penyedia|nama operator|tenant|penyewa|carrier",
    "status": "status|kondisi|status site|status bts|status operasi|status menara|keadaan",
    "date": "date|tanggal|tgl|tanggal surat|tgl surat|waktu|timestamp",
    "letter": "letter|nomor surat|no surat|surat|nomor",
    "is_placed": "is placed",
}  # fmt: skip

_BY_KIND: Mapping[str, Mapping[str, str]] = {
    "bts": {
        "bts_id": "bts id|id bts|site id|siteid|id site|kode site|kode bts|id menara|kode menara|nomor site|site code|no site|cell id|cellid|enodeb|enodeb id|id|kode",
        "technology": "technology|teknologi|radio|jaringan|generasi|tipe jaringan|jenis jaringan|tech|rat|layanan|network",
        "band_mhz": "band mhz|band|frekuensi|frequency|frekuensi mhz|freq|pita frekuensi|pita",
        "height_m": "height m|tinggi|tinggi menara|tinggi antena|tinggi antenna|tinggi tower|tower height|height|ketinggian menara|antenna height",
        "power_dbm": "power dbm|daya|daya pancar|tx power|power|transmit power",
        "gain_dbi": "gain dbi|gain|gain antena|antenna gain",
        "azimuth_deg": "azimuth deg|azimuth|azimut|arah antena|arah|bearing",
        "tilt_deg": "tilt deg|tilt|electrical tilt|tilt elektrik|tilt elektrikal|downtilt|kemiringan antena",
        "mechanical_tilt_deg": "mechanical tilt deg|mechanical tilt|tilt mekanik|tilt mekanis",
        "bandwidth_mhz": "bandwidth mhz|bandwidth|lebar pita|lebar kanal|channel width",
        "n_sectors": "n sectors|jumlah sektor|sektor|sectors|sector",
        "backhaul": "backhaul|transmisi|jenis transmisi|media transmisi|transport|jenis backhaul",
        "backhaul_mbps": "backhaul mbps|kapasitas backhaul|kapasitas transmisi|bandwidth backhaul|kapasitas|rate mbps",
        "samples": "samples|jumlah sampel|sampel",
        "assumed": "assumed",
        "mcc": "mcc", "mnc": "mnc|net", "lac": "lac|area|tac", "cell": "cell|cellid|cid|cell id",
    },
    "umkm": {
        "umkm_id": "umkm id|id umkm|id usaha|kode umkm|kode usaha|id|id pelaku usaha|nomor registrasi|no registrasi|no reg|uuid",
        "sector": "sector|sektor|sektor usaha|bidang usaha|jenis usaha|kategori usaha|kategori|kbli|kode kbli|klasifikasi|bidang|lapangan usaha",
        "size": "size|skala|skala usaha|ukuran|kelas usaha|klasifikasi usaha|kriteria usaha|jenis skala|golongan",
        "digital": "digital|status digital|go digital|onboarding|sudah digital|digitalisasi|online|penjualan online|marketplace|pemasaran online",
        "has_nib": "has nib|nib|punya nib|memiliki nib|status nib|ada nib",
        "has_halal": "has halal|halal|sertifikat halal|sertifikasi halal|punya halal",
        "weight": "weight|bobot|jumlah unit|jumlah umkm",
    },
    "umkm_counts": {
        "n_umkm": "n umkm|jumlah umkm|jumlah usaha|jumlah unit usaha|jumlah|total umkm|umkm|banyaknya usaha|unit usaha|count|banyaknya umkm|nilai",
        "sector": "sector|sektor|sektor usaha|bidang usaha|jenis usaha|kategori usaha|kategori|kbli|lapangan usaha|bidang",
        "size": "size|skala|skala usaha|ukuran|kelas usaha|klasifikasi usaha|kriteria usaha",
        "definition": "definition|definisi|keterangan|catatan",
        "name": "name|nama|nama wilayah|nama daerah|wilayah|daerah|nama area",
        "mikro": "mikro|usaha mikro|umi|micro|jumlah mikro|jumlah usaha mikro",
        "kecil": "kecil|usaha kecil|uk|small|jumlah kecil|jumlah usaha kecil",
        "menengah": "menengah|usaha menengah|um|medium|jumlah menengah|jumlah usaha menengah",
    },
    "facilities": {
        "facility_id": "facility id|id fasilitas|npsn|kode fasilitas|kode faskes|kode puskesmas|id|kode|osm id",
        "name": "name|nama|nama fasilitas|nama sekolah|nama faskes|nama puskesmas|nama satuan pendidikan|nama lokasi|nama sp",
        "kind": "kind|jenis|jenis fasilitas|kategori|tipe|bentuk pendidikan|amenity|type|jenis faskes|bp|jenjang",
        "is_main": "is main|utama|fasilitas utama",
    },
    "fiber_nodes": {
        "node_id": "node id|id node|kode node|id pop|kode pop|id|kode",
        "name": "name|nama|nama node|nama pop|nama lokasi|lokasi|landing point",
        "kind": "kind|jenis|tipe|jenis node|type|kategori",
        "capacity_mbps": "capacity mbps|kapasitas|capacity|kapasitas tersedia|sisa kapasitas",
    },
    "satellite": {
        "satellite_id": "satellite id|satelit|satellite|nama satelit|id satelit",
        "beam_id": "beam id|beam|spot beam|id beam|nama beam",
        "orbit_deg": "orbit deg|orbit|slot orbit|posisi orbit|orbital slot|orbital position",
        "band": "band|pita|pita frekuensi|frekuensi",
        "capacity_mbps": "capacity mbps|kapasitas|capacity|throughput|kapasitas beam",
        "committed_mbps": "committed mbps|kapasitas terpakai|terpakai|committed|used mbps|kapasitas terikat",
        "committed_mbps_per_site": "committed mbps per site|kapasitas per lokasi|mbps per titik|mbps per site|rate per site",
        "footprint_wkt": "footprint wkt|footprint|wkt|wkt geom|geometry wkt|jejak pancaran|jejak|cakupan pancaran|poligon",
    },
    "gateways": {
        "gateway_id": "gateway id|id gateway|kode gateway|gateway|stasiun bumi|id|kode",
        "name": "name|nama|nama gateway|lokasi|tempat|kota",
        "satellite_id": "satellite id|satelit|satellite|nama satelit|id satelit",
    },
    "admin": {
        "code": "code|kode|kode wilayah|kode wil|kd wilayah|kode kemendagri|kemendagri|kode desa|kode kelurahan|kode kecamatan|kode kabupaten|kode provinsi|area code|kemendagri code|kodewilayah",
        "bps_code": "bps code|kode bps|bps|kd bps|kodebps|kode wilayah bps",
        "name": "name|nama|nama wilayah|nama daerah|wilayah|kelurahan|desa|nama desa|nama kecamatan|nama kabupaten|bps name",
        "level": "level|tingkat|tingkatan|jenis wilayah",
        "parent_code": "parent code|kode induk|induk|parent",
        "people": "people|total|jumlah penduduk|penduduk|jumlah jiwa|populasi|population|jumlah total|pop2025",
    },
    "population_counts": {
        "people": "people|total|jumlah penduduk|penduduk|jumlah jiwa|populasi|population|jumlah|jiwa|total penduduk|laki laki perempuan|pop2025|jumlah total",
    },
    "priority": {
        "kind": "kind|jenis|kategori|jenis prioritas|status|keterangan|golongan",
        "name": "name|nama|nama wilayah|nama daerah|name 2025|nama kabupaten|nama lokasi",
    },
    "proposals": {
        "proposal_id": "proposal id|id usulan|kode usulan|nomor usulan|no usulan|id|kode|no",
        "name": "name|nama|nama lokasi|lokasi|lokasi usulan|nama tempat|dusun|titik usulan",
        "requested_by": "requested by|pengusul|diusulkan oleh|instansi pengusul|pemohon|asal usulan|pemda pengusul",
        "land_status": "land status|status lahan|lahan|kesiapan lahan|kepemilikan lahan",
        "access_mode": "access mode|akses|moda akses|akses lokasi|moda transportasi",
    },
    "decisions": {
        "decision_id": "decision id|id keputusan|id|kode|no",
        "action": "action|keputusan|tindakan|aksi",
        "site_type": "site type|jenis site|tipe site|tipe",
        "backhaul": "backhaul|transmisi",
        "radius_km": "radius km|radius|jangkauan",
        "reason": "reason|alasan|keterangan|pertimbangan",
        "to_lon_deg": "to lon deg|bujur tujuan|lon tujuan|to lon|to longitude",
        "to_lat_deg": "to lat deg|lintang tujuan|lat tujuan|to lat|to latitude",
        "author": "author|penanggung jawab|oleh|pembuat|pic|diputuskan oleh",
    },
    "measurements": {
        "rsrp_dbm": "rsrp dbm|rsrp|kuat sinyal|sinyal|signal|level sinyal|signal strength|dbm",
        "cell_id": "cell id|cellid|cid|cell",
    },
}  # fmt: skip

PERSONAL = frozenset(
    """nama|nama usaha|nama umkm|nama pemilik|nama pelaku usaha|pemilik|owner|owner name|nama lengkap|name|nama toko|merek|merk|brand
    |nama brand|penanggung jawab|kontak|contact|telepon|telp|no telp|no telepon|nomor telepon|phone|phone number|hp|no hp
    |nomor hp|handphone|no handphone|wa|no wa|whatsapp|nomor wa|nik|no ktp|ktp|nomor ktp|no kk|npwp|email|e mail|alamat|alamat usaha
    |alamat lengkap|alamat pemilik|address|jalan|instagram|facebook|tanggal lahir|tempat lahir|jenis kelamin|nib|nomor nib|no nib
    |business name|nama merchant|merchant|merchant name|nama pengusaha|nama perusahaan|ig|website|rekening|no rekening
    """.replace("\n", "").replace("    ", "").split("|")
)  # fmt: skip
"""Headers of columns that name a person or an enterprise; dropped unless the scenario wants them."""

_UNIT_WORDS = ("mhz", "ghz", "khz", "mbps", "gbps", "kbps", "tbps", "dbm", "dbi", "meter", "metre", "m", "km", "ft", "feet", "kaki", "kv", "v", "deg", "derajat", "watt", "w")  # fmt: skip
_OUR_UNITS = ("mhz", "mbps", "dbm", "dbi", "km", "kv", "deg", "m")


@dataclass(frozen=True)
class Match:
    """One of our columns found in a file.

    Parameters
    ----------
    header
        Header as the file writes it; empty when ``constant`` is given.
    factor
        From the header's unit to ours.
    constant
        Value the scenario gives for every row (``columns = { technology = "=4G" }``).
    unit_fault
        The header names a unit that does not fit ours.
    """

    header: str
    factor: float = 1.0
    constant: str | None = None
    unit_fault: str = ""


@dataclass(frozen=True)
class Matched:
    """All columns found, what was not used, and doubts."""

    columns: Mapping[str, Match]
    unused: tuple[str, ...]
    notes: tuple[str, ...]
    faults: tuple[tuple[str, str, str], ...]  # (code, header, message)

    def header(self, name: str) -> str:
        """Header behind our column ``name``; the name itself where there is none."""
        match = self.columns.get(name)
        return match.header if match is not None and match.header else name


def normal(header: str) -> str:
    """A header without case, accents, punctuation: ``"Kab./Kota "`` → ``"kab kota"``."""
    plain = unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def is_personal(header: str) -> bool:
    """Whether a column of this header names a person or an enterprise."""
    return normal(re.sub(r" \(\d+\)$", "", header)) in PERSONAL


def unit_of(name: str) -> str:
    """Unit in the name of one of our columns (``height_m`` → ``m``)."""
    last = name.rpartition("_")[2]
    return last if last in _OUR_UNITS and name != last else ""


def names_of(kind: str) -> Mapping[str, tuple[str, ...]]:
    """Foreign names of every column of a layer and of the helpers, best first."""
    own = _BY_KIND.get(kind, {})
    wanted = [*layer(kind).column_names, *HELPERS, *(name for name in own if name not in layer(kind).column_names)]
    return {name: (normal(name), *own.get(name, _ALL.get(name, "")).split("|")) for name in wanted}


NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    kind: names_of(kind)
    for kind in ("bts", "umkm", "umkm_counts", "facilities", "fiber_nodes", "satellite", "gateways", "admin",
                 "population_counts", "priority", "proposals", "decisions", "measurements")
}  # fmt: skip


def match_headers(headers: Sequence[str], kind: str, overrides: Mapping[str, str]) -> Matched:
    """Find our columns among the headers of a file.

    Parameters
    ----------
    headers
        As the file writes them.
    kind
        Layer kind.
    overrides
        The scenario's ``columns``: our name → header, or our name → ``=constant``.
    """
    found: dict[str, Match] = {}
    faults: list[tuple[str, str, str]] = []
    known = NAMES[kind]
    exact = {normal(header): header for header in reversed(headers)}
    bare = {normal(_without_unit(header)[0]): header for header in reversed(headers)}
    for name, wanted in overrides.items():
        fault = _override(name, wanted, headers, exact, known)
        if isinstance(fault, Match):
            found[name] = fault
        else:
            faults.append(fault)
    taken = {match.header for match in found.values()}
    for name, foreign in known.items():
        if name in found:
            continue
        header = next((table[word] for word in foreign for table in (exact, bare) if word and word in table and table[word] not in taken), None)  # fmt: skip
        if header is not None:
            found[name] = _matched(name, header)
    found = _settle(found, overrides, known)
    used = {match.header for match in found.values()}
    unused = tuple(header for header in headers if header and header not in used)
    notes = tuple(
        f"column '{match.header}' read as {name}" for name, match in found.items() if match.header and match.header != name
    )  # fmt: skip
    faults += [("unit_mismatch", m.header, m.unit_fault) for m in found.values() if m.unit_fault]
    return Matched(found, unused, notes, tuple(faults))


def nearest_header(name: str, kind: str, unused: Sequence[str]) -> str:
    """Of the unused headers the one that is nearly a known name of our column (a slip of the pen), else ""."""
    words = NAMES[kind].get(name, ())
    scored = [
        (difflib.SequenceMatcher(None, normal(header), word).ratio(), header)
        for header in unused
        for word in words
        if len(word) > 3
    ]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= 0.8 else ""


def _override(
    name: str, wanted: str, headers: Sequence[str], exact: Mapping[str, str], known: Mapping[str, tuple[str, ...]]
) -> Match | tuple[str, str, str]:
    if name not in known:
        listed = ", ".join(sorted(known))
        return "override_unknown", name, f"columns: '{name}' is no column of this layer (known: {listed})"
    if wanted.startswith("="):
        return Match("", constant=wanted[1:].strip())
    header = wanted if wanted in headers else exact.get(normal(wanted))
    if header is None:
        return "override_missing", wanted, f"columns: the file has no column '{wanted}' for {name}"
    return _matched(name, header)


def _matched(name: str, header: str) -> Match:
    unit = unit_of(name)
    _, written = _without_unit(header)
    if not unit or not written or written == unit:
        return Match(header)
    factor = unit_factor(unit, written)
    if factor is None:
        fault = f"the header names the unit '{written}', which cannot be turned into {unit}"
        return Match(header, unit_fault=fault)
    return Match(header, factor)


def _settle(
    found: dict[str, Match], overrides: Mapping[str, str], known: Mapping[str, tuple[str, ...]]
) -> dict[str, Match]:
    """Give a header that fits several of our columns to the one whose list has it first."""
    by_header: dict[str, list[str]] = {}
    for name, match in found.items():
        if match.header and name not in overrides:
            by_header.setdefault(match.header, []).append(name)
    drop: set[str] = set()
    for header, names in by_header.items():
        if len(names) > 1:
            words = (normal(header), normal(_without_unit(header)[0]))
            ranked = sorted(names, key=lambda n: (min(known[n].index(w) for w in words if w in known[n]), list(known).index(n)))  # fmt: skip
            drop |= set(ranked[1:])
    return {name: match for name, match in found.items() if name not in drop}


def _without_unit(header: str) -> tuple[str, str]:
    """A header without its unit, and the unit: ``"Tinggi (m)"`` → ``("Tinggi", "m")``."""
    found = re.match(r"^(.*\S)\s*[\[(]\s*([^\])]*?)\s*[\])]\s*$", header.replace("\n", " "))
    if found:
        word = found.group(2).casefold()
        return found.group(1), (word if word in _UNIT_WORDS else "")
    found = re.match(r"^(.*\S)[\s_,-]+([A-Za-z]+)$", header.strip())
    if found and found.group(2).casefold() in _UNIT_WORDS:
        return found.group(1), found.group(2).casefold()
    return header, ""
