"""Area codes: which system they are of, what damaged them, and which area a row means.

Kemendagri codes (``53.01.02.2003``) and BPS codes (``5303010001``) look alike: 164 of 514 kabupaten codes are
another place in the other system (5301 is Kupang in one and Sumba Barat in the other). They are told apart by
their shape, then by the names beside them; what stays open is refused, not guessed. A spreadsheet that took
``53.10`` for a number leaves ``53.1``: such codes are quarantined with the mend, never repaired in silence.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.layers.gazetteer import LEVELS, Gazetteer, level_of, name_key, parent_of

__all__ = ["AreaAnswer", "CodeShape", "code_shape", "name_of_system", "resolve_area", "system_of"]

_DOTTED = re.compile(r"^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$")
_BPS_DOTTED = re.compile(r"^(\d{2})\.(\d{2})\.(\d{3})(?:\.(\d{3}))?$")
_LOOSE = re.compile(r"^\d{1,2}(\.\d{1,2}(\.\d{1,2}(\.\d{1,4})?)?)?$")


@dataclass(frozen=True)
class CodeShape:
    """What the digits alone say.

    Parameters
    ----------
    digits
        Digits of a well-formed code, else "".
    system
        ``kemendagri``, ``bps`` or "" when both are possible.
    code
        Fault code of a damaged one, else "".
    candidates
        What a damaged code may have been.
    """

    digits: str
    system: str
    code: str = ""
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class AreaAnswer:
    """The area of a row: its Kemendagri code, or why there is none.

    Parameters
    ----------
    code
        Dotted Kemendagri code, "" where none is sure.
    fault
        Fault code, "" where there is none; ``message`` and ``mend`` say it.
    detail
        What a translated mend names: a code, perhaps with its name.
    """

    code: str
    fault: str = ""
    message: str = ""
    mend: str = ""
    detail: str = ""


def code_shape(text: str) -> CodeShape:
    """Judge the shape of a code.

    Examples
    --------
    >>> code_shape("53.1").candidates, code_shape("5301022003").digits, code_shape("5301010").system
    (('53.10', '53.01'), '5301022003', 'bps')
    """
    bare = re.sub(r"\s+", "", text).strip("'\"")
    if _DOTTED.match(bare):
        return CodeShape(bare.replace(".", ""), "kemendagri" if len(bare) > 2 else "")
    found = _BPS_DOTTED.match(bare)
    if found:
        return CodeShape("".join(part or "" for part in found.groups()), "bps")
    if bare.isascii() and bare.isdigit():
        system = {6: "kemendagri", 7: "bps"}.get(len(bare), "")
        return CodeShape(bare, system) if len(bare) in (2, 4, 6, 7, 10) else _damaged(())
    if re.fullmatch(r"\d{4,10}\.0", bare):  # a whole number that went through a float; no digit is lost
        return code_shape(bare[:-2])
    if _LOOSE.match(bare):
        return _damaged(_candidates(bare))
    return CodeShape("", "", "code_shape")


def _damaged(candidates: tuple[str, ...]) -> CodeShape:
    return CodeShape("", "", "code_damaged" if candidates else "code_shape", candidates)


def _candidates(bare: str) -> tuple[str, ...]:
    """Codes that a float or a lost zero turns into ``bare``."""
    parts = bare.split(".")
    if len(parts[0]) != 2:
        return ()
    if len(parts) == 2:
        if parts[1] == "0":
            return (parts[0],)
        return (f"{parts[0]}.{parts[1]}0", f"{parts[0]}.0{parts[1]}") if len(parts[1]) == 1 else ()
    widths = (2, 2, 2, 4)[: len(parts)]
    padded = ".".join(part.zfill(width) for part, width in zip(parts, widths, strict=True))
    return (padded,) if _DOTTED.match(padded) else ()


def dotted(digits: str) -> str:
    """Digits of a Kemendagri code with its dots; "" when their number does not fit."""
    cuts = {2: (2,), 4: (2, 4), 6: (2, 4, 6), 10: (2, 4, 6, 10)}.get(len(digits))
    if cuts is None:
        return ""
    return ".".join(digits[low:high] for low, high in zip((0, *cuts[:-1]), cuts, strict=True))


def system_of(codes: Sequence[str], names: Sequence[str], gazetteer: Gazetteer) -> tuple[str, str]:
    """Which system the codes of a file are of, and how that was seen.

    Parameters
    ----------
    codes
        Distinct codes as text.
    names
        Name beside each, "" where there is none.

    Returns
    -------
    system, reason
        ``kemendagri``, ``bps`` or "" (cannot be told), and an English reason.
    """
    shapes = [code_shape(code) for code in codes]
    by_name = _votes(shapes, names, gazetteer)
    if by_name["bps"] and by_name["bps"] > 4 * by_name["kemendagri"]:
        return "bps", f"{by_name['bps']} names fit BPS codes, {by_name['kemendagri']} fit Kemendagri codes"
    seen = {shape.system for shape in shapes if shape.digits} - {""}
    if len(seen) == 1 and not by_name["bps"]:
        return seen.pop(), "the length and dots of the codes"
    if by_name["kemendagri"] > 4 * by_name["bps"]:
        return "kemendagri", f"{by_name['kemendagri']} names fit Kemendagri codes, {by_name['bps']} fit BPS codes"
    if len(seen) > 1 or any(by_name.values()):
        return "", "codes and names point to both systems"
    return _by_digits([shape.digits for shape in shapes if shape.digits], gazetteer)


def _votes(shapes: Sequence[CodeShape], names: Sequence[str], gazetteer: Gazetteer) -> dict[str, int]:
    """Rows whose name fits the code in one system only (kabupaten part of the code)."""
    votes = {"kemendagri": 0, "bps": 0}
    for shape, name in zip(shapes, names, strict=True):
        if len(shape.digits) != 4 or not name:
            continue
        ours = gazetteer.names.get(dotted(shape.digits), "")
        theirs = gazetteer.names.get(gazetteer.bps.get(shape.digits, ""), "")
        fits = [_same_name(name, ours), _same_name(name, theirs)]
        if fits[0] != fits[1]:
            votes["kemendagri" if fits[0] else "bps"] += 1
    return votes


def _by_digits(digits: Sequence[str], gazetteer: Gazetteer) -> tuple[str, str]:
    """Ten digits: the seventh of a Kemendagri desa is 1, 2 or 3; among BPS codes it is mostly 0."""
    if digits and all(len(code) == 2 for code in digits):
        return "kemendagri", "province codes, the same in both systems outside Papua"
    desa = [code for code in digits if len(code) == 10]
    if desa:
        if all(dotted(code) in gazetteer.names for code in desa) and not any(code in gazetteer.bps for code in desa):
            return "kemendagri", "every desa code is in the admin layer"
        n_fit = sum(code[6] in "123" for code in desa)
        if n_fit == len(desa) and len(desa) >= 20:
            return "kemendagri", "the seventh digit of every desa code is 1, 2 or 3"
        if n_fit < len(desa):
            return "bps", "desa codes whose seventh digit is no Kemendagri one"
    different = [c for c in digits if len(c) == 4 and gazetteer.bps.get(c, dotted(c)) != dotted(c)]
    if digits and not different and not desa and any(c in gazetteer.bps for c in digits):
        return "kemendagri", "the codes mean the same areas in both systems"
    return "", "the digits fit both systems and there are no names to tell them apart"


def _same_name(left: str, right: str) -> bool:
    if not left or not right:
        return False
    (a, a_city), (b, b_city) = name_key(left), name_key(right)
    return a == b and (a_city == b_city or not left.casefold().startswith(("kab", "kota")))


def name_of_system(system: str) -> str:
    """System name for messages."""
    return {"kemendagri": "Kemendagri", "bps": "BPS"}.get(system, system)


def resolve_area(
    code: str, names: Mapping[str, str], *, system: str, hints: Sequence[str], gazetteer: Gazetteer
) -> AreaAnswer:
    """Area of a row from its code, or from its names where it has none.

    Parameters
    ----------
    code
        As written; "" when there is none.
    names
        Level → name, as far as the row gives them; ``""`` for the level of the code itself.
    system
        Of the codes in this file.
    hints
        Texts around the table (sheet name, titles) that may name the kabupaten.
    """
    if not code:
        return _by_names(names, hints, gazetteer)
    shape = code_shape(code)
    if shape.code:
        return _damaged_answer(code, shape, names, gazetteer)
    found = _kemendagri(shape.digits, system, names, hints, gazetteer)
    if found.fault or not found.code:
        return found
    return _checked(found.code, code, names, gazetteer)


def _damaged_answer(code: str, shape: CodeShape, names: Mapping[str, str], gazetteer: Gazetteer) -> AreaAnswer:
    if not shape.candidates:
        message = f"'{code}' is no area code"
        return AreaAnswer("", shape.code, message, "write the Kemendagri code as text, for example 53.01.02.2003")
    candidates = shape.candidates
    fitting = [c for c in candidates if _same_name(_own_name(c, names), gazetteer.names.get(c, ""))]
    chosen = fitting or [c for c in candidates if c in gazetteer.names] or list(candidates)
    because = f" (its name is {gazetteer.names[chosen[0]]})" if len(fitting) == 1 else ""
    message = "the code lost a zero: a program took it for a number"
    return AreaAnswer(
        "",
        "code_damaged",
        message,
        f"write {' or '.join(chosen)}{because}; keep the column as text",
        " / ".join(chosen),
    )


def _own_name(code: str, names: Mapping[str, str]) -> str:
    return names.get("") or names.get(level_of(code), "")


def _kemendagri(
    digits: str, system: str, names: Mapping[str, str], hints: Sequence[str], gazetteer: Gazetteer
) -> AreaAnswer:
    if system != "bps":
        found = dotted(digits)
        if found:
            return AreaAnswer(found)
        return AreaAnswer(
            "", "code_shape", f"'{digits}' is no Kemendagri code", 'if these are BPS codes, set code_system = "bps"'
        )
    if digits in gazetteer.bps:
        return AreaAnswer(gazetteer.bps[digits])
    if len(digits) == 2 and not digits.startswith("9"):
        return AreaAnswer(digits)
    kabupaten = gazetteer.bps.get(digits[:4], "")
    if kabupaten and len(digits) > 4:
        inner = {**names, "kabupaten": gazetteer.names.get(kabupaten, "")}
        level = "kecamatan" if len(digits) == 7 else "desa"
        if names.get("") and not names.get(level):
            inner[level] = names[""]
        answer = _by_names({k: v for k, v in inner.items() if k}, hints, gazetteer)
        if not answer.fault and answer.code.startswith(kabupaten) and level_of(answer.code) == level:
            return answer
    message = f"BPS code {digits} is not in the tables that turn BPS codes into Kemendagri codes"
    return AreaAnswer("", "bps_unknown", message, "give the Kemendagri code, or an admin layer with bps_code")


def _checked(code: str, written: str, names: Mapping[str, str], gazetteer: Gazetteer) -> AreaAnswer:
    """Refuse codes that do not exist where the areas are known, and names that say another area."""
    if code not in gazetteer.names:
        if gazetteer.knows_below(parent_of(code)):
            message = f"no area has the code {code}"
            return AreaAnswer("", "code_unknown", message, _near_code(code, names, gazetteer))
        return AreaAnswer(code)
    name = _own_name(code, names)
    ours = gazetteer.names[code]
    if not name or name_key(name)[0] == name_key(ours)[0]:
        return AreaAnswer(code)
    level, above = level_of(code), parent_of(code)
    others = [c for c in gazetteer.by_name.get((level, name_key(name)[0]), ()) if parent_of(c) == above]
    if others and name_key(ours)[0] not in name_key(name)[0]:
        message = f"the code {written} is {ours}, but the name says {name} ({others[0]})"
        mend = f"write {others[0]}, or the name {ours}; if these are BPS codes, set code_system"
        return AreaAnswer("", "code_name_conflict", message, mend, f"{others[0]} / {ours}")
    return AreaAnswer(code)


def _near_code(code: str, names: Mapping[str, str], gazetteer: Gazetteer) -> str:
    name = _own_name(code, names)
    found = [c for c in gazetteer.by_name.get((level_of(code), name_key(name)[0]), ()) if name]
    return f"{name} has the code {found[0]}" if found else "correct the code, or update the admin layer"


def _by_names(names: Mapping[str, str], hints: Sequence[str], gazetteer: Gazetteer) -> AreaAnswer:
    """Area named by its own name and those above it; unique or not at all."""
    given = [(level, names[level]) for level in reversed(LEVELS) if names.get(level)]
    if not given and names.get(""):
        return _by_bare_name(names[""], hints, gazetteer)
    if not given:
        return AreaAnswer("", "area_missing", "no area code and no area name", "give the Kemendagri code of the area")
    level, name = given[0]
    key, is_city = name_key(name)
    found = list(gazetteer.by_name.get((level, key), ()))
    for above, above_name in given[1:]:
        found = [code for code in found if _lies_in(code, above, above_name, gazetteer)]
    if level == "kabupaten" and len(found) > 1:
        found = [c for c in found if name_key(gazetteer.names[c])[1] == is_city] if _says_kind(name) else found
    if len(found) > 1:
        found = _by_hints(found, hints, gazetteer)
    if len(found) == 1:
        return AreaAnswer(found[0])
    if found:
        listed = ", ".join(f"{code} ({_path(code, gazetteer)})" for code in found[:4])
        message = f"{level} {name}: {len(found)} areas have this name"
        return AreaAnswer("", "name_ambiguous", message, f"give the code: {listed}", listed)
    if not gazetteer.knows_level(level):
        message = f"no admin layer says which {level} there are"
        return AreaAnswer(
            "", "area_not_known", message, f"give an admin layer that holds the {level}, or the codes", level
        )
    mend, near = _nearest(level, key, gazetteer)
    return AreaAnswer("", "name_unknown", f"no {level} is called {name}{_where(given[1:])}", mend, near)


def _by_bare_name(name: str, hints: Sequence[str], gazetteer: Gazetteer) -> AreaAnswer:
    """Area of a name whose level nobody says: the one level at which it is unique."""
    answers = [_by_names({level: name}, hints, gazetteer) for level in LEVELS]
    good = [answer for answer in answers if answer.code]
    if len(good) == 1:
        return good[0]
    if good:
        listed = ", ".join(f"{answer.code} ({level_of(answer.code)})" for answer in good)
        return AreaAnswer("", "name_ambiguous", f"{name} is the name of areas of several levels: {listed}", "set level for this file, or give the codes", listed)  # fmt: skip
    faults = [answer for answer in answers if answer.fault == "name_ambiguous"]
    return faults[0] if faults else AreaAnswer("", "name_unknown", f"no area is called {name}", "correct the name, or give the Kemendagri code")  # fmt: skip


def _says_kind(name: str) -> bool:
    return name.strip().casefold().startswith(("kab", "kota"))


def _where(above: Sequence[tuple[str, str]]) -> str:
    return " in " + ", ".join(f"{level} {name}" for level, name in above) if above else ""


def _path(code: str, gazetteer: Gazetteer) -> str:
    parts = [code]
    while parent_of(parts[-1]):
        parts.append(parent_of(parts[-1]))
    return ", ".join(gazetteer.names.get(part, part) for part in parts[:3])


def _lies_in(code: str, level: str, name: str, gazetteer: Gazetteer) -> bool:
    above = code[: {"provinsi": 2, "kabupaten": 5, "kecamatan": 8, "desa": 13}[level]]
    if above not in gazetteer.names:
        return True
    (want, want_city), (have, have_city) = name_key(name), name_key(gazetteer.names[above])
    return want == have and (level != "kabupaten" or want_city == have_city or not _says_kind(name))


def _by_hints(found: list[str], hints: Sequence[str], gazetteer: Gazetteer) -> list[str]:
    """Of several areas of one name those whose kabupaten is named around the table."""
    texts = [re.sub(r"[^a-z0-9]+", "", hint.casefold()) for hint in hints if hint]

    def is_named(code: str) -> bool:
        name = gazetteer.names.get(code[:5], "")
        return len(code) > 5 and bool(name) and any(name_key(name)[0] in text for text in texts)

    kept = [code for code in found if is_named(code)]
    return kept or found


def _nearest(level: str, key: str, gazetteer: Gazetteer) -> tuple[str, str]:
    known = {name: codes for (lvl, name), codes in gazetteer.by_name.items() if lvl == level}
    near = difflib.get_close_matches(key, list(known), n=1, cutoff=0.75)
    if near:
        code = known[near[0]][0]
        found = f"{gazetteer.names[code]} ({code})"
        return f"did you mean {found}?", found
    return "correct the name, or give the Kemendagri code", ""
