"""A folium map and figure that open without a network: assets inlined, one data island, a strict CSP."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import folium
from branca.element import Figure
from folium.template import Template

from planner.errors import OutputError
from planner.paths import maps_dir

__all__ = ["CONTENT_SECURITY_POLICY", "OfflineFigure", "OfflineMap", "island", "read_asset"]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
)

_ESCAPES = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"},
)


def island(data: Mapping[str, Any]) -> str:
    r"""JSON that cannot end its script element, whatever the names in it say.

    Examples
    --------
    >>> island({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.translate(_ESCAPES)


@lru_cache(maxsize=16)
def read_asset(name: str) -> str:
    """Text of a file below ``maps/assets``, proved against the sha256 in ``ASSETS.toml``.

    Raises
    ------
    OutputError
        The file is not declared, or is not the one that was declared.
    """
    folder = maps_dir() / "assets"
    declared = tomllib.loads((folder / "ASSETS.toml").read_text(encoding="utf-8"))
    entry = next((item for item in declared["asset"] if item["file"] == name), None)
    if entry is None:
        message = f"maps/assets/ASSETS.toml does not declare '{name}'"
        raise OutputError(message, code="asset_undeclared", name=name)
    data = (folder / name).read_bytes()
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        message = f"maps/assets/{name} differs from its sha256 in ASSETS.toml: run scripts/bundle_assets.py"
        raise OutputError(message, code="asset_changed", name=name)
    return _inlinable(name, data.decode("utf-8"))


def _inlinable(name: str, text: str) -> str:
    if name.endswith(".css"):
        return re.sub(r"url\((?!data:)[^)]*\)", "none", text)  # images of controls this page does not use
    text = re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


class OfflineFigure(Figure):  # type: ignore[misc]  # branca is untyped
    """The page around a map: nothing in it asks for anything outside itself."""

    _template = Template(
        "<!DOCTYPE html>\n"
        '<html lang="{{ this.language }}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="{{ this.policy }}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        "<title>{{ this.title|e }}</title>\n"
        "{% for text in this.style_texts %}<style>\n{{ text }}\n</style>\n{% endfor %}"
        "{{ this.header.render(**kwargs) }}\n"
        "</head>\n<body>\n"
        "{{ this.html.render(**kwargs) }}\n"
        "{% for key, text in this.islands.items() %}"
        '<script type="application/json" id="{{ key }}">{{ text }}</script>\n'
        "{% endfor %}"
        "{% for text in this.vendored_texts %}<script>\n{{ text }}\n</script>\n{% endfor %}"
        "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n"
        "{% for text in this.page_texts %}<script>\n{{ text }}\n</script>\n{% endfor %}"
        "</body>\n</html>\n",
    )

    def __init__(self, *, title: str, language: str, islands: Mapping[str, str]) -> None:
        super().__init__(title=title)
        self.header._children.clear()  # noqa: SLF001  the character set stands in the template
        self.policy = CONTENT_SECURITY_POLICY
        self.language = language
        self.islands = dict(islands)
        self.style_texts = (read_asset("vendor/leaflet.css"), read_asset("merata.css"))
        self.vendored_texts = (read_asset("vendor/leaflet.js"),)
        self.page_texts = (read_asset("merata.js"),)


class OfflineMap(folium.Map):  # type: ignore[misc]  # folium is untyped
    """A `folium.Map` without tiles or remote assets, in an `OfflineFigure`.

    Folium layers added by a caller still work as long as they need no file from a network.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  folium reads these names
    default_css: list[tuple[str, str]] = []  # noqa: RUF012
    _template = Template(
        """
        {% macro header(this, kwargs) %}{% endmacro %}
        {% macro html(this, kwargs) %}{{ this.skeleton }}{% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
            center: {{ this.location|tojson }},
            crs: L.CRS.{{ this.crs }},
            ...{{ this.options|tojavascript }}
        });
        {% endmacro %}
        """
    )

    def __init__(self, figure: OfflineFigure, *, skeleton: str, **options: Any) -> None:
        super().__init__(tiles=None, zoom_control=False, **options)
        self._id = "merata"  # folium draws ids at random: a fixed one keeps the page the same from run to run
        self.skeleton = skeleton
        figure.add_child(self, name="map")
