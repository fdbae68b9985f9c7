"""Make ``models/radio/climate.toml``: rain and refractivity by place, computed with ITU-Rpy (extra ``bench``).

The maps of the ITU may not be passed on; values computed at named places may. Between places the program weighs the
nearest (`planner.specs.climate`); this script prints how far that is from the maps over the country's land.

    python scripts/make_climate.py [--out models/radio/climate.toml]
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import Any

import numpy as np

PLACES = """
Sabang 95.32 5.89|Banda Aceh 95.32 5.55|Lhokseumawe 97.15 5.18|Meulaboh 96.13 4.14|Takengon 96.84 4.63|Singkil 97.79 2.28
Medan 98.67 3.59|Sibolga 98.78 1.74|Gunungsitoli 97.62 1.29|Pematangsiantar 99.07 2.96|Pekanbaru 101.45 0.51|Dumai 101.45 1.67
Tanjungpinang 104.45 0.92|Ranai 108.39 3.95|Tarempa 106.22 3.22|Padang 100.36 -0.95|Tuapejat 99.59 -2.03|Bukittinggi 100.37 -0.31
Jambi 103.61 -1.61|Sungai Penuh 101.39 -2.06|Bengkulu 102.26 -3.80|Enggano 102.25 -5.38|Palembang 104.75 -2.98|Lubuklinggau 102.86 -3.30
Pangkalpinang 106.11 -2.13|Tanjungpandan 107.64 -2.74|Bandar Lampung 105.26 -5.43|Krui 103.93 -5.19|Serang 106.15 -6.12|Jakarta 106.83 -6.20
Bandung 107.61 -6.91|Pelabuhan Ratu 106.55 -6.99|Cirebon 108.55 -6.73|Semarang 110.42 -6.97|Cilacap 109.01 -7.73|Yogyakarta 110.37 -7.80
Surabaya 112.75 -7.26|Malang 112.63 -7.98|Pacitan 111.10 -8.20|Banyuwangi 114.37 -8.22|Sumenep 113.86 -7.01|Kangean 115.38 -6.91
Bawean 112.66 -5.79|Karimunjawa 110.43 -5.85|Denpasar 115.22 -8.65|Mataram 116.12 -8.58|Sumbawa Besar 117.42 -8.50|Bima 118.73 -8.46
Labuan Bajo 119.89 -8.50|Ruteng 120.46 -8.61|Ende 121.65 -8.85|Maumere 122.21 -8.62|Larantuka 122.99 -8.34|Kalabahi 124.52 -8.22
Kupang 123.58 -10.17|Soe 124.28 -9.86|Atambua 124.89 -9.11|Waingapu 120.26 -9.66|Waikabubak 119.41 -9.64|Baa 123.05 -10.73
Pontianak 109.34 -0.03|Sambas 109.30 1.36|Sintang 111.48 0.07|Putussibau 112.93 0.84|Ketapang 109.97 -1.85|Palangka Raya 113.92 -2.21
Pangkalan Bun 111.62 -2.68|Muara Teweh 114.89 -0.95|Banjarmasin 114.59 -3.32|Kotabaru 116.23 -3.24|Balikpapan 116.85 -1.27|Samarinda 117.15 -0.50
Long Bawan 115.69 3.90|Long Apari 114.40 0.90|Tanjung Selor 117.36 2.84|Nunukan 117.67 4.14|Tarakan 117.63 3.30|Sangatta 117.54 0.50
Manado 124.84 1.49|Tahuna 125.49 3.61|Melonguane 126.68 4.00|Miangas 126.58 5.55|Gorontalo 123.06 0.54|Tolitoli 120.82 1.04
Palu 119.87 -0.90|Luwuk 122.79 -0.95|Poso 120.75 -1.39|Mamuju 118.89 -2.68|Makassar 119.42 -5.15|Palopo 120.20 -3.00
Selayar 120.46 -6.12|Kendari 122.51 -3.99|Baubau 122.60 -5.47|Wakatobi 123.60 -5.34|Kolaka 121.60 -4.05|Ternate 127.38 0.79
Tobelo 128.01 1.73|Daruba 128.29 2.05|Labuha 127.50 -0.63|Sanana 125.98 -2.05|Ambon 128.18 -3.70|Masohi 128.96 -3.30
Namlea 127.10 -3.25|Wahai 129.49 -2.80|Banda Neira 129.90 -4.53|Tual 132.75 -5.63|Dobo 134.22 -5.76|Saumlaki 131.30 -7.98
Wonreli 127.16 -8.06|Tepa 129.60 -7.87|Sorong 131.26 -0.88|Waisai 130.82 -0.43|Manokwari 134.06 -0.86|Fakfak 132.30 -2.93
Kaimana 133.69 -3.65|Bintuni 133.52 -2.10|Nabire 135.50 -3.37|Biak 136.08 -1.18|Serui 136.24 -1.88|Sarmi 138.75 -1.87
Jayapura 140.70 -2.53|Wamena 138.95 -4.10|Timika 136.89 -4.55|Enarotali 136.37 -3.93|Oksibil 140.63 -4.90|Tanah Merah 140.30 -6.10
Agats 138.13 -5.54|Kepi 139.33 -6.53|Merauke 140.40 -8.50|Okaba 139.70 -8.10|Kimaam 138.85 -7.97|Mulia 137.95 -3.70
Dili 125.57 -8.56|Kuching 110.34 1.55|Kota Kinabalu 116.07 5.98|Vanimo 141.30 -2.68|Daru 143.20 -9.08|Christmas Island 105.69 -10.49
"""


def places() -> list[tuple[str, float, float]]:
    """Name, longitude and latitude of each place."""
    found = []
    for item in PLACES.replace("\n", "|").split("|"):
        if item.strip():
            name, lon, lat = item.strip().rsplit(" ", 2)
            found.append((name, float(lon), float(lat)))
    return found


def of_maps(lon_deg: np.ndarray, lat_deg: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of the table at any place, from the maps of ITU-Rpy."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from itur.models import itu453, itu530, itu837, itu839

        def plain(value: Any) -> np.ndarray:  # quantities of astropy, which has no types
            return np.asarray(getattr(value, "value", value), dtype=np.float64).reshape(lon_deg.shape)

        return {
            "rain_mm_per_h": plain(itu837.rainfall_rate(lat_deg, lon_deg, 0.01)),
            "rain_height_km": plain(itu839.rain_height(lat_deg, lon_deg)),
            "dn1_per_km": plain(itu453.DN65(lat_deg, lon_deg, 1)),
            "roughness_m": plain(itu530._ITU530_17_.s_a(lat_deg, lon_deg)),
        }


ABOUT = {
    "rain_mm_per_h": ("rain rate exceeded 0.01 % of an average year, ITU-R P.837-7", 2017, 1),
    "rain_height_km": ("mean annual rain height above sea level, ITU-R P.839-4", 2013, 2),
    "dn1_per_km": ("refractivity gradient in the lowest 65 m not exceeded 1 % of the year, ITU-R P.453-13", 2017, 0),
    "roughness_m": ("standard deviation of the ground in 110 km x 110 km, ITU-R P.530-17", 2017, 0),
}


def text() -> str:
    """The file."""
    names, lon, lat = zip(*places(), strict=True)
    columns = of_maps(np.array(lon), np.array(lat))
    lines = [
        "# Rain and refractivity by place. Made by scripts/make_climate.py; do not edit by hand.",
        'about = "climate of radio links at places of Indonesia and around it"',
        "places = [" + ", ".join(f'"{name}"' for name in names) + "]",
    ]
    position = 'source = "towns, to about 0.1 degree: each value was computed at exactly this position", year = 2026'
    lines += [f"lon_deg = {{ value = [{', '.join(f'{v:.2f}' for v in lon)}], {position} }}"]
    lines += [f"lat_deg = {{ value = [{', '.join(f'{v:.2f}' for v in lat)}], {position} }}"]
    for name, (source, year, digits) in ABOUT.items():
        values = ", ".join(f"{v:.{max(digits, 1)}f}" for v in columns[name])
        lines.append(
            f'{name} = {{ value = [{values}], source = "{source} (computed with ITU-Rpy 0.4)", year = {year} }}'
        )
    reach = 'source = "judgement: beyond it the nearest place says nothing", year = 2026'
    lines.append(f"max_km = {{ value = 400.0, {reach} }}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the table and print its error against the maps."""
    parser = argparse.ArgumentParser(description="Make models/radio/climate.toml")
    parser.add_argument("--out", type=Path, default=Path("models/radio/climate.toml"))
    out: Path = parser.parse_args().out
    out.write_text(text(), encoding="utf-8")
    from planner.catalog import read_spec
    from planner.specs.climate import ClimateSpec

    spec = read_spec(ClimateSpec, "radio", "climate", folder=out.parent.parent)
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(95.0, 141.0, 20_000), rng.uniform(-11.0, 6.0, 20_000)
    near = spec.nearest_km(lon, lat) < 150.0
    lon, lat = lon[near], lat[near]
    maps, ours = of_maps(lon, lat), spec.at(lon, lat)
    for name in ABOUT:
        error = getattr(ours, name) - maps[name]
        print(f"{name}: bias {error.mean():.2f}, rms {np.sqrt((error**2).mean()):.2f}, over {near.sum()} places")


if __name__ == "__main__":
    main()
